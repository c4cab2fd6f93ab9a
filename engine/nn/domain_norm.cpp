// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/domain_norm.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <string>

#include "engine/core/check.h"

namespace geocyte::nn {
namespace {

constexpr double kEpsilon = 1e-5;

/// (B, K) of 0 and 1; a cell of no source has a row of 0.
at::Tensor membership(const at::Tensor& labels, std::int64_t sources, c10::ScalarType dtype) {
  return (labels.unsqueeze(1) == at::arange(sources, labels.options())).to(dtype);
}

}  // namespace

void DomainStatistics::add(const at::Tensor& x) {
  require(x.dim() == 2, "statistics are taken of a matrix");
  const c10::NoGradGuard no_gradient;
  const auto more = x.size(0);
  if (more == 0) return;
  const auto rows = x.detach().to(at::kDouble);
  const auto own_mean = rows.mean(0), own_square = (rows - own_mean).pow(2).sum(0);
  if (n == 0) {
    mean = own_mean;
    square = own_square;
  } else {
    require_shape("the width of statistics", own_mean.sizes(), mean.sizes());
    const auto gap = own_mean - mean;
    const double all = static_cast<double>(n + more);
    mean = mean + gap * (static_cast<double>(more) / all);
    square = square + own_square + gap.pow(2) * (static_cast<double>(n) * static_cast<double>(more) / all);
  }
  n += more;
}

at::Tensor DomainStatistics::variance() const {
  require(n >= 1, "statistics are of at least one cell");
  return n < 2 ? at::ones_like(mean) : square / static_cast<double>(n - 1);
}

DomainNormImpl::DomainNormImpl(const DomainNormOptions& options, c10::ScalarType dtype) : options_(options) {
  if (options.width < 1 || options.sources < 1)
    throw Error(ErrorCode::bad_config, "a normalisation by source of " + std::to_string(options.sources) + " sources and width " +
                                           std::to_string(options.width) + " cannot be made; both are at least 1");
  if (!(options.momentum > 0 && options.momentum <= 1))
    throw Error(ErrorCode::bad_config, "the momentum of a normalisation is " + std::to_string(options.momentum) + "; it lies in (0, 1]");
  require(options.min_cells >= 2, "statistics of a batch need at least two cells");
  const auto rows = options.affine_by_source ? options.sources : 1;
  weight_ = register_parameter("weight", at::ones({rows, options.width}, dtype));
  bias_ = register_parameter("bias", at::zeros({rows, options.width}, dtype));
  running_mean_ = register_buffer("running_mean", at::zeros({options.sources, options.width}, dtype));
  running_variance_ = register_buffer("running_variance", at::ones({options.sources, options.width}, dtype));
  batches_ = register_buffer("batches", at::zeros({options.sources, 1}, dtype));
}

at::Tensor DomainNormImpl::normalise(const at::Tensor& x, const at::Tensor& labels, const at::Tensor& mean, const at::Tensor& variance) const {
  const auto own = membership(labels, sources(), x.scalar_type());               // (B, K)
  const auto stranger = 1 - own.sum(1, /*keepdim=*/true);                        // (B, 1)
  // All sources pooled: the mean of means, and the mean variance plus the variance of means.
  const auto pooled_mean = running_mean_.mean(0, /*keepdim=*/true);
  const auto pooled_variance = running_variance_.mean(0, /*keepdim=*/true) + (running_mean_ - pooled_mean).pow(2).mean(0, /*keepdim=*/true);
  const auto m = own.mm(mean) + stranger * pooled_mean, v = own.mm(variance) + stranger * pooled_variance;
  const auto normal = (x - m) * (v + kEpsilon).rsqrt();
  if (weight_.size(0) == 1) return normal * weight_ + bias_;
  const auto mixture = own + stranger / static_cast<double>(sources());          // (B, K)
  return normal * mixture.mm(weight_) + mixture.mm(bias_);
}

at::Tensor DomainNormImpl::forward(const at::Tensor& x, const at::Tensor& labels) const {
  require_shape("input of a normalisation by source", x.sizes(), std::array{labels.size(0), running_mean_.size(1)});
  return normalise(x, labels, running_mean_, running_variance_);
}

at::Tensor DomainNormImpl::forward(const at::Tensor& x, const at::Tensor& labels, Measured& measured) const {
  require_shape("input of a normalisation by source", x.sizes(), std::array{labels.size(0), running_mean_.size(1)});
  const auto own = membership(labels, sources(), x.scalar_type());               // (B, K)
  const auto n = own.sum(0).unsqueeze(1);                                        // (K, 1)
  const auto share = own.t() / n.clamp_min(1);                                   // (K, B)
  const auto mean = share.mm(x);                                                 // (K, D)
  const auto variance = share.mm((x - own.mm(mean)).pow(2) * own.sum(1, /*keepdim=*/true));
  const auto enough = n >= static_cast<double>(options_.min_cells);              // (K, 1)
  measured = {mean.detach(), variance.detach() * (n / (n - 1).clamp_min(1)), enough.to(x.scalar_type())};
  return normalise(x, labels, at::where(enough, mean, running_mean_), at::where(enough, variance, running_variance_));
}

void DomainNormImpl::absorb(const Measured& measured) {
  require_shape("measured statistics", measured.mean.sizes(), running_mean_.sizes());
  const c10::NoGradGuard no_gradient;
  const auto rate = at::where(batches_ == 0, at::ones_like(batches_), at::ones_like(batches_) * options_.momentum) * measured.used;   // (K, 1)
  running_mean_.add_(rate * (measured.mean - running_mean_));
  running_variance_.add_(rate * (measured.variance - running_variance_));
  batches_.add_(measured.used);
}

void DomainNormImpl::set_statistics(std::int64_t source, const DomainStatistics& statistics) {
  require(source >= 0 && source < sources(), "the source of new statistics exists");
  const c10::NoGradGuard no_gradient;
  running_mean_.select(0, source).copy_(statistics.mean);
  running_variance_.select(0, source).copy_(statistics.variance());
  batches_.select(0, source).fill_(1);
}

std::int64_t DomainNormImpl::add_source(const DomainStatistics& statistics) {
  const c10::NoGradGuard no_gradient;
  const auto with_row = [](const at::Tensor& rows, const at::Tensor& row) { return at::cat({rows, row.to(rows.options()).view({1, -1})}); };
  if (options_.affine_by_source) {
    weight_.set_data(with_row(weight_, weight_.mean(0)));
    bias_.set_data(with_row(bias_, bias_.mean(0)));
  }
  running_mean_.set_data(with_row(running_mean_, statistics.mean));
  running_variance_.set_data(with_row(running_variance_, statistics.variance()));
  batches_.set_data(with_row(batches_, at::ones({1})));
  return sources() - 1;
}

}  // namespace geocyte::nn
