// SPDX-License-Identifier: GPL-3.0-or-later
// The options of an st_edm run and their defaults; spec_parameters.cpp makes the schema from them, read_options() reads a resolved
// configuration back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "plugins/st_edm/seed/options.h"

namespace geocyte::plugins::st_edm {

using TermOptions = SeedTermOptions;

inline constexpr const char* kEncoderParameter = "input.encoder";

struct InputOptions {
  std::string kind = "pca";                ///< or "genes", "both", "encoder", "embedding"
  std::int64_t components = 50;
  std::string embedding = "X_gems";        ///< obsm key
  std::string encoder;                     ///< folder of a run
  std::string beside = "none";             ///< or "components": of the panel, beside what an encoder made
};

/// The generator's first part: an ensemble of networks with a neighbour head and a distance head.
struct HeadOptions {
  std::int64_t members = 3, hidden = 256, local = 48, distance = 16;
  double dropout = 0.3;
  double noise = 1.0;                      ///< added to the input, in units of its mean standard deviation
  std::string context = "none";            ///< or "set", "neighbours"; see pair_heads.h
  double pretrain = 0;                     ///< share of the generator's steps, its first, that rebuild expression of all sources
  std::int64_t missed = 0;                 ///< networks beside them for each group of training slides, which never see it; see generator.h
};

struct LossOptions {
  TermOptions neighbours{true, 1}, distance{true, 3};
  std::vector<double> widths{0.1};         ///< of the neighbour targets, in unit radii
};

struct OptimizerOptions {
  double lr = 1e-3, weight_decay = 1e-2;
  std::string decay = "constant";          ///< or "cosine"
};

/// How pairs become coordinates; see layout.h.
struct LayoutOptions {
  double local = 0.3, width = 0.06, order = 1;
  std::int64_t neighbours = 15, iterations = 120;
  double umap = 0;                         ///< share of the distances in a UMAP of the cells' own expression
};

/// The residual denoiser; see refiner.h.
struct RefineOptions {
  double share = 0;                        ///< of the steps; 0 = no refiner
  std::int64_t sets = 2, width = 24, blocks = 2, points = 32, samples = 8;   ///< width of each of four attention heads
  double lr = 1e-3, distance = 1;
  std::int64_t crossed = 0;                ///< at least as many networks that miss a group of slides, and the refiner learns what they get wrong; see generator.h
  double noise = 0;                        ///< on the expression that it sees in training
  std::string target = "residual";         ///< or "places"
};

struct StEdmOptions {
  std::int64_t seed = 7, steps = 600, batch_size = 400, genes = 2000;
  std::string genes_by = "variance";       ///< or "residual", "dispersion"
  double target_sum = 0;                   ///< 0 = the median depth of the training cells
  double held_out_fraction = 0.1;          ///< of the cells of a training slide, for validation
  std::vector<std::string> held_out_sources;
  std::string kind = "recommended";        ///< or "seed"
  InputOptions input;
  HeadOptions heads;
  LossOptions loss;
  OptimizerOptions optimizer;
  LayoutOptions layout;
  RefineOptions refine;
  SeedOptions edm;                         ///< of kind seed

  std::int64_t refine_steps() const;
  std::int64_t generate_steps() const { return steps - refine_steps(); }
  std::int64_t pretrain_steps() const;     ///< the first of the generator's
};

/// Reads a configuration that the schema of spec.cpp has validated.
StEdmOptions read_options(const Json& options);

}  // namespace geocyte::plugins::st_edm
