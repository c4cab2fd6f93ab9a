// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/derive_alignment_checks.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/analysis/alignment_checks.h"
#include "engine/analysis/derivation_part.h"
#include "engine/analysis/parameters.h"
#include "engine/analysis/sources_of_rows.h"
#include "engine/baselines/score_rows.h"
#include "engine/core/check.h"
#include "engine/embed/pca.h"

namespace geocyte::analysis {
namespace {

using Positions = std::vector<std::int64_t>;

const char* const kAtTheEnd = "judged at the end of the run only: the classifier learns from every training cell";
const char* const kWithoutExpression = "judged at the end of the run only: the expression of so many cells is not kept beside training";

/// At most `most` of those positions, each category in proportion.
Positions some_of(const Positions& positions, const std::vector<std::int32_t>& codes, std::int64_t most, std::uint64_t seed) {
  std::vector<std::int32_t> of;
  for (const std::int64_t at : positions) of.push_back(codes[static_cast<std::size_t>(at)]);
  Positions chosen;
  for (const std::int64_t at : stratified(of, most, seed)) chosen.push_back(positions[static_cast<std::size_t>(at)]);
  return chosen;
}

/// The rows of an array of the axis that the points are of; empty when it has none of that name, or not a row a cell.
std::vector<float> values_of(const RowsOfSnapshot& rows, const store::Axis& axis, const std::string& name, std::int64_t& width) {
  std::vector<float> values;
  for (const NamedArray& array : axis.arrays) {
    if (array.name != name || array.shape.size() != 2 || array.shape[0] != axis.size() || array.dtype != DType::f32) continue;
    width = array.shape[1];
    const auto all = array.as<float>();
    for (const std::int64_t row : rows.row) {
      const auto first = all.begin() + static_cast<std::ptrdiff_t>(row * width);
      values.insert(values.end(), first, first + static_cast<std::ptrdiff_t>(width));
    }
    return values;
  }
  return values;
}

Positions numbers_from(std::size_t first, std::size_t count) {
  Positions numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = static_cast<std::int64_t>(first + i);
  return numbers;
}

}  // namespace

DeriveAlignmentChecks::DeriveAlignmentChecks(const config::DerivedSpec& spec, std::uint64_t seed)
    : points_(input_of(spec, "points", "embedding")), labels_(input_of(spec, "labels", "source")), groups_(input_of(spec, "groups", "modality")),
      types_(input_of(spec, "types", "cell_type")), expression_(input_of(spec, "expression", "expression")), places_(input_of(spec, "places", "coordinates")), seed_(seed) {
  Parameters parameters(spec.method, spec.parameters);
  most_rows_ = parameters.get<std::int64_t>("most_rows", 3000);
  most_fitted_ = parameters.get<std::int64_t>("most_fitted", 800);
  components_ = parameters.get("components", 50);
  bootstrap_ = parameters.get("bootstrap", 100);
  parameters.require_all_known();
  require(most_rows_ >= 20 && most_fitted_ >= 2 && components_ >= 1 && bootstrap_ >= 0, "checks need 20 cells and one component");
}

baselines::ScoreOptions DeriveAlignmentChecks::options(const StopToken& stop) const {
  baselines::ScoreOptions options;
  options.bootstrap = bootstrap_;
  options.seed = seed_;
  options.stop = stop;
  return options;
}

namespace {

/// The parts that guards and mixing need; distances and classifiers are the gates' business.
baselines::AlignmentScores scores_of(const baselines::ScoredCells& cells, const baselines::ScoreOptions& options) {
  baselines::AlignmentScores scores;
  for (const auto part : {baselines::add_mixing, baselines::add_types, baselines::add_space, baselines::add_expression, baselines::add_spread})
    if (!options.stop.stop_requested()) part(cells, options, scores);
  return scores;
}

}  // namespace

const DeriveAlignmentChecks::Plain* DeriveAlignmentChecks::plain_of(const RowsOfSnapshot& rows, const store::Axis& axis, baselines::ScoredCells cells, const StopToken& stop) {
  if (plain_ && plain_->row == rows.row) return &*plain_;
  plain_.reset();
  std::int64_t genes = 0;
  const std::vector<float> expression = values_of(rows, axis, expression_, genes);
  if (genes == 0 || cells.train.size() < 2 || stop.stop_requested()) return nullptr;
  const kernels::Points raw{expression.data(), rows.count(), genes};
  const Positions fitted = some_of({cells.train.begin(), cells.train.end()}, {cells.source.begin(), cells.source.end()}, most_fitted_, seed_);
  const baselines::FloatRows known = baselines::copy_rows(raw, fitted);
  const embed::Pca pca = embed::fit_pca(known.points(), components_);
  Plain plain;
  plain.row = rows.row;
  plain.dims = pca.count();
  plain.components = pca.transform_to_float(raw);
  cells.points = cells.expression = {plain.components.data(), rows.count(), plain.dims};
  plain.pca = scores_of(cells, options(stop));
  cells.points = raw;
  baselines::add_expression(cells, options(stop), plain.raw);
  if (stop.stop_requested()) return nullptr;
  plain_ = std::move(plain);
  return &*plain_;
}

store::Snapshot DeriveAlignmentChecks::derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes, const StopToken& stop) {
  store::Snapshot part = empty_part(raw, "alignment_checks");
  auto rows = read_rows(raw, points_, axes);
  if (!rows) return part;
  const store::Axis* axis = find_axis(axes, rows->axis);
  const auto all_labels = read_labels(*rows, labels_, axes);
  SplitOfRows split = split_of_rows(*rows, axes);
  if (!axis || !all_labels || all_labels->categories.size() < 2 || split.held_out.empty()) return part;
  Positions judged = some_of(split.train, all_labels->codes, most_rows_, seed_);
  const std::size_t train = judged.size();
  const Positions asked = some_of(split.held_out, all_labels->codes, most_rows_, seed_);
  judged.insert(judged.end(), asked.begin(), asked.end());
  rows->keep(judged);

  const SourcesOfRows sources = sources_of_rows(*read_labels(*rows, labels_, axes), find_axis(axes, labels_));
  if (std::any_of(sources.codes.begin(), sources.codes.end(), [](std::int32_t code) { return code < 0; })) return part;
  const Positions of_train = numbers_from(0, train), held_out = numbers_from(train, asked.size());
  std::vector<std::uint8_t> domain(sources.names.size(), 0);
  if (const auto groups = read_labels(*rows, groups_, axes)) {
    const auto group = group_of_sources(sources.codes, sources.names.size(), *groups);
    for (std::size_t s = 0; s < domain.size(); ++s) domain[s] = group[s] >= 0 && group[s] == groups->code_of("sc") ? 1 : 0;
  }
  baselines::ScoredCells cells;
  cells.points = rows->points();
  cells.source = sources.codes;
  cells.sources = static_cast<int>(sources.names.size());
  cells.domain = domain;
  cells.train = of_train;
  cells.held_out = held_out;
  const auto types = read_labels(*rows, types_, axes);
  if (types) cells.cell_type = types->codes;
  std::int64_t width = 0;
  const std::vector<float> places = values_of(*rows, *axis, places_, width);
  if (width == 2) cells.xy = places;

  const Plain* plain = plain_of(*rows, *axis, cells, stop);
  if (plain) cells.expression = {plain->components.data(), rows->count(), plain->dims};
  const baselines::AlignmentScores scores = scores_of(cells, options(stop));
  if (stop.stop_requested()) return part;
  std::vector<int> whole;
  for (int s = 0; s < cells.sources; ++s)
    if (std::none_of(of_train.begin(), of_train.end(), [&](std::int64_t at) { return sources.codes[static_cast<std::size_t>(at)] == s; })) whole.push_back(s);
  const auto guards = baselines::alignment_guards(scores, plain ? &plain->pca : nullptr, plain ? &plain->raw : nullptr, whole);
  part.checks = score_checks(scores, guards, sources.names, plain ? &plain->pca : nullptr);
  for (store::Check& check : part.checks)
    if (!plain && check.kind == "guard") check.rule = kWithoutExpression;
  if (std::count(domain.begin(), domain.end(), 1) % static_cast<std::ptrdiff_t>(domain.size()) != 0)
    part.checks.insert(part.checks.begin(), store::Check{"gates/domains", "gate", "Spots against cells, AUC", std::nan(""), {}, {}, {}, kAtTheEnd, {}, 0});
  return part;
}

}  // namespace geocyte::analysis
