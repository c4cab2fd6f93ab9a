// SPDX-License-Identifier: GPL-3.0-or-later
// Every loss gives the same value and gradient on the accelerator as on the host.
#include <ATen/ops/tensor.h>

#include "engine/losses/adversary.h"
#include "engine/losses/class_discrepancy.h"
#include "engine/losses/count_likelihood.h"
#include "engine/losses/domain_coral.h"
#include "engine/losses/energy_distance.h"
#include "engine/losses/local_alignment.h"
#include "engine/losses/neighbour_cosine.h"
#include "engine/losses/partner_contrast.h"
#include "engine/losses/patient_coral.h"
#include "engine/losses/pseudo_labels.h"
#include "engine/losses/round_trip.h"
#include "engine/losses/running_coral.h"
#include "engine/losses/sinkhorn.h"
#include "engine/losses/sliced_wasserstein.h"
#include "engine/losses/source_adversary.h"
#include "engine/losses/spatial_contrast.h"
#include "engine/losses/vicreg.h"
#include "tests/unit/engine/losses/accelerator.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {
namespace {

[[maybe_unused]] const auto* const kOpened = testing::AddGlobalTestEnvironment(new OpenAccelerator);

/// A loss of z that makes its other inputs on the device it is given.
using LossOn = std::function<at::Tensor(const at::Tensor& z, c10::Device device)>;

void expect_same_on_both(const LossOn& loss, const at::Tensor& z) {
  const auto device = *accelerator();
  const auto on_host = [&](const at::Tensor& x) { return loss(x, c10::kCPU); };
  const auto on_device = [&](const at::Tensor& x) { return loss(x, device); };
  EXPECT_NEAR(on_device(z.to(device)).item<double>(), on_host(z).item<double>(), 1e-10);
  EXPECT_LT(largest(gradient_of(on_device, z.to(device)).cpu() - gradient_of(on_host, z)), 1e-10);
}

std::vector<std::int64_t> labels(std::int64_t cells, std::int64_t groups) {
  std::vector<std::int64_t> made;
  for (std::int64_t i = 0; i < cells; ++i) made.push_back((i * i + 3 * i) / 2 % (groups + 1) - 1);
  return made;
}

TEST(LossesOnTheAccelerator, OfMomentsEqualThoseOnTheHost) {
  GEOCYTE_SKIP_WITHOUT_ACCELERATOR();
  const auto z = normal_matrix(60, 8, 1), other = normal_matrix(60, 8, 2);
  expect_same_on_both([&](const at::Tensor& x, c10::Device d) { return vicreg(x, other.to(d)).total; }, z);
  expect_same_on_both([&](const at::Tensor& x, c10::Device d) { return *pairwise_coral(x, Groups(labels(60, 4), 4, d)).value; }, z);
  expect_same_on_both([&](const at::Tensor& x, c10::Device d) { return *domain_coral(x, Groups(labels(60, 2), 2, d)).value; }, z);
  expect_same_on_both(
      [&](const at::Tensor& x, c10::Device d) { return *patient_coral(x, Groups(labels(60, 3), 3, d), PatientReference::pooled).value; }, z);
}

TEST(LossesOnTheAccelerator, OfPairsOfCellsEqualThoseOnTheHost) {
  GEOCYTE_SKIP_WITHOUT_ACCELERATOR();
  const auto z = normal_matrix(80, 8, 5), theta = normal_matrix(8, 10, 6);
  const auto groups = [](c10::Device d) { return Groups(labels(80, 3), 3, d); };
  SinkhornOptions sharp;
  sharp.blur = 0.3;
  expect_same_on_both([&](const at::Tensor& x, c10::Device d) { return *sinkhorn(x, groups(d)).value; }, z);
  expect_same_on_both([&](const at::Tensor& x, c10::Device d) { return *sinkhorn(x, groups(d), sharp).value; }, z);
  expect_same_on_both([&](const at::Tensor& x, c10::Device d) { return *mmd(x, groups(d)).value; }, z);
  expect_same_on_both([&](const at::Tensor& x, c10::Device d) { return *energy_distance(x, groups(d)).value; }, z);
  expect_same_on_both([&](const at::Tensor& x, c10::Device d) { return *sliced_wasserstein(x, groups(d), theta.to(d)).value; }, z);
  RunningMoments running(3, 8);
  running.observe(normal_matrix(80, 8, 7), groups(c10::kCPU));
  expect_same_on_both([&](const at::Tensor& x, c10::Device d) { return *running_coral(x, groups(d), running).value; }, z);
}

TEST(LossesOnTheAccelerator, OfNeighboursAndClassesEqualThoseOnTheHost) {
  GEOCYTE_SKIP_WITHOUT_ACCELERATOR();
  const auto z = normal_matrix(20, 4, 3), x = normal_matrix(20, 9, 4);
  const auto neighbours = at::tensor(labels(40, 19), at::kLong).clamp_min(0).view({20, 2});
  expect_same_on_both([&](const at::Tensor& s, c10::Device d) { return *local_alignment(x.to(d), s).value; }, z);
  expect_same_on_both([&](const at::Tensor& s, c10::Device d) { return neighbour_cosine(s, z.to(d), neighbours.to(d)); }, z + 0.1);
  expect_same_on_both(
      [&](const at::Tensor& s, c10::Device d) { return *balanced_cross_entropy(reverse_gradient(s, 0.7), Groups(labels(20, 4), 4, d)).value; }, z);
  const Groups host(labels(20, 4), 4), device(labels(20, 4), 4, *accelerator());
  EXPECT_EQ(class_recall(z.to(*accelerator()), device).balanced_accuracy, class_recall(z, host).balanced_accuracy);
}

TEST(LossesOnTheAccelerator, OfCountsAndAdversariesEqualThoseOnTheHost) {
  GEOCYTE_SKIP_WITHOUT_ACCELERATOR();
  const auto logits = normal_matrix(20, 9, 5), counts = normal_matrix(20, 9, 6).abs().mul(3).floor(), dispersion = normal_matrix(4, 9, 7);
  const auto on = [&](c10::Device d) { return Groups(labels(20, 4), 4, d); };
  for (const auto model : {CountModel::negative_binomial, CountModel::poisson})
    expect_same_on_both([&](const at::Tensor& l, c10::Device d) { return *count_likelihood(l, counts.to(d), dispersion.to(d), on(d), {.model = model}).value; }, logits);
  expect_same_on_both([&](const at::Tensor& t, c10::Device d) { return *count_likelihood(logits.to(d), counts.to(d), t, on(d)).value; }, dispersion);
  const auto of_sources = logits.slice(1, 0, 4);
  const auto weights = normal_matrix(20, 1, 8).abs().squeeze(1);
  for (const auto balance : {AdversaryBalance::by_group, AdversaryBalance::by_prior})
    expect_same_on_both([&](const at::Tensor& l, c10::Device d) { return *source_cross_entropy(l, on(d), {.balance = balance}, weights.to(d)).value; }, of_sources);
  expect_same_on_both([&](const at::Tensor& l, c10::Device d) { return *source_confusion(l, on(d)).value; }, of_sources);
}

TEST(LossesOnTheAccelerator, OfPairsTypesAndPlacesEqualThoseOnTheHost) {
  GEOCYTE_SKIP_WITHOUT_ACCELERATOR();
  const auto z = normal_matrix(40, 4, 9), x = normal_matrix(40, 6, 10), xy = 3 * normal_matrix(40, 2, 11);
  const auto sources = [&](c10::Device d) { return Groups(labels(40, 3), 3, d); };
  expect_same_on_both([&](const at::Tensor& s, c10::Device d) { return *mnn_contrast(s, mutual_neighbours(x.to(d), sources(d)), sources(d)).value; }, z);
  expect_same_on_both(
      [&](const at::Tensor& s, c10::Device d) {
        const auto partners = PartnerTable::find(x.to(d), sources(d)).among(at::tensor(labels(40, 40), at::kLong).add(1).to(d), x.to(d), sources(d));
        return *expression_contrast(s, partner_plan(partners) + 0.1, sources(d)).value;
      },
      z);
  expect_same_on_both(
      [&](const at::Tensor& s, c10::Device d) { return *spatial_contrast(s, xy.to(d), SpatialNeighbours::of(xy.to(d), sources(d), 3).radius, sources(d), {.far = 2}).value; }, z);
  expect_same_on_both([&](const at::Tensor& s, c10::Device d) { return *class_discrepancy(s, sources(d), Groups(labels(40, 5), 5, d)).value; }, z);
  expect_same_on_both(
      [&](const at::Tensor& s, c10::Device d) {
        std::vector<std::int64_t> cells(40, -1);
        std::fill(cells.begin() + 20, cells.end(), 0);
        return *round_trip(s, xy.to(d), sources(d), Groups(cells, 1, d)).value;
      },
      z);
  expect_same_on_both(
      [&](const at::Tensor& s, c10::Device d) {
        auto prototypes = TypePrototypes::of(5, 4, z.options().device(d));
        const Groups types(labels(40, 5), 5, d);
        prototypes.follow(z.to(d), types, sources(d));
        const PseudoLabelOptions options{.confidence = 0, .margin = 0};
        return *pseudo_label_loss(s, select_pseudo_labels(z.to(d), types, prototypes, options), prototypes, options).value;
      },
      z);
}

}  // namespace
}  // namespace geocyte::losses
