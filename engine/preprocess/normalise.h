// SPDX-License-Identifier: GPL-3.0-or-later
// Library-size normalisation and its moments, one source at a time, without a dense copy of all genes.
//   y_cg = x_cg * T / sum_h x_ch,   z_cg = ln(1 + y_cg);   sums run over all genes of the source; empty cells stay 0.
// Throws Error{bad_data} for negative values: they are no counts, and their logarithm is not defined.
#pragma once

#include <cstdint>
#include <span>

#include "engine/data/dataset.h"
#include "engine/preprocess/hvg.h"

namespace geocyte::preprocess {

/// z of every row of the source (in its order) for some columns of its data set; column -1 gives zeros.
data::DenseMatrix log_normalise(const data::Source& source, std::span<const std::int64_t> columns, double target_sum);

/// Mean and unbiased variance over `rows` (positions within the source) of the columns: of y for dispersion, of z for
/// variance and residual. One row gives variance 0. Two passes in double: the mean first, so that no large squares cancel.
GeneMoments gene_moments(const data::Source& source, std::span<const std::int64_t> rows,
                         std::span<const std::int64_t> columns, double target_sum, Variability kind);

}  // namespace geocyte::preprocess
