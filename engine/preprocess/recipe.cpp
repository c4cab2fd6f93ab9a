// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/preprocess/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "engine/core/check.h"
#include "engine/core/text.h"
#include "engine/preprocess/normalise.h"
#include "engine/preprocess/thinning.h"

namespace geocyte::preprocess {
namespace {

/// Training rows of each source, as positions within the source.
std::vector<std::vector<std::int64_t>> rows_by_source(const std::vector<data::Source>& sources,
                                                      std::span<const std::int64_t> train_rows,
                                                      const std::vector<std::string>& unseen) {
  std::vector<std::vector<std::int64_t>> rows(sources.size());
  std::size_t source = 0;
  std::int64_t begin = 0, previous = -1;
  for (const auto row : train_rows) {
    require(row > previous, "training rows ascend");
    previous = row;
    while (source < sources.size() && row - begin >= sources[source].size()) begin += sources[source++].size();
    require(source < sources.size(), "a training row lies on the cell axis");
    rows[source].push_back(row - begin);
  }
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (rows[i].empty() && std::find(unseen.begin(), unseen.end(), sources[i].name) == unseen.end())
      throw Error(ErrorCode::bad_data, "source " + sources[i].name + " has no cell to train on",
                  "Hold fewer cells out, or leave the source out.");
  return rows;
}

std::unordered_map<std::string, std::int64_t> columns_of(const data::Source& source) {
  std::unordered_map<std::string, std::int64_t> columns;
  const auto& genes = source.dataset->var.index;
  for (std::size_t g = 0; g < genes.size(); ++g) columns.try_emplace(genes[g], static_cast<std::int64_t>(g));
  return columns;
}

std::vector<std::int64_t> find_columns(const data::Source& source, const std::vector<std::string>& genes) {
  const auto columns = columns_of(source);
  std::vector<std::int64_t> found;
  found.reserve(genes.size());
  for (const auto& gene : genes) {
    const auto place = columns.find(gene);
    found.push_back(place == columns.end() ? -1 : place->second);
  }
  return found;
}

void check_stop(const StopToken& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::interrupted, "choosing genes was stopped");
}

}  // namespace

Recipe Recipe::fit(const std::vector<data::Source>& given, std::span<const std::int64_t> train_rows,
                   const RecipeOptions& options) {
  if (!(options.target_sum > 0) || !std::isfinite(options.target_sum))
    throw Error(ErrorCode::bad_config,
                fmt::format("normalize.target_sum is {}, but must be a positive number", options.target_sum));
  require(options.genes >= 0, "the size of the panel is not negative");
  require(!given.empty(), "a recipe is fitted on at least one source");
  Recipe recipe;
  recipe.target_sum_ = options.target_sum;
  recipe.variability_ = options.variability;
  recipe.by_source_ = options.by_source;
  recipe.seed_ = options.seed;

  const std::vector<std::string> shared = data::shared_genes(given);
  std::vector<std::vector<std::int64_t>> rows = rows_by_source(given, train_rows, options.unseen);
  std::vector<data::Source> sources = given;
  if (options.thin) {
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (const double depth = median_depth(sources[i], rows[i]); depth > 0)
        recipe.depth_ = recipe.depth_ > 0 ? std::min(recipe.depth_, depth) : depth;
    for (auto& source : sources) source = recipe.thinned(source);
  }
  std::vector<std::vector<double>> scores;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    check_stop(options.stop);
    if (rows[i].empty()) continue;
    const GeneMoments moments = gene_moments(sources[i], rows[i], find_columns(sources[i], shared), options.target_sum,
                                             options.variability);
    scores.push_back(variability_scores(moments, options.variability));
  }
  const std::int64_t wanted = options.genes == 0 ? static_cast<std::int64_t>(shared.size()) : options.genes;
  for (const auto g : top_genes(scores, shared, wanted, options.variability)) recipe.panel_.push_back(shared[g]);

  if (recipe.by_source_ != BySource::none) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      check_stop(options.stop);
      if (rows[i].empty()) continue;
      const data::DenseMatrix cells = recipe.log_normalised_panel(sources[i], MissingGenes::refuse);
      recipe.statistics_[sources[i].name] = statistics_of(cells, &rows[i], recipe.by_source_);
    }
  }
  return recipe;
}

data::Source Recipe::thinned(const data::Source& source) const { return depth_ > 0 ? thin(source, depth_, seed_) : source; }

data::DenseMatrix Recipe::log_normalised_panel(const data::Source& source, MissingGenes missing) const {
  require(source.dataset != nullptr, "source " + source.name + " has a data set");
  const std::vector<std::int64_t> columns = find_columns(source, panel_);
  const auto absent = std::count(columns.begin(), columns.end(), -1);
  if (absent == static_cast<std::int64_t>(panel_.size()) || (absent > 0 && missing == MissingGenes::refuse)) {
    std::vector<std::string> names;
    for (std::size_t g = 0; g < panel_.size(); ++g)
      if (columns[g] < 0) names.push_back(panel_[g]);
    throw Error(ErrorCode::bad_data,
                fmt::format("source {} lacks {} of the {} genes of the panel: {}", source.name, grouped(absent),
                            grouped(static_cast<std::int64_t>(panel_.size())), listed(names)),
                absent == static_cast<std::int64_t>(panel_.size())
                    ? "Check that it uses the same kind of gene names."
                    : "Take data with these genes, or allow missing genes to count as zero.");
  }
  return log_normalise(source, columns, target_sum_);
}

data::DenseMatrix Recipe::log_normalised(const data::Source& source, MissingGenes missing) const {
  require(source.dataset != nullptr, "source " + source.name + " has a data set");
  return log_normalised_panel(thinned(source), missing);
}

std::vector<double> Recipe::library_sizes(const data::Source& source) const {
  const data::Source given = thinned(source);
  const std::vector<double> sums = data::row_sums(given.dataset->x);
  std::vector<double> sizes;
  for (std::int64_t i = 0; i < given.size(); ++i) sizes.push_back(sums[static_cast<std::size_t>(given.rows.empty() ? i : given.rows[static_cast<std::size_t>(i)])]);
  return sizes;
}

SourceStatistics Recipe::statistics(const std::string& source, const data::DenseMatrix& cells) const {
  const auto known = statistics_.find(source);
  return known != statistics_.end() ? known->second : statistics_of(cells, nullptr, by_source_);
}

data::DenseMatrix Recipe::apply(const data::Source& source, MissingGenes missing) const {
  data::DenseMatrix cells = log_normalised(source, missing);
  if (by_source_ != BySource::none) apply_statistics(cells, statistics(source.name, cells), by_source_);
  return cells;
}

}  // namespace geocyte::preprocess
