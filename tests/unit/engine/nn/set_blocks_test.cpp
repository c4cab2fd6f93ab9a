// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/set_blocks.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <limits>

#include "engine/core/error.h"
#include "engine/geometry/distances.h"
#include "engine/nn/distance_bias.h"
#include "engine/nn/film.h"
#include "engine/nn/generator.h"
#include "engine/nn/self_conditioning.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::nn {
namespace {

using losses::expect_gradient;
using losses::largest;
using losses::normal_matrix;

constexpr SetBlockOptions kBlock{.in = 6, .width = 8, .heads = 2, .points = 3};

at::Tensor sets(std::int64_t n, std::uint64_t seed) { return at::stack({normal_matrix(n, 6, seed), normal_matrix(n, 6, seed + 1)}); }   // (2, n, 6)
at::Tensor order(std::int64_t n) { return (at::arange(n, at::kLong) * 3 + 1).remainder(n); }                                             // n no multiple of 3

/// (2, n) with the last `padding` of the second set masked out.
at::Tensor mask_but(std::int64_t n, std::int64_t padding) {
  auto mask = at::zeros({2, n}, at::kBool).fill_(true);
  mask[1].slice(0, n - padding).fill_(false);
  return mask;
}

TEST(Mab, IsTheDefinitionWrittenOut) {
  for (const bool full_width : {false, true}) {
    Mab block(AttentionOptions{.query = 4, .key = 5, .width = 6, .heads = 2, .full_width_scale = full_width}, make_generator(1), at::kDouble);
    const auto x = normal_matrix(3, 4, 2), y = normal_matrix(7, 5, 3);
    const auto p = block->named_parameters();
    const auto linear = [&p](const at::Tensor& in, const std::string& name) { return in.mm(p[name + ".weight"].t()) + p[name + ".bias"]; };
    const auto norm = [](const at::Tensor& in) { return (in - in.mean(1, true)) / (in.var(1, /*unbiased=*/false, true) + 1e-5).sqrt(); };
    const auto q = linear(x, "q"), k = linear(y, "k"), v = linear(y, "v");
    std::vector<at::Tensor> heads;
    for (int h = 0; h < 2; ++h) {
      const auto of = [h](const at::Tensor& t) { return t.slice(1, 3 * h, 3 * h + 3); };
      heads.push_back((of(q).mm(of(k).t()) / std::sqrt(full_width ? 6.0 : 3.0)).softmax(1).mm(of(v)));
    }
    const auto o = norm(q + at::cat(heads, 1));
    EXPECT_LT(largest(block->forward(x.unsqueeze(0), y.unsqueeze(0))[0] - norm(o + linear(o, "o").relu())), 1e-12);
  }
  EXPECT_THROW(Mab(AttentionOptions{.query = 4, .key = 4, .width = 6, .heads = 4}, make_generator(1)), Error);
}

TEST(SetBlocks, OfPointsInAnotherOrderGiveTheSameInThatOrder) {
  const Sab sab(kBlock, make_generator(1));
  const Isab isab(kBlock, make_generator(2));
  const Pma pma(kBlock, make_generator(3));
  const auto x = sets(50, 1).to(at::kFloat), turned = x.index_select(1, order(50));
  EXPECT_LT(largest(sab->forward(turned) - sab->forward(x).index_select(1, order(50))), 1e-5);
  EXPECT_LT(largest(isab->forward(turned) - isab->forward(x).index_select(1, order(50))), 1e-5);
  EXPECT_LT(largest(pma->forward(turned) - pma->forward(x)), 1e-5);
  EXPECT_GT(largest(isab->forward(turned) - isab->forward(x)), 0.1);
}

TEST(SetBlocks, DoNotSeePaddingWhateverItHolds) {
  const Sab sab(kBlock, make_generator(1), at::kDouble);
  const Isab isab(kBlock, make_generator(2), at::kDouble);
  const Pma pma(kBlock, make_generator(3), at::kDouble);
  const auto x = sets(9, 5);
  auto padded = at::cat({x, at::zeros({2, 4, 6}, at::kDouble) + std::numeric_limits<double>::quiet_NaN()}, 1);
  const auto mask = at::cat({at::zeros({2, 9}, at::kBool).fill_(true), at::zeros({2, 4}, at::kBool)}, 1);
  for (const auto& [with, without] : {std::pair{sab->forward(padded, mask), sab->forward(x)}, std::pair{isab->forward(padded, mask), isab->forward(x)}}) {
    EXPECT_LT(largest(with.slice(1, 0, 9) - without), 1e-13);
    EXPECT_EQ(largest(with.slice(1, 9)), 0);
  }
  EXPECT_LT(largest(pma->forward(padded, mask) - pma->forward(x)), 1e-13);
}

TEST(SetBlocks, OfAnEmptySetAreFiniteAndSoAreTheirGradients) {
  const Sab sab(kBlock, make_generator(1), at::kDouble);
  const Isab isab(kBlock, make_generator(2), at::kDouble);
  const Pma pma(kBlock, make_generator(3), at::kDouble);
  const auto mask = mask_but(5, 5);
  for (const auto& forward : std::initializer_list<losses::Loss>{[&](const at::Tensor& x) { return sab->forward(x, mask).sum(); }, [&](const at::Tensor& x) { return isab->forward(x, mask).sum(); },
                                                                 [&](const at::Tensor& x) { return pma->forward(x, mask).sum(); }})
    losses::expect_finite(forward, sets(5, 7));
}

TEST(SetBlocks, GradientsAgreeWithCentralDifferences) {
  const Sab sab(kBlock, make_generator(1), at::kDouble);
  const Isab isab(kBlock, make_generator(2), at::kDouble);
  const auto pull = at::stack({normal_matrix(5, 8, 21), normal_matrix(5, 8, 22)});
  const auto mask = mask_but(5, 2);
  expect_gradient([&](const at::Tensor& x) { return (sab->forward(x, mask) * pull).sum(); }, sets(5, 9), 1e-6);
  expect_gradient([&](const at::Tensor& x) { return (isab->forward(x, mask) * pull).sum(); }, sets(5, 9), 1e-6);
}

TEST(DistanceBias, IsOneNumberForEachBinAndHeadAndMovesWithThePoints) {
  const DistanceBias bias(DistanceBiasOptions{.heads = 2, .bins = 4, .low = 0.1, .high = 10, .alpha = 0.5}, make_generator(1), at::kDouble);   // edges .1, 1, 10
  const auto d = losses::matrix({{0, 0.05, 0.5}, {0.05, 2, 5}, {0.5, 5, 50}}).unsqueeze(0);
  const auto got = bias->forward(d);                                                // (1, 2, 3, 3)
  const auto table = bias->named_parameters()["table"];
  EXPECT_TRUE(got[0][1].equal(0.5 * table.select(1, 1).index_select(0, losses::matrix({{0, 0, 1, 0, 2, 2, 1, 2, 3}}).to(at::kLong).view(-1)).view({3, 3})));
  const Sab sab(kBlock, make_generator(2), at::kDouble);
  const auto x = sets(10, 3);
  const auto attend = [&](const at::Tensor& y) { return sab->forward(y, {}, bias->forward(geometry::pair_distances(y))); };
  EXPECT_LT(largest(attend(x.index_select(1, order(10))) - attend(x).index_select(1, order(10))), 1e-12);
  EXPECT_GT(largest(attend(x) - sab->forward(x)), 1e-3);
  expect_gradient([&](const at::Tensor& y) { return sab->forward(y, mask_but(10, 3), bias->forward(geometry::pair_distances(x))).pow(2).slice(2, 0, 3).sum(); }, x, 1e-6);
  EXPECT_THROW(DistanceBias(DistanceBiasOptions{.low = 2, .high = 1}, make_generator(1)), Error);
}

TEST(Film, StartsAsTheIdentityAndThenScalesAndShifts) {
  const Film film(FilmOptions{.width = 4, .condition = 3}, make_generator(1), at::kDouble);
  const auto x = at::stack({normal_matrix(5, 4, 1)}), c = normal_matrix(1, 3, 2).unsqueeze(0);
  EXPECT_EQ(largest(film->forward(x, c) - x), 0);
  const auto bias = film->named_parameters()["linear1.bias"];
  {
    const c10::NoGradGuard no_gradient;
    bias.slice(0, 0, 4).fill_(1);
    bias.slice(0, 4, 8).fill_(-3);
  }
  EXPECT_LT(largest(film->forward(x, c) - (2 * x - 3)), 1e-15);
}

TEST(SelfCondition, IsTheFirstEstimateWithoutGradientOrNothing) {
  auto w = normal_matrix(2, 2, 1).requires_grad_(true);
  const auto x = normal_matrix(3, 2, 2);
  const auto predict = [&](const at::Tensor& c) { return (x + c).mm(w); };
  EXPECT_EQ(largest(self_condition(predict, x, false)), 0);
  const auto c = self_condition(predict, x, true);
  EXPECT_FALSE(c.requires_grad());
  EXPECT_LT(largest(c - x.mm(w)), 1e-15);
}

}  // namespace
}  // namespace geocyte::nn
