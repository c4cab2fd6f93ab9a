// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/input_map.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>

#include "engine/core/error.h"
#include "engine/nn/state.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr double kClip = 6, kFlat = 1e-6;

[[noreturn]] void damaged(const std::string& what) {
  throw Error(ErrorCode::bad_data, "the heads of the run say nothing usable of what they see: " + what,
              "they were written by an older Geocyte or changed; resume the run for a step, or train it again");
}

}  // namespace

at::Tensor InputMap::components(const at::Tensor& z) const {
  return at::matmul(z.to(at::kDouble) - mean.to(at::kDouble), axes.to(at::kDouble)).to(at::kFloat);
}

at::Tensor InputMap::input(const at::Tensor& z, const at::Tensor& components, const at::Tensor& embedded) const {
  if (kind == "genes") return z / genes_unit;
  const at::Tensor made = kind == "embedding" ? (embedded - embedding_mean) / embedding_unit : at::Tensor();
  if (made.defined() && !beside) return made;
  const at::Tensor own = components.narrow(1, 0, seen) / components_unit;
  if (made.defined()) return at::cat({own, made}, 1);
  return kind == "both" ? at::cat({own, z / genes_unit}, 1) : own;
}

Json InputMap::to_json() const {
  return {{"kind", kind}, {"seen", seen}, {"beside", beside}, {"components_unit", components_unit}, {"genes_unit", genes_unit}, {"embedding_unit", embedding_unit},
          {"embedding", embedding}, {"encoder", encoder}};
}

nn::NamedTensors InputMap::tensors(const std::string& prefix) const {
  nn::NamedTensors all{{prefix + "mean", mean}, {prefix + "axes", axes}};
  if (embedding_mean.defined()) all.emplace_back(prefix + "embedding_mean", embedding_mean);
  return all;
}

InputMap InputMap::from(const Json& json, const nn::NamedTensors& tensors, const std::string& prefix, std::int64_t genes) {
  InputMap map;
  try {
    map.kind = json.at("kind").get<std::string>();
    map.seen = json.at("seen").get<std::int64_t>();
    map.beside = json.value("beside", false);   // older runs do not say
    map.components_unit = json.at("components_unit").get<double>();
    map.genes_unit = json.at("genes_unit").get<double>();
    map.embedding_unit = json.at("embedding_unit").get<double>();
    map.embedding = json.at("embedding").get<std::string>();
    map.encoder = json.at("encoder").get<std::string>();
  } catch (const Json::exception&) {
    damaged("a number lacks");
  }
  for (const auto& [name, tensor] : tensors) {
    if (name == prefix + "mean") map.mean = tensor;
    if (name == prefix + "axes") map.axes = tensor;
    if (name == prefix + "embedding_mean") map.embedding_mean = tensor;
  }
  if (!map.mean.defined() || !map.axes.defined() || map.mean.dim() != 1 || map.axes.dim() != 2 || map.mean.size(0) != genes || map.axes.size(0) != genes ||
      map.seen < 0 || map.seen > map.axes.size(1))
    damaged("the principal axes do not belong to the panel");
  if (map.kind == "embedding" && !map.embedding_mean.defined()) damaged("the mean of the embedding lacks");
  return map;
}

at::Tensor SourceScale::apply(const at::Tensor& y) const { return ((y.to(at::kDouble) - mean) / (deviation + kFlat)).clamp(-kClip, kClip).to(at::kFloat); }

void SourceMoments::add(const at::Tensor& y) {
  if (y.size(0) == 0) return;
  const at::Tensor x = y.to(at::kDouble);
  if (!first_.defined()) first_ = x.mean(0, true);
  const at::Tensor centred = x - first_;
  const at::Tensor sum = centred.sum(0, true), squares = centred.square().sum(0, true);
  sum_ = sum_.defined() ? sum_ + sum : sum;
  squares_ = squares_.defined() ? squares_ + squares : squares;
  count_ += static_cast<double>(y.size(0));
}

SourceScale SourceMoments::scale() const {
  const at::Tensor shift = sum_ / count_;
  return {first_ + shift, (squares_ / count_ - shift.square()).clamp_min(0).sqrt()};
}

}  // namespace geocyte::plugins::st_edm
