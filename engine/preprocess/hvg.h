// SPDX-License-Identifier: GPL-3.0-or-later
// Highly variable genes, judged within each source and averaged over sources, so that a gene that merely differs
// between platforms is not chosen for that.
//
// With m_g and v_g the mean and unbiased variance of gene g over the training cells of one source:
//   dispersion  of y = exp(z) - 1 (normalised counts): d_g = ln(v_g / m_g), standardised within 20 bins of equal width
//               of ln(1 + m_g): (d_g - mean of bin) / sd of bin; a bin of one gene gives 1. Satija et al. 2015,
//               doi:10.1038/nbt.3192 (the "seurat" flavour of scanpy, whose numbers come out).
//   variance    of z (log-normalised): v_g divided by its mean over genes, so that each source counts the same.
// The score of a gene is the mean over sources. Ties are broken by the gene's name, so that the order is one.
//
// Guards: a gene without mean (m_g <= 1e-12) or variance (v_g <= 1e-12 m_g^2, rounding apart constant) has no dispersion
// and scores one below the lowest gene of that source: all scores are finite, and a constant gene alone in its bin does
// not win. A bin whose dispersions are all equal has no spread; its genes score 0.
// Sums run in double.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace geocyte::preprocess {

enum class Variability { dispersion, variance };
const char* name_of(Variability kind);
/// Throws Error{bad_config} with the names there are.
Variability variability_named(const std::string& name);

/// Mean and unbiased variance of each gene within one source.
struct GeneMoments {
  std::vector<double> mean, variance;
};

/// Scores of one source; larger is more variable. Finite for finite moments.
std::vector<double> variability_scores(const GeneMoments& moments, Variability kind);

/// Indices of the `count` genes with the largest mean score, best first. `scores[s][g]`; `names` break ties.
std::vector<std::int64_t> top_genes(const std::vector<std::vector<double>>& scores,
                                    const std::vector<std::string>& names, std::int64_t count);

}  // namespace geocyte::preprocess
