// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as the views print them.
#pragma once

#include <QString>

#include <cstdint>

namespace geocyte::widgets {

/// 12340 -> "12 340" with thin spaces.
QString groupedText(std::int64_t value);
/// Short form for axes and cells: "0.71", "2.49", "1e-3"; `decimals` after the point; "–" when not finite.
QString cellText(double value, int decimals = 2);
/// Axis labels: thin-space groups, powers where the number is very small or large.
QString axisText(double value);
/// Seven significant digits, for read-outs and files.
QString exactText(double value);

}  // namespace geocyte::widgets
