// SPDX-License-Identifier: GPL-3.0-or-later
// A small labelled matrix, rows and columns the same categories or not: distances between sources, confusion, scores.
//
// Bindings: "values" (rows, columns); "values2", "values3" … further metrics to choose from (their captions are the
// names in the menu); "labels" name of the label set (default: the array's own axis); "gate" ("gate2" …) a number: colours
// diverge there, cells above it are hatched; "floor", "ratio" arrays of the same shape for the tooltip; "lower" an array that
// takes the lower triangle (a baseline).
// A click selects both categories everywhere, a click on a label one; arrow keys move the focus, Enter selects, Esc clears.
#pragma once

#include <QStringList>

#include <optional>
#include <vector>

#include "widgets/base/view.h"

namespace geocyte::widgets {
class ChoiceButton;
}

namespace geocyte::widgets::matrix_heatmap {

class MatrixGrid;

class MatrixHeatmap : public View {
  Q_OBJECT
 public:
  explicit MatrixHeatmap(const ViewContext& context, QWidget* parent = nullptr);

  void bind(const QHash<QString, QString>& bindings) override;
  void setArrays(const ArrayMap& arrays) override;
  QList<QStringList> table() const override;

  void setGate(std::optional<double> gate);
  std::optional<double> gate() const;
  void setMetric(const QString& role);          ///< "values", "values2", …
  MatrixGrid* grid() const { return grid_; }

 protected:
  void refresh() override;

 private:
  void rebuild();
  void selectNames(QStringList names, bool add);
  QStringList namesOf(const QString& axis, std::int64_t count) const;
  std::optional<double> number(const QString& role) const;
  std::optional<double> gateOf(const QString& role) const;
  void showSelection();
  QString tooltip(int row, int column) const;
  const ArrayView* array(const QString& role) const;
  double element(const QString& role, int row, int column) const;

  MatrixGrid* grid_;
  ChoiceButton* metric_;
  ArrayMap arrays_;
  std::optional<double> gate_;
};

}  // namespace geocyte::widgets::matrix_heatmap
