// SPDX-License-Identifier: GPL-3.0-or-later
// The one style sheet: what Fusion and the palette cannot say (radius, 1-pixel lines, no frames in frames).
#pragma once

#include <QString>

#include "widgets/theme/colors.h"

namespace geocyte::widgets {

QString styleSheet(const ThemeColors& colors);

}  // namespace geocyte::widgets
