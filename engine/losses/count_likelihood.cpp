// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/count_likelihood.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/digamma.h>
#include <ATen/ops/lgamma.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>

#include "engine/core/check.h"
#include "engine/losses/first_order.h"

namespace geocyte::losses {
namespace {

constexpr double kExactSoftplus = 40;      // above it softplus(x) = x to the last digit of float64

at::Tensor exact_softplus(const at::Tensor& x) { return at::softplus(x, 1, kExactSoftplus); }

/// Where counts are above 0, in float64.
struct Positive {
  at::Tensor flat;                         ///< (N) index into (B G)
  at::Tensor row, gene;                    ///< (N)
  at::Tensor count;                        ///< (N)

  explicit Positive(const at::Tensor& counts)
      : flat(counts.reshape({-1}).nonzero().squeeze(1)), row(flat.floor_divide(counts.size(1))), gene(flat.remainder(counts.size(1))),
        count(counts.reshape({-1}).index_select(0, flat).to(at::kDouble)) {}
};

/// sum_i weight_i sum_g ln G(x_ig + 1)
at::Tensor factorials(const Positive& positive, const at::Tensor& weight) {
  return ((positive.count + 1).lgamma() * weight.to(at::kDouble).index_select(0, positive.row)).sum();
}

/// The negative binomial part as one node, summed with weights a_i. With p = softmax(l), d = ln mu - ln t, s = softplus
///
///   ln p(x) = -x s(-d) - t s(d) + ln G(x + t) - ln G(t)  [- ln G(x + 1)]
///   g = d ln p / d ln mu = (x - mu) sigmoid(-d),     d ln p / d l_h = g_h - p_h sum_g g_g
///   d ln p / d ln t = t [psi(x + t) - psi(t)] - t s(d) - g
struct NegativeBinomial : torch::autograd::Function<NegativeBinomial> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& logits, const at::Tensor& log_dispersion,
                            const at::Tensor& counts, const at::Tensor& library, const at::Tensor& weight, const at::Tensor& row_of) {
    const auto log_p = logits.log_softmax(1);                                    // (B, G)
    const auto log_t = log_dispersion.index_select(0, row_of);                   // (B, G) or, of one row, (1, G)
    const auto d = log_p + library.log() - log_t;                                // (B, G)
    const auto t = log_t.exp(), above = exact_softplus(d);
    const Positive positive(counts);
    const auto place = row_of.size(0) == 1 ? positive.gene : positive.flat;      // where t of an entry is
    const auto t_at = t.reshape({-1}).index_select(0, place).to(at::kDouble);    // (N)
    const auto weight_at = weight.to(at::kDouble).index_select(0, positive.row);
    const auto gammas = (((positive.count + t_at).lgamma_() - t_at.lgamma()) * weight_at).sum();
    // softplus(-d) = softplus(d) - d; it is computed anew where it is used, since the difference cancels for large d.
    const auto elementwise = ((counts * exact_softplus(-d) + t * above).sum(1) * weight).sum();
    context->save_for_backward({log_p, d, t, above, counts, library, weight, row_of, positive.flat, positive.row, t_at, positive.count});
    context->saved_data["rows"] = log_dispersion.size(0);
    return elementwise - gammas.to(elementwise.scalar_type());
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    require_first_order();
    const auto saved = context->get_saved_variables();
    const auto &log_p = saved[0], &d = saved[1], &t = saved[2], &above = saved[3], &counts = saved[4], &library = saved[5],
               &weight = saved[6], &row_of = saved[7], &flat = saved[8], &row = saved[9], &t_at = saved[10], &count = saved[11];
    const auto scale = (weight * -gradients[0]).unsqueeze(1);                    // (B, 1)
    const auto p = log_p.exp();
    auto of_log_mean = (counts - p * library).mul_((-d).sigmoid_()).mul_(scale); // (B, G)
    at::Tensor of_dispersion;
    if (context->needs_input_grad(1)) {
      const auto psi = ((count + t_at).digamma_() - t_at.digamma()) * t_at * scale.squeeze(1).to(at::kDouble).index_select(0, row);   // (N)
      auto of_entry = (t * above).mul_(-scale).sub_(of_log_mean).view({-1});     // (B G)
      of_entry.index_add_(0, flat, psi.to(of_entry.scalar_type()));
      of_entry = of_entry.view(d.sizes());
      of_dispersion = row_of.size(0) == 1 ? of_entry.sum(0, /*keepdim=*/true)
                                          : at::zeros({context->saved_data["rows"].toInt(), d.size(1)}, d.options()).index_add_(0, row_of, of_entry);
    }
    of_log_mean.sub_(p * of_log_mean.sum(1, /*keepdim=*/true));
    return {of_log_mean, of_dispersion, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
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
  at::Tensor loss;
  if (options.model == CountModel::poisson) {
    const auto log_mean = logits.log_softmax(1) + depth.log();
    loss = ((log_mean.exp() - x * log_mean).sum(1) * weight).sum();
  } else {
    require(log_dispersion.defined() && log_dispersion.dim() == 2 && log_dispersion.size(1) == counts.size(1) &&
                (log_dispersion.size(0) == 1 || log_dispersion.size(0) == groups.count()),
            "the dispersion is one row for all groups or one a group");
    const bool shared = log_dispersion.size(0) == 1;
    const auto row_of = shared ? at::zeros({1}, groups.label_tensor().options()) : groups.label_tensor().clamp_min(0);
    loss = NegativeBinomial::apply(logits, log_dispersion, x, depth, weight, row_of);
  }
  if (options.with_constant) loss = loss + factorials(Positive(x), weight).to(loss.scalar_type());
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
