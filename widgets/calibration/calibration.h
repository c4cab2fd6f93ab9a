// SPDX-License-Identifier: GPL-3.0-or-later
// Is a run as sure as it may be? Circles about places that should hold a share of the true ones, and the share that they hold, on held-out cells.
// One sentence above says what it comes to at the level nearest to 90 %.
//
// Bindings, all (levels), shares in [0, 1]: "nominal", "observed"; "low", "high" the interval, "count" the cells. "nameReason": why there is nothing to see.
// Keys: left and right read out a level, Escape none.
#pragma once

#include "widgets/base/hover_card.h"
#include "widgets/base/view.h"
#include "widgets/calibration/coverage_plot.h"

namespace geocyte::widgets::calibration {

/// Empty where an array is missing or of another length; levels that are no shares are left out.
Coverage coverageOf(const ArrayMap& arrays, const QHash<QString, QString>& bindings);

QString sentenceOf(const Coverage& coverage);

class Calibration : public View {
  Q_OBJECT
 public:
  explicit Calibration(const ViewContext& context, QWidget* parent = nullptr);
  void setArrays(const ArrayMap& arrays) override;
  /// A row a level.
  QList<QStringList> table() const override;
  CoveragePlot* plot() const { return plot_; }
  HoverContent readOut(int level) const;

 protected:
  void refresh() override;

 private:
  CoveragePlot* plot_;
};

}  // namespace geocyte::widgets::calibration
