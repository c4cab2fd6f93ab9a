// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of AnnData files (.h5ad) of every layout since 0.5: compound tables (<= 0.6), `__categories` references (0.7)
// and typed elements (0.8 and later). Specification: anndata's on-disk format pages; checked against anndata 0.12.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/data/dataset.h"

namespace geocyte::hdf5 {

struct H5adOptions {
  bool layers = true;        ///< read layers/*
  bool obsm = true;          ///< read obsm/* (dense, sparse and numeric tables; others are left out)
  bool use_raw = false;      ///< expression and var from `raw` instead of X and var
  std::string x_layer = {};  ///< expression from this layer instead of X; "" = X
  bool expression = true;    ///< false: tables only, X comes out empty
  bool require_x = true;     ///< false: a file without X gives an empty sparse matrix of the right shape
};

/// Reads a file into memory as float32. Sparse matrices come out as CSR with ascending indices and duplicates summed.
/// Throws Error{bad_data} in one sentence for: not readable, not HDF5, cut short, not AnnData, missing X/obs/var, sparse
/// parts that contradict each other, lengths that differ from obs and var, a compression filter this system lacks.
data::Dataset read_h5ad(const std::string& path, const H5adOptions& options = {});

struct H5adColumn {
  std::string name;
  std::string kind;                        ///< "numeric", "boolean", "text", "categorical"
  std::vector<std::string> categories;     ///< of a categorical, at most 200
  std::int64_t n_categories = 0;
};

struct H5adArray {
  std::string name;
  std::string storage;                     ///< "dense", "csr", "csc", "table"
  std::string element;                     ///< "float32", "int64", …
  std::vector<std::int64_t> shape;
  std::int64_t stored = 0;                 ///< stored values: nnz of a sparse one, product of the shape otherwise
};

/// What a file holds, found without reading any matrix.
struct H5adSummary {
  std::string path;
  std::string layout;                      ///< "0.8+", "0.7", "0.6 or older"
  std::int64_t n_obs = 0, n_vars = 0;
  bool has_x = false, has_raw = false;
  H5adArray x;
  std::vector<H5adColumn> obs, var;
  std::vector<H5adArray> layers, obsm, obsp;
  std::vector<std::string> uns;            ///< top-level keys
  bool simulated = false;
  std::string unreadable;                  ///< the sentence about a missing compression filter of X; "" = none
};

H5adSummary summarize_h5ad(const std::string& path);

}  // namespace geocyte::hdf5
