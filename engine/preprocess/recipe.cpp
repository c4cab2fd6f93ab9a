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

namespace geocyte::preprocess {
namespace {

/// Training rows of each source, as positions within the source.
std::vector<std::vector<std::int64_t>> rows_by_source(const std::vector<data::Source>& sources,
                                                      std::span<const std::int64_t> train_rows) {
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
    if (rows[i].empty())
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

void subtract_from_rows(data::DenseMatrix& cells, std::span<const float> means) {
  for (std::int64_t i = 0; i < cells.rows; ++i) {
    const auto row = cells.row(i);
    for (std::size_t g = 0; g < means.size(); ++g) row[g] -= means[g];
  }
}

/// Mean of each column over some rows (all rows when `rows` is absent).
std::vector<float> column_means(const data::DenseMatrix& cells, const std::vector<std::int64_t>* rows) {
  std::vector<double> sums(static_cast<std::size_t>(cells.cols), 0.0);
  const auto n = rows != nullptr ? static_cast<std::int64_t>(rows->size()) : cells.rows;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto row = cells.row(rows != nullptr ? (*rows)[i] : i);
    for (std::size_t g = 0; g < row.size(); ++g) sums[g] += row[g];
  }
  std::vector<float> means(sums.size(), 0.0F);
  if (n > 0)
    for (std::size_t g = 0; g < sums.size(); ++g) means[g] = static_cast<float>(sums[g] / static_cast<double>(n));
  return means;
}

void check_stop(const StopToken& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::interrupted, "choosing genes was stopped");
}

}  // namespace

Recipe Recipe::fit(const std::vector<data::Source>& sources, std::span<const std::int64_t> train_rows,
                   const RecipeOptions& options) {
  if (!(options.target_sum > 0) || !std::isfinite(options.target_sum))
    throw Error(ErrorCode::bad_config,
                fmt::format("normalize.target_sum is {}, but must be a positive number", options.target_sum));
  require(options.genes >= 0, "the size of the panel is not negative");
  require(!sources.empty(), "a recipe is fitted on at least one source");
  Recipe recipe;
  recipe.target_sum_ = options.target_sum;
  recipe.variability_ = options.variability;
  recipe.centre_ = options.centre_by_source;

  const std::vector<std::string> shared = data::shared_genes(sources);
  const auto rows = rows_by_source(sources, train_rows);
  std::vector<std::vector<double>> scores;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    check_stop(options.stop);
    const GeneMoments moments = gene_moments(sources[i], rows[i], find_columns(sources[i], shared), options.target_sum,
                                             options.variability);
    scores.push_back(variability_scores(moments, options.variability));
  }
  const std::int64_t wanted = options.genes == 0 ? static_cast<std::int64_t>(shared.size()) : options.genes;
  for (const auto g : top_genes(scores, shared, wanted)) recipe.panel_.push_back(shared[g]);

  if (recipe.centre_) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      check_stop(options.stop);
      const data::DenseMatrix cells = recipe.log_normalised_panel(sources[i], MissingGenes::refuse);
      recipe.centres_[sources[i].name] = column_means(cells, &rows[i]);
    }
  }
  return recipe;
}

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

data::DenseMatrix Recipe::apply(const data::Source& source, MissingGenes missing) const {
  data::DenseMatrix cells = log_normalised_panel(source, missing);
  if (!centre_) return cells;
  const auto known = centres_.find(source.name);
  // A source that was not there in training has no fitted centre; its own mean is the only one there is.
  subtract_from_rows(cells, known != centres_.end() ? known->second : column_means(cells, nullptr));
  return cells;
}

}  // namespace geocyte::preprocess
