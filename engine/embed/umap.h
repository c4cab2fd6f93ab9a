// SPDX-License-Identifier: GPL-3.0-or-later
// UMAP of a neighbour graph as a resumable state (McInnes, Healy & Melville 2018, arXiv:1802.03426).
//
//   p(j|i) = exp(-max(0, d_ij - rho_i) / sigma_i),   p = p + p' - p o p',   q = 1 / (1 + a ||y_i - y_j||^(2b))
//   minimises the cross-entropy of p and q by sampled stochastic gradient steps with 5 negatives an edge
//
// The arithmetic is umappp's (behind the C interface of scnum/, which hides its own Eigen). Only the serial optimiser is
// used: the parallel one gives the same numbers but spins, which starves a trainer beside it. The same seed gives the
// same layout bit for bit, in one run() or in many; the learning rate falls to 0 at epochs(), fixed at the start.
// Warm start: with Start::given and a small learning rate, points move from where they are.
// Cost: about 1.7 us an edge sample; 8,510 points, k = 15, 50 epochs well below a second.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/kernels/knn.h"

struct scnum_umap;

namespace geocyte::embed {

struct UmapOptions {
  enum class Start { spectral, random, given };
  Start start = Start::spectral;   ///< spectral falls back to random where the graph falls apart
  int epochs = 200;
  double min_dist = 0.1;
  double spread = 1.0;
  double learning_rate = 1.0;
  std::uint64_t seed = 0;
};

class Umap {
 public:
  /// `start` (rows x 2, row-major) is used with Start::given only. Throws Error{bad_data} when the graph has fewer than
  /// three points, and Error{internal} for an incomplete graph, epochs < 1 or a start of another shape or not finite.
  Umap(const kernels::KnnGraph& graph, const UmapOptions& options, std::vector<float> start = {});
  ~Umap();
  Umap(Umap&&) noexcept;
  Umap& operator=(Umap&&) noexcept;

  /// Runs to `epoch` (at most epochs()) and returns the epoch reached.
  int run(int until_epoch);
  int epoch() const { return epoch_; }
  int epochs() const { return epochs_; }
  /// rows x 2, row-major; valid until the next run().
  std::span<const float> layout() const { return layout_; }

 private:
  struct Free {
    void operator()(scnum_umap* state) const;
  };
  std::unique_ptr<scnum_umap, Free> state_;
  std::vector<float> layout_;
  int epoch_ = 0, epochs_ = 0;
};

}  // namespace geocyte::embed
