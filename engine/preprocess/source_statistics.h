// SPDX-License-Identifier: GPL-3.0-or-later
// Per-source statistics of each gene of the panel, fitted on training cells, and what is made of a cell with them:
//
//   centre        x_g - m_sg
//   standardise   clip((x_g - m_sg) / max(sd_sg, floor), +-clip)
//
// Per-source centring is the cheapest cure of a platform effect (one factor a gene and source); alone it leaves the sources
// separable. Reference: m_g of Kleshchevnikov et al., Nat Biotechnol 40 (2022); platform effects of Cable et al. (2022).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/data/matrix.h"

namespace geocyte::preprocess {

enum class BySource { none, centre, standardise };
const char* name_of(BySource how);                ///< "none", "centre", "zscore"
/// Throws Error{bad_config} for another name.
BySource by_source_named(const std::string& name);

inline constexpr float kLowestSd = 1e-2F;         ///< of log-normalised values: below it a gene is as good as constant
inline constexpr float kClip = 10;                ///< one cell in 2,000 with a gene has a z-score of 45

struct SourceStatistics {
  std::vector<float> mean, sd;                    ///< a value a gene; sd is 1 everywhere for `centre`
};

/// Of `rows` of the cells (all rows when there is no list); `how` is not none. In double, two passes; sd with n - 1.
SourceStatistics statistics_of(const data::DenseMatrix& cells, const std::vector<std::int64_t>* rows, BySource how);

/// In place. Reversible up to the clip: x = y sd + m.
void apply_statistics(data::DenseMatrix& cells, const SourceStatistics& statistics, BySource how);

}  // namespace geocyte::preprocess
