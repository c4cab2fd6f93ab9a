// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated tissue seen by six sources: two patients, three and one slides of spots, two dissociations into cells.
//
//   tissue    smooth outline with a lumen, curved layered domains, round niches and gradients (tissue.h); the slides of a
//             patient are shifted and warped sections of the same tissue
//   cell      type t ~ Categorical(pi(position)); log-mean of gene g: base_g + type_tg + gradient_g(position) + patient_pg
//   counts    y ~ NB(mean = size * softmax-like rate, dispersion), thinned by dropout 1 / (1 + (mean / d50))
//   spot      the sum of several cells at the spot's place, times capture efficiency and ambient RNA of the slide
//   cells     drawn from the same tissue, their true place kept as truth
// The platform (spots or cells) and the patient multiply each gene by exp(N(0, log_sd^2)); the dissociation of P2 adds a
// stress programme and factors of its own, so that P2_SC stands apart before any alignment.
// Everything follows from the seed; each effect draws from its own stream, so switching one off leaves the others alone.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/json.h"
#include "engine/data/dataset.h"

namespace geocyte::simulate {

struct SixSourcesOptions {
  int genes = 2000;                      ///< 50 .. 30000
  std::uint64_t seed = 7;
  double scale = 1.0;                    ///< multiplies the number of spots and cells of every source
  double platform_log_sd = 0.45;         ///< gene factors of cells against spots; 0 = off
  double patient_log_sd = 0.20;          ///< gene factors of patients; 0 = off
  double outlier_log_sd = 0.55;          ///< further gene factors and stress of P2_SC only; 0 = off
  double library_log_sd = 0.35;          ///< spread of library sizes within a source; 0 = off
  double dropout = 1.0;                  ///< strength of extra zeros in cells; 0 = off
  double dispersion = 0.25;              ///< negative binomial: variance = mean + dispersion * mean^2; 0 = Poisson
};

/// Fraction done in [0, 1] and what is being done.
using Progress = std::function<void(double fraction, std::string_view what)>;

/// P2_ST1 1700, P2_ST2 1500, P2_ST3 1200 spots, P2_SC 2700 cells, P10_ST3 460 spots, P10_SC 950 cells (times scale).
/// obs: source, patient, modality, cell_type, domain, library_size. obsm: cell_type_proportions, and `spatial` (spots, um)
/// or `true_coordinates` (cells, um). var: marker_of, platform_log_factor, patient factors. uns: geocyte_simulated.
/// Throws Error{bad_config} naming the option that is out of range.
std::vector<data::Dataset> simulate_six_sources(const SixSourcesOptions& options = {}, const Progress& progress = {});

/// The option list `sources` that opens what write_simulation() wrote.
Json six_sources_list();

/// "simulated: six_sources, 500 genes, seed 7"
std::string describe(const SixSourcesOptions& options);

}  // namespace geocyte::simulate
