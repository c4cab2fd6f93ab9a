// SPDX-License-Identifier: GPL-3.0-or-later
// The options of a gems run. Defaults live here and nowhere else: spec.cpp makes the schema from them, read_options() reads
// a resolved configuration back.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/json.h"

namespace geocyte::plugins::gems {

/// The named terms of the objective, in the order in which they are summed.
enum class TermId { vicreg, adversary, domain_coral, patient_coral, source_coral, local_align };
inline constexpr std::array<TermId, 6> kTerms{TermId::vicreg,        TermId::adversary,    TermId::domain_coral,
                                              TermId::patient_coral, TermId::source_coral, TermId::local_align};
inline constexpr const char* name_of(TermId term) {
  constexpr std::array names{"vicreg", "adversary", "domain_coral", "patient_coral", "source_coral", "local_align"};
  return names[static_cast<std::size_t>(term)];
}

/// weight(t) = weight x clip((t - warmup_start) / warmup_steps, 0, 1) while enabled, else 0.
struct TermOptions {
  bool enabled = true;
  double weight = 1;
  std::int64_t warmup_start = 0, warmup_steps = 0;
};

struct EncoderOptions {
  std::vector<std::int64_t> hidden{512, 256};
  std::int64_t latent = 128;
  double dropout = 0.1;
};

struct AugmentationOptions {
  double gene_dropout = 0.2, library_jitter = 0.1, noise = 0.01;
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
  double target_sum = 1e4;
  double held_out_fraction = 0.2;
  EncoderOptions encoder;
  AugmentationOptions augment;
  OptimizerOptions optimizer;
  DiscriminatorOptions discriminator;
  std::array<TermOptions, kTerms.size()> terms{
      TermOptions{true, 1, 0, 0},      TermOptions{true, 1, 0, 200},   TermOptions{true, 10, 0, 200},
      TermOptions{false, 100, 0, 200}, TermOptions{false, 10, 0, 200}, TermOptions{false, 1, 0, 200}};

  const TermOptions& term(TermId id) const { return terms[static_cast<std::size_t>(id)]; }
  TermOptions& term(TermId id) { return terms[static_cast<std::size_t>(id)]; }
};

/// Reads a configuration that the schema of spec.cpp has validated.
GemsOptions read_options(const Json& options);

}  // namespace geocyte::plugins::gems
