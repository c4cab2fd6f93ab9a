// SPDX-License-Identifier: GPL-3.0-or-later
// The options of a gems run. Their defaults live here, those of the terms of the objective in their table (term_specs.h), and
// nowhere else: spec_parameters.cpp makes the schema from them, read_options() reads a resolved configuration back.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/json.h"

namespace geocyte::plugins::gems {

/// weight(t) = weight x clip((t - warmup_start) / warmup_steps, 0, 1) while enabled, else 0.
struct TermOptions {
  bool enabled = true;
  double weight = 1;
  std::int64_t warmup_start = 0, warmup_steps = 0;
  Json own = Json::object();               ///< its further parameters by name: {"blur": 0.5}

  /// A further parameter. Throws Error{internal} when the table of terms (term_specs.h) has no such one.
  double number(const char* name) const;
  std::int64_t integer(const char* name) const;
  bool boolean(const char* name) const;
  std::string text(const char* name) const;
};

struct EncoderOptions {
  std::vector<std::int64_t> hidden{512, 256};
  std::int64_t latent = 128;
  double dropout = 0.1;
  std::int64_t components = 0;             ///< of a fixed linear embedding beside the layers
  bool source_norm = false;                ///< batch normalisation by source behind the last layer
};

struct AugmentationOptions {
  double gene_dropout = 0.2, library_jitter = 0.1, noise = 0.01;
  double pseudo_spots = 0;                 ///< share of the single cells of a batch that are sums of several
  std::int64_t pseudo_spot_cells = 5;      ///< of one source
};

struct OptimizerOptions {
  double lr = 1e-3, weight_decay = 1e-4, clip_norm = 1;
  std::string decay = "cosine";            ///< or "constant"
};

struct DiscriminatorOptions {
  std::vector<std::int64_t> hidden{256, 256};
  double lr = 3e-3;
  std::int64_t steps = 1;                  ///< of the discriminator for each step of the encoder
  double dropout = 0.1;                    ///< the same in every run
};

struct GemsOptions {
  std::int64_t seed = 7, steps = 2000, batch_size = 256, genes = 2000;
  std::string batch_shares = "even";       ///< or "size"
  double target_sum = 1e4;
  std::string panel = "dispersion";        ///< what genes are chosen by: or "residual", "variance"
  std::string by_source = "none";          ///< genes: "none", "centre" or "zscore" by source
  std::string depth = "keep";              ///< or "thin"
  std::string adapter = "none";            ///< "monge" or "coral": behind the frozen encoder
  double held_out_fraction = 0.2;
  std::int64_t held_out_seed = -1;         ///< of the split; -1 = that of the run
  std::vector<std::string> held_out_sources;   ///< held out whole
  std::vector<std::string> held_out_coordinates;   ///< trained on, but not their coordinates
  EncoderOptions encoder;
  AugmentationOptions augment;
  OptimizerOptions optimizer;
  DiscriminatorOptions discriminator;
  std::map<std::string, TermOptions, std::less<>> terms;   ///< by id; the table of terms is in term_specs.h

  /// Throws Error{internal} for a term that is not there.
  const TermOptions& term(std::string_view id) const;
  TermOptions& term(std::string_view id);
};

/// Reads a configuration that the schema of spec.cpp has validated.
GemsOptions read_options(const Json& options);

}  // namespace geocyte::plugins::gems
