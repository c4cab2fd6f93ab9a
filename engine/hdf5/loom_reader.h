// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of loom files, versions 1, 2 and 3 (linnarssonlab.org: loom file format): /matrix genes x cells, /row_attrs of genes, /col_attrs of cells.
//
// Cells become rows. Names of genes are row_attrs Gene (or gene_names, var_names, Accession), of cells col_attrs CellID (or obs_names, cell_names);
// without them they are counted ("cell_1"). Attributes of one value a cell become columns of obs (texts as categories), those of several become
// obsm. Places: an attribute named like Spatial_coordinates, spatial or coordinates, else the columns X and Y (and Z, also x, y, z), is obsm
// "spatial"; _tSNE_1 and _tSNE_2, _X and _Y become obsm "X_tsne" and "X_embedding". Layers and graphs are left out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace geocyte::hdf5 {

struct LoomOptions {
  bool expression = true;                  ///< false: tables only, x comes out empty
};

/// Sparse rows where at least half of the values are 0, dense otherwise. Throws Error{bad_data} in one sentence for: not readable, not HDF5, not
/// loom, no matrix or one that is not two-dimensional, attributes whose length is not that of the matrix, a missing compression filter.
data::Dataset read_loom(const std::string& path, const LoomOptions& options = {});

struct LoomSummary {
  std::string version;                     ///< "1", "2.0.1", …
  std::int64_t cells = 0, genes = 0;
  std::string element;                     ///< of the matrix: "float64"
};

LoomSummary summarize_loom(const std::string& path);

}  // namespace geocyte::hdf5
