// SPDX-License-Identifier: GPL-3.0-or-later
// A small labelled matrix, rows and columns the same categories or not: distances between sources, confusion, scores.
//
// Bindings: "values" (rows, columns); "values2", "values3" … further metrics to choose from (their captions are the names
// in the menu, "name2" another name). For each of them: "gate2" a number or the name of an array of bounds, colours diverge
// there and cells above it are hatched; "pass2" an array (1 passes, 0 fails) that judges instead; "reach2" the factor at
// which colours are full (8); "floor2", "ratio2" arrays for the hover. Arrays <values>_low and <values>_high are its
// interval. "labels" name of the label set (default: the array's own axis). "lower" an array that takes the lower triangle.
// With a Reference the lower triangle shows the same metric of that moment (B).
// A click selects both categories everywhere, Ctrl adds, a click on a label takes one; arrow keys move the focus, Enter
// selects, Esc clears, M takes the next metric.
#pragma once

#include <QStringList>

#include <optional>
#include <vector>

#include "widgets/base/view.h"
#include "widgets/matrix_heatmap/matrix_content.h"

namespace geocyte::widgets {
class ChoiceButton;
class ReferenceChoice;
}

namespace geocyte::widgets::matrix_heatmap {

class MatrixHeatmap : public View {
  Q_OBJECT
 public:
  explicit MatrixHeatmap(const ViewContext& context, QWidget* parent = nullptr);

  void bind(const QHash<QString, QString>& bindings) override;
  void setArrays(const ArrayMap& arrays) override;
  void setReference(const ArrayMap& arrays) override;
  QStringList historyNames() const override;
  void setHistory(const ArrayHistory& history) override;
  QList<QStringList> table() const override;

  void setGate(std::optional<double> gate);
  std::optional<double> gate() const;
  void setMetric(const QString& role);          ///< "values", "values2", …
  MatrixGrid* grid() const { return grid_; }
  /// What is said about a cell.
  HoverContent hover(int row, int column) const;

 protected:
  void refresh() override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void rebuild();
  void describe(const ArrayView& values);
  void selectNames(QStringList names, bool add);
  QString bound(const char* what, const QString& role) const;
  std::optional<double> gateOf(const QString& role) const;
  MetricParts partsOf(const QString& role) const;
  void shareMetric();
  void followMetric();
  void showSelection();
  QString metricName(const QString& role) const;
  QString label() const;

  MatrixGrid* grid_;
  ChoiceButton* metric_;
  ReferenceChoice* against_;
  ArrayMap arrays_, reference_;
  ArrayHistory history_;
  MatrixContent content_;
  std::optional<double> gate_;
};

}  // namespace geocyte::widgets::matrix_heatmap
