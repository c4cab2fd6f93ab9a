// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/source_decoder.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "engine/nn/source_scores.h"
#include "engine/nn/state.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::nn {
namespace {

using losses::largest;
using losses::normal_matrix;

SourceDecoderOptions small() { return {.latent = 4, .sources = 3, .source_width = 2, .hidden = {5}, .out = 6}; }
at::Tensor some_labels() { return at::tensor({0, 2, 1, 2, -1}, at::kLong); }

TEST(SourceMixture, IsTheSourceOrAllOfThem) {
  const auto mixture = source_mixture(at::tensor({1, -1}, at::kLong), 4, at::kDouble);
  EXPECT_TRUE(mixture.equal(losses::matrix({{0, 1, 0, 0}, {0.25, 0.25, 0.25, 0.25}})));
  EXPECT_THROW(source_mixture(at::zeros({2}, at::kDouble), 4, at::kDouble), Error);
}

TEST(SourceDecoder, IsAPerceptronOfTheEmbeddingAndTheSourceVectorPlusAnOffset) {
  SourceDecoder decoder(small(), make_generator(1), at::kDouble);
  auto p = decoder->named_parameters();
  {
    const c10::NoGradGuard no_gradient;
    p["offset"].copy_(normal_matrix(3, 6, 2));
  }
  const auto z = normal_matrix(5, 4, 3);
  const auto y = decoder->forward(z, some_labels());
  for (const std::int64_t cell : {0, 1, 3, 4}) {
    const auto label = some_labels()[cell].item<std::int64_t>();
    const auto vector = label < 0 ? p["source"].mean(0) : p["source"][label];
    const auto offset = label < 0 ? p["offset"].mean(0) : p["offset"][label];
    auto h = p["body.linear0.weight"].mv(at::cat({z[cell], vector})) + p["body.linear0.bias"];
    h = ((h - h.mean()) / (h.var(false) + 1e-5).sqrt()).relu();
    const auto expected = p["body.linear1.weight"].mv(h) + p["body.linear1.bias"] + offset;
    EXPECT_LT(largest(y[cell] - expected), 1e-12) << cell;
  }
}

TEST(SourceDecoder, DiffersBetweenSourcesOnlyByWhatItWasTold) {
  SourceDecoder decoder(small(), make_generator(1), at::kDouble);
  const auto z = normal_matrix(1, 4, 3).expand({2, 4});
  const auto same = decoder->forward(z, at::tensor({1, 1}, at::kLong));
  EXPECT_LT(largest(same[0] - same[1]), 1e-14);   // rows of one product may differ in the last bit on some processors
  const auto y = decoder->forward(z, at::tensor({0, 1}, at::kLong));
  EXPECT_GT(largest(y[0] - y[1]), 1e-3);
}

TEST(SourceDecoder, GradientsReachEmbeddingSourceVectorsAndOffsets) {
  SourceDecoder decoder(small(), make_generator(1), at::kDouble);
  const auto loss = [&](const at::Tensor& z) { return decoder->forward(z, some_labels()).pow(2).sum(); };
  losses::expect_gradient(loss, normal_matrix(5, 4, 3), 1e-6);
  loss(normal_matrix(5, 4, 4)).backward();
  for (const auto& p : decoder->named_parameters()) EXPECT_GT(largest(p.value().grad()), 0) << p.key();
}

TEST(SourceDecoder, RefusesNoSourceAndLabelsOfOtherCells) {
  auto none = small();
  none.sources = 0;
  EXPECT_THROW(SourceDecoder(none, make_generator(1)), Error);
  SourceDecoder decoder(small(), make_generator(1), at::kDouble);
  EXPECT_THROW(decoder->forward(normal_matrix(3, 4, 1), some_labels()), Error);
}

TEST(CountDecoder, HoldsDispersionsWithinTheirRangeAndSavesThem) {
  CountDecoder shared(small(), Dispersion::gene, make_generator(1), at::kDouble);
  CountDecoder each(small(), Dispersion::gene_and_source, make_generator(1), at::kDouble);
  EXPECT_EQ(shared->log_dispersion().sizes(), (std::vector<std::int64_t>{1, 6}));
  EXPECT_EQ(each->log_dispersion().sizes(), (std::vector<std::int64_t>{3, 6}));
  EXPECT_EQ(each->forward(normal_matrix(5, 4, 3), some_labels()).sizes(), (std::vector<std::int64_t>{5, 6}));
  {
    const c10::NoGradGuard no_gradient;
    shared->named_parameters()["log_dispersion"].fill_(50);
  }
  EXPECT_EQ(shared->log_dispersion().max().item<double>(), 9);
  CountDecoder copy(small(), Dispersion::gene, make_generator(9), at::kDouble);
  load_state(*copy, state_of(*shared));
  EXPECT_TRUE(copy->forward(normal_matrix(5, 4, 3), some_labels()).equal(shared->forward(normal_matrix(5, 4, 3), some_labels())));
}

/// Two sources with the same structure; the second is scaled and moved gene by gene.
struct Platforms {
  at::Tensor x, labels;

  Platforms() {
    const auto structure = normal_matrix(80, 2, 1).mm(normal_matrix(2, 6, 2)) + 0.1 * normal_matrix(80, 6, 3);
    const auto factor = normal_matrix(1, 6, 4).exp(), shift = 3 * normal_matrix(1, 6, 5);
    x = at::cat({structure, structure * factor + shift});
    labels = at::cat({at::zeros({80}, at::kLong), at::zeros({80}, at::kLong) + 1});
  }
};

TEST(SourceScores, TakeOutWhateverIsTheSameForASource) {
  const Platforms data;
  const auto scores = SourceScores::fit(data.x, data.labels, 2, {.components = 2, .clip = 100});
  const auto y = scores.transform(data.x, data.labels);
  // A factor and a shift a gene leave no trace: both copies of a cell have the same scores.
  EXPECT_LT(largest(y.slice(0, 0, 80) - y.slice(0, 80)), 1e-10);
  for (const auto& own : {y.slice(0, 0, 80), y.slice(0, 80)}) {
    EXPECT_LT(largest(own.mean(0)), 1e-12);
    EXPECT_LT(largest(own.var(0, true) - 1), 1e-12);
  }
}

TEST(SourceScores, OfOneSourceArePrincipalComponentsOfZScores) {
  // Two genes with correlation r: variances 1 + r and 1 - r, along (1, 1) and (1, -1).
  const auto a = normal_matrix(200, 1, 1), b = normal_matrix(200, 1, 2);
  const auto x = at::cat({a, a + b}, 1);
  const auto scores = SourceScores::fit(x, at::zeros({200}, at::kLong), 1, {.components = 2, .clip = 100});
  const auto c = x - x.mean(0);
  const double r = (c.select(1, 0).dot(c.select(1, 1)) / (c.select(1, 0).norm() * c.select(1, 1).norm())).item<double>();
  EXPECT_NEAR(scores.variance[0].item<double>(), 1 + r, 1e-12);
  EXPECT_NEAR(scores.variance[1].item<double>(), 1 - r, 1e-12);
  EXPECT_LT(largest(scores.loadings.abs() - std::sqrt(0.5)), 1e-12);
  const auto spread = SourceScores::fit(x, at::zeros({200}, at::kLong), 1, {.components = 2, .clip = 100, .scale = ScoreScale::spread});
  const auto variance = spread.transform(x, at::zeros({200}, at::kLong)).var(0, true);
  EXPECT_NEAR(variance[0].item<double>(), 1 + r, 1e-12);   // their mean is 1
}

TEST(SourceScores, OfManyCellsAreLookedAtInPartsAndOthersThanThoseOfALabelNotAtAll) {
  // 9,000 cells go through three parts; the law of the test above still holds to rounding, and what label -1 holds back changes nothing.
  constexpr std::int64_t kMany = 9000;
  const auto a = normal_matrix(kMany, 1, 1), b = normal_matrix(kMany, 1, 2);
  const auto x = at::cat({a, a + b}, 1), one = at::zeros({kMany}, at::kLong);
  const auto scores = SourceScores::fit(x, one, 1, {.components = 2, .clip = 100});
  const auto c = x - x.mean(0);
  const double r = (c.select(1, 0).dot(c.select(1, 1)) / (c.select(1, 0).norm() * c.select(1, 1).norm())).item<double>();
  EXPECT_NEAR(scores.variance[0].item<double>(), 1 + r, 1e-12);
  EXPECT_LT(largest(scores.transform(x, one).var(0, true) - 1), 1e-12);
  const auto held_back = SourceScores::fit(at::cat({x, 7 + normal_matrix(50, 2, 3)}), at::cat({one, one.slice(0, 0, 50) - 1}), 1, {.components = 2, .clip = 100});
  EXPECT_LT(largest(held_back.gene_mean - scores.gene_mean), 1e-12);
  EXPECT_LT(largest(held_back.variance - scores.variance), 1e-12);
}

TEST(SourceScores, OfANewSourceComeFromItsOwnStatistics) {
  const Platforms data;
  const auto known = SourceScores::fit(data.x.slice(0, 0, 80), data.labels.slice(0, 0, 80), 1, {.components = 2, .clip = 100});
  const auto more = known.fit_source(data.x.slice(0, 80));
  EXPECT_EQ(more.sources(), 2);
  const auto y = more.transform(data.x, data.labels);
  EXPECT_LT(largest(y.slice(0, 0, 80) - y.slice(0, 80)), 1e-10);
}

TEST(SourceScores, ComeBackFromTheirStateAndRefuseASourceOfOneCell) {
  const Platforms data;
  const auto scores = SourceScores::fit(data.x, data.labels, 2, {.components = 3, .scale = ScoreScale::spread});
  const auto back = SourceScores::from_state(scores.state());
  EXPECT_TRUE(back.transform(data.x, data.labels).equal(scores.transform(data.x, data.labels)));
  EXPECT_TRUE(back.fit_source(data.x).score_sd.equal(scores.fit_source(data.x).score_sd));
  EXPECT_THROW(SourceScores::from_state({}), Error);
  EXPECT_THROW(SourceScores::fit(data.x, data.labels, 3), Error);
}

TEST(SourceScores, AreFiniteForAGeneThatASourceLacks) {
  Platforms data;
  data.x.slice(0, 80).select(1, 3).zero_();
  const auto scores = SourceScores::fit(data.x, data.labels, 2);
  EXPECT_TRUE(scores.transform(data.x, data.labels).isfinite().all().item<bool>());
}

}  // namespace
}  // namespace geocyte::nn
