// SPDX-License-Identifier: GPL-3.0-or-later
// The generator of the recommended model: an ensemble of pair heads, one training step, and places for the cells of a source. With heads.missed
// there are networks beside it that never see one of the training slides: what they get wrong there is what is to be expected of a new slide
// (cross-fitting), so circles are calibrated and a refiner is judged on it, and with refine.crossed the refiner learns it. Slides are put into at most three
// groups, and networks of a group see no slide of it: V slides cost min(V, 3) times as many networks. The ensemble that is
// shown never sees their answers, but where cells pool neighbours: then it learns from those that they find.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/stop_token.h"
#include "plugins/st_edm/pair_ensemble.h"
#include "plugins/st_edm/sets.h"

namespace geocyte::plugins::st_edm {

/// Whose word is taken: of the ensemble that is shown, or, on a training slide, of the networks that have not seen it (where there are any).
enum class By { shown, unseen };

inline constexpr std::int64_t kSeenAtOnce = 8192;   ///< cells that the heads see together

class Generator {
 public:
  Generator(const StEdmOptions& options, const Tissue& tissue, train::TrainContext& ctx);
  /// Trained heads, to be used only.
  explicit Generator(PairHeads heads) : shown_(std::move(heads)) {}

  /// One update on `rows` (members x n, a slide a member), and one of the crossed networks on as many cells a member, drawn here. In steps of pre-training
  /// all cells are drawn here, of every source.
  train::StepReport step(const StEdmOptions& options, const Tissue& tissue, std::span<const std::int64_t> rows, std::int64_t step, std::int64_t total,
                         train::TrainContext& ctx);

  /// Unweighted terms, their sum at full weight, row-Spearman by the distance heads and recall@10 by the neighbour heads, on cells of training slides: at most 1,200 of each
  /// by the networks that have never seen it, which is how a new slide fares, else its validation cells; `choice`, whose smallest value is the best step:
  /// 2 - sqrt(row-Spearman x recall@10), their geometric mean, so that a tenth of the neighbours weighs as much as a tenth of the order; always above what a step with a
  /// refiner has (its loss ratio, about 1).
  std::map<std::string, double> validate(const StEdmOptions& options, const Tissue& tissue) const;

  /// What the heads say of the cells `rows`: distance (M, n, D) and local (M, n, L) float on the host. Where cells have a context, all cells of their source
  /// are it, whichever are asked for, or a thinned copy of them where they are more than `at_once` (context_blocks.h).
  PairHeadsImpl::Output heads_of(const Tissue& tissue, std::span<const std::int64_t> rows, By by = By::shown, std::int64_t at_once = kSeenAtOnce) const;
  /// The same of all cells of a source.
  PairHeadsImpl::Output heads_of(const Tissue& tissue, const SourceFacts& source) const { return heads_of(tissue, source.rows()); }
  /// The same with noised input and dropout.
  PairHeadsImpl::Output noised_heads_of(const Tissue& tissue, std::span<const std::int64_t> rows, double noise, const at::Generator& generator, By by = By::shown) const;
  /// distance (m, n, D) of cells x (n, F) of source `source` as a training of the refiner sees them: with refine.crossed by the networks that have not seen
  /// the source as they are, else by the shown ones with noised input and dropout, so that they are as wrong as on a new slide.
  at::Tensor roughly(const at::Tensor& x, std::size_t source, double noise, const at::Generator& generator) const;
  /// (n, d) in a frame of its own; O(n), for looking while training.
  at::Tensor quick_places(const Tissue& tissue, const SourceFacts& source) const;
  /// (n, d) in a frame of its own, as they are judged (layout.h).
  at::Tensor places(const StEdmOptions& options, const Tissue& tissue, const SourceFacts& source, int threads, const StopToken& stop) const;

  /// Whether there are networks that have never seen a training slide; of one source.
  bool misses() const { return crossed_.has_value(); }
  bool misses(std::size_t source) const { return crossed_ && first_crossed_[source] >= 0; }

  const PairHeads& heads() const { return shown_.heads(); }
  void save(train::CheckpointWriter& writer) const;
  void load(train::CheckpointReader& reader);

 private:
  train::StepReport pretrain(const StEdmOptions& options, const Tissue& tissue, std::int64_t step, std::int64_t total, train::TrainContext& ctx);
  using Look = std::function<PairHeadsImpl::Output(const at::Tensor& x, std::size_t source)>;
  PairHeadsImpl::Output said_of(const Tissue& tissue, std::span<const std::int64_t> rows, std::int64_t at_once, const Look& look) const;
  /// The networks that have never seen the source, where there are any.
  MemberRange never_saw(std::size_t source) const { return {first_crossed_[source], each_}; }

  PairEnsemble shown_;
  std::optional<PairEnsemble> crossed_;
  std::int64_t each_ = 0;                        ///< crossed networks a group
  bool rough_by_unseen_ = false;                 ///< refine.crossed
  std::vector<std::int64_t> first_crossed_;      ///< by source: the first network that never sees it, or -1
  std::vector<SetDraws> draws_;                  ///< one a group, from all slides of the others
  std::optional<SetDraws> of_all_;               ///< of every source, for pre-training
  std::vector<std::int64_t> rows_;
};

}  // namespace geocyte::plugins::st_edm
