// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated tissue seen by six sources: two patients, three and one slides of spots, two dissociations into cells.
//
//   tissue    a smooth outline with a lumen, a surface layer, lobed tumour nests with a margin, round immune niches, a deep
//             muscle layer, and gradients (tissue.h); the slides of a patient are neighbouring, turned, warped sections
//   cell      of type t ~ Categorical(pi(place)) with rate r_tg = exp(base_g + type_tg + loading_g . gradients(place))
//   counts    y_g ~ NB(mean L r_g f_g / sum r f, dispersion) with library size L and the factors f_g of the source
//   spot      the sum of 1 + Poisson(4) cells at its place, with the ambient RNA of its slide
//   cells     drawn from the same tissue (types survive dissociation unequally), extra zeros, true place kept
// Factors of a source: f_g = exp(platform_g + patient_g + slide_g + outlier_g), each N(0, log_sd^2); the dissociation of
// P2 adds factors and a stress programme of its own, so that P2_SC stands apart before any alignment.
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
  double slide_log_sd = 0.08;            ///< gene factors of each slide and suspension: two of one assay are never quite alike; 0 = off
  double patient_log_sd = 0.20;          ///< gene factors of patients; 0 = off
  double outlier_log_sd = 0.55;          ///< further gene factors and stress of P2_SC only; 0 = off
  double library_log_sd = 0.35;          ///< spread of library sizes within a source; 0 = off
  double dropout = 0.3;                  ///< a count of a cell is lost with probability dropout * exp(-mean); 0 = off
  double ambient = 0.05;                 ///< share of a spot's counts that comes from the whole slide; 0 = off
  double dispersion = 0.25;              ///< negative binomial: variance = mean + dispersion * mean^2; 0 = Poisson
  double recovery = 1;                   ///< types survive dissociation with their chance to the power of this; 0 = alike
};

/// Every effect that sets sources apart but the platform's (patient, slide, outlier, library, dropout, ambient, recovery) off.
void only_platform(SixSourcesOptions& options);

/// Throws Error{bad_config} naming the option that is out of range and what is allowed.
void check_options(const SixSourcesOptions& options);

/// Fraction done in [0, 1] and what is being done.
using Progress = std::function<void(double fraction, std::string_view what)>;

/// P2_ST1 1700, P2_ST2 1500, P2_ST3 1200 spots, P2_SC 2700 cells, P10_ST3 460 spots, P10_SC 950 cells (times scale).
/// obs: source, patient, modality, cell_type (of a spot: the most frequent), domain, library_factor, n_cells.
/// obsm: true_coordinates (um in the frame of the patient's tissue), cell_type_proportions, and for spots `spatial` (um in
/// the frame of the slide). var: marker_of and the log factors of this source. uns: geocyte_simulated and the options.
/// Throws what check_options() throws.
std::vector<data::Dataset> simulate_six_sources(const SixSourcesOptions& options = {}, const Progress& progress = {});

/// The option list `sources` that opens what write_simulation() wrote.
Json six_sources_list();

/// "simulated: six_sources, 500 genes, seed 7"
std::string describe(const SixSourcesOptions& options);

}  // namespace geocyte::simulate
