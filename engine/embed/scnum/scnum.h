// SPDX-License-Identifier: GPL-3.0-or-later
// Plain-pointer interface of libgeocyte_scnum: no Eigen and no standard type crosses it, no exception leaves it.
// Layouts are float, one point after the other. A call that fails returns null or -1; scnum_error() then has the reason
// (of the calling thread).
#pragma once

#include <cstdint>

#define SCNUM_API __attribute__((visibility("default")))

extern "C" {

struct scnum_umap;

enum scnum_start { SCNUM_START_SPECTRAL = 0, SCNUM_START_RANDOM = 1, SCNUM_START_GIVEN = 2 };

struct scnum_umap_options {
  int epochs;
  enum scnum_start start;
  double min_dist, spread, learning_rate;
  std::uint64_t seed;
};

SCNUM_API const char* scnum_error();
SCNUM_API const char* scnum_eigen_version();

/// `index` and `distance` are rows x k, nearest first, without self; an index of -1 ends a row early.
/// `layout` (rows x 2) is read with SCNUM_START_GIVEN and written otherwise.
SCNUM_API scnum_umap* scnum_umap_new(const std::int32_t* index, const float* distance, std::int32_t rows, int k,
                                     const scnum_umap_options* options, float* layout);
/// Moves `layout`, as the last call left it, to `until_epoch`; returns the epoch reached.
SCNUM_API int scnum_umap_run(scnum_umap* state, float* layout, int until_epoch);
SCNUM_API int scnum_umap_epochs(const scnum_umap* state);
SCNUM_API void scnum_umap_free(scnum_umap* state);
}
