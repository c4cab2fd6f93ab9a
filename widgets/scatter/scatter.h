// SPDX-License-Identifier: GPL-3.0-or-later
// A cloud of points in the plane: an embedding (UMAP, PCA) or a tissue seen from above, coloured by a label, a number or a
// gene; beside it the same cloud in other colours, or that of another step or run (Reference).
//
// Bindings: "points" (rows, 2 or more; the first two columns are drawn), "points2", "points3" … further layouts to choose
// from; "labels" = the category that colours it at first; "space" = the array in which nearest neighbours are looked for.
// Mouse: drag = lasso (R: rectangle), Shift adds, Ctrl subtracts, Esc clears; middle button or Space+drag moves, wheel
// zooms at the pointer, double click fits. A click on the legend selects a category.
// Keys: D density, C contours, S points, Z zooms to the selection, Home shows all, Ctrl+\ a second cloud beside.
#pragma once

#include <QPolygonF>

#include <vector>

#include "widgets/base/hover_card.h"
#include "widgets/base/view.h"

class QSplitter;

namespace geocyte::widgets {
class ChoiceButton;
}

namespace geocyte::widgets::cloud {
class ScatterCanvas;
}

namespace geocyte::widgets::scatter {

using cloud::ScatterCanvas;

class Scatter : public View {
  Q_OBJECT
 public:
  explicit Scatter(const ViewContext& context, QWidget* parent = nullptr);

  void bind(const QHash<QString, QString>& bindings) override;
  void setArrays(const ArrayMap& arrays) override;
  void setReference(const ArrayMap& arrays) override;
  QList<QStringList> table() const override;
  /// "colour", "layout", "second cloud": what setColorBy(), setLayoutRole() and setBeside() take.
  void applySetting(const QString& key, const QVariant& value) override;

  void setLayoutRole(const QString& role);      ///< "points", "points2", …
  void setColorBy(const QString& name);         ///< "source", "array:cell/depth", "gene:EPCAM"
  QString colorBy() const;
  /// What stands beside the cloud: a colouring, "reference", or "" for nothing.
  void setBeside(const QString& what);
  QString beside() const;
  /// Whether a new layout of the same points glides into place (250 ms). On by default.
  void setAnimated(bool on);
  ScatterCanvas* canvas() const { return canvas_; }
  ScatterCanvas* secondCanvas() const { return second_; }
  HoverContent hover(int row) const;

 protected:
  void refresh() override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  ScatterCanvas* makeCanvas(const QString& name);
  void rebuild();
  void offerColors(std::int64_t rows);
  void rebuildSecond();
  void showCount();
  void showSelection();
  void recolor();
  void paintColors(ScatterCanvas* canvas, const ArrayMap& map, const QString& name) const;
  void pickGene(bool of_second);
  void applyArea(ScatterCanvas* canvas, const QPolygonF& area, Qt::KeyboardModifiers modifiers, const QString& tool);
  void select(std::vector<std::uint8_t> mask, Qt::KeyboardModifiers modifiers, const QString& reason, const QStringList& names);
  void selectCategory(const ScatterCanvas* canvas, int category, Qt::KeyboardModifiers modifiers);
  bool sameRows() const;                        ///< the reference has the same cells in the same order
  QString hiddenText() const;
  const ArrayView* array(const QString& role) const;

  QSplitter* both_;
  ScatterCanvas *canvas_, *second_;
  ChoiceButton *layout_, *color_, *beside_;
  ArrayMap arrays_, reference_;
  void tellSettings();
  QString axis_, gene_, second_gene_, last_beside_;
  QString told_color_, told_layout_, told_beside_;   ///< as settingChanged() said last
  bool animated_ = true, selecting_ = false;
};

}  // namespace geocyte::widgets::scatter
