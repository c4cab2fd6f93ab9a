// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/new_cells.h"

#include <algorithm>
#include <functional>
#include <memory>

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/geometry/rigid.h"
#include "plugins/st_edm/context_blocks.h"
#include "plugins/st_edm/panel_input.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kBlock = 2048, kFewestCells = 4, kFrameCells = 500;
constexpr double kForeign = 0.6;           // share of the variation of training cells below which a file is said to be foreign

/// `count` of `n` positions.
std::vector<std::int64_t> spread_through(std::int64_t n, std::int64_t count) {
  std::vector<std::int64_t> some;
  for (std::int64_t i = 0; i < count; ++i) some.push_back(i * n / count);
  return some;
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
                 const std::function<void(std::int64_t first, const data::DenseMatrix& y)>& take) {
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
    take(begin, recipe.apply(source, options.missing_as_zero ? preprocess::MissingGenes::zero : preprocess::MissingGenes::refuse));
    options.progress(from + kReadShare / 2 * static_cast<double>(end) / static_cast<double>(cells.count()), "reading");
  }
}

at::Tensor as_tensor(const data::DenseMatrix& values) { return at::from_blob(const_cast<float*>(values.values.data()), {values.rows, values.cols}, at::kFloat); }

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
  const at::Tensor all = as_tensor(from).clone();
  if (!all.isfinite().all().item<bool>()) throw Error(ErrorCode::bad_data, "obsm " + map.embedding + " of the data has a value that is not finite");
  return all;
}

}  // namespace

void go_on(const StopToken& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::interrupted, "placing was stopped; nothing was written");
}

std::vector<CellSet> sets_of(const train::NewCells& cells) {
  std::vector<CellSet> sets;
  for (auto& rows : by_source(cells, 0, cells.count())) {
    const std::string& name = cells.sources[sets.size()];
    if (static_cast<std::int64_t>(rows.size()) < kFewestCells)
      throw Error(ErrorCode::bad_data, fmt::format("{} has {} cells, but places are found from at least {} together", name.empty() ? "the data" : "the source '" + name + "'", rows.size(), kFewestCells));
    sets.push_back({name, std::move(rows)});
  }
  return sets;
}

std::vector<std::string> encoder_hashes(const InputMap& map) {
  std::vector<std::string> hashes = split(trim(map.encoder), ' ');
  std::erase(hashes, "");
  return hashes;
}

std::vector<std::int64_t> frame_rows(const Tissue& tissue) {
  const SourceFacts& first = tissue.sources[tissue.sources_with(Role::train).front()];
  std::vector<std::int64_t> rows = spread_through(first.size, std::min(first.size, kFrameCells));
  for (std::int64_t& row : rows) row += first.first;
  return rows;
}

at::Tensor turned_onto(const at::Tensor& frame, const CellSet& cells, const at::Tensor& places, const JointPlaces& joint) {
  const std::int64_t known = frame.size(0), n = static_cast<std::int64_t>(cells.rows.size());
  const std::vector<std::int64_t> some = spread_through(n, std::min(n, 2 * known));
  std::vector<std::int64_t> rows;
  for (const std::int64_t i : some) rows.push_back(cells.rows[static_cast<std::size_t>(i)]);
  const at::Tensor together = joint(rows);
  const at::Tensor onto = geometry::fit_rigid(together.narrow(0, 0, known), frame).apply(together).narrow(0, known, static_cast<std::int64_t>(some.size()));
  return geometry::fit_rigid(places.index_select(0, at::tensor(some, at::kLong)), onto).apply(places);
}

Tissue read_new_cells(const Tissue& known, const train::NewCells& cells, const train::ApplyOptions& options) {
  Tissue tissue;
  tissue.dims = known.dims;
  tissue.block = known.block;
  tissue.source_of_cell = cells.source_of_cell;
  std::vector<SourceMoments> moments(cells.sources.size());
  over_blocks(known.recipe, cells, options, 0, [&](std::int64_t first, const data::DenseMatrix& block) {
    for (const std::uint64_t key : keys_of(block)) tissue.keys.push_back(key);
    const at::Tensor y = as_tensor(block);
    const auto rows = by_source(cells, first, y.size(0));
    for (std::size_t s = 0; s < rows.size(); ++s)
      if (!rows[s].empty()) moments[s].add(y.index_select(0, at::tensor(rows[s], at::kLong)));
  });
  std::vector<SourceScale> scales;
  for (const SourceMoments& one : moments) scales.push_back(one.scale());
  const at::Tensor embedded = known.map.kind == "embedding" ? embedding_of(cells, known.map) : at::Tensor();
  tissue.components = at::empty({cells.count(), known.profile.cells.size(1)}, at::kFloat);
  over_blocks(known.recipe, cells, options, kReadShare / 2, [&](std::int64_t first, const data::DenseMatrix& block) {
    const at::Tensor y = as_tensor(block);
    at::Tensor z = at::empty_like(y);
    const auto rows = by_source(cells, first, y.size(0));
    for (std::size_t s = 0; s < rows.size(); ++s) {
      if (rows[s].empty()) continue;
      const at::Tensor at_rows = at::tensor(rows[s], at::kLong);
      z.index_copy_(0, at_rows, scales[s].apply(y.index_select(0, at_rows)));
    }
    const at::Tensor components = known.map.components(z);
    tissue.components.narrow(0, first, y.size(0)).copy_(components.narrow(1, 0, tissue.components.size(1)));
    const at::Tensor input = known.map.input(z, components, embedded.defined() ? embedded.narrow(0, first, y.size(0)) : at::Tensor());
    if (!tissue.input.defined()) tissue.input = at::empty({cells.count(), input.size(1)}, at::kFloat);
    tissue.input.narrow(0, first, y.size(0)).copy_(input);
  });
  tissue.places = at::zeros({cells.count(), tissue.dims}, at::kFloat);
  return tissue;
}

train::Applied to_applied(const Tissue& known, const Tissue& tissue, const PlacedCells& placed, int threads) {
  train::Applied made;
  made.values = {placed.places.size(0), tissue.dims, {placed.places.const_data_ptr<float>(), placed.places.const_data_ptr<float>() + placed.places.numel()}};
  const at::Tensor off = off_tissue_scores(known.profile, tissue.components, threads);
  made.columns = {numbers("uncertainty", placed.uncertainty), numbers("off_tissue", off)};
  double radius = 0;
  for (const double one : placed.radii) radius += one / static_cast<double>(placed.radii.size());
  const auto [least, most] = std::minmax_element(placed.radii.begin(), placed.radii.end());
  made.facts = {{"geocyte/unit", "1 = root mean squared radius of a training slide"},
                {"geocyte/radius_of_training_slides", fmt::format("{:.6g}", radius)},
                {"geocyte/refined", placed.refined ? "yes" : "no"},
                {"geocyte/uncertainty", placed.how_sure},
                {"geocyte/off_tissue", "distance to the 10th nearest training cell over the 95 % quantile of training cells"}};
  if (*most > 1.5 * *least) made.facts["geocyte/radius_note"] = fmt::format("radii of the training slides differ: {:.6g} to {:.6g}", *least, *most);
  // Foreign cells lie near the middle of components that are not theirs, as unlike ones alone do not: how much they vary there says more of a whole file.
  const double shared = tissue.components.var(0, false).sum().item<double>() / std::max(1e-12, known.profile.cells.var(0, false).sum().item<double>());
  made.facts["geocyte/shared_variation"] = fmt::format("{:.3f}", shared);
  if (shared < kForeign)
    made.notes.push_back(fmt::format("the cells vary along the components of the run {:.0f} % as much as its training cells: they may be of another tissue or assay, and their places guesses", 100 * shared));
  const double outside = (off > 2).to(at::kDouble).mean().item<double>();
  if (outside > 0.05)
    made.notes.push_back(fmt::format("{:.0f} % of the cells are more than twice as far from every training cell as 95 % of these are from each other: their places are guesses (obs off_tissue)", 100 * outside));
  return made;
}

}  // namespace geocyte::plugins::st_edm
