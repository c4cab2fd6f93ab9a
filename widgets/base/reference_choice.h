// SPDX-License-Identifier: GPL-3.0-or-later
// The menu of what the shown moment is held against: nothing, the first step, the step shown now (pinned), another run.
#pragma once

#include <cstdint>

#include "widgets/base/view.h"
#include "widgets/controls/choice_button.h"

namespace geocyte::widgets {

class ReferenceChoice : public ChoiceButton {
  Q_OBJECT
 public:
  explicit ReferenceChoice(const ViewContext& context, QWidget* parent = nullptr);
  /// The step that is shown and the oldest one there is; -1 = unknown.
  void setMoments(std::int64_t shown, std::int64_t first);
  /// Takes the reference away, or brings the last one back; without one before, the oldest step.
  void toggle();

 private:
  void refill();
  void apply(const QString& id);
  ViewContext context_;
  std::int64_t shown_ = -1, first_ = -1;
  QString last_;
};

}  // namespace geocyte::widgets
