// SPDX-License-Identifier: GPL-3.0-or-later
// Pairs of categories over training: each pair of a square matrix as a line, the gate dashed. Which pairs come together,
// which ones do not, and when.
//
// Bindings as of the matrix: "values", "values2" … names of matrices, "gate", "gate2" … numbers, "name2" … other names,
// "labels". The metric follows the one of the matrix and the other way round.
// A click on a line selects both categories everywhere, Ctrl adds; L makes the value axis logarithmic.
#pragma once

#include "widgets/base/hover_card.h"
#include "widgets/base/view.h"

class QToolButton;

namespace geocyte::widgets {
class ChoiceButton;
}

namespace geocyte::widgets::pair_trend {

class TrendCanvas;

class PairTrend : public View {
  Q_OBJECT
 public:
  explicit PairTrend(const ViewContext& context, QWidget* parent = nullptr);

  void bind(const QHash<QString, QString>& bindings) override;
  void setArrays(const ArrayMap& arrays) override;
  QStringList historyNames() const override;
  void setHistory(const ArrayHistory& history) override;
  /// One row a step, one column a pair.
  QList<QStringList> table() const override;

  void setMetric(const QString& role);          ///< "values", "values2", …
  void setLogarithmic(bool on);
  TrendCanvas* canvas() const { return canvas_; }
  HoverContent hover(int line) const;

 protected:
  void refresh() override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void rebuild();
  void shareMetric();
  void followMetric();
  void select(int line, bool add);
  void showSelection();
  QString bound(const char* what, const QString& role) const;

  TrendCanvas* canvas_;
  ChoiceButton* metric_;
  QToolButton* log_;
  ArrayMap arrays_;
  ArrayHistory history_;
};

}  // namespace geocyte::widgets::pair_trend
