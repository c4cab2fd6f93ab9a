// SPDX-License-Identifier: GPL-3.0-or-later
// Which round numbers a value axis is divided into.
#pragma once

namespace geocyte::widgets {

struct RoundedAxis {
  double low, high, step;
};

/// Three to five equal intervals with round ends that waste the least room around [low, high], low < high.
RoundedAxis roundedAxis(double low, double high);

}  // namespace geocyte::widgets
