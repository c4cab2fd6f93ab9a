// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/preprocess/thinning.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/core/check.h"

namespace geocyte::preprocess {
namespace {

double count_of(const data::Source& source, float value) {
  if (!(value >= 0) || !std::isfinite(value) || value != std::floor(value))
    throw Error(ErrorCode::bad_data, "source " + source.name + " has expression values that are not whole counts, so it cannot be thinned",
                "Give raw counts, or keep the depth of the cells (normalize.depth: keep).");
  return value;
}

/// Only the rows of the source, as a sparse matrix.
data::CsrMatrix rows_of(const data::Source& source) {
  return source.rows.empty() ? data::to_csr(source.dataset->x) : data::to_csr(data::select_rows(source.dataset->x, source.rows));
}

}  // namespace

std::int64_t binomial(Rng& rng, std::int64_t n, double p) {
  require(n >= 0 && p >= 0 && p <= 1, "a binomial has n >= 0 and p in [0, 1]");
  if (p > 0.5) return n - binomial(rng, n, 1 - p);
  if (p == 0 || n == 0) return 0;
  const double log_failure = std::log1p(-p);
  std::int64_t successes = 0;
  for (double passed = 0;;) {
    passed += std::floor(std::log1p(-rng.uniform()) / log_failure) + 1;   // trials to the next success
    if (passed > static_cast<double>(n)) return successes;
    ++successes;
  }
}

double median_depth(const data::Source& source, std::span<const std::int64_t> cells) {
  if (cells.empty()) return 0;
  const std::vector<double> sums = data::row_sums(source.dataset->x);
  std::vector<double> depths;
  for (const std::int64_t cell : cells) depths.push_back(sums[static_cast<std::size_t>(source.rows.empty() ? cell : source.rows[static_cast<std::size_t>(cell)])]);
  const auto middle = depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 2);
  std::nth_element(depths.begin(), middle, depths.end());
  return *middle;
}

data::Source thin(const data::Source& source, double depth, std::uint64_t seed) {
  require(depth > 0, "cells are thinned to a depth above 0");
  auto thinned = std::make_shared<data::Dataset>();
  thinned->name = source.dataset->name;
  thinned->var = source.dataset->var;
  data::CsrMatrix counts = rows_of(source);
  for (std::int64_t cell = 0; cell < counts.rows; ++cell) {
    const auto begin = static_cast<std::size_t>(counts.indptr[static_cast<std::size_t>(cell)]), end = static_cast<std::size_t>(counts.indptr[static_cast<std::size_t>(cell) + 1]);
    double library = 0;
    for (std::size_t k = begin; k < end; ++k) library += count_of(source, counts.values[k]);
    if (library <= depth) continue;
    const auto row = static_cast<std::size_t>(source.rows.empty() ? cell : source.rows[static_cast<std::size_t>(cell)]);
    const auto& names = source.dataset->obs.index;
    Rng rng(hash64(row < names.size() ? names[row] : std::to_string(row), seed));
    for (std::size_t k = begin; k < end; ++k)
      counts.values[k] = static_cast<float>(binomial(rng, static_cast<std::int64_t>(counts.values[k]), depth / library));
  }
  thinned->x = std::move(counts);
  data::Source result = source;
  result.dataset = std::move(thinned);
  result.rows.clear();
  return result;
}

}  // namespace geocyte::preprocess
