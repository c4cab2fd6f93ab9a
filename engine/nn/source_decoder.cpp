// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/source_decoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <string>
#include <utility>

#include "engine/core/check.h"

namespace geocyte::nn {
namespace {

constexpr double kLowestLogDispersion = -7, kHighestLogDispersion = 9;

void check_width(const char* what, std::int64_t width) {
  if (width < 1)
    throw Error(ErrorCode::bad_config, std::string(what) + " of a decoder is " + std::to_string(width) + "; it is at least 1");
}

}  // namespace

at::Tensor source_mixture(const at::Tensor& labels, std::int64_t sources, c10::ScalarType dtype) {
  require(labels.dim() == 1 && labels.scalar_type() == at::kLong, "labels of sources are one whole number a cell");
  const auto column = labels.unsqueeze(1);                                       // (B, 1)
  const auto own = (column == at::arange(sources, labels.options())).to(dtype);  // (B, K)
  return own + (column < 0).to(dtype) / static_cast<double>(sources);
}

SourceDecoderImpl::SourceDecoderImpl(const SourceDecoderOptions& options, at::Generator generator, c10::ScalarType dtype) {
  check_width("the number of sources", options.sources);
  check_width("the width of a source", options.source_width);
  check_width("the output width", options.out);
  source_ = register_parameter("source", at::empty({options.sources, options.source_width}, dtype).normal_(0, 1, generator));
  if (options.source_offset) offset_ = register_parameter("offset", at::zeros({options.sources, options.out}, dtype));
  body_ = register_module("body", Mlp(MlpOptions{.in = options.latent + options.source_width, .hidden = options.hidden, .out = options.out,
                                                 .dropout = options.dropout},
                                      std::move(generator), dtype));
}

at::Tensor SourceDecoderImpl::forward(const at::Tensor& z, const at::Tensor& source, const std::optional<at::Generator>& noise) const {
  require_shape("sources of the cells to decode", source.sizes(), std::array{z.size(0)});
  const auto mixture = source_mixture(source, sources(), z.scalar_type());       // (B, K)
  const auto decoded = body_->forward(at::cat({z, mixture.mm(source_)}, 1), noise);
  return offset_.defined() ? at::addmm(decoded, mixture, offset_) : decoded;
}

CountDecoderImpl::CountDecoderImpl(const SourceDecoderOptions& options, Dispersion dispersion, at::Generator generator, c10::ScalarType dtype) {
  decoder_ = register_module("decoder", SourceDecoder(options, std::move(generator), dtype));
  const std::int64_t rows = dispersion == Dispersion::gene ? 1 : options.sources;
  log_dispersion_ = register_parameter("log_dispersion", at::zeros({rows, options.out}, dtype));
}

at::Tensor CountDecoderImpl::forward(const at::Tensor& z, const at::Tensor& source, const std::optional<at::Generator>& noise) const {
  return decoder_->forward(z, source, noise);
}

at::Tensor CountDecoderImpl::log_dispersion() const { return log_dispersion_.clamp(kLowestLogDispersion, kHighestLogDispersion); }

}  // namespace geocyte::nn
