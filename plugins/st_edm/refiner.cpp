// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/refiner.h"

#include <cmath>
#include <iterator>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include "engine/geometry/rigid.h"
#include "engine/losses/denoising.h"
#include "engine/nn/generator.h"
#include "engine/nn/heun.h"
#include "engine/nn/self_conditioning.h"
#include "engine/optim/schedule.h"
#include "plugins/st_edm/layout.h"
#include "plugins/st_edm/pair_losses.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kNoiseFeatures = 64, kHeads = 4, kDraws = 8;
constexpr double kSelfConditioning = 0.5, kLastLevel = 0.02;
constexpr int kHeunSteps = 10;
const nn::SigmaLaw kLaw{0.6, 1.2, 0.05, 6, nn::SigmaLaw::Tail::resample};

constexpr const char* kResidual = "residual";

/// What is denoised of true places (b, n, d), laid onto the bases.
RefineSets with_truth(const StEdmOptions& options, const at::Tensor& base, const at::Tensor& features, const at::Tensor& places) {
  const at::Tensor laid = geometry::fit_rigid(places, base).apply(places);
  if (options.refine.target == kResidual) return {base, features, laid - base, {}};
  return {base, features, laid, laid};
}

/// A rotation or reflection drawn at random (d, d).
at::Tensor random_turn(std::int64_t dims, const at::Generator& noise) {
  const auto [q, r] = at::linalg_qr(at::empty({dims, dims}, at::kDouble).normal_(0, 1, noise));
  return (q * r.diagonal().sign()).to(at::kFloat);
}

/// Sets for training: bases as rough as on a new slide, each turned at random; features noised by `options.noise`.
RefineSets rough_sets(const StEdmOptions& options, const Tissue& tissue, const Generator& generator, std::span<const std::int64_t> rows, std::int64_t sets,
                      std::uint64_t seed) {
  const at::NoGradGuard no_gradient;
  const c10::Device device = tissue.input.device();
  const at::Generator host = nn::make_generator(seed), own = nn::make_generator(seed, device);
  const at::Tensor at_rows = at::tensor(at::IntArrayRef(rows.data(), rows.size()), at::kLong).to(device);
  at::Tensor x = tissue.input.index_select(0, at_rows).reshape({sets, -1, tissue.input.size(1)});
  const at::Tensor places = tissue.places.index_select(0, at_rows).reshape({sets, -1, tissue.dims});
  std::vector<at::Tensor> bases;
  for (std::int64_t b = 0; b < sets; ++b) {
    const std::int64_t row = rows[static_cast<std::size_t>(b * x.size(1))];
    const auto source = static_cast<std::size_t>(tissue.source_of_cell[static_cast<std::size_t>(row)]);
    const at::Tensor distance = generator.roughly(x[b], source, options.heads.noise, own);
    bases.push_back(at::matmul(scaled_places(distance, tissue.dims), random_turn(tissue.dims, host)).to(places.options()));
  }
  if (options.refine.noise > 0) x = x + at::empty_like(x).normal_(0, options.refine.noise, own);
  return with_truth(options, at::stack(bases), x, places);
}

}  // namespace

ScoreNetImpl::ScoreNetImpl(std::int64_t features, std::int64_t dims, const RefineOptions& options, at::Generator generator, c10::ScalarType dtype) {
  const std::int64_t width = kHeads * options.width;
  token_ = register_module("token", nn::Linear(features + 3 * dims, width, generator, dtype));
  noise_ = register_module("noise", nn::NoiseFeatures(kNoiseFeatures, generator, dtype));
  for (std::int64_t i = 0; i < options.blocks; ++i) {
    nn::SetBlockOptions block;
    block.in = block.width = width;
    block.heads = kHeads;
    block.points = options.points;
    blocks_.push_back(register_module("block" + std::to_string(i), nn::Isab(block, generator, dtype)));
    films_.push_back(register_module("film" + std::to_string(i), nn::Film(nn::FilmOptions{width, kNoiseFeatures, 0}, generator, dtype)));
  }
  head_ = register_module("head", nn::Linear(width, dims, generator, dtype));
  path_ = register_module("path", nn::Linear(3 * dims, dims, generator, dtype));
}

at::Tensor ScoreNetImpl::forward(const at::Tensor& base, const at::Tensor& features, const at::Tensor& x, const at::Tensor& own, const at::Tensor& c_noise) const {
  const at::Tensor coordinates = at::cat({base, x, own}, -1), level = noise_->forward(c_noise).unsqueeze(1);   // (b, n, 3d), (b, 1, T)
  at::Tensor h = token_->forward(at::cat({coordinates, features}, -1));
  for (std::size_t i = 0; i < blocks_.size(); ++i) h = films_[i]->forward(blocks_[i]->forward(h), level);
  return head_->forward(h) + path_->forward(coordinates);
}

Refiner::Refiner(const RefineOptions& options, std::int64_t features, std::int64_t dims, double sigma_data, at::Generator weights, c10::ScalarType dtype)
    : net_(features, dims, options, std::move(weights), dtype), dims_(dims), sigma_data_(sigma_data), residual_(options.target == kResidual) {}

Refiner::Refiner(const StEdmOptions& options, const Tissue& tissue, const Generator& generator, std::span<const std::int64_t> rows, std::int64_t sets,
                 train::TrainContext& ctx)
    : dims_(tissue.dims), residual_(options.refine.target == kResidual) {
  net_ = ScoreNet(tissue.input.size(1), tissue.dims, options.refine, nn::make_generator(ctx.rng().stream("weights/refiner")()), ctx.dtype());
  net_->to(ctx.device());
  optimizer_ = std::make_unique<optim::AdamW>(net_->parameters(), torch::optim::AdamWOptions(options.refine.lr).weight_decay(options.optimizer.weight_decay));
  const RefineSets known = rough_sets(options, tissue, generator, rows, sets, ctx.rng().stream("sigma_data")());
  sigma_data_ = std::max(1e-3, std::sqrt(known.clean.square().mean().item<double>()));
}

at::Tensor Refiner::denoise(const RefineSets& sets, const at::Tensor& x, const at::Tensor& sigma, const at::Tensor& own) const {
  const at::NoGradGuard no_gradient;
  const at::Tensor condition = own.defined() ? own : at::zeros_like(x);
  const auto network = [&](const at::Tensor& scaled, const at::Tensor& c_noise) {
    return net_->forward(sets.base.expand_as(x), sets.features.expand({x.size(0), -1, -1}), scaled, condition, c_noise);
  };
  return nn::edm_denoise(network, x, sigma, sigma_data_);
}

RefineLoss Refiner::loss(const RefineSets& known, const at::Tensor& sigma, bool twice, const at::Generator& noise) const {
  const at::Tensor x = known.clean + sigma.reshape({-1, 1, 1}) * at::empty_like(known.clean).normal_(0, 1, noise);
  const auto predict = [&](const at::Tensor& own) {
    return nn::edm_denoise([&](const at::Tensor& scaled, const at::Tensor& c_noise) { return net_->forward(known.base, known.features, scaled, own, c_noise); }, x,
                           sigma, sigma_data_);
  };
  const at::Tensor prediction = predict(nn::self_condition(predict, x, twice)), weight = nn::edm_weight(sigma, sigma_data_);
  const at::Tensor truth = smooth_distances(known.truth());
  return {losses::denoising_edm(losses::set_error(prediction, known.clean), weight),
          (smooth_distances(offset(known) + prediction) - truth).square().mean()};
}

train::StepReport Refiner::step(const StEdmOptions& options, const Tissue& tissue, const Generator& generator, std::span<const std::int64_t> rows,
                                std::int64_t sets, std::int64_t step, std::int64_t total, train::TrainContext& ctx) {
  const RefineSets known = rough_sets(options, tissue, generator, rows, sets, ctx.rng().stream("noise")());
  Rng& stream = ctx.rng().stream("levels");
  const at::Tensor sigma = nn::draw_sigma(kLaw, sets, sigma_data_, nn::make_generator(stream())).to(known.base.options());
  const bool twice = stream.uniform() < kSelfConditioning;
  const auto [denoising, geometry] = loss(known, sigma, twice, nn::make_generator(stream(), ctx.device()));

  train::StepReport report;
  report.terms = {{"denoising", denoising.item<double>()}, {"refined_distance", geometry.item<double>()}};
  report.weighted = {{"denoising", report.terms["denoising"]}, {"refined_distance", options.refine.distance * report.terms["refined_distance"]}};
  for (const auto& [name, value] : report.weighted) report.total += value;
  const optim::Schedule schedule{options.refine.lr, optim::Decay::cosine, 0, total, 0};
  optim::set_learning_rate(*optimizer_, optim::learning_rate(schedule, step));
  ctx.update("refiner", *optimizer_, denoising + options.refine.distance * geometry);
  report.units = static_cast<std::int64_t>(rows.size());
  return report;
}

at::Tensor Refiner::offset(const RefineSets& set) const { return residual_ ? set.base : at::zeros_like(set.base); }

at::Tensor Refiner::estimate(const RefineSets& set, double level, bool from_base, std::uint64_t seed) const {
  const double sigma = level * sigma_data_, spread = from_base ? sigma : std::sqrt(sigma * sigma + sigma_data_ * sigma_data_);
  const at::Tensor noise = at::empty({kDraws / 2, set.base.size(1), set.base.size(2)}, set.base.options()).normal_(0, spread, nn::make_generator(seed, set.base.device()));
  const at::Tensor about = from_base && !residual_ ? set.base : at::zeros_like(set.base);
  // In pairs of opposite sign: what D passes on of the noise cancels.
  return denoise(set, at::cat({about + noise, about - noise}), at::full({kDraws}, sigma, set.base.options())).mean(0);
}

at::Tensor Refiner::sample(const RefineSets& set, std::int64_t count, double first_level, bool from_base, std::uint64_t seed, const StopToken& stop) const {
  nn::HeunOptions how;
  how.steps = kHeunSteps;
  how.sigma_min = kLastLevel * sigma_data_;
  how.sigma_max = first_level * sigma_data_;
  how.stop = stop;
  const at::Generator noise = nn::make_generator(seed, set.base.device());
  at::Tensor x = at::empty({count, set.base.size(1), set.base.size(2)}, set.base.options()).normal_(0, 1, noise);
  x = x * (from_base ? how.sigma_max : std::sqrt(how.sigma_max * how.sigma_max + sigma_data_ * sigma_data_));
  if (from_base && !residual_) x = x + set.base;
  at::Tensor own;
  const auto denoiser = [&](const at::Tensor& state, double level) {
    own = denoise(set, state.to(set.base.scalar_type()), at::full({count}, level, set.base.options()), own);
    return own;
  };
  const auto result = nn::heun_sample(x.to(at::kDouble), denoiser, how, noise);
  return result ? result->to(set.base.scalar_type()) : at::zeros_like(x);
}

void Refiner::save(train::CheckpointWriter& writer) const {
  writer.module("refiner", *net_);
  writer.optimizer("refiner", *optimizer_);
  writer.value("sigma_data", sigma_data_);
}

void Refiner::load(train::CheckpointReader& reader) {
  reader.module("refiner", *net_);
  reader.optimizer("refiner", *optimizer_);
  sigma_data_ = reader.value("sigma_data").get<double>();
}

RefineSets known_set(const StEdmOptions& options, const Tissue& tissue, const Generator& generator, std::span<const std::int64_t> rows, By by) {
  const at::NoGradGuard no_gradient;
  const at::Tensor at_rows = at::tensor(at::IntArrayRef(rows.data(), rows.size()), at::kLong).to(tissue.input.device());
  const at::Tensor x = tissue.input.index_select(0, at_rows), places = tissue.places.index_select(0, at_rows);
  const at::Tensor base = scaled_places(generator.heads_of(tissue, rows, by).distance, tissue.dims).to(places.options());
  return with_truth(options, base.unsqueeze(0), x.unsqueeze(0), places.unsqueeze(0));
}

RefineSets source_set(const StEdmOptions& options, const Tissue& tissue, const Generator& generator, const SourceFacts& source) {
  RefineSets set = known_set(options, tissue, generator, source.rows(), By::shown);
  if (!source.has_places()) set.clean = set.places = at::Tensor();
  return set;
}

}  // namespace geocyte::plugins::st_edm
