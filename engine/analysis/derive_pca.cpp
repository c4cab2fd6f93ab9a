// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/derive_pca.h"

#include <fmt/format.h>

#include "engine/analysis/derivation_part.h"
#include "engine/analysis/parameters.h"
#include "engine/analysis/snapshot_rows.h"
#include "engine/analysis/words.h"
#include "engine/embed/pca.h"

namespace geocyte::analysis {

DerivePca::DerivePca(const config::DerivedSpec& spec)
    : points_(input_of(spec, "points", "embedding")), makes_(spec.makes) {
  Parameters(spec.method, spec.parameters).require_all_known();
}

store::Snapshot DerivePca::derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes,
                                  const StopToken& stop) {
  store::Snapshot part = empty_part(raw, "pca");
  const auto rows = read_rows(raw, points_, axes);
  if (!rows || rows->count() < 2 || stop.stop_requested()) return part;

  const embed::Pca pca = embed::fit_pca(rows->points(), 2);
  const auto scores = pca.transform_to_float(rows->points());
  const std::int64_t found = pca.count();
  std::vector<float> layout(2 * rows->count(), 0.0f);  // a missing component stays 0
  for (std::int64_t c = 0; c < found; ++c) {
    double agreement = 0;
    for (std::int64_t i = 0; i < rows->count(); ++i) {
      layout[2 * i + c] = scores[i * found + c];
      if (last_rows_ == rows->row) agreement += static_cast<double>(layout[2 * i + c]) * last_layout_[2 * i + c];
    }
    if (agreement < 0)
      for (std::int64_t i = 0; i < rows->count(); ++i) layout[2 * i + c] *= -1;
  }

  const double first = found > 0 ? pca.explained(0) : 0, second = found > 1 ? pca.explained(1) : 0;
  const std::string caption =
      fmt::format("PCA, components 1 and 2 with {} and {} of the variance, {} of {} cells", percent(first),
                  percent(second), grouped(rows->count()), grouped(rows->axis_size));
  part.arrays.push_back(make_array<float>(makes_, layout, {rows->count(), 2}, {rows->axis, "xy"}, "points", caption));
  if (rows->subset) part.arrays.push_back(row_index_array(*rows, makes_));
  part.attributes["explained"] = {first, second};
  last_rows_ = rows->row;
  last_layout_ = std::move(layout);
  return part;
}

}  // namespace geocyte::analysis
