// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/domain_norm.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <array>
#include <string>

#include "engine/core/check.h"

namespace geocyte::nn {
namespace {

constexpr double kEpsilon = 1e-5;

/// (B, K + 1) of 0 and 1: the source of a cell; the last column is for cells of no source.
at::Tensor places(const at::Tensor& labels, std::int64_t sources, c10::ScalarType dtype) {
  const auto row = at::where(labels < 0, at::zeros_like(labels) + sources, labels).unsqueeze(1);
  return (row == at::arange(sources + 1, labels.options())).to(dtype);
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

// All that differs between sources stands in K rows and one more for cells of no source, which a product with 0 and 1 spreads over the
// cells: a few passes over (B, D) instead of one a statistic.

at::Tensor DomainNormImpl::centre(const at::Tensor& x, const at::Tensor& place, const at::Tensor& mean) const {
  const auto pooled = running_mean_.mean(0, /*keepdim=*/true);
  return at::addmm(x, place, at::cat({mean, pooled}), 1, -1);                    // (B, D)
}

at::Tensor DomainNormImpl::scale(const at::Tensor& centred, const at::Tensor& place, const at::Tensor& variance) const {
  // Of all sources pooled: the mean variance plus the variance of means.
  const auto pooled = running_variance_.mean(0, /*keepdim=*/true) + running_mean_.var(0, /*unbiased=*/false, /*keepdim=*/true);
  const auto with_mean = [this](const at::Tensor& rows) { return options_.affine_by_source ? at::cat({rows, rows.mean(0, /*keepdim=*/true)}) : rows.expand({sources() + 1, rows.size(1)}); };
  const auto factor = (at::cat({variance, pooled}) + kEpsilon).rsqrt() * with_mean(weight_);   // (K + 1, D)
  return at::addmm(centred * place.mm(factor), place, with_mean(bias_));
}

at::Tensor DomainNormImpl::forward(const at::Tensor& x, const at::Tensor& labels) const {
  require_shape("input of a normalisation by source", x.sizes(), std::array{labels.size(0), running_mean_.size(1)});
  const auto place = places(labels, sources(), x.scalar_type());
  return scale(centre(x, place, running_mean_), place, running_variance_);
}

at::Tensor DomainNormImpl::forward(const at::Tensor& x, const at::Tensor& labels, Measured& measured) const {
  require_shape("input of a normalisation by source", x.sizes(), std::array{labels.size(0), running_mean_.size(1)});
  const auto place = places(labels, sources(), x.scalar_type());                 // (B, K + 1)
  const auto own = place.slice(1, 0, sources());
  const auto n = own.sum(0).unsqueeze(1);                                        // (K, 1)
  const auto share = own.t() / n.clamp_min(1);                                   // (K, B)
  const auto mean = share.mm(x);                                                 // (K, D)
  const auto enough = n >= static_cast<double>(options_.min_cells);              // (K, 1)
  const auto centred = centre(x, place, at::where(enough, mean, running_mean_));
  const auto variance = share.mm(centred.pow(2));                                // about the running mean where there are too few cells, and not used
  measured = {mean.detach(), variance.detach() * (n / (n - 1).clamp_min(1)), enough.to(x.scalar_type())};
  return scale(centred, place, at::where(enough, variance, running_variance_));
}

DomainNormImpl::Affine DomainNormImpl::affine() const {
  const c10::NoGradGuard no_gradient;
  return {running_mean_.detach(), (running_variance_ + kEpsilon).rsqrt() * weight_, bias_.detach().expand_as(running_mean_)};
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
