// SPDX-License-Identifier: GPL-3.0-or-later
// The refiner: a denoiser of what the generator gets wrong, in the generator's own frame.
//
//   B       scaling of the generator's distances (layout.h), turned at random in training
//   R       T' - B, where T' are the true places laid onto B by rotation or reflection (no scale): no frame is left to be guessed
//   D(x;s)  = c_skip x + c_out F,  x = R + s n,  S = rms of R an axis                       (nn/edm.h; Karras et al. 2022)
//   F       set transformer: tokens [B, c_in x, own last estimate, expression] -> ISAB with FiLM of the noise level -> + a linear path of the
//           coordinates to the output
//   loss    mean_b w_b e_b (F = 0 costs 1 at every s) + weight x mean_ij (|y_i - y_j| - d_ij)^2 with y = B + D, at every s
//
// B is made from noised input in training: on slides that the generator knows it is then as wrong as on slides that it does not know.
// Refined places are B + E[R], the mean of D over noise at one level: at a high level, where x says nothing, that is the estimate of least
// squared error from expression and B alone; a mean of K samples would add a K-th of their variance. Samples (Heun) are for their spread.
// Shapes: base, x (b, n, d), features (b, n, F).
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>
#include <span>
#include <vector>
#include <vector>

#include "engine/nn/edm.h"
#include "engine/nn/film.h"
#include "engine/nn/set_blocks.h"
#include "engine/optim/adamw.h"
#include "plugins/st_edm/generator.h"

namespace geocyte::plugins::st_edm {

class ScoreNetImpl : public torch::nn::Module {
 public:
  ScoreNetImpl(std::int64_t features, std::int64_t dims, const RefineOptions& options, at::Generator generator, c10::ScalarType dtype);
  /// F: (b, n, d); `own` is the estimate to be conditioned on, c_noise (b).
  at::Tensor forward(const at::Tensor& base, const at::Tensor& features, const at::Tensor& x, const at::Tensor& own, const at::Tensor& c_noise) const;

 private:
  nn::Linear token_{nullptr}, head_{nullptr}, path_{nullptr};
  nn::NoiseFeatures noise_{nullptr};
  std::vector<nn::Isab> blocks_;
  std::vector<nn::Film> films_;
};
TORCH_MODULE(ScoreNet);

/// Sets with what is known of them. `residual` is undefined where places are not known.
struct RefineSets {
  at::Tensor base, features, residual;
};

struct RefineLoss {
  at::Tensor denoising;                    ///< F = 0 costs 1
  at::Tensor distance;
};

class Refiner {
 public:
  Refiner(const RefineOptions& options, std::int64_t features, std::int64_t dims, double sigma_data, at::Generator weights, c10::ScalarType dtype);
  Refiner(const StEdmOptions& options, const Tissue& tissue, const Generator& generator, std::span<const std::int64_t> rows, std::int64_t sets,
          train::TrainContext& ctx);

  /// Both terms on known sets at levels sigma (b); `twice`: conditioned on an estimate of its own.
  RefineLoss loss(const RefineSets& known, const at::Tensor& sigma, bool twice, const at::Generator& noise) const;

  /// One update on `rows` (sets x n, a slide a set).
  train::StepReport step(const StEdmOptions& options, const Tissue& tissue, const Generator& generator, std::span<const std::int64_t> rows, std::int64_t sets,
                         std::int64_t step, std::int64_t total, train::TrainContext& ctx);

  /// D(x; s) without gradient; s (b).
  at::Tensor denoise(const RefineSets& sets, const at::Tensor& x, const at::Tensor& sigma, const at::Tensor& own = {}) const;
  /// (n, d) residuals of one set (base (1, n, d)): the mean of D over draws at `level` S, with nothing known of R (or R = 0 when `from_base`).
  at::Tensor estimate(const RefineSets& set, double level, bool from_base, std::uint64_t seed) const;
  /// (K, n, d) residuals of one set (base (1, n, d)), by Heun from `first_level` S with nothing known of R (or R = 0 when `from_base`).
  at::Tensor sample(const RefineSets& set, std::int64_t count, double first_level, bool from_base, std::uint64_t seed, const StopToken& stop) const;

  /// L/L(F=0) averaged over levels from .1 to 2.4 S of known sets; the same draws for the same seed.
  double loss_ratio(const std::vector<RefineSets>& sets, std::uint64_t seed) const;

  const ScoreNet& network() const { return net_; }
  double sigma_data() const { return sigma_data_; }
  void save(train::CheckpointWriter& writer) const;
  void load(train::CheckpointReader& reader);

 private:
  ScoreNet net_{nullptr};
  std::unique_ptr<optim::AdamW> optimizer_;
  double sigma_data_ = 1;
};

/// One set of known places without noise: the cells `rows` of one slide.
RefineSets known_set(const Tissue& tissue, const Generator& generator, std::span<const std::int64_t> rows);
/// One set of a whole source; the residual only where its places are known.
RefineSets source_set(const Tissue& tissue, const Generator& generator, const SourceFacts& source);

}  // namespace geocyte::plugins::st_edm
