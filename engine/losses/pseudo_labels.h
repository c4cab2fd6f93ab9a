// SPDX-License-Identifier: GPL-3.0-or-later
// Types carried from cells that have one to cells that have none, where it can be done with confidence, and learned from.
//
//   prototype   c_m = unit(mean over sources of the mean of u_i, labelled cells of type m);   a moving average over batches
//   p_im        = softmax_m(cos(z_i, c_m) / tau)
//   selected    unlabelled cells with p_i(1) >= confidence and p_i(1) - p_i(2) >= margin; of each type at most the `share` of its candidates
//               that are most confident, so that an easy type does not crowd out the others
//   L           = -1/M' sum_m 1/W_m sum_{i selected as m} w_i log p_im,   w_i = p_i(1)      M' types with selected cells
//
// A pseudo-label confirms what the model believes. So: use it last, after the gates pass; hold prototypes of labelled cells only; watch
// the share that is selected and, where labels are known, its accuracy. L and its gradient vanish as p -> 1, and cells below the
// confidence never move, so nothing is learned from doubt.
// References: Lee, ICML 2013 workshops; Zou et al., ECCV 2018 (class-balanced self-training: the share a type).
// Shapes: z (B, D), types.cells() = B, label -1 = unlabelled; else Error{internal}. Prototypes get no gradient.
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/groups.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

/// State: goes into a checkpoint as it is.
struct TypePrototypes {
  at::Tensor centre;                       ///< (M, D) unit rows; 0 for a type not met yet
  at::Tensor met;                          ///< (M) 1 or 0

  static TypePrototypes of(std::int64_t types, std::int64_t width, const at::TensorOptions& options);
  /// Moves by 1 - `keep` to the means of the labelled cells of z; a type met for the first time takes them as they are.
  void follow(const at::Tensor& z, const Groups& types, const Groups& sources, double keep = 0.9);
  /// p (B, M); types not met have probability 0. Gradient with respect to z. Throws Error{internal} when no type was met.
  at::Tensor log_probability(const at::Tensor& z, double temperature) const;
};

struct PseudoLabelOptions {
  double temperature = 0.1;                ///< tau > 0
  double confidence = 0.8;                 ///< of p_i(1)
  double margin = 0.2;                     ///< of p_i(1) - p_i(2)
  double share = 0.5;                      ///< (0, 1] of the candidates of each type
};

struct PseudoLabels {
  at::Tensor label;                        ///< (B) int64, -1 where none was given
  at::Tensor confidence;                   ///< (B) p_i(1), also where none was given
  std::int64_t candidates = 0, selected = 0;   ///< unlabelled cells, and how many got a label
};

/// Without gradient. Ties go to the lower row.
PseudoLabels select_pseudo_labels(const at::Tensor& z, const Groups& types, const TypePrototypes& prototypes, const PseudoLabelOptions& options = {});

/// L; absent when none was selected.
Term pseudo_label_loss(const at::Tensor& z, const PseudoLabels& labels, const TypePrototypes& prototypes, const PseudoLabelOptions& options = {});

}  // namespace geocyte::losses
