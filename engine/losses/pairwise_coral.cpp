// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/pairwise_coral.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

#include "engine/core/check.h"
#include "engine/losses/first_order.h"
#include "engine/losses/small_work.h"
#include "engine/losses/sorted_groups.h"

namespace geocyte::losses {
namespace {

/// The loss of all pairs as one node. With X_k the centred cells of group k, d_k = m_k - m and E_k = C_k - C
///
///   L = 2 / (K - 1) [ w_m / D sum_k ||d_k||^2 + w_c / D^2 sum_k ||E_k||_F^2 ]
///   dL/dz_i = 4 / (K - 1) [ w_m / (D n_k) d_k + 2 w_c / (D^2 (n_k - 1)) X_k,i E_k ]              i in k
///
/// What runs through m, C and the mean of X_k cancels: the d_k, the E_k and the rows of X_k each sum to 0. Where rounding leaves
/// a rest of these sums in the gradient it is taken out: a shift of all cells changes nothing, and an optimiser that divides by
/// the size of a gradient (Adam) would make steps of that rest.
struct AllPairs : torch::autograd::Function<AllPairs> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& z, const PaddedGroups& groups, CoralForm form) {
    const auto k = static_cast<double>(groups.count()), d = static_cast<double>(z.size(1));
    const double of_means = form == CoralForm::deep_coral ? 0 : 2 / ((k - 1) * d);
    const double of_covariances = (form == CoralForm::deep_coral ? 0.5 : 2) / ((k - 1) * d * d);
    const SmallWork small(static_cast<double>(groups.present.numel()) * d * d);   // (K, n_max) of two products of d^2
    auto centred = groups.rows_of(z);                                            // (K, n_max, D)
    auto mean = centred.sum(1).mul_(groups.share);                               // (K, D)
    centred.sub_(mean.unsqueeze(1)).mul_(groups.present);
    auto covariance = centred.transpose(1, 2).bmm(centred).mul_(groups.divisor); // (K, D, D)
    covariance.sub_(covariance.mean(0, /*keepdim=*/true));
    mean.sub_(mean.mean(0, /*keepdim=*/true));
    const auto loss = mean.pow(2).sum() * of_means + covariance.pow(2).sum() * of_covariances;
    context->save_for_backward({centred, mean, covariance, groups.index, groups.present, groups.share, groups.divisor});
    context->saved_data["cells"] = z.size(0);
    context->saved_data["of_means"] = of_means;
    context->saved_data["of_covariances"] = of_covariances;
    return loss;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    require_first_order();
    const auto saved = context->get_saved_variables();
    const auto &centred = saved[0], &mean = saved[1], &covariance = saved[2], &index = saved[3], &present = saved[4], &share = saved[5],
               &divisor = saved[6];
    const SmallWork small(static_cast<double>(centred.numel()) * static_cast<double>(centred.size(2)));
    const double of_means = context->saved_data["of_means"].toDouble(), of_covariances = context->saved_data["of_covariances"].toDouble();
    auto members = centred.bmm(covariance).mul_(divisor * (4 * of_covariances)); // (K, n_max, D)
    auto shift = members.sum(1).mul_(share).neg_();                              // (K, D)
    if (of_means > 0) shift.add_((mean - mean.mean(0, /*keepdim=*/true)).mul_(share), 2 * of_means);
    members.add_(shift.unsqueeze(1)).mul_(present);
    const auto d = centred.size(2);
    auto gradient = at::zeros({context->saved_data["cells"].toInt(), d}, centred.options());
    gradient.index_add_(0, index, members.view({-1, d}));                        // (B, D)
    return {gradient.mul_(gradients[0]), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor mean_pairwise_coral(const at::Tensor& z, const PaddedGroups& groups, CoralForm form) {
  require(groups.count() >= 2, "pairs need at least two groups");
  return AllPairs::apply(z, groups, form);
}

Term pairwise_coral(const at::Tensor& z, const Groups& groups, CoralForm form, std::int64_t min_cells, const char* what) {
  if (auto why = why_no_pair(groups, min_cells, what); !why.empty()) return Term::absent(std::move(why));
  return Term::of(mean_pairwise_coral(z, padded_groups(z, groups, min_cells), form));
}

}  // namespace geocyte::losses
