// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures of a report as SVG fragments.
#pragma once

#include <string>

#include "app/engine/report_html.h"

namespace geocyte::app {

/// Escapes &, <, > and quotes.
std::string escaped(const std::string& text);
/// A number with about four significant digits.
std::string short_number(double value);
/// Colour of a category: Okabe-Ito in a fixed order.
const char* category_color(std::size_t index);

/// A line chart of 360 x 200: at most two points a pixel column (minimum and maximum), the smoothed curve on top of it.
std::string curve_svg(const ReportCurve& curve);
/// One square a pair; pairs above their gate are hatched.
std::string matrix_svg(const ReportMatrix& matrix);
/// Points in the draw order of a fixed shuffle, so that no category hides another.
/// Nominal shares to the right, observed ones up, the line where both are equal.
std::string coverage_svg(const ReportCoverage& coverage);
std::string cloud_svg(const ReportCloud& cloud);

}  // namespace geocyte::app
