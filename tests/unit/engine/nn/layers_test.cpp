// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/layers.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <torch/csrc/autograd/autograd.h>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::nn {
namespace {

using losses::largest;
using losses::normal_matrix;

TEST(Generator, OfTheSameSeedGivesTheSameNumbersAndAnAbsentDeviceIsOneSentence) {
  const auto draw = [](std::uint64_t seed) { return at::empty({5}, at::kDouble).normal_(0, 1, make_generator(seed)); };
  EXPECT_TRUE(draw(3).equal(draw(3)));
  EXPECT_FALSE(draw(3).equal(draw(4)));
  try {
    make_generator(1, c10::Device(c10::kMeta));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::device);
    EXPECT_EQ(error.message(), "random numbers were asked for on meta, which this computer does not offer");
  }
}

TEST(Linear, IsTheAffineMapOfItsParameters) {
  Linear layer(3, 2, make_generator(1), at::kDouble);
  const auto parameters = layer->named_parameters();
  const auto x = normal_matrix(4, 3, 2);
  EXPECT_LT(largest(layer->forward(x) - (x.mm(parameters["weight"].t()) + parameters["bias"])), 1e-15);
}

TEST(Linear, IsDrawnUniformlyWithinOneOverTheRootOfItsInputs) {
  Linear layer(100, 400, make_generator(2), at::kDouble);
  const auto weight = layer->named_parameters()["weight"].detach();
  EXPECT_LE(largest(weight), 0.1);
  EXPECT_GT(largest(weight), 0.0999);
  EXPECT_NEAR(weight.var().item<double>(), 0.01 / 3, 3e-5);   // 40,000 draws: standard error 1.5e-5
  EXPECT_NEAR(weight.mean().item<double>(), 0, 1.5e-3);
}

TEST(Linear, DrawsNothingFromTheDefaultGenerator) {
  const auto state = [] { return at::globalContext().defaultGenerator(at::kCPU).get_state(); };
  const auto before = state();
  Linear layer(8, 8, make_generator(3));
  dropout(at::empty({4, 4}).fill_(1), 0.5, make_generator(4));
  EXPECT_TRUE(state().equal(before));
}

TEST(LayerNorm, OfTwoValuesIsKnownInClosedForm) {
  LayerNorm norm(2, NormKernel::composed, at::kDouble);
  const auto y = norm->forward(losses::matrix({{1, 5}}));   // mean 3, variance 4
  EXPECT_NEAR(y[0][0].item<double>(), -2 / std::sqrt(4 + 1e-5), 1e-15);
  EXPECT_NEAR(y[0][1].item<double>(), 2 / std::sqrt(4 + 1e-5), 1e-15);
}

TEST(LayerNorm, KernelsAgreeInValueAndGradient) {
  LayerNorm fused(5, NormKernel::fused, at::kDouble), composed(5, NormKernel::composed, at::kDouble);
  const auto x = normal_matrix(7, 5, 5) * 3 + 1, weight = normal_matrix(7, 5, 6);
  EXPECT_LT(largest(fused->forward(x) - composed->forward(x)), 1e-14);
  const auto gradient = [&](LayerNorm& norm) { return losses::gradient_of([&](const at::Tensor& z) { return (norm->forward(z) * weight).sum(); }, x); };
  EXPECT_LT(largest(gradient(fused) - gradient(composed)), 1e-13);
}

TEST(LayerNorm, IsFiniteForAConstantRow) {
  for (const auto kernel : {NormKernel::fused, NormKernel::composed}) {
    LayerNorm norm(4, kernel, at::kDouble);
    losses::expect_finite([&](const at::Tensor& z) { return norm->forward(z).pow(2).sum(); }, at::empty({2, 4}, at::kDouble).fill_(3));
  }
}

/// |J v|^2 of z -> norm(z W) at fixed x and v as a function of W; J v by the double-backward trick.
at::Tensor directional_energy(const LayerNorm& norm, const at::Tensor& x, const at::Tensor& v, const at::Tensor& w) {
  const auto input = x.clone().requires_grad_(true);
  const auto y = norm->forward(input.mm(w)).tanh();
  const auto u = at::empty_like(y).fill_(1).requires_grad_(true);
  const auto pulled = torch::autograd::grad({y}, {input}, {u}, true, /*create_graph=*/true)[0];
  return torch::autograd::grad({pulled}, {u}, {v}, true, /*create_graph=*/true)[0].pow(2).sum();
}

double relative_error_of_energy_gradient(NormKernel kernel) {
  LayerNorm norm(4, kernel, at::kDouble);
  const auto x = normal_matrix(3, 4, 7), v = normal_matrix(3, 4, 8), w = normal_matrix(4, 4, 9), direction = normal_matrix(4, 4, 10);
  const auto energy = [&](const at::Tensor& z) { return directional_energy(norm, x, v, z); };
  const double h = 1e-5;
  const auto at_shift = [&](double s) { return energy((w + s * direction).requires_grad_(true)).item<double>(); };
  const double numeric = (at_shift(h) - at_shift(-h)) / (2 * h);
  return std::abs((losses::gradient_of(energy, w) * direction).sum().item<double>() - numeric) / std::abs(numeric);
}

TEST(LayerNorm, ComposedKernelIsRightInALossThatDifferentiatesADirectionalDerivative) {
  EXPECT_LT(relative_error_of_energy_gradient(NormKernel::composed), 1e-7);
}

TEST(LayerNorm, FusedKernelIsWrongThereWhichIsWhyTheOtherExists) {
  EXPECT_GT(relative_error_of_energy_gradient(NormKernel::fused), 1e-2) << "torch has repaired it: NormKernel may go";
}

TEST(Dropout, KeepsTheMeanAndDividesWhatItKeeps) {
  const auto x = at::empty({200, 200}, at::kDouble).fill_(1);
  const auto y = dropout(x, 0.2, make_generator(11));
  EXPECT_NEAR(y.mean().item<double>(), 1, 0.01);   // standard error 0.0025
  EXPECT_NEAR(y.max().item<double>(), 1.25, 1e-15);
  EXPECT_EQ(y.min().item<double>(), 0);
  EXPECT_TRUE(dropout(x, 0.2, make_generator(11)).equal(y));
  EXPECT_TRUE(dropout(x, 0, make_generator(11)).equal(x));
  EXPECT_THROW(dropout(x, 1, make_generator(11)), Error);
}

}  // namespace
}  // namespace geocyte::nn
