// SPDX-License-Identifier: GPL-3.0-or-later
// Highly variable genes, judged within each source and averaged over sources, so that a gene that merely differs
// between platforms is not chosen for that.
//
// With m_g and v_g the mean and unbiased variance of gene g over the training cells of one source:
//   dispersion  of y = exp(z) - 1 (normalised counts): d_g = ln(v_g / m_g), standardised within 20 bins of equal width
//               of ln(1 + m_g): (d_g - mean of bin) / sd of bin; a bin of one gene gives 1. Satija et al. 2015,
//               doi:10.1038/nbt.3192 (the "seurat" flavour of scanpy, whose numbers come out).
//   variance    of z (log-normalised): v_g divided by its mean over genes, so that each source counts the same.
//   residual    of z: r_g = ln v_g - (a + b ln m_g + c (ln m_g)^2), the parabola fitted by least squares over the genes of the
//               source that vary. The trend of variance with mean is taken out as a whole, as by the loess of degree 2 of
//               Stuart et al. 2019 (doi:10.1016/j.cell.2019.05.031), with one parabola for its local ones. Genes seen in less
//               than kSeldom of the cells are not chosen while there are others.
// The score of a gene is the mean over sources, that of the residual the least over sources: such a gene varies in each of
// them. Ties are broken by the gene's name, so that the order is one.
//
// Guards: a gene without mean (m_g <= 1e-12) or variance (v_g <= 1e-12 m_g^2, rounding apart constant) has no dispersion
// and scores one below the lowest gene of that source: all scores are finite, and a constant gene alone in its bin does
// not win. A bin whose dispersions are all equal has no spread; its genes score 0. A gene without a residual (seldom seen,
// without variance) scores kNoResidual, far below any. The parabola is fitted in orthogonal polynomials of ln m; where the
// means do not tell its terms apart those are left out.
// Sums run in double. Cost: O(genes) a source, beside the two passes over the counts in normalise.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace geocyte::preprocess {

enum class Variability { dispersion, variance, residual };
inline constexpr double kSeldom = 0.02;        ///< share of cells
inline constexpr double kNoResidual = -1000;   ///< logarithms of doubles stay above -750
const char* name_of(Variability kind);
/// Throws Error{bad_config} with the names there are.
Variability variability_named(const std::string& name);

/// Mean and unbiased variance of each gene within one source.
struct GeneMoments {
  std::vector<double> mean, variance;
  std::vector<double> seen = {};   ///< share of the cells with a count; only the residual asks
};

/// Scores of one source; larger is more variable. Finite for finite moments.
std::vector<double> variability_scores(const GeneMoments& moments, Variability kind);

/// Indices of the `count` genes with the largest score over sources (mean; least for the residual), best first. `scores[s][g]`;
/// `names` break ties.
std::vector<std::int64_t> top_genes(const std::vector<std::vector<double>>& scores, const std::vector<std::string>& names,
                                    std::int64_t count, Variability kind = Variability::dispersion);

}  // namespace geocyte::preprocess
