// SPDX-License-Identifier: GPL-3.0-or-later
// The options of the seed's own system (model.kind: seed) and its twelve losses: what they are called, what they weigh.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace geocyte::plugins::st_edm {

enum class SeedTerm { score, gram, gram_scale, out_scale, gram_learn, knn_scale, knn_nca, edge, gen_align, gen_scale, subspace, ctx_edge, count };

struct SeedTermFacts {
  const char *name, *title, *equation, *help;
  double weight;                           ///< the seed's
};

inline constexpr std::array<SeedTermFacts, static_cast<std::size_t>(SeedTerm::count)> kSeedTerms{{
    {"score", "Score", "sum w |D - V|^2 / sum w, w = lambda g boost", "Denoising of the places: the primary loss of the seed.", 16},
    {"gram", "Gram matrix", "mean (G_p - G_t)^2 / mean G_t^2, of V_geom at low noise", "Agreement of the inner products of a set, at low noise only where gates are on.", 2},
    {"gram_scale", "Trace of the Gram matrix", "(ln tr G_p - ln tr G_t)^2, of V_geom at low noise", "Agreement of the size of a set after its correction, so that little is left of it.", 2},
    {"out_scale", "Size of the output", "(ln rms F - ln rms F*)^2 where c_skip < 0.25", "The network's own output should be as large as the right one, at high noise.", 2},
    {"gram_learn", "Gram matrix of the output", "gram of D - c_skip x where c_skip < 0.05", "Inner products of what the network adds, at the highest noise.", 2},
    {"knn_scale", "Size of neighbourhoods", "mean over edges of clamp(ln d^2 - ln t^2, -2, 2)^2", "Edges to the nearest cells should have their length.", 0.2},
    {"knn_nca", "Nearest cells", "-mean log softmax(-d^2 / tau) of the nearest, of V_geom at low noise", "The nearest cells should be the likely ones.", 2},
    {"edge", "Edges", "mean over edges of (ln d - ln t)^2, of V_geom at low noise", "Relative lengths of edges to the nearest cells.", 4},
    {"gen_align", "Generator, shape", "mean |V_gen R - V|^2 / D over the best R, at unit size", "The generator's places after the best rotation or reflection.", 10},
    {"gen_scale", "Generator, size", "(ln rms V_gen - ln rms V)^2", "The generator's places should be as large as the true ones.", 10},
    {"subspace", "Flatness", "share of variance outside the leading directions", "Denoised places should lie in as many dimensions as the tissue has.", 0.5},
    {"ctx_edge", "Context", "mean over edges of (ln d_full - ln d_other)^2", "Places of the same cells among other cells should keep their edges.", 0.05},
}};

/// A switch and a weight.
struct SeedTermOptions {
  bool enabled = true;
  double weight = 1;
};

struct SeedOptions {
  std::int64_t latent = 32;                ///< D, columns of the places; the tissue has two
  std::int64_t width = 64;                 ///< of each of four attention heads: c_dim 256
  std::int64_t points = 64;                ///< inducing points
  std::int64_t context = 3, generate = 2, denoise = 4;   ///< blocks
  std::int64_t sets = 4;                   ///< of a step
  double self_conditioning = 0.5;
  double generator_lr = 5;                 ///< times optimizer.lr
  bool clamp = true;                       ///< geometry losses see V_geom: sizes corrected up to e^.5
  bool normalised = true;                  ///< the score is divided by the sum of its weights
  bool gates = true;                       ///< geometry losses at low noise only
  std::string frame = "gram";              ///< of the target: factor of its Gram matrix, or "generator": turned onto the generator's places
  std::vector<double> caps{0.9, 2.3, 4, 7, 14, 17};   ///< highest noise level of each phase, in units of sigma_data
  std::int64_t check_every = 20;           ///< steps
  double start = 1.5;                      ///< noise level that the generator's places are refined from, in units of sigma_data
  std::array<SeedTermOptions, kSeedTerms.size()> terms;

  const SeedTermOptions& term(SeedTerm which) const { return terms[static_cast<std::size_t>(which)]; }
};

}  // namespace geocyte::plugins::st_edm
