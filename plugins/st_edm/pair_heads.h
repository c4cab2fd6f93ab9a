// SPDX-License-Identifier: GPL-3.0-or-later
// An ensemble of small networks that see one cell at a time and speak about pairs of cells.
//
//   h = W2 dropout(relu(W1 x + b1)) + b2
//   z = h / |h|                      neighbour head: cells with a large <z_i, z_j> lie near each other
//   u = W3 relu(h) + b3              distance head:  |u_i - u_j| is their distance in the tissue
//   t = 10 exp(10 s)                 sharpness of the neighbour head, one a width, s learned from 0
//
// Both heads share what they have learned of a cell: distances keep the neighbourhoods in order at large scale, neighbourhoods keep the
// distances from being smoothed away. No frame is needed: neither head knows where a slide lies or which way up it is.
// The M members are one batched product; member m sees its own cells, noise and dropout.
//
// By Context the cells of a set may tell each other something before the heads speak; at first (weights V = 0) no context says anything:
//   set         h + V ISAB(h)                               induced attention, one block a member (set_blocks.h)
//   neighbours  h = W2 relu(W1 x + V p + b1) + b2,  p_i = sum_{j != i} softmax_j(<l_i, l_j>) x_j,  <l_i, l_j> = mean_k t_k <z_ik, z_jk>
//               z_k, t_k: of a first look without context, k the networks that say together who the neighbours are
// Who they are in training matters: on slides that a network has learned it finds nearly all true neighbours, and learns to trust p far more than a new slide
// deserves. So the neighbours of a training cell are those that networks find which have never seen its slide, where there are such (generator.h; cross-fitting,
// Chernozhukov et al. 2018), else those of the network's own first look.
// The softmax is a constant for the gradient; the loss trains the neighbour head of both looks. Permutation equivariant. Pooling costs O(n^2 (K L + F)) time and
// O(n) memory (rows of the softmax are made kPooled at a time).
// Where members see blocks of the features (`block`), weights of the others are there, and stay as they were drawn but for their decay: products leave them out.
// Factor 10 in the exponent: with Adam, s then moves ten times as fast as a weight.
// Shapes: x (M, B, F) -> z (M, B, L) of unit rows, u (M, B, D), t (M, widths). Weights (M, in, out), uniform in +-1/sqrt(in).
#pragma once

#include <ATen/core/Generator.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/nn/set_blocks.h"

namespace geocyte::plugins::st_edm {

/// What the cells of a set tell each other.
enum class Context { none, set, neighbours };
/// Throws Error{bad_data} for another name.
Context context_named(const std::string& name);
const char* name_of(Context context);

struct PairHeadsOptions {
  std::int64_t members = 1, in = 0, hidden = 256, local = 48, distance = 16, widths = 1;
  std::int64_t together = 1;               ///< members that say together who a cell's neighbours are; divides `members`
  std::int64_t block = 0;                  ///< above 0: even members see the first `block` features, odd ones the others
  double dropout = 0;
  Context context = Context::none;
};

/// Members first, first + 1, ... of an ensemble; count 0: all of them.
struct MemberRange {
  std::int64_t first = 0, count = 0;
};

class PairHeadsImpl : public torch::nn::Module {
 public:
  struct Output {
    at::Tensor local, distance;
    at::Tensor first = {};                 ///< the neighbour head of the first look; undefined: there was none
  };

  PairHeadsImpl(PairHeadsOptions options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);

  /// What the members of a range say, x one set each. With a generator dropout acts, without it the network is a function. Where cells pool neighbours, `looks`
  /// (M, B, K) says who they are: softmax_j <l_i, l_j>; undefined: the first look of each member by itself.
  Output forward(const at::Tensor& x, const std::optional<at::Generator>& noise = std::nullopt, const at::Tensor& looks = {}, MemberRange range = {}) const;
  /// First looks of `together` members side by side, sqrt(t_k / K) z_k, for each member of its group (M, B, K L): a softmax of their mean. Each looks at its own x.
  /// A range holds whole groups.
  at::Tensor looks_together(const at::Tensor& x, const std::optional<at::Generator>& noise = std::nullopt, MemberRange range = {}) const;
  at::Tensor sharpness() const;
  /// h (M, B, L) of each cell by itself: what a pre-training trains.
  at::Tensor alone(const at::Tensor& x, const std::optional<at::Generator>& noise = std::nullopt) const;

  const PairHeadsOptions& options() const { return options_; }

 private:
  /// h; `by`: looks by which cells pool neighbours, undefined where none are pooled.
  at::Tensor look(const at::Tensor& x, const at::Tensor& by, const std::optional<at::Generator>& noise, MemberRange range) const;
  at::Tensor told(const at::Tensor& shared, MemberRange range) const;
  at::Tensor hidden(const at::Tensor& x, const at::Tensor& by, MemberRange range) const;
  MemberRange whole(MemberRange range) const { return {range.first, range.count > 0 ? range.count : options_.members - range.first}; }

  PairHeadsOptions options_;
  at::Tensor w1_, b1_, w2_, b2_, w3_, b3_, sharpness_;
  at::Tensor context_;                     // V: (M, L, L) of set, (M, F, H) of neighbours
  std::vector<nn::Isab> blocks_;           // one a member
};
TORCH_MODULE(PairHeads);

}  // namespace geocyte::plugins::st_edm
