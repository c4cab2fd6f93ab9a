// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/placer.h"

#include <algorithm>
#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/geometry/rigid.h"
#include "plugins/st_edm/layout.h"
#include "plugins/st_edm/panel_input.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kBlock = 2048, kFewestCells = 4;
/// Shares of the time: reading twice, layouts, samples.
constexpr double kRead = 0.03, kLayout = 0.88;
constexpr double kForeign = 0.6;           // share of the variation of training cells below which a file is said to be foreign

void go_on(const StopToken& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::interrupted, "placing was stopped; nothing was written");
}

data::Column numbers(const char* name, const at::Tensor& values) {
  const at::Tensor host = values.to(at::kFloat).contiguous();
  data::Column column;
  column.name = name;
  column.numbers.assign(host.const_data_ptr<float>(), host.const_data_ptr<float>() + host.numel());
  return column;
}

/// Log-normalised panels of the cells, a block at a time: `take(first, y)`.
void over_blocks(const preprocess::Recipe& recipe, const train::NewCells& cells, const train::ApplyOptions& options, double from,
                 const std::function<void(std::int64_t first, const at::Tensor& y)>& take) {
  const auto block = std::make_shared<data::Dataset>();
  block->var = cells.tables->var;
  data::Source source;
  source.name = "the new data";
  source.dataset = block;
  for (std::int64_t begin = 0; begin < cells.count(); begin += kBlock) {
    go_on(options.stop);
    const std::int64_t end = std::min(begin + kBlock, cells.count());
    block->x = cells.counts(begin, end);
    block->obs.index.assign(cells.tables->obs.index.begin() + begin, cells.tables->obs.index.begin() + end);
    data::DenseMatrix y = recipe.apply(source, options.missing_as_zero ? preprocess::MissingGenes::zero : preprocess::MissingGenes::refuse);
    take(begin, at::from_blob(y.values.data(), {y.rows, y.cols}, at::kFloat));
    options.progress(from + kRead / 2 * static_cast<double>(end) / static_cast<double>(cells.count()), "reading");
  }
}

/// Rows of each source in a block that begins at `first`.
std::vector<std::vector<std::int64_t>> by_source(const train::NewCells& cells, std::int64_t first, std::int64_t count) {
  std::vector<std::vector<std::int64_t>> rows(cells.sources.size());
  for (std::int64_t i = 0; i < count; ++i) rows[static_cast<std::size_t>(cells.source_of_cell[static_cast<std::size_t>(first + i)])].push_back(i);
  return rows;
}

at::Tensor embedding_of(const train::NewCells& cells, const InputMap& map) {
  const auto found = cells.tables->obsm.find(map.embedding);
  if (found == cells.tables->obsm.end())
    throw Error(ErrorCode::bad_data, "the data have no obsm " + map.embedding + ", which the run learned from", "embed them first: `apply --with-counts` with the run of the encoder");
  if (const std::string by = encoder_of(*cells.tables); by != map.encoder)
    throw Error(ErrorCode::bad_data, "obsm " + map.embedding + " of the data was made by another encoder than that of the run", "embed them with `apply --with-counts` of the run and step that the training files were embedded with");
  const data::DenseMatrix& from = found->second;
  if (from.cols != map.embedding_mean.size(1))
    throw Error(ErrorCode::bad_data, fmt::format("obsm {} of the data has {} dimensions, the run learned from {}", map.embedding, from.cols, map.embedding_mean.size(1)));
  const at::Tensor all = at::from_blob(const_cast<float*>(from.values.data()), {from.rows, from.cols}, at::kFloat).clone();
  if (!all.isfinite().all().item<bool>()) throw Error(ErrorCode::bad_data, "obsm " + map.embedding + " of the data has a value that is not finite");
  return all;
}

}  // namespace

std::vector<std::string> Placer::needs_encoder() const {
  std::vector<std::string> hashes = split(trim(parts_.tissue.map.encoder), ' ');
  std::erase(hashes, "");
  return hashes;
}

double Placer::memory_bytes(std::int64_t cells, std::int64_t most) const {
  const auto& heads = parts_.generator->heads()->options();
  const double n = static_cast<double>(cells), members = static_cast<double>(heads.members), said = members * static_cast<double>(heads.local + heads.distance);
  const double at_once = std::min(n, static_cast<double>(most > 0 ? most : kMostAtOnce)), samples = static_cast<double>(parts_.options.refine.samples * parts_.tissue.dims);
  constexpr double kProgram = 350e6, kHidden = 2 * 8192, kPairs = 40, kToken = 120e3;
  double bytes = kProgram + 4 * n * (static_cast<double>(heads.in) + 2 * kShownComponents + 2 * said + 4 * samples) + 300 * n;
  bytes += 4 * kHidden * members * static_cast<double>(heads.hidden) + kPairs * at_once * at_once + 4 * 6 * kBlock * static_cast<double>(panel().size());
  if (parts_.refiner) bytes += kToken * std::min(8 * n, std::max(n, 40e3)) / 4 + 8 * members * static_cast<double>(heads.hidden) * n;
  return bytes;
}

Tissue Placer::read(const train::NewCells& cells, const train::ApplyOptions& options) const {
  const Tissue& known = parts_.tissue;
  Tissue tissue;
  tissue.dims = known.dims;
  tissue.block = known.block;
  tissue.source_of_cell = cells.source_of_cell;
  std::vector<SourceMoments> moments(cells.sources.size());
  over_blocks(known.recipe, cells, options, 0, [&](std::int64_t first, const at::Tensor& y) {
    const auto rows = by_source(cells, first, y.size(0));
    for (std::size_t s = 0; s < rows.size(); ++s)
      if (!rows[s].empty()) moments[s].add(y.index_select(0, at::tensor(rows[s], at::kLong)));
  });
  std::vector<SourceScale> scales;
  for (const SourceMoments& one : moments) scales.push_back(one.scale());
  const at::Tensor embedded = known.map.kind == "embedding" ? embedding_of(cells, known.map) : at::Tensor();
  tissue.input = at::empty({cells.count(), parts_.generator->heads()->options().in}, at::kFloat);
  tissue.components = at::empty({cells.count(), known.profile.cells.size(1)}, at::kFloat);
  over_blocks(known.recipe, cells, options, kRead / 2, [&](std::int64_t first, const at::Tensor& y) {
    at::Tensor z = at::empty_like(y);
    const auto rows = by_source(cells, first, y.size(0));
    for (std::size_t s = 0; s < rows.size(); ++s) {
      if (rows[s].empty()) continue;
      const at::Tensor at_rows = at::tensor(rows[s], at::kLong);
      z.index_copy_(0, at_rows, scales[s].apply(y.index_select(0, at_rows)));
    }
    const at::Tensor components = known.map.components(z);
    tissue.components.narrow(0, first, y.size(0)).copy_(components.narrow(1, 0, tissue.components.size(1)));
    tissue.input.narrow(0, first, y.size(0)).copy_(known.map.input(z, components, embedded.defined() ? embedded.narrow(0, first, y.size(0)) : at::Tensor()));
  });
  tissue.places = at::zeros({cells.count(), tissue.dims}, at::kFloat);
  return tissue;
}

at::Tensor Placer::turned(const Tissue& tissue, const CellSet& cells, const at::Tensor& places) const {
  const std::int64_t known = parts_.frame_places.size(0);
  // Of many new cells some say as well how the tissue lies.
  std::vector<std::int64_t> some;
  const auto n = static_cast<std::int64_t>(cells.rows.size()), count = std::min<std::int64_t>(n, 2 * known);
  for (std::int64_t i = 0; i < count; ++i) some.push_back(i * n / count);
  std::vector<std::int64_t> rows;
  for (const std::int64_t i : some) rows.push_back(cells.rows[static_cast<std::size_t>(i)]);
  const at::Tensor x = tissue.input.index_select(0, at::tensor(rows, at::kLong)).unsqueeze(0).expand({parts_.frame_distance.size(0), -1, -1});
  const at::Tensor joint = scaled_places(at::cat({parts_.frame_distance, parts_.generator->heads()->forward(x).distance}, 1), tissue.dims);
  const at::Tensor onto = geometry::fit_rigid(joint.narrow(0, 0, known), parts_.frame_places).apply(joint).narrow(0, known, count);
  return geometry::fit_rigid(places.index_select(0, at::tensor(some, at::kLong)), onto).apply(places);
}

train::Applied Placer::apply(const train::NewCells& cells, const train::ApplyOptions& options) const {
  const at::NoGradGuard no_gradient;
  std::vector<std::vector<std::int64_t>> rows = by_source(cells, 0, cells.count());
  for (std::size_t s = 0; s < rows.size(); ++s)
    if (static_cast<std::int64_t>(rows[s].size()) < kFewestCells)
      throw Error(ErrorCode::bad_data, fmt::format("{} has {} cells, but places are found from at least {} together", cells.sources[s].empty() ? "the data" : "the source '" + cells.sources[s] + "'",
                                                   rows[s].size(), kFewestCells));
  const Tissue tissue = read(cells, options);
  const Placing placing{parts_.options, tissue, *parts_.generator, parts_.refiner.get()};
  at::Tensor places = at::empty({cells.count(), tissue.dims}, at::kFloat), uncertainty = at::empty({cells.count()}, at::kFloat);
  double before = 0;
  for (std::size_t s = 0; s < rows.size(); ++s) {
    const double share = static_cast<double>(rows[s].size()) / static_cast<double>(cells.count());
    const auto report = [&](double within, const std::string& what) { options.progress(kRead + (1 - kRead) * (before + share * within), what); };
    const CellSet set{cells.sources[s], std::move(rows[s])};
    report(0, "layout");
    const PatchProgress patches = [&](std::int64_t done, std::int64_t of) {
      report(kLayout * static_cast<double>(done) / static_cast<double>(of), fmt::format("layout, patch {} of {}", done, of));
    };
    const at::Tensor own = turned(tissue, set, placing.places(set, options.seed, options.threads, options.stop, {options.at_once > 0 ? options.at_once : kMostAtOnce, patches}));
    go_on(options.stop);
    report(kLayout, "samples");
    const at::Tensor samples = placing.samples(set, own, options.seed, options.stop), at_rows = at::tensor(set.rows, at::kLong);
    go_on(options.stop);
    places.index_copy_(0, at_rows, own);
    uncertainty.index_copy_(0, at_rows, parts_.calibration.uncertainty(spread_about(samples, own)));
    before += share;
  }
  train::Applied made;
  made.values = {cells.count(), tissue.dims, {places.const_data_ptr<float>(), places.const_data_ptr<float>() + places.numel()}};
  const at::Tensor off = off_tissue_scores(parts_.tissue.profile, tissue.components, options.threads);
  made.columns = {numbers("uncertainty", uncertainty), numbers("off_tissue", off)};
  double radius = 0;
  for (const double one : parts_.radii) radius += one / static_cast<double>(parts_.radii.size());
  const auto [least, most] = std::minmax_element(parts_.radii.begin(), parts_.radii.end());
  made.facts = {{"geocyte/unit", "1 = root mean squared radius of a training slide"},
                {"geocyte/radius_of_training_slides", fmt::format("{:.6g}", radius)},
                {"geocyte/refined", parts_.refiner ? "yes" : "no"},
                {"geocyte/uncertainty", parts_.calibration.cells > 0 ? fmt::format("root mean squared error to be expected, calibrated on {} validation cells; a circle of {:.3f} times it holds 90 % of them",
                                                                                 parts_.calibration.cells, parts_.calibration.multiple[3])
                                                                    : "root mean squared distance of samples from the place, not calibrated"},
                {"geocyte/off_tissue", "distance to the 10th nearest training cell over the 95 % quantile of training cells"}};
  if (*most > 1.5 * *least) made.facts["geocyte/radius_note"] = fmt::format("radii of the training slides differ: {:.6g} to {:.6g}", *least, *most);
  // Foreign cells lie near the middle of components that are not theirs, as unlike ones alone do not: how much they vary there says more of a whole file.
  const double shared = tissue.components.var(0, false).sum().item<double>() / std::max(1e-12, parts_.tissue.profile.cells.var(0, false).sum().item<double>());
  made.facts["geocyte/shared_variation"] = fmt::format("{:.3f}", shared);
  if (shared < kForeign)
    made.notes.push_back(fmt::format("the cells vary along the components of the run {:.0f} % as much as its training cells: they may be of another tissue or assay, and their places guesses", 100 * shared));
  const double outside = (off > 2).to(at::kDouble).mean().item<double>();
  if (outside > 0.05)
    made.notes.push_back(fmt::format("{:.0f} % of the cells are more than twice as far from every training cell as 95 % of these are from each other: their places are guesses (obs off_tissue)", 100 * outside));
  if (parts_.calibration.cells == 0) made.notes.push_back("the run had too few validation cells to calibrate its uncertainty (held_out.fraction): it is the plain spread of samples");
  options.progress(1, "done");
  return made;
}

}  // namespace geocyte::plugins::st_edm
