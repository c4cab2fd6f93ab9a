// SPDX-License-Identifier: GPL-3.0-or-later
// The shares of terms of a sum, step by step, and condensed for a picture that is narrower than the steps are many.
//
// At step s the share of term k is |x_k(s)| / sum_j |x_j(s)|: absolute values, so that a negative term has a size too.
// A term counts from its first to its last sample; between two samples its last one holds (terms may be written at
// different intervals). A step with a value that is not finite, or whose sum is 0, has no shares.
//
// condensed() joins 2^m consecutive steps, aligned to multiples of 2^m so that a growing run keeps its picture. The share
// of a bucket is sum |x_k| / sum_j sum |x_j| over its steps: a step with a spike weighs as much as the spike is large. The
// smallest and the largest share at any one step are kept beside it, so that no extreme is lost.
// Cost: appending O(terms) a step; condensed() O(terms x new steps), and all steps once where the width asks for other
// buckets. Memory: 8 (terms + 1) bytes a step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "widgets/base/curve_set.h"

namespace geocyte::widgets::loss_composition {

struct Bucket {
  double from = 0, to = 0;               ///< first and last step
  bool known = false;                    ///< false: no step with shares
  std::vector<double> share, low, high;  ///< one a term
};

class ShareStack {
 public:
  using Terms = std::vector<std::shared_ptr<const Series>>;
  /// The same series, longer than before, are only appended.
  void setTerms(const Terms& terms);

  std::size_t terms() const { return terms_.size(); }
  std::size_t size() const { return steps_.size(); }                  ///< steps
  double step(std::size_t row) const { return steps_[row]; }
  bool isKnown(std::size_t row) const { return totals_[row] > 0; }
  double share(std::size_t row, std::size_t term) const;                ///< NaN where not known
  bool hasNegative() const { return negative_; }
  std::int64_t unknown() const { return unknown_; }                     ///< steps without shares

  /// At most `most` buckets of all steps.
  const std::vector<Bucket>& condensed(std::size_t most) const;
  /// Steps joined in one bucket then.
  std::size_t bucketLength(std::size_t most) const;
  /// The row with shares that is nearest to a step; size() when there is none.
  std::size_t nearest(double step) const;

 private:
  void clear();
  bool continues(const Terms& terms) const;
  bool appendRow();

  Terms terms_;
  std::vector<std::size_t> next_;        ///< of each series: its first sample that is not in a row yet
  std::vector<double> held_;             ///< of each series: its last absolute value
  std::vector<double> steps_, totals_, amounts_;   ///< total 0 = not known; amounts: (steps, terms)
  bool negative_ = false;
  std::int64_t unknown_ = 0;
  mutable std::vector<Bucket> condensed_;       ///< of the width that was asked for last
  mutable std::size_t condensed_length_ = 0, condensed_rows_ = 0;
};

}  // namespace geocyte::widgets::loss_composition
