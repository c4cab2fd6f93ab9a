// SPDX-License-Identifier: GPL-3.0-or-later
// Where the counts of a file are. Models here normalise library sizes, so they need counts: whole numbers that are not negative.
// Files often hold logarithms in X and the counts in a layer or in `raw`.
//
// Without a wish the first place whose values are counts is taken: X, the layers counts, raw_counts and count, raw. With a wish that
// place is taken as it is: corrected counts are not whole numbers, so then only negative and non-finite values are refused.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace geocyte::inspect {

/// "" when the values are counts, else what is wrong: "values that are not whole numbers (for example 1.38)".
std::string counts_problem(const data::ValueFacts& facts, bool must_be_whole);

/// The counts of a file, some rows at a time. A text table is held whole.
class CountRows {
 public:
  /// `wanted`: "" (look for them), "X", "raw", or a layer with or without "layers/" in front. Throws Error{bad_data}: no such file or
  /// place (nearest name), nowhere counts, what hdf5::read_h5ad and io::read_expression_table throw.
  CountRows(const std::string& path, const std::string& wanted);
  ~CountRows();
  CountRows(const CountRows&) = delete;
  CountRows& operator=(const CountRows&) = delete;

  std::int64_t rows() const;
  const data::Dataset& tables() const;     ///< obs, var, uns; obsm of a text table
  const std::string& place() const;        ///< "X", "raw" or the layer
  /// "" or a sentence a user should read: counts were found elsewhere than in X, or are not whole numbers.
  const std::string& note() const;
  /// Rows [begin, end). Throws Error{bad_data} when a value cannot be a count.
  data::Matrix read(std::int64_t begin, std::int64_t end) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// The whole file, its counts as X; layers are left out. `note` as above. Throws as CountRows does.
data::Dataset read_counts(const std::string& path, const std::string& wanted, std::string& note);

}  // namespace geocyte::inspect
