// SPDX-License-Identifier: GPL-3.0-or-later
// What a source is by itself, and the findings that need no distance: normalisation, depth, genes, sizes.
#pragma once

#include <string>
#include <vector>

#include "engine/analysis/source_report.h"

namespace geocyte::analysis {

/// Facts of every source, in order; `shared` as data::shared_genes gives them. One pass over the values.
std::vector<SourceFacts> facts_of(const std::vector<data::Source>& sources, const std::vector<std::string>& shared);

/// Whether its counts can be compared with those of others: everything but scaled and empty values.
bool is_comparable(const SourceFacts& facts);

/// Findings on normalisation parity, depth, gene overlap and order, and unequal sizes.
std::vector<store::Verdict> findings_of(const std::vector<SourceFacts>& sources, std::int64_t shared_genes);

}  // namespace geocyte::analysis
