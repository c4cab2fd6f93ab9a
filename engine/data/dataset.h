// SPDX-License-Identifier: GPL-3.0-or-later
// A data set as it came out of a file: immutable once read, shared by pointer.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/data/matrix.h"
#include "engine/data/table.h"

namespace geocyte::data {

struct Dataset {
  std::string name;                            ///< file stem
  std::string path;                            ///< "" when made in memory
  Matrix x;
  Table obs, var;
  std::map<std::string, Matrix> layers;
  std::map<std::string, DenseMatrix> obsm;     ///< "spatial", "X_pca", …
  std::map<std::string, std::string> uns;      ///< scalar texts only
  bool simulated = false;                      ///< uns["geocyte_simulated"]; shown wherever the data are shown
};

using DatasetPtr = std::shared_ptr<const Dataset>;

/// One source of a run: a data set (or a subset of its rows) with what it is.
struct Source {
  std::string name;                            ///< "P2_ST1"
  std::string patient;                         ///< "P2"; "" = unknown
  std::string modality;                        ///< "st" (spots) or "sc" (single cells)
  DatasetPtr dataset;
  std::vector<std::int64_t> rows;              ///< of the data set; empty = all
  std::string label_column;                    ///< obs column of cell types; "" = none
  std::string spatial_key;                     ///< obsm key; "" = none
  std::int64_t size() const;
};

/// Genes that every source has, in the order of the first source. Throws Error{bad_data} naming the two sources
/// that share nothing, and Error{bad_data} for duplicate gene names within one source.
std::vector<std::string> shared_genes(const std::vector<Source>& sources);

/// Throws Error{bad_data} naming a gene that the source has twice.
void check_unique_genes(const Source& source);

/// Throws Error{bad_data} in one sentence for: fewer than `min_cells` cells, non-finite values, no genes.
void check_source(const Source& source, std::int64_t min_cells);

}  // namespace geocyte::data
