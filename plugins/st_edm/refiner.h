// SPDX-License-Identifier: GPL-3.0-or-later
// The refiner: a denoiser of what the generator gets wrong, in the generator's own frame.
//
//   B       scaling of the generator's distances (layout.h), turned at random in training
//   R       T' - B, where T' are the true places laid onto B by rotation or reflection (no scale): no frame is left to be guessed
//           refine.target places: R = T' itself. B is then what the network is told, not what noise is about: F = 0 knows nothing of the generator
//   D(x;s)  = c_skip x + c_out F,  x = R + s n,  S = rms of R an axis                       (nn/edm.h; Karras et al. 2022)
//   F       set transformer: tokens [B, c_in x, own last estimate, expression] -> ISAB with FiLM of the noise level -> + a linear path of the
//           coordinates to the output
//   loss    mean_b w_b e_b (F = 0 costs 1 at every s) + weight x mean_ij (|y_i - y_j| - d_ij)^2 with y = B + D, at every s
//
// In training B is as wrong as on a slide that the generator does not know: it is made by networks that have never seen the slide (refine.crossed,
// cross-fitting), or else by the generator from noised input.
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

#include "engine/nn/edm.h"
#include "engine/nn/film.h"
#include "engine/nn/set_blocks.h"
#include "engine/optim/adamw.h"
#include "plugins/st_edm/denoiser.h"
#include "plugins/st_edm/generator.h"

namespace geocyte::plugins::st_edm {

/// In units of S, where samples and estimates begin: x says nothing there.
inline constexpr double kFirstLevel = 4;

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

struct RefineLoss {
  at::Tensor denoising;                    ///< F = 0 costs 1
  at::Tensor distance;
};

class Refiner : public Denoiser {
 public:
  Refiner(const RefineOptions& options, std::int64_t features, std::int64_t dims, double sigma_data, at::Generator weights, c10::ScalarType dtype);
  Refiner(const StEdmOptions& options, const Tissue& tissue, const Generator& generator, std::span<const std::int64_t> rows, std::int64_t sets,
          train::TrainContext& ctx);

  /// Both terms on known sets at levels sigma (b); `twice`: conditioned on an estimate of its own.
  RefineLoss loss(const RefineSets& known, const at::Tensor& sigma, bool twice, const at::Generator& noise) const;

  /// One update on `rows` (sets x n, a slide a set).
  train::StepReport step(const StEdmOptions& options, const Tissue& tissue, const Generator& generator, std::span<const std::int64_t> rows, std::int64_t sets,
                         std::int64_t step, std::int64_t total, train::TrainContext& ctx);

  at::Tensor denoise(const RefineSets& sets, const at::Tensor& x, const at::Tensor& sigma, const at::Tensor& own = {}) const override;
  /// (n, d), R of one set (base (1, n, d)): the mean of D over draws at `level` S, with nothing known of R (or as if the base were right when `from_base`).
  at::Tensor estimate(const RefineSets& set, double level, bool from_base, std::uint64_t seed) const;
  /// (K, n, d), R of one set (base (1, n, d)), by Heun from `first_level` S with nothing known of R (or as if the base were right when `from_base`).
  at::Tensor sample(const RefineSets& set, std::int64_t count, double first_level, bool from_base, std::uint64_t seed, const StopToken& stop) const;

  const ScoreNet& network() const { return net_; }
  double sigma_data() const override { return sigma_data_; }
  LiveAxes live() const override { return {dims_, sigma_data_}; }
  at::Tensor refined(const RefineSets& set, double level, std::uint64_t seed) const override { return offset(set)[0] + estimate(set, level, true, seed); }
  /// From a level where x says nothing.
  at::Tensor placed(const RefineSets& set, std::uint64_t seed) const override { return offset(set)[0] + estimate(set, kFirstLevel, false, seed); }
  /// (1, n, d): what estimates and samples are added to, the base or 0.
  at::Tensor offset(const RefineSets& set) const;
  void save(train::CheckpointWriter& writer) const;
  void load(train::CheckpointReader& reader);

 private:
  ScoreNet net_{nullptr};
  std::unique_ptr<optim::AdamW> optimizer_;
  std::int64_t dims_ = 2;
  double sigma_data_ = 1;
  bool residual_ = true;
};

/// One set of known places without noise: the cells `rows` of one slide, their base by the networks that are asked for, what is denoised as options.refine.target says.
RefineSets known_set(const StEdmOptions& options, const Tissue& tissue, const Generator& generator, std::span<const std::int64_t> rows, By by = By::shown);
/// One set of a whole source; `clean` only where its places are known.
RefineSets source_set(const StEdmOptions& options, const Tissue& tissue, const Generator& generator, const SourceFacts& source);

}  // namespace geocyte::plugins::st_edm
