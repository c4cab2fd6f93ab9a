// SPDX-License-Identifier: GPL-3.0-or-later
// Data that a run has never seen, held against its gene panel before anything is computed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace geocyte::app {

/// The obs column of that name ("obs.batch" or "batch") as categorical column `source`. Throws Error{bad_data} with the nearest name.
data::Column source_column(const data::Table& obs, const std::string& given, const std::string& path);

/// The genes of the panel that the data lack, in the panel's order. Throws Error{bad_data}: none of them is there, genes named twice.
std::vector<std::string> genes_not_there(const data::Dataset& tables, const std::vector<std::string>& panel);

/// Says what lacks; returns how many genes of the panel are to be taken as zero. Throws Error{bad_data}: no gene of the panel, some lack and may not,
/// genes named twice.
std::int64_t check_genes(const data::Dataset& tables, const std::vector<std::string>& panel, bool missing_as_zero);

/// NAME.system.h5ad in this folder. Throws Error{usage} when it is there already.
std::string default_out(const std::string& data, const std::string& system);

}  // namespace geocyte::app
