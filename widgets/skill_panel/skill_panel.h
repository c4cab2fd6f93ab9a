// SPDX-License-Identifier: GPL-3.0-or-later
// Has the refiner any skill? At each level of noise: its loss against that of a network that outputs nothing, with interval and the
// line 1; the size of its correction; the scale of its estimate against the ceiling that an honest mean has; and what is left of the
// error after refining, beside the generator alone. One sentence above says what it comes to.
//
// Bindings, all (levels): "sigma", "ratio", "ratio_low", "ratio_high", "f_ratio", "scale", "ceiling", "refined", "generator",
// "gain_low", "gain_high", "count"; only the first two are needed. "nameReason": why there is nothing to see.
// Keys: left and right read out a level, Escape none.
#pragma once

#include "widgets/base/hover_card.h"
#include "widgets/base/view.h"
#include "widgets/skill_panel/skill_levels.h"

namespace geocyte::widgets::skill_panel {

class SkillPlot;

class SkillPanel : public View {
  Q_OBJECT
 public:
  explicit SkillPanel(const ViewContext& context, QWidget* parent = nullptr);
  void setArrays(const ArrayMap& arrays) override;
  /// A row a level.
  QList<QStringList> table() const override;
  SkillPlot* plot() const { return plot_; }
  /// All that is known of a level.
  HoverContent readOut(int level) const;

 protected:
  void refresh() override;

 private:
  SkillPlot* plot_;
};

}  // namespace geocyte::widgets::skill_panel
