// SPDX-License-Identifier: GPL-3.0-or-later
// Cells read to one depth: a cell with N > D counts keeps each of them with probability D / N,
//
//   x'_g ~ Binomial(x_g, D / N),   N = sum_g x_g over all genes of the cell's own file; shallower cells stay as they are.
//
// So that a source that was sequenced deeper shows as many zeros as one that was not; thinned counts of a Poisson or
// negative binomial gene are again Poisson or negative binomial, with the mean of the lower depth. Every cell draws from a
// stream of its own, named by the seed and the cell, so that a cell comes out the same in whatever company it is read.
#pragma once

#include <cstdint>
#include <span>

#include "engine/core/rng.h"
#include "engine/data/dataset.h"

namespace geocyte::preprocess {

/// Successes of n trials of probability p. Exact; O(1 + n min(p, 1 - p)) by the waiting times between successes.
std::int64_t binomial(Rng& rng, std::int64_t n, double p);

/// Median count of the given cells (positions within the source); 0 for none.
double median_depth(const data::Source& source, std::span<const std::int64_t> cells);

/// The source with thinned counts: a data set of its own, of the source's rows only. Throws Error{bad_data} for counts that
/// are negative, not finite or not whole: parts of a count cannot be lost one by one.
data::Source thin(const data::Source& source, double depth, std::uint64_t seed);

}  // namespace geocyte::preprocess
