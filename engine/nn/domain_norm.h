// SPDX-License-Identifier: GPL-3.0-or-later
// Domain-specific batch normalisation of a batch that holds many sources:
//
//   y_i = gamma (x_i - m_s) / sqrt(v_s + 1e-5) + beta          s: source of cell i; gamma, beta shared or one row a source
//
//   training     m_s, v_s of the cells of s in this batch (biased v); running statistics follow, r <- .9 r + .1 (m_s, unbiased v_s)
//   evaluation   running statistics
//
// What shifts or scales a whole source is gone after it: per-source centring and scaling, as a layer that can stand anywhere in a
// network. Sources of different composition lose that difference, too; with few cells of a source in the batch m_s is noise.
// Mode is an argument of the call, not a state of the module, so that observing cannot disturb training; running statistics change only
// through absorb(), which takes what forward() measured.
// A source with fewer than `min_cells` cells in the batch, a cell of no source (label -1) and everything in evaluation uses running
// statistics; a cell of no source those of all sources pooled.
// An unseen source: make its statistics with a statistics pass over its own cells (DomainStatistics::add over any number of batches),
// then add_source(). With one row of gamma and beta a source it gets the mean row.
// Export: the statistics are buffers of the module, so that nn::state_of saves them with it; statistics() hands them out.
// Reference: Chang et al., "Domain-specific batch normalization", CVPR 2019, eqs. 3-6; the grouped form is ours: their code takes one
// domain a batch.
// Shapes: x (B, D), labels int64 (B), -1 .. K-1; else Error{internal}. Made of elementary operations and products with 0 and 1: twice
// differentiable (fused batch norm is not, silently), the same on every run. Cost O(B D K).
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>
#include <vector>

namespace geocyte::nn {

/// Mean and unbiased variance of the cells of one source, gathered over many batches (Chan, Golub & LeVeque 1983), float64.
struct DomainStatistics {
  at::Tensor mean, square;                 ///< (D) mean, sum of squared differences from it
  std::int64_t n = 0;

  void add(const at::Tensor& x);           ///< (n, D)
  at::Tensor variance() const;             ///< (D); 1 for fewer than two cells
};

struct DomainNormOptions {
  std::int64_t width = 0, sources = 0;     ///< >= 1
  bool affine_by_source = true;            ///< gamma and beta a source (the paper), or shared
  double momentum = 0.1;                   ///< (0, 1]
  std::int64_t min_cells = 4;              ///< >= 2
};

class DomainNormImpl : public torch::nn::Module {
 public:
  /// Throws Error{bad_config} for a width below 1, no source or a momentum outside (0, 1].
  explicit DomainNormImpl(const DomainNormOptions& options, c10::ScalarType dtype = c10::kFloat);

  /// What a training pass measured in its batch.
  struct Measured {
    at::Tensor mean, variance;             ///< (K, D), detached, unbiased
    at::Tensor used;                       ///< (K, 1) 1 where the batch had enough cells
  };

  /// Evaluation.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& labels) const;
  /// Training; what was measured goes to `measured`.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& labels, Measured& measured) const;
  /// Running statistics follow. A source that is measured for the first time takes its values as they are.
  void absorb(const Measured& measured);

  /// Replaces the running statistics of a source, e.g. by those of a pass over all its cells.
  void set_statistics(std::int64_t source, const DomainStatistics& statistics);
  /// One more source; returns its label.
  std::int64_t add_source(const DomainStatistics& statistics);

  /// What evaluation makes of a cell of source s: (x - mean_s) factor_s + shift_s; each (K, D), detached.
  struct Affine {
    at::Tensor mean, factor, shift;
  };
  Affine affine() const;

  std::int64_t sources() const { return running_mean_.size(0); }
  const at::Tensor& running_mean() const { return running_mean_; }           ///< (K, D)
  const at::Tensor& running_variance() const { return running_variance_; }   ///< (K, D)

 private:
  at::Tensor centre(const at::Tensor& x, const at::Tensor& place, const at::Tensor& mean) const;
  at::Tensor scale(const at::Tensor& centred, const at::Tensor& place, const at::Tensor& variance) const;

  DomainNormOptions options_;
  at::Tensor weight_, bias_;               ///< (K, D) or (1, D)
  at::Tensor running_mean_, running_variance_, batches_;   ///< (K, D), (K, D), (K, 1) batches absorbed
};
TORCH_MODULE(DomainNorm);

}  // namespace geocyte::nn
