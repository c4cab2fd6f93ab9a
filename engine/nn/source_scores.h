// SPDX-License-Identifier: GPL-3.0-or-later
// Within-source scores: what is left of a cell's expression when all that is the same for a whole source is taken out.
//
//   x~_ig = clip((x_ig - m_sg) / sd_sg, +-c)              per source s and gene g; sd below `floor` counts as `floor`
//   C     = 1/S sum_s C_s                                  mean covariance within the sources, (G, G)
//   V     = leading P eigenvectors of C, lambda            PCA; the entry of largest size of each vector is positive
//   y_ip  = (x~_i V_p - a_sp) / b_sp                       a, b: mean and sd of the score within the source
//   scale "spread": b_sp is replaced by sqrt(sum_p b_sp^2 / P): components keep their relative size
//
// Fit on the training part only. A source counts once whatever its size. The clip holds rare genes back: one cell in 2,000
// with a gene has a z-score of 45.
// A cell of a source that was not fitted has no scores: fit_source() it first, on its own training cells.
// Shapes: x (N, G) floating point, labels int64 (N), 0 .. S-1; every source has at least two cells; else Error{internal}, and
// Error{bad_data} for fewer cells than that. All is computed in float64 and kept in the type of x.
// Cost of a fit: O(N G^2 + G^3) once (2.5 s of processor time for 8,000 cells and 2,000 genes); of transform O(N G P).
#pragma once

#include "engine/nn/state.h"

namespace geocyte::nn {

enum class ScoreScale { unit, spread };
enum class GeneScale { unit, kept };       ///< kept: sd_sg = 1, genes are centred only and never clipped

struct SourceScoresOptions {
  std::int64_t components = 50;            ///< P; at most G and the number of cells
  double clip = 10;                        ///< > 0
  double floor = 1e-3;                     ///< lowest standard deviation of a gene
  ScoreScale scale = ScoreScale::unit;
  GeneScale genes = GeneScale::unit;
};

struct SourceScores {
  at::Tensor gene_mean, gene_sd;           ///< (S, G)
  at::Tensor loadings;                     ///< (G, P)
  at::Tensor variance;                     ///< (P) lambda
  at::Tensor score_mean, score_sd;         ///< (S, P)
  double clip = 10, floor = 1e-3;
  ScoreScale scale = ScoreScale::unit;
  GeneScale genes = GeneScale::unit;

  static SourceScores fit(const at::Tensor& x, const at::Tensor& labels, std::int64_t sources, const SourceScoresOptions& options = {});

  std::int64_t sources() const { return gene_mean.size(0); }
  std::int64_t components() const { return loadings.size(1); }
  /// Scores (N, P) of cells of fitted sources, without gradient.
  at::Tensor transform(const at::Tensor& x, const at::Tensor& labels) const;
  /// z-scored genes (N, G), the x~ above: input of an encoder that shall not see platform effects.
  at::Tensor standardise(const at::Tensor& x, const at::Tensor& labels) const;
  /// The same with the statistics of one more source, fitted on its cells x (n, G); its label is sources() of before.
  SourceScores fit_source(const at::Tensor& x) const;

  NamedTensors state() const;
  /// Throws Error{bad_data} naming what is missing.
  static SourceScores from_state(const NamedTensors& state);
};

}  // namespace geocyte::nn
