// SPDX-License-Identifier: GPL-3.0-or-later
// A cloud of points in the plane, coloured by a category: an embedding (UMAP, PCA) or a tissue seen from above.
//
// Bindings: "points" (rows, 2 or more; the first two columns are drawn), "points2", "points3" … further layouts to choose
// from; "labels" = the category that colours it at first.
// Mouse: drag = lasso (R: rectangle), Shift adds, Ctrl subtracts, Esc clears; middle button or Space+drag moves, wheel
// zooms at the pointer, double click fits. A click on the legend selects a category.
#pragma once

#include <QPolygonF>

#include <vector>

#include "widgets/base/view.h"

namespace geocyte::widgets {
class ChoiceButton;
}

namespace geocyte::widgets::scatter {

class ScatterCanvas;
struct LegendEntry;

class Scatter : public View {
  Q_OBJECT
 public:
  explicit Scatter(const ViewContext& context, QWidget* parent = nullptr);

  void bind(const QHash<QString, QString>& bindings) override;
  void setArrays(const ArrayMap& arrays) override;
  QList<QStringList> table() const override;

  void setLayoutRole(const QString& role);      ///< "points", "points2", …
  void setColorBy(const QString& label);        ///< "source", "cell_type"
  QString colorBy() const;
  /// Whether a new layout of the same points glides into place (250 ms). On by default.
  void setAnimated(bool on);
  ScatterCanvas* canvas() const { return canvas_; }

 protected:
  void refresh() override;

 private:
  void rebuild();
  void showCount();
  void showSelection();
  void recolor();
  void applyArea(const QPolygonF& area, Qt::KeyboardModifiers modifiers, const QString& tool);
  void select(std::vector<std::uint8_t> mask, Qt::KeyboardModifiers modifiers, const QString& reason, const QStringList& names);
  static void markLegend(const std::vector<std::uint8_t>& mask, const std::vector<std::int32_t>& codes, std::vector<LegendEntry>* legend);
  void selectCategory(int category, Qt::KeyboardModifiers modifiers);
  QString tooltip(int row) const;
  const ArrayView* array(const QString& role) const;

  ScatterCanvas* canvas_;
  ChoiceButton *layout_, *color_;
  ArrayMap arrays_;
  QString axis_;
  bool animated_ = true, selecting_ = false;
};

}  // namespace geocyte::widgets::scatter
