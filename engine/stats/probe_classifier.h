// SPDX-License-Identifier: GPL-3.0-or-later
// A fresh classifier that tries to tell two sets of points apart: a classifier two-sample test (Lopez-Paz & Oquab
// 2017). It is trained on the training part and scored on cells it never saw, so that .5 means inseparable and not
// untrained; the adversary of a model under training is no such measure.
//
//   f(x) = w3' relu(W2 relu(W1 (x - m) / s + b1) + b2) + b3,  loss = class-balanced logistic + weight decay, Adam
//
// m, s come from the training rows only; s is the deviation of each dimension or one for all, whichever classifies those of the
// training rows better that decide when to stop. (Flat dimensions of a principal component space are noise that their own
// scale inflates: on breast tumours after a Monge map the first form has an AUC of .54, the second one of .72.) A fifth of them, drawn by class, decides when to stop (patience, best weights
// kept). Balanced weights make class sizes irrelevant. An AUC far below .5 is no success but a sign of a leak (see
// below_chance()).
// Cost: twice epochs x rows x (d h + h^2); about 0.6 s for 2,000 x 128.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/stop_token.h"
#include "engine/kernels/points.h"
#include "engine/stats/auc.h"

namespace geocyte::stats {

enum class ProbeScale { each_dimension, whole, better };

struct ProbeOptions {
  ProbeScale scale = ProbeScale::better;
  int hidden = 64;
  int max_epochs = 60;
  int patience = 8;
  int batch = 128;
  double learning_rate = 2e-3;
  double weight_decay = 1e-4;
  double inner_share = 0.2;
  std::uint64_t seed = 0;
  StopToken stop = {};  ///< looked at between epochs; the best weights so far are used
};

struct LabelledPoints {
  kernels::Points points;
  std::span<const std::uint8_t> positive;  ///< 0 or 1
};

struct ProbeResult {
  Auc auc;                    ///< on the held-out points
  int epochs = 0;             ///< until the best weights
  ProbeScale scale = ProbeScale::each_dimension;  ///< that was used
  std::vector<double> score;  ///< logit of each held-out point
};

/// Throws Error{bad_data} when either part has fewer than 5 points of a class or a value is not finite, and
/// Error{internal} when dimensions or lengths differ.
ProbeResult probe_separability(const LabelledPoints& training, const LabelledPoints& held_out,
                               const ProbeOptions& options = {});

/// The whole interval lies below .5: the signature of a leak between training and held-out statistics.
inline bool below_chance(const Auc& auc) { return auc.high < 0.5; }

}  // namespace geocyte::stats
