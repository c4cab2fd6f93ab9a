// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/placer.h"

#include <algorithm>
#include <span>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include "plugins/st_edm/layout.h"
#include "plugins/st_edm/panel_input.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr double kLayout = 0.88;           // of the time after reading; the rest goes to samples
constexpr std::int64_t kReadAtOnce = 2048;

}  // namespace

double Placer::memory_bytes(std::int64_t cells, std::int64_t most) const {
  const auto& heads = parts_.generator->heads()->options();
  const double n = static_cast<double>(cells), members = static_cast<double>(heads.members), said = members * static_cast<double>(heads.local + heads.distance);
  const double at_once = std::min(n, static_cast<double>(most > 0 ? most : kMostAtOnce)), samples = static_cast<double>(parts_.options.refine.samples * parts_.tissue.dims);
  constexpr double kProgram = 350e6, kHidden = 2 * 8192, kPairs = 40, kToken = 120e3;
  double bytes = kProgram + 4 * n * (static_cast<double>(heads.in) + 2 * kShownComponents + 2 * said + 4 * samples) + 300 * n;
  bytes += 4 * kHidden * members * static_cast<double>(heads.hidden) + kPairs * at_once * at_once + 4 * 6 * kReadAtOnce * static_cast<double>(panel().size());
  if (parts_.refiner) bytes += kToken * std::min(8 * n, std::max(n, 40e3)) / 4 + 8 * members * static_cast<double>(heads.hidden) * n;
  return bytes;
}

train::Applied Placer::apply(const train::NewCells& cells, const train::ApplyOptions& options) const {
  const at::NoGradGuard no_gradient;
  const std::vector<CellSet> sets = sets_of(cells);
  const Tissue tissue = read_new_cells(parts_.tissue, cells, options);
  const Placing placing{parts_.options, tissue, *parts_.generator, parts_.refiner.get()};
  PlacedCells placed;
  placed.places = at::empty({cells.count(), tissue.dims}, at::kFloat);
  placed.uncertainty = at::empty({cells.count()}, at::kFloat);
  double before = 0;
  for (const CellSet& set : sets) {
    const double share = static_cast<double>(set.rows.size()) / static_cast<double>(cells.count());
    const auto report = [&](double within, const std::string& what) { options.progress(kReadShare + (1 - kReadShare) * (before + share * within), what); };
    report(0, "layout");
    const PatchProgress patches = [&](std::int64_t done, std::int64_t of) {
      report(kLayout * static_cast<double>(done) / static_cast<double>(of), fmt::format("layout, patch {} of {}", done, of));
    };
    const at::Tensor laid_out = placing.places(set, options.seed, options.threads, options.stop, {options.at_once > 0 ? options.at_once : kMostAtOnce, patches});
    const at::Tensor own = turned_onto(parts_.frame_places, set, laid_out, [&](std::span<const std::int64_t> rows) {
      return scaled_places(at::cat({parts_.frame_distance, parts_.generator->heads_of(tissue, rows).distance}, 1), tissue.dims);
    });
    go_on(options.stop);
    report(kLayout, "samples");
    const at::Tensor samples = placing.samples(set, own, options.seed, options.stop), at_rows = at::tensor(set.rows, at::kLong);
    go_on(options.stop);
    placed.places.index_copy_(0, at_rows, own);
    placed.uncertainty.index_copy_(0, at_rows, parts_.calibration.uncertainty(spread_about(samples, own)));
    before += share;
  }
  placed.refined = parts_.refiner != nullptr;
  placed.radii = parts_.radii;
  placed.how_sure = parts_.calibration.cells > 0 ? fmt::format("root mean squared error to be expected, calibrated on {} {}; a circle of {:.3f} times it holds 90 % of them",
                                                               parts_.calibration.cells, parts_.calibration.of_what(), parts_.calibration.multiple[3])
                                                 : "root mean squared distance of samples from the place, not calibrated";
  train::Applied made = to_applied(parts_.tissue, tissue, placed, options.threads);
  if (parts_.calibration.cells == 0) made.notes.push_back("the run had too few validation cells to calibrate its uncertainty (held_out.fraction): it is the plain spread of samples");
  options.progress(1, "done");
  return made;
}

}  // namespace geocyte::plugins::st_edm
