// SPDX-License-Identifier: GPL-3.0-or-later
// Small .h5ad files that are right, or wrong in one way.
#pragma once

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "engine/core/rng.h"
#include "engine/data/dataset.h"
#include "engine/hdf5/h5ad_writer.h"

namespace geocyte::test {

/// Poisson counts of `cells` x `genes`; gene names are prefix + number.
inline data::Dataset small_dataset(std::int64_t cells, std::int64_t genes, const std::string& prefix = "gene", std::uint64_t seed = 1) {
  Rng rng(seed);
  data::DenseMatrix x{cells, genes, {}};
  for (std::int64_t i = 0; i < cells * genes; ++i) x.values.push_back(static_cast<float>(rng.poisson(1.0 + static_cast<double>(i % genes % 7))));
  data::Dataset dataset;
  dataset.name = "small";
  dataset.x = std::move(x);
  for (std::int64_t i = 0; i < cells; ++i) dataset.obs.index.push_back("cell" + std::to_string(i));
  for (std::int64_t i = 0; i < genes; ++i) dataset.var.index.push_back(prefix + std::to_string(i));
  return dataset;
}

inline std::string write(const data::Dataset& dataset, const std::filesystem::path& path) {
  hdf5::write_h5ad(dataset, path.string());
  return path.string();
}

/// A configuration of two sources, "a" (spots) and "b" (cells), that trains for a few steps on the CPU.
inline std::string write_config(const std::filesystem::path& path, const std::string& file_a, const std::string& file_b, const std::string& more = "") {
  std::ofstream(path) << "system: gems\nparent: gems/demo\ntitle: two small sources\ndata_folder: ''\nsteps: 20\nbatch_size: 32\ngenes: 40\nencoder: {hidden: [256, 128], latent: 64}\nnormalize: {by_source: none}\n"
                      << "loss: {spatial: {enabled: false}}\n"   // the files have no places
                      << "sources:\n  - {name: a, file: '" << file_a << "', patient: p, modality: st}\n"
                      << "  - {name: b, file: '" << file_b << "', patient: p, modality: sc}\n" << more;
  return path.string();
}

}  // namespace geocyte::test
