// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/edm.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

#include "engine/core/error.h"
#include "engine/geometry/rigid.h"
#include "engine/geometry/sets.h"
#include "engine/nn/generator.h"
#include "engine/nn/heun.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::nn {
namespace {

using losses::largest;
using losses::normal_matrix;

at::Tensor levels(std::initializer_list<double> values) { return at::tensor(std::vector<double>(values), at::kDouble); }
const EdmNetwork kNothing = [](const at::Tensor& x, const at::Tensor&) { return at::zeros_like(x); };

/// The network whose denoiser is the best one for data N(0, s^2 I): D* = s^2 / (s^2 + t^2) x.
EdmNetwork best_for(double s, double sigma_data) {
  return [=](const at::Tensor& x, const at::Tensor& c_noise) {
    const auto t = ((c_noise * 4).exp() * sigma_data).view({-1, 1, 1});
    const auto scale = edm_scales(t.view(-1), sigma_data);
    return (s * s / (s * s + t * t) - scale.skip) / scale.out * (x / scale.in);
  };
}

TEST(Edm, ScalesAreThoseOfThePaper) {
  // S = .5, s = 2: c_skip = .25/4.25, c_out = 1/sqrt(4.25), c_in = 1/sqrt(4.25)
  const auto scale = edm_scales(levels({2}), 0.5);
  EXPECT_NEAR(scale.skip.item<double>(), 0.25 / 4.25, 1e-15);
  EXPECT_NEAR(scale.out.item<double>(), 1 / std::sqrt(4.25), 1e-15);
  EXPECT_NEAR(scale.in.item<double>(), 1 / std::sqrt(4.25), 1e-15);
  EXPECT_NEAR(scale.noise.item<double>(), std::log(4.0) / 4, 1e-15);
  EXPECT_NEAR(edm_scales(levels({2}), 0.5, true).noise.item<double>(), std::log(2.0) / 4, 1e-15);
  EXPECT_NEAR((edm_weight(levels({2}), 0.5) * scale.out.view(-1).pow(2)).item<double>(), 1, 1e-15);
}

TEST(Edm, ANetworkThatOutputsNothingGivesTheScaleTableOfTheSeed) {
  // design/science.md: .953 .723 .365 .219 .130 .065 at sigma .05 .15 .40 .70 1.20 2.40 for sigma_data .157
  constexpr double kSeed[] = {0.953, 0.723, 0.365, 0.219, 0.130, 0.065};
  const double sigma[] = {0.05, 0.15, 0.40, 0.70, 1.20, 2.40};
  const auto y = 0.157 * normal_matrix(4000, 2, 1).unsqueeze(0);
  for (int i = 0; i < 6; ++i) {
    EXPECT_NEAR(do_nothing_scale(sigma[i], 0.157), kSeed[i], 6e-4) << sigma[i];
    const auto x = y + sigma[i] * normal_matrix(4000, 2, 2).unsqueeze(0);
    const auto got = edm_denoise(kNothing, x, levels({sigma[i]}), 0.157);
    EXPECT_NEAR((geometry::rms_radius(got) / geometry::rms_radius(y)).item<double>(), kSeed[i], 0.02) << sigma[i];
    EXPECT_NEAR(((got - y).pow(2).sum() / y.pow(2).sum()).item<double>(), do_nothing_error(sigma[i], 0.157), 0.03) << sigma[i];
  }
}

TEST(Edm, OfNothingCostsOneAtEveryLevelUnderTheWeightOfThePaper) {
  const auto y = 0.7 * normal_matrix(20000, 2, 3).unsqueeze(0);
  for (const double s : {0.02, 0.3, 1.0, 20.0}) {
    const auto x = y + s * normal_matrix(20000, 2, 4).unsqueeze(0);
    const auto error = (edm_denoise(kNothing, x, levels({s}), 0.7) - y).pow(2).mean();
    EXPECT_NEAR((edm_weight(levels({s}), 0.7) * error).item<double>(), 1, 0.05) << s;
  }
}

TEST(Edm, OfTheBestNetworkIsTheBestDenoiserOfAGaussian) {
  const auto x = at::stack({normal_matrix(6, 2, 5), normal_matrix(6, 2, 6)});
  const auto sigma = levels({0.3, 4});
  const auto got = edm_denoise(best_for(1.3, 0.5), x, sigma, 0.5);
  const auto want = (1.69 / (sigma.pow(2) + 1.69)).view({2, 1, 1}) * x;
  EXPECT_LT(largest(got - want), 1e-12);
}

TEST(Heun, ReachesTheAnalyticEndOfTheFlowAtSecondOrder) {
  // For data N(0, s^2) the flow is x(t) = x(T) sqrt((s^2 + t^2) / (s^2 + T^2)).
  const auto x = 3 * normal_matrix(5, 2, 7).unsqueeze(0);
  const Denoiser denoise = [](const at::Tensor& y, double t) { return edm_denoise(best_for(1.3, 0.5), y, at::zeros({1}, at::kDouble) + t, 0.5); };
  const auto exact = x * (1.3 / std::hypot(1.3, 10));
  const auto error = [&](int steps) { return largest(*heun_sample(x, denoise, {.steps = steps, .sigma_max = 10}, {}) - exact) / largest(exact); };
  EXPECT_LT(error(18), 0.02);
  EXPECT_LT(error(80), 1e-3);
  EXPECT_NEAR(error(40) / error(80), 4, 0.8);
}

TEST(Heun, WithChurnSamplesTheGaussianItWasMadeFor) {
  const auto start = 20 * normal_matrix(4000, 2, 8).unsqueeze(0);
  const Denoiser denoise = [](const at::Tensor& y, double t) { return 0.25 / (0.25 + t * t) * y; };
  const HeunOptions options{.steps = 40, .sigma_max = 20, .churn = 10};
  const auto one = *heun_sample(start, denoise, options, make_generator(1)), same = *heun_sample(start, denoise, options, make_generator(1));
  EXPECT_TRUE(one.equal(same));
  EXPECT_FALSE(one.equal(*heun_sample(start, denoise, options, make_generator(2))));
  EXPECT_NEAR(one.std().item<double>(), 0.5, 0.02);
}

TEST(Heun, KeepsItsStateInDoublePrecisionAndStops) {
  StopSource source;
  int calls = 0;
  const Denoiser denoise = [&](const at::Tensor& y, double) {
    EXPECT_EQ(y.scalar_type(), at::kDouble);
    if (++calls == 5) source.request_stop();
    return (y * 0.5).to(at::kFloat);
  };
  const auto x = normal_matrix(3, 2, 9).unsqueeze(0).to(at::kFloat);
  EXPECT_FALSE(heun_sample(x, denoise, {.steps = 10, .sigma_max = 5, .stop = source.get_token()}, {}));
  EXPECT_EQ(calls, 5);
  int seen = 0;
  const auto got = heun_sample(x, [](const at::Tensor& y, double) { return y; }, {.steps = 4, .sigma_max = 5}, {}, [&](int step, double, const at::Tensor&) { EXPECT_EQ(step, ++seen); });
  EXPECT_EQ(seen, 4);
  EXPECT_EQ(got->scalar_type(), at::kDouble);
  EXPECT_LT(largest(*got - x), 1e-15);
  EXPECT_THROW(heun_levels({.steps = 4, .sigma_min = 3, .sigma_max = 2}), Error);
  EXPECT_EQ(heun_levels({.steps = 3, .sigma_min = 1, .sigma_max = 4, .rho = 1}), (std::vector<double>{4, 2.5, 1, 0}));
}

TEST(SigmaLaw, IsALogNormalOfWhichTheTailsAreDrawnAgain) {
  const SigmaLaw law{.centre = 0.6, .spread = 1.2, .low = 0.1, .high = 2};
  const auto s = draw_sigma(law, 40000, 0.5, make_generator(1));
  EXPECT_GT(s.min().item<double>(), 0.05 - 1e-12);
  EXPECT_LT(s.max().item<double>(), 1 + 1e-12);
  EXPECT_LT((s > 0.9999).sum().item<double>(), 40);                                  // nothing piles up on the bound
  // P(s < median of the law | bounds) by the normal distribution function
  const auto cdf = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
  const double low = cdf(std::log(0.1 / 0.6) / 1.2), high = cdf(std::log(2 / 0.6) / 1.2);
  EXPECT_NEAR((s < 0.3).to(at::kDouble).mean().item<double>(), (0.5 - low) / (high - low), 0.01);
  EXPECT_NEAR((s < 0.6).to(at::kDouble).mean().item<double>(), (cdf(std::log(2.0) / 1.2) - low) / (high - low), 0.01);
}

TEST(SigmaLaw, ScalesWithTheDataAndClampsOnlyWhereAsked) {
  const SigmaLaw law;
  EXPECT_LT(largest(draw_sigma(law, 100, 3, make_generator(2)) - 6 * draw_sigma(law, 100, 0.5, make_generator(2))), 1e-12);
  // Reference 2.2 (c): with exp(N(-1.2, 1.2)) clamped at .14, 74 % of the draws sit on the cap.
  const SigmaLaw seed{.centre = std::exp(-1.2), .spread = 1.2, .low = 1e-4, .high = 0.14, .tail = SigmaLaw::Tail::clamp};
  EXPECT_NEAR((draw_sigma(seed, 20000, 1, make_generator(3)) > 0.13999).to(at::kDouble).mean().item<double>(), 0.74, 0.01);
  EXPECT_THROW(draw_sigma({.low = 1e4, .high = 2e4}, 5, 1, make_generator(1)), Error);
  const auto tail = draw_sigma({.low = 20, .high = 40}, 1000, 1, make_generator(4));
  EXPECT_GE(tail.min().item<double>(), 20 - 1e-6);
  EXPECT_LE(tail.max().item<double>(), 40 + 1e-6);
}

TEST(SigmaData, CountsLiveAxesOnly) {
  auto flat = at::zeros({1, 5000, 32}, at::kDouble);
  flat.narrow(2, 0, 2).copy_(normal_matrix(5000, 2, 10).unsqueeze(0));
  EXPECT_NEAR(live_sigma_data(flat), 1, 0.03);
  EXPECT_NEAR(live_sigma_data(geometry::unit_rms(normal_matrix(5000, 2, 10)).points), std::sqrt(0.5), 1e-12);
  EXPECT_EQ(live_sigma_data(at::zeros({3, 2}, at::kDouble)), 0);
}

TEST(LogVariance, StartsAtZeroAndLearnsTheExpectedError) {
  LogVariance u(16, make_generator(1), at::kDouble);
  const auto c = normal_matrix(1, 64, 11).view(-1);
  EXPECT_EQ(largest(u->forward(c)), 0);
  const auto error = (c * 0.5).exp();                                                // weighted error grows with the level
  for (int i = 0; i < 3000; ++i) {
    const auto out = u->forward(c);
    const auto g = torch::autograd::grad({(error * (-out).exp() + out).mean()}, u->parameters());
    const c10::NoGradGuard no_gradient;
    u->parameters()[0].sub_(g[0]);
  }
  EXPECT_LT((u->forward(c).exp() / error).log().abs().mean().item<double>(), 0.1);
  const auto features = NoiseFeatures(2000, make_generator(2), at::kDouble)->forward(levels({0.3}));
  EXPECT_NEAR(features.pow(2).mean().item<double>(), 1, 0.05);
}

TEST(Registration, OfAnImperfectGeneratorDenoisesWhereDoingNothingFails) {
  // Reference alignment-and-spatial.md 2.4: a generator of Jaccard .44, laid onto x_t (n = 200): NMSE <= .08 at 2.4 sigma, scale in [.9, 1.1].
  double error = 0, scale = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto truth = geometry::unit_rms(at::empty({1, 200, 2}, at::kDouble).uniform_(0, 1, make_generator(seed))).points;
    const auto generator = geometry::unit_rms(truth + 0.135 * normal_matrix(200, 2, 100 + seed).unsqueeze(0)).points;   // NMSE .036
    const double angle = 0.3 * static_cast<double>(seed);
    const auto turned = generator.matmul(losses::matrix({{std::cos(angle), std::sin(angle)}, {-std::sin(angle), std::cos(angle)}}));
    const auto noisy = truth + 2.4 * normal_matrix(200, 2, 200 + seed).unsqueeze(0);
    const auto registered = geometry::fit_rigid(turned, noisy, {}, {.reflection = true}).apply(turned);
    error += (geometry::centred(registered) - truth).pow(2).sum().item<double>() / truth.pow(2).sum().item<double>() / 20;
    scale += geometry::rms_radius(registered).item<double>() / 20;
  }
  EXPECT_LE(error, 0.08);
  EXPECT_GE(scale, 0.9);
  EXPECT_LE(scale, 1.1);
  EXPECT_GT(do_nothing_error(2.4, std::sqrt(0.5)), 0.9);
}

}  // namespace
}  // namespace geocyte::nn
