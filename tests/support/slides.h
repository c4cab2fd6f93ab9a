// SPDX-License-Identifier: GPL-3.0-or-later
// Slides whose counts follow the places of their cells: something can be learned from them within a few steps.
#pragma once

#include <cmath>
#include <cstdint>
#include <variant>

#include "engine/core/rng.h"
#include "tests/support/bad_data.h"

namespace geocyte::test {

/// Places are even in a square of side `scale` (obsm "spatial"); gene g rises along a direction of its own, so two axes show in the counts.
inline data::Dataset slide(std::int64_t cells, std::int64_t genes, std::uint64_t seed, double scale = 1) {
  data::Dataset dataset = small_dataset(cells, genes, "gene", seed);
  Rng rng(hash64("slide", seed));
  auto& x = std::get<data::DenseMatrix>(dataset.x);
  data::DenseMatrix places{cells, 2, {}};
  for (std::int64_t i = 0; i < cells; ++i) {
    const double a = rng.uniform(), b = rng.uniform();
    places.values.push_back(static_cast<float>(scale * a));
    places.values.push_back(static_cast<float>(scale * b));
    for (std::int64_t g = 0; g < genes; ++g) {
      const double angle = 6.2831853 * static_cast<double>(g) / static_cast<double>(genes);
      x.row(i)[static_cast<std::size_t>(g)] = static_cast<float>(rng.poisson(10 * std::exp(1.5 * (std::cos(angle) * a + std::sin(angle) * b))));
    }
  }
  dataset.obsm["spatial"] = std::move(places);
  return dataset;
}

}  // namespace geocyte::test
