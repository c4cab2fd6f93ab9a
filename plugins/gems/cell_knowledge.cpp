// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/cell_knowledge.h"

#include <algorithm>
#include <cmath>

#include <ATen/ops/tensor.h>

#include "engine/core/error.h"
#include "engine/losses/spatial_contrast.h"
#include "engine/losses/spherical_kmeans.h"
#include "engine/nn/generator.h"

namespace geocyte::plugins::gems {
namespace {

constexpr std::int64_t kSimilarityComponents = 30;

WithinSource fit_within_source(const Cells& cells, const nn::SourceScoresOptions& how) {
  const auto device = cells.expression.device();
  const auto train = cells.by_source(cells.split.train), held_out = cells.by_source(cells.split.held_out);
  WithinSource made;
  std::vector<std::int64_t> numbers;
  for (const auto& rows : train) numbers.push_back(rows.empty() ? -1 : made.trained++);
  made.trained_number = at::tensor(numbers, at::kLong).to(device);
  made.scores = nn::SourceScores::fit(cells.expression, cells.labels_in_training(numbers), made.trained, how);
  // A source that is held out whole has scores by its own cells, as one that comes later would.
  std::int64_t next = made.trained;
  for (std::size_t s = 0; s < numbers.size(); ++s)
    if (numbers[s] < 0) {
      made.scores = made.scores.fit_source(cells.expression.index_select(0, at::tensor(held_out[s], at::kLong).to(device)));
      numbers[s] = next++;
    }
  made.number = at::tensor(numbers, at::kLong).to(device);
  return made;
}

/// Slide of each cell; -1 for held-out cells, cells without a place and slides whose coordinates are held out.
std::vector<std::int64_t> slides_for_training(const Cells& cells) {
  std::vector<std::int64_t> slide(static_cast<std::size_t>(cells.count()), -1);
  for (const std::int64_t row : cells.split.train) slide[static_cast<std::size_t>(row)] = cells.slide_of_cell[static_cast<std::size_t>(row)];
  return slide;
}

}  // namespace

CellKnowledge::CellKnowledge(const Cells& cells) : cells_(cells) {}
CellKnowledge::~CellKnowledge() = default;

const WithinSource& CellKnowledge::within_source(std::int64_t components, nn::ScoreScale scale, nn::GeneScale genes) {
  nn::SourceScoresOptions how;
  how.components = std::min({components, cells_.genes(), static_cast<std::int64_t>(cells_.split.train.size()) - 1});
  how.scale = scale;
  how.genes = genes;
  const auto key = std::tuple(how.components, static_cast<int>(scale), static_cast<int>(genes));
  const auto found = within_source_.find(key);
  return found != within_source_.end() ? found->second : within_source_.emplace(key, fit_within_source(cells_, how)).first->second;
}

const at::Tensor& CellKnowledge::similarity_scores() {
  if (!similarity_scores_.defined())
    similarity_scores_ = within_source(kSimilarityComponents, nn::ScoreScale::spread).of(cells_.expression, cells_.source_number);
  return similarity_scores_;
}

const losses::SpatialNeighbours& CellKnowledge::spatial_neighbours(std::int64_t k) {
  auto& made = spatial_neighbours_[k];
  if (!made) {
    const losses::Groups slides(slides_for_training(cells_), static_cast<std::int64_t>(cells_.sources.size()), cells_.expression.device());
    if (slides.of_at_least(2).empty())
      throw Error(ErrorCode::bad_data, "no source has coordinates that training may use, so there are no neighbours in the tissue",
                  "give a slide with coordinates (`spatial`), or switch loss.spatial off");
    made = std::make_shared<losses::SpatialNeighbours>(losses::SpatialNeighbours::of(cells_.xy, slides, k));
  }
  return *made;
}

const losses::SpatialNeighbours& CellKnowledge::predicted_neighbours(std::int64_t k, double share) {
  auto& made = predicted_neighbours_[{k, share}];
  if (!made) {
    std::vector<std::int64_t> tissue(static_cast<std::size_t>(cells_.count()), -1);
    for (auto& rows : cells_.by_source(cells_.split.train)) {
      const auto uncertainty = [&](std::int64_t row) { return cells_.predicted_uncertainty[static_cast<std::size_t>(row)]; };
      std::erase_if(rows, [&](std::int64_t row) { return !std::isfinite(uncertainty(row)); });
      std::stable_sort(rows.begin(), rows.end(), [&](std::int64_t a, std::int64_t b) { return uncertainty(a) < uncertainty(b); });
      // Ties stay together: a run that states no uncertainty has every cell taken.
      const auto kept = static_cast<std::size_t>(std::ceil(share * static_cast<double>(rows.size())));
      for (const std::int64_t row : rows)
        if (uncertainty(row) <= uncertainty(rows[kept - 1])) tissue[static_cast<std::size_t>(row)] = cells_.source_of_cell[static_cast<std::size_t>(row)];
    }
    const losses::Groups tissues(tissue, static_cast<std::int64_t>(cells_.sources.size()), cells_.expression.device());
    made = std::make_shared<losses::SpatialNeighbours>(losses::SpatialNeighbours::of(cells_.predicted_xy, tissues, k));
  }
  return *made;
}

const std::vector<std::int64_t>& CellKnowledge::pseudo_types(std::int64_t count, std::uint64_t seed) {
  auto& labels = pseudo_types_[count];
  if (labels.empty()) {
    const at::Tensor rows = at::tensor(cells_.split.train, at::kLong).to(cells_.expression.device());
    const at::Tensor scores = similarity_scores().index_select(0, rows).to(at::kCPU);
    const auto clusters = std::min(count, scores.size(0));
    const at::Tensor found = losses::spherical_kmeans(scores, clusters, nn::make_generator(seed)).labels.contiguous();
    labels.assign(static_cast<std::size_t>(cells_.count()), -1);
    for (std::size_t i = 0; i < cells_.split.train.size(); ++i)
      labels[static_cast<std::size_t>(cells_.split.train[i])] = found.const_data_ptr<std::int64_t>()[i];
  }
  return labels;
}

losses::Groups groups_of_rows(const std::vector<std::int64_t>& label_of_cell, const at::Tensor& rows, std::int64_t count) {
  const at::Tensor host = rows.to(at::kCPU).contiguous();
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < host.numel(); ++i) labels.push_back(label_of_cell[static_cast<std::size_t>(host.const_data_ptr<std::int64_t>()[i])]);
  return {labels, count, rows.device()};
}

}  // namespace geocyte::plugins::gems
