// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/count_likelihood.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addcmul.h>
#include <ATen/ops/digamma.h>
#include <ATen/ops/lgamma.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>

#include "engine/core/check.h"
#include "engine/losses/first_order.h"

namespace geocyte::losses {
namespace {

/// Where counts are above 0: one entry in five to ten.
struct Positive {
  at::Tensor flat;                         ///< (N) index into (B G)
  at::Tensor row, gene;                    ///< (N)
  at::Tensor count;                        ///< (N) float64

  explicit Positive(const at::Tensor& counts)
      : flat(counts.view({-1}).nonzero().squeeze(1)), row(flat.floor_divide(counts.size(1))), gene(flat - row * counts.size(1)),
        count(counts.view({-1}).index_select(0, flat).to(at::kDouble)) {}

  /// Entries of a (B, G) matrix, of a (R, G) one whose row for cell i is row_of_i, or of (B, 1).
  at::Tensor of(const at::Tensor& matrix) const { return matrix.reshape({-1}).index_select(0, flat); }
  at::Tensor of_rows(const at::Tensor& matrix, const at::Tensor& row_of) const {
    return matrix.reshape({-1}).index_select(0, row_of.index_select(0, row) * matrix.size(1) + gene);
  }
  at::Tensor of_cells(const at::Tensor& vector) const { return vector.reshape({-1}).index_select(0, row); }
};

/// sum_i weight_i sum_g ln G(x_ig + 1)
at::Tensor factorials(const Positive& positive, const at::Tensor& weight) {
  return ((positive.count + 1).lgamma_() * positive.of_cells(weight)).sum();
}

/// sum_i weight_i sum_g x_ig ln p_ig, p = softmax(l): at the counts only. ln p_ig = l_ig - l_i,max + ln p_i,max never sees an underflow.
at::Tensor explained(const Positive& positive, const at::Tensor& logits, const at::Tensor& p, const at::Tensor& weight) {
  const auto [highest, place] = logits.max(1, /*keepdim=*/true);                 // (B, 1)
  const auto log_sum = highest - p.gather(1, place).log();
  return ((positive.of(logits) - positive.of_cells(log_sum)) * positive.count * positive.of_cells(weight)).sum();
}

/// The Poisson part as one node: sum_i a_i sum_g mu - x ln mu, with mu = L p and sum_g mu = L.  d/dl_h = a (mu_h - x_h).
struct Poisson : torch::autograd::Function<Poisson> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& logits, const at::Tensor& counts, const at::Tensor& library,
                            const at::Tensor& weight, const Positive& positive) {
    const auto p = logits.softmax(1);                                            // (B, G)
    context->save_for_backward({p, counts, library, weight});
    const auto depth = (library - library * library.log()).squeeze(1).mul_(weight).sum();   // sum_g x_g = L
    return depth - explained(positive, logits, p, weight).to(depth.scalar_type());
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    require_first_order();
    const auto saved = context->get_saved_variables();
    auto gradient = saved[0].mul(saved[2]).sub_(saved[1]);                       // (B, G) mu - x
    return {gradient.mul_((saved[3] * gradients[0]).unsqueeze(1)), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

/// The negative binomial part as one node, summed with weights a_i. With p = softmax(l), mu = L p, q = mu / t
///
///   ln p(x) = x (ln mu - ln t) - (x + t) ln(1 + q) + ln G(x + t) - ln G(t)  [- ln G(x + 1)]
///   g = d ln p / d ln mu = (x - mu) / (1 + q),       d ln p / d l_h = g_h - p_h sum_g g_g
///   d ln p / d ln t = t [psi(x + t) - psi(t)] - t ln(1 + q) - g
///
/// All that x multiplies is computed where x > 0; what is left of (B, G) are p, q and ln(1 + q). `belongs` (R, B): which row of t a cell has.
struct NegativeBinomial : torch::autograd::Function<NegativeBinomial> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& logits, const at::Tensor& log_dispersion,
                            const at::Tensor& counts, const at::Tensor& library, const at::Tensor& weight, const at::Tensor& row_of,
                            const at::Tensor& belongs, const Positive& positive) {
    const auto t = log_dispersion.exp();                                         // (R, G)
    const auto p = logits.softmax(1);                                            // (B, G)
    auto q = p * library;
    q.div_(t.size(0) == 1 ? t : t.index_select(0, row_of));
    const auto above = q.log1p();                                                // (B, G) ln(1 + q)
    const auto t_at = positive.of_rows(t, row_of).to(at::kDouble), weight_at = positive.of_cells(weight).to(at::kDouble);   // (N)
    const auto t_gamma = positive.of_rows(t.to(at::kDouble).lgamma(), row_of);
    const auto log_scale = positive.of_cells(library.log()) - positive.of_rows(log_dispersion, row_of);   // ln mu - ln t = ln p + this
    const auto at_counts = (((log_scale - positive.of(above)) * positive.count + (positive.count + t_at).lgamma_() - t_gamma) * weight_at).sum();
    const auto at_all = (belongs * weight).mm(above).mul_(t).sum();              // sum_i a_i sum_g t ln(1 + q)
    context->save_for_backward({p, q, above, t, counts, library, weight, row_of, belongs, positive.flat, positive.row, positive.gene, positive.count, t_at});
    return at_all - (at_counts + explained(positive, logits, p, weight)).to(at_all.scalar_type());
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    require_first_order();
    const auto saved = context->get_saved_variables();
    const auto &p = saved[0], &q = saved[1], &above = saved[2], &t = saved[3], &counts = saved[4], &library = saved[5], &weight = saved[6],
               &row_of = saved[7], &belongs = saved[8], &row = saved[10], &gene = saved[11], &count = saved[12], &t_at = saved[13];
    const auto scale = weight * -gradients[0];                                   // (B)
    auto of_log_mean = at::addcmul(counts, p, library, -1).div_(q + 1).mul_(scale.unsqueeze(1));   // (B, G)
    at::Tensor of_dispersion;
    if (context->needs_input_grad(1)) {
      const auto weighted = belongs * scale;                                     // (R, B)
      of_dispersion = weighted.mm(above).mul_(t).neg_().sub_(belongs.mm(of_log_mean));
      const auto place = row_of.index_select(0, row) * t.size(1) + gene;         // (N)
      const auto psi_of_t = t.to(at::kDouble).digamma().view({-1}).index_select(0, place);
      const auto psi = ((count + t_at).digamma_() - psi_of_t) * t_at * scale.to(at::kDouble).index_select(0, row);
      of_dispersion.view({-1}).index_add_(0, place, psi.to(t.scalar_type()));
    }
    of_log_mean.addcmul_(p, of_log_mean.sum(1, /*keepdim=*/true), -1);
    return {of_log_mean, of_dispersion, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

Term count_likelihood(const at::Tensor& logits, const at::Tensor& counts, const at::Tensor& log_dispersion, const Groups& groups,
                      const CountLikelihoodOptions& options) {
  require_shape("counts", counts.sizes(), std::array{groups.cells(), std::int64_t{-1}});
  require_shape("logits of the counts", logits.sizes(), counts.sizes());
  require(counts.size(1) >= 1, "counts are of at least one gene");
  const auto x = counts.detach().to(logits.scalar_type()).contiguous();
  const auto library = x.sum(1, /*keepdim=*/true);                               // (B, 1)
  const auto told = (library.squeeze(1) > 0).to(logits.scalar_type());           // (B)
  const auto balanced = group_weights(groups, logits, options.balance, told);
  if (balanced.sum().item<double>() == 0) return Term::absent("no cell of the batch has counts");
  const auto weight = balanced / static_cast<double>(counts.size(1));            // (B)
  const auto depth = library.clamp_min(1e-30);                                   // a cell without counts has weight 0
  const Positive positive(x);
  at::Tensor loss;
  if (options.model == CountModel::poisson) {
    loss = Poisson::apply(logits, x, depth, weight, positive);
  } else {
    require(log_dispersion.defined() && log_dispersion.dim() == 2 && log_dispersion.size(1) == counts.size(1) &&
                (log_dispersion.size(0) == 1 || log_dispersion.size(0) == groups.count()),
            "the dispersion is one row for all groups or one a group");
    const bool shared = log_dispersion.size(0) == 1;                             // a cell of no group has weight 0: any row will do
    const auto row_of = shared ? at::zeros_like(groups.label_tensor()) : groups.label_tensor().clamp_min(0);
    const auto belongs = shared ? at::ones({1, groups.cells()}, logits.options()) : membership(groups, logits);
    loss = NegativeBinomial::apply(logits, log_dispersion, x, depth, weight, row_of, belongs, positive);
  }
  if (options.with_constant) loss = loss + factorials(positive, weight).to(loss.scalar_type());
  return Term::of(loss);
}

at::Tensor profile_logits(const at::Tensor& counts, const Groups& groups) {
  require_shape("counts", counts.sizes(), std::array{groups.cells(), std::int64_t{-1}});
  const auto x = counts.detach();
  const auto belongs = membership(groups, x);                                    // (K, B)
  const auto log_share = [](const at::Tensor& sums) { return ((sums + 0.5) / (sums + 0.5).sum(1, /*keepdim=*/true)).log(); };
  const auto of_group = log_share(belongs.mm(x)), of_all = log_share(x.sum(0, /*keepdim=*/true));
  const auto outside = 1 - belongs.sum(0).unsqueeze(1);                          // (B, 1)
  return belongs.t().mm(of_group) + outside * of_all;
}

}  // namespace geocyte::losses
