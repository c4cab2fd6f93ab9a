// SPDX-License-Identifier: GPL-3.0-or-later
// A small embedding with its axes: three sources of normal cells, half of them held out.
#pragma once

#include <string>
#include <vector>

#include "engine/core/rng.h"
#include "engine/store/contract/axis.h"
#include "engine/store/contract/snapshot.h"

namespace geocyte::analysis {

struct SmallEmbedding {
  std::int64_t each = 120, dims = 16;
  std::vector<double> shift{0, 0, 0};  ///< of each source, in the first dimension
  double scale = 1;
  std::uint64_t seed = 1;
  double drift = 0;  ///< further noise, of another stream

  std::int64_t rows() const { return each * static_cast<std::int64_t>(shift.size()); }
  std::vector<float> values() const {
    Rng rng(seed), other(seed + 1000);
    std::vector<float> all;
    for (const double by : shift)
      for (std::int64_t i = 0; i < each; ++i)
        for (std::int64_t d = 0; d < dims; ++d)
          all.push_back(static_cast<float>(scale * (rng.normal() + (d == 0 ? by : 0) + drift * other.normal())));
    return all;
  }
  store::Snapshot snapshot(std::int64_t step = 100) const {
    store::Snapshot raw;
    raw.step = step;
    raw.stage = "encode";
    raw.arrays.push_back(make_array<float>("embedding", values(), {rows(), dims}, {"cell", "latent"}, "points"));
    return raw;
  }
  std::vector<store::Axis> axes() const {
    store::Axis cell, source;
    cell.name = "cell";
    source.name = "source";
    store::AxisLabels of_source{"source", {}, {}}, split{"split", {}, {"train", "held_out"}},
        modality{"modality", {}, {"st", "sc"}};
    for (std::size_t s = 0; s < shift.size(); ++s) {
      source.ids.push_back("S" + std::to_string(s));
      of_source.categories.push_back(source.ids.back());
      for (std::int64_t i = 0; i < each; ++i) {
        cell.ids.push_back(source.ids.back() + "_" + std::to_string(i));
        of_source.codes.push_back(static_cast<std::int32_t>(s));
        split.codes.push_back(i % 2);
        modality.codes.push_back(s == 0 ? 0 : 1);
      }
    }
    cell.labels = {of_source, split, modality};
    return {cell, source};
  }
};

}  // namespace geocyte::analysis
