// SPDX-License-Identifier: GPL-3.0-or-later
// Area under the ROC curve with its interval.
//
//   AUC = (R_1 - n_1 (n_1 + 1) / 2) / (n_1 n_0),  R_1 = sum of midranks of the positives      (Mann & Whitney 1947)
//   var = s10 / n_1 + s01 / n_0, variances of the placements of each class                    (DeLong et al. 1988)
//
// Ties count one half. The 95 % interval is on the logit scale (stays inside [0, 1]); at AUC 0 or 1, where DeLong's
// variance is 0, it is Hanley's rule of three over the smaller class.
#pragma once

#include <cstdint>
#include <span>

namespace geocyte::stats {

struct Auc {
  double value = 0.5, low = 0, high = 1;
  std::int64_t positives = 0, negatives = 0;
};

/// `positive[i]` is 0 or 1. Throws Error{bad_data} when a class is empty or a score is NaN.
Auc auc(std::span<const double> score, std::span<const std::uint8_t> positive);

}  // namespace geocyte::stats
