// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/domain_norm.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>

#include "engine/core/error.h"
#include "engine/nn/state.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::nn {
namespace {

using losses::largest;
using losses::normal_matrix;

const std::vector<std::int64_t> kLabels{0, 1, 0, 1, 1, 0, 0, 1, 1, 2, -1};      // source 2 has one cell, the last cell no source
at::Tensor labels() { return at::tensor(kLabels, at::kLong); }

DomainNorm made(bool by_source = true) { return DomainNorm(DomainNormOptions{.width = 3, .sources = 3, .affine_by_source = by_source}, at::kDouble); }

at::Tensor rows_of(const at::Tensor& x, std::int64_t source) { return x.index_select(0, (labels() == source).nonzero().squeeze(1)); }

void set(DomainNorm& norm, const char* name, const at::Tensor& value) {
  const c10::NoGradGuard no_gradient;
  norm->named_parameters()[name].copy_(value);
}

TEST(DomainNorm, IsBatchNormOfEachSource) {
  // Reference: torch's own batch norm, run on the cells of one source.
  auto norm = made();
  const auto gamma = normal_matrix(3, 3, 1), beta = normal_matrix(3, 3, 2), x = 3 * normal_matrix(11, 3, 3) + 5;
  set(norm, "weight", gamma);
  set(norm, "bias", beta);
  DomainNormImpl::Measured measured;
  const auto y = norm->forward(x, labels(), measured);
  norm->absorb(measured);
  for (const std::int64_t s : {0, 1}) {
    auto mean = at::zeros({3}, at::kDouble), variance = at::zeros({3}, at::kDouble) + 1;
    // The first batch is taken whole, so momentum 1.
    const auto want = at::batch_norm(rows_of(x, s), gamma[s], beta[s], mean, variance, /*training=*/true, 1.0, 1e-5, false);
    EXPECT_LT(largest(rows_of(y, s) - want), 1e-12) << s;
    EXPECT_LT(largest(norm->running_mean()[s] - mean), 1e-13);
    EXPECT_LT(largest(norm->running_variance()[s] - variance), 1e-12);
  }
  // One cell is too few: running statistics, which are still 0 and 1.
  EXPECT_LT(largest(rows_of(y, 2) - (rows_of(x, 2) / std::sqrt(1 + 1e-5) * gamma[2] + beta[2])), 1e-12);
  EXPECT_EQ(largest(norm->running_mean()[2]), 0);
}

TEST(DomainNorm, TakesOutAShiftAndAFactorOfASource) {
  auto norm = made();
  const auto x = normal_matrix(11, 3, 4);
  auto moved = x.clone();
  const auto own = (labels() == 1).to(at::kDouble).unsqueeze(1);
  moved = moved * (1 + 6 * own) - 40 * own;
  DomainNormImpl::Measured measured;
  const auto a = norm->forward(x, labels(), measured), b = norm->forward(moved, labels(), measured);
  EXPECT_LT(largest(rows_of(a, 1) - rows_of(b, 1)), 1e-4);                       // but for epsilon in the root
  EXPECT_TRUE(rows_of(a, 0).equal(rows_of(b, 0)));
}

TEST(DomainNorm, FollowsWithItsMomentumAndOnlyWhenItAbsorbs) {
  auto norm = made();
  const auto first = normal_matrix(11, 3, 5), second = normal_matrix(11, 3, 6) + 10;
  DomainNormImpl::Measured measured;
  norm->forward(first, labels(), measured);
  EXPECT_EQ(largest(norm->running_mean()), 0);
  norm->absorb(measured);
  norm->forward(second, labels(), measured);
  norm->absorb(measured);
  EXPECT_LT(largest(norm->running_mean()[0] - (0.9 * rows_of(first, 0).mean(0) + 0.1 * rows_of(second, 0).mean(0))), 1e-13);
  // Evaluation of one cell is that cell's affair alone.
  const auto y = norm->forward(second, labels());
  EXPECT_LT(largest(norm->forward(second.slice(0, 3, 4), labels().slice(0, 3, 4)) - y.slice(0, 3, 4)), 1e-15);
}

TEST(DomainNorm, GivesAStrangerTheStatisticsOfAllSourcesPooled) {
  auto norm = made(false);
  for (const std::int64_t s : {0, 1, 2}) {
    DomainStatistics statistics;
    statistics.add(losses::matrix({{s - 1.0, 0, 0}, {s + 1.0, 2, 4}}));          // means s, variances 2, 2, 8
    norm->set_statistics(s, statistics);
  }
  const auto y = norm->forward(losses::matrix({{3, 1, 2}}), at::tensor({-1}, at::kLong));
  EXPECT_NEAR(y[0][0].item<double>(), (3 - 1.0) / std::sqrt(2 + 2.0 / 3 + 1e-5), 1e-13);
  EXPECT_EQ(y[0][1].item<double>(), 0);
}

TEST(DomainNorm, LearnsAnUnseenSourceFromAPassOverItsCells) {
  for (const bool by_source : {true, false}) {
    auto norm = made(by_source);
    if (by_source) set(norm, "bias", normal_matrix(3, 3, 7));
    const auto cells = 2 * normal_matrix(50, 3, 8) - 7;
    DomainStatistics statistics;
    statistics.add(cells.slice(0, 0, 20));
    statistics.add(cells.slice(0, 20));
    statistics.add(cells.slice(0, 0, 0));
    EXPECT_EQ(statistics.n, 50);
    EXPECT_LT(largest(statistics.mean - cells.mean(0)), 1e-13);
    EXPECT_LT(largest(statistics.variance() - cells.var(0, true)), 1e-12);
    EXPECT_EQ(norm->add_source(statistics), 3);
    const auto y = norm->forward(cells, at::zeros({50}, at::kLong) + 3);
    const auto offset = by_source ? norm->named_parameters()["bias"].slice(0, 0, 3).mean(0) : at::zeros({3}, at::kDouble);
    EXPECT_LT(largest(y.mean(0) - offset), 1e-12);
    EXPECT_LT(largest(y.var(0, true) - 1), 1e-4);
    // and it is saved with the rest.
    DomainNorm copy(DomainNormOptions{.width = 3, .sources = 4, .affine_by_source = by_source}, at::kDouble);
    load_state(*copy, state_of(*norm));
    EXPECT_TRUE(copy->forward(cells, at::zeros({50}, at::kLong) + 3).equal(y));
  }
}

TEST(DomainNorm, GradientAgreesWithCentralDifferencesThroughTheStatisticsOfTheBatch) {
  auto norm = made();
  set(norm, "weight", normal_matrix(3, 3, 9));
  const auto loss = [&](const at::Tensor& x) {
    DomainNormImpl::Measured measured;
    return norm->forward(x, labels(), measured).pow(3).sum();
  };
  losses::expect_gradient(loss, normal_matrix(11, 3, 10), 1e-6);
}

TEST(DomainNorm, HasARightSecondDerivative) {
  // The gradient of |d loss / d x|^2: a fused batch norm gets it wrong without a word.
  auto norm = made();
  const losses::Loss penalty = [&](const at::Tensor& at) {
    const auto x = at.requires_grad() ? at : at.detach().clone().requires_grad_(true);
    DomainNormImpl::Measured measured;
    const auto loss = norm->forward(x, labels(), measured).pow(3).sum();
    return torch::autograd::grad({loss}, {x}, {}, std::nullopt, /*create_graph=*/true)[0].pow(2).sum();
  };
  losses::expect_gradient(penalty, normal_matrix(11, 3, 11), 1e-5);
}

TEST(DomainNorm, IsFiniteForAConstantSourceAndRefusesNonsense) {
  auto norm = made();
  auto x = normal_matrix(11, 3, 12);
  x.index_fill_(0, (labels() == 0).nonzero().squeeze(1), 2.0);
  losses::expect_finite([&](const at::Tensor& z) {
    DomainNormImpl::Measured measured;
    return norm->forward(z, labels(), measured).pow(2).sum();
  }, x);
  EXPECT_THROW(DomainNorm(DomainNormOptions{.width = 3, .sources = 0}), Error);
  EXPECT_THROW(DomainNorm(DomainNormOptions{.width = 3, .sources = 1, .momentum = 0}), Error);
  EXPECT_THROW(norm->forward(normal_matrix(11, 4, 1), labels()), Error);
  EXPECT_THROW(norm->forward(normal_matrix(10, 3, 1), labels()), Error);
}

}  // namespace
}  // namespace geocyte::nn
