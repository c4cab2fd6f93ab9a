// SPDX-License-Identifier: GPL-3.0-or-later
// An ensemble of pair heads that learns: its weights, its optimiser, one update on given cells, and what it says of a set.
// Each member sees cells of one slide a step, their input noised, and minimises the terms of pair_losses.h.
// heads.pretrain: before that, h rebuilds clean expression from noised, mean |x - (relu(h) W + b)|^2, of cells of every source, also of those whose places
// nobody knows (a denoising autoencoder; Vincent et al. 2008, eq. 1-3).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "engine/optim/adamw.h"
#include "engine/train/state_io.h"
#include "engine/train/system.h"
#include "engine/train/train_context.h"
#include "plugins/st_edm/options.h"
#include "plugins/st_edm/pair_heads.h"
#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

/// The terms of one set a member; one that is off is undefined.
struct PairTerms {
  at::Tensor neighbours, distance;
};

/// Of what heads of `sharpness` (M, widths) say of cells at `places` (M, n, d).
PairTerms pair_terms(const StEdmOptions& options, const PairHeadsImpl::Output& output, const at::Tensor& sharpness, const at::Tensor& places);

/// From h to expression; of pre-training only.
class ExpressionDecoderImpl : public torch::nn::Module {
 public:
  ExpressionDecoderImpl(const PairHeadsOptions& sizes, at::Generator generator, c10::ScalarType dtype);
  at::Tensor forward(const at::Tensor& h) const;   ///< (M, n, L) -> (M, n, F)

 private:
  at::Tensor weight_, bias_;
};
TORCH_MODULE(ExpressionDecoder);

/// How many networks, and how many of them say together who a cell's neighbours are, once they have learned.
struct Members {
  std::int64_t count = 1, together = 1;
};

class PairEnsemble {
 public:
  /// `suffix` tells ensembles of one run apart in streams and checkpoints: "" or "/crossed".
  PairEnsemble(const StEdmOptions& options, const Tissue& tissue, Members members, std::string suffix, train::TrainContext& ctx);

  /// Trained heads, to be used only.
  explicit PairEnsemble(PairHeads heads) : heads_(std::move(heads)) {}

  /// One update on `rows` (members x n, a slide a member). Step `step` of `total` of its stage sets the learning rate.
  /// Throws Error{bad_config} when no term is on.
  /// Where cells pool neighbours, `looks_of` says who they are (pair_heads.h), given cells (M, B, F) without noise; empty: each member's own first look.
  using Looks = std::function<at::Tensor(const at::Tensor& clean)>;
  train::StepReport step(const StEdmOptions& options, const Tissue& tissue, std::span<const std::int64_t> rows, std::int64_t step, std::int64_t total,
                         train::TrainContext& ctx, const Looks& looks_of = {});
  /// The same of pre-training, on `rows` of any source.
  train::StepReport pretrain(const StEdmOptions& options, const Tissue& tissue, std::span<const std::int64_t> rows, std::int64_t step, std::int64_t total,
                             train::TrainContext& ctx);
  /// All members, or those of a range of whole groups, on the same cells x (n, F); with a generator the input is noised by `noise` and dropout acts.
  PairHeadsImpl::Output look(const at::Tensor& x, MemberRange range = {}) const;
  PairHeadsImpl::Output look(const at::Tensor& x, double noise, const at::Generator& generator, MemberRange range = {}) const;

  std::int64_t members() const { return heads_->options().members; }
  const PairHeads& heads() const { return heads_; }
  void save(train::CheckpointWriter& writer) const;
  void load(train::CheckpointReader& reader);

 private:
  struct Batch {
    at::Tensor rows, clean, noised;        ///< (M n), (M, n, F)
    at::Generator noise;
  };
  Batch batch(const StEdmOptions& options, const Tissue& tissue, std::span<const std::int64_t> rows, train::TrainContext& ctx) const;
  PairHeadsImpl::Output say(const at::Tensor& seen, const std::optional<at::Generator>& noise, MemberRange range) const;
  void update(const StEdmOptions& options, const at::Tensor& loss, std::int64_t step, std::int64_t total, train::TrainContext& ctx);

  std::string suffix_;
  PairHeads heads_{nullptr};
  ExpressionDecoder decoder_{nullptr};     ///< only where there is a pre-training
  std::unique_ptr<optim::AdamW> optimizer_;
};

}  // namespace geocyte::plugins::st_edm
