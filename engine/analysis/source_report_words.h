// SPDX-License-Identifier: GPL-3.0-or-later
// Words that the two kinds of diagnosis share.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/analysis/source_report.h"

namespace geocyte::analysis {

struct Span {
  double low = INFINITY, high = -INFINITY;
  int count = 0;
  void add(double value) {
    if (std::isnan(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
    ++count;
  }
};

/// "1.119": three decimals, as matrices of distances are printed.
std::string exact(double value);
/// "0.440–0.597", or one number where both print alike.
std::string exact_range(const Span& span);
/// "1.0", "0.36": no more digits than needed, at least one.
std::string plain(double value);
/// "P2_SC–P10_ST3 (3.183)", by the raw distance.
std::string pair_text(const SourceReport& report, int a, int b);
/// "P2_SC and P10_SC"
std::string names_text(const SourceReport& report, const std::vector<int>& sources);
/// "spots", "single cells" or the word itself.
std::string modality_words(const std::string& modality);
inline bool is_in(const std::vector<int>& list, int value) { return std::find(list.begin(), list.end(), value) != list.end(); }

}  // namespace geocyte::analysis
