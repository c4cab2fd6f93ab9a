// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/skill_panel/skill_panel.h"

namespace geocyte::widgets::skill_panel {

View* makeView(const ViewContext& context, QWidget* parent) { return new SkillPanel(context, parent); }

}  // namespace geocyte::widgets::skill_panel
