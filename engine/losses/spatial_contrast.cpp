// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/spatial_contrast.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_unique2.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "engine/core/check.h"
#include "engine/losses/cosine.h"
#include "engine/losses/info_nce.h"

namespace geocyte::losses {
namespace {

constexpr std::int64_t kBlock = 1024;      // rows of the distance matrix that are held at a time

struct Masks {
  at::Tensor positive, negative;           ///< (B, B) bool
};

Masks masks_of(const at::Tensor& xy, const at::Tensor& radius, const Groups& slides, double far) {
  require(xy.dim() == 2, "coordinates are a matrix");
  require_shape("spots of a spatial contrast", xy.sizes().slice(0, 1), std::array{slides.cells()});
  require_shape("radii of the spots", radius.sizes(), std::array{slides.cells()});
  const c10::NoGradGuard no_gradient;
  const auto slide = slides.label_tensor();
  const auto own = slide.unsqueeze(1);
  const auto together = (own == slide.unsqueeze(0)).logical_and_(own >= 0).fill_diagonal_(false);   // (B, B)
  const auto distance = (xy.unsqueeze(1) - xy.unsqueeze(0)).pow(2).sum(2);       // (B, B), squared; exact for equal coordinates
  const auto r = radius.unsqueeze(1).pow(2);
  // On a grid many distances are exactly the radius or a multiple of it; how they were rounded shall not decide.
  constexpr double kRounding = 1 + 1e-5;
  return {(distance <= r * kRounding).logical_and_(together), (distance > r * (far * far * kRounding)).logical_and_(together)};
}

/// `count` whole numbers below each entry of `bound`: (rows, count) int64.
at::Tensor draw_below(const at::Tensor& bound, std::int64_t count, const at::Generator& generator) {
  const auto u = at::empty({bound.size(0), count}, bound.options().dtype(at::kDouble)).uniform_(0, 1, generator);
  return (u * bound.unsqueeze(1)).to(at::kLong).minimum(bound.unsqueeze(1) - 1);
}

}  // namespace

SpatialNeighbours SpatialNeighbours::of(const at::Tensor& xy, const Groups& slides, std::int64_t k) {
  require(k >= 1, "a spot has at least one neighbour");
  require(xy.dim() == 2 && xy.size(0) == slides.cells(), "every spot has coordinates");
  const c10::NoGradGuard no_gradient;
  const auto n = xy.size(0);
  const auto options = slides.label_tensor().options().device(xy.device());
  SpatialNeighbours made{at::arange(n, options).unsqueeze(1).repeat({1, k}), at::zeros({n}, xy.options()), slides.label_tensor().to(xy.device())};
  for (std::int64_t slide = 0; slide < slides.count(); ++slide) {
    const auto members = at::tensor(slides.members(slide), at::kLong).to(xy.device());
    const auto spots = members.size(0), found = std::min(k, spots - 1);
    if (found < 1) continue;
    const auto place = xy.index_select(0, members);
    for (std::int64_t from = 0; from < spots; from += kBlock) {
      const auto to = std::min(from + kBlock, spots);
      auto distance = at::cdist(place.slice(0, from, to), place, 2, /*compute_mode=*/2);   // without a matrix product, which would cancel
      distance.scatter_(1, at::arange(from, to, options).unsqueeze(1), std::numeric_limits<double>::infinity());
      const auto [near, order] = at::topk(distance, found, 1, /*largest=*/false, /*sorted=*/true);
      const auto rows = members.slice(0, from, to);
      made.index.slice(1, 0, found).index_copy_(0, rows, members.index_select(0, order.reshape({-1})).view_as(order));
      made.radius.index_copy_(0, rows, near.select(1, found - 1));
    }
  }
  return made;
}

at::Tensor draw_spatial_rows(const SpatialNeighbours& neighbours, const at::Tensor& xy, const at::Tensor& scores, const SpatialDrawOptions& options,
                             at::Generator generator, const at::Tensor& allowed) {
  require(options.anchors >= 1 && options.positives >= 1 && options.hard_negatives >= 0 && options.candidates >= options.hard_negatives,
          "a spatial draw has anchors, neighbours and more candidates than hard negatives");
  const c10::NoGradGuard no_gradient;
  const auto& slide_of = neighbours.slide_of;
  const auto may = allowed.defined() ? allowed : at::arange(slide_of.size(0), slide_of.options());
  const auto spots = may.index_select(0, (slide_of.index_select(0, may) >= 0).nonzero().squeeze(1));
  if (spots.size(0) == 0) return spots;
  // Spots slide by slide: a slide is then a range [first, first + size).
  const auto [slide, order] = slide_of.index_select(0, spots).sort(/*stable=*/true, 0, /*descending=*/false);
  const auto sorted = spots.index_select(0, order);
  const auto [names, inverse, size] = at::_unique2(slide, /*sorted=*/true, /*return_inverse=*/false, /*return_counts=*/true);
  const auto first = size.cumsum(0) - size;

  const auto slides = at::full({options.anchors}, names.size(0), slide.options());
  const auto chosen = draw_below(slides, 1, generator).squeeze(1);               // (A) slide of each anchor
  const auto of_slide = size.index_select(0, chosen), begin = first.index_select(0, chosen).unsqueeze(1);
  const auto anchor = sorted.index_select(0, (begin + draw_below(of_slide, 1, generator)).squeeze(1));   // (A)
  const auto k = neighbours.index.size(1);
  const auto which = draw_below(at::full({options.anchors}, k, slide.options()), options.positives, generator);
  const auto near = neighbours.index.index_select(0, anchor).gather(1, which);   // (A, positives)
  std::vector<at::Tensor> rows{anchor, near.reshape({-1})};
  if (scores.defined() && options.hard_negatives > 0) {
    const auto candidate = sorted.index_select(0, (begin + draw_below(of_slide, options.candidates, generator)).reshape({-1})).view({options.anchors, -1});
    const auto at_candidate = [&](const at::Tensor& t) { return t.index_select(0, candidate.reshape({-1})).view({options.anchors, candidate.size(1), t.size(1)}); };
    const auto distance = (at_candidate(xy) - xy.index_select(0, anchor).unsqueeze(1)).pow(2).sum(2);      // (A, c)
    const auto alike = (unit_rows(at_candidate(scores)) * unit_rows(scores.index_select(0, anchor)).unsqueeze(1)).sum(2);   // (A, c)
    const auto is_far = distance > (neighbours.radius.index_select(0, anchor) * options.far).pow(2).unsqueeze(1);
    const auto best = std::get<1>(at::topk(alike.masked_fill(is_far.logical_not(), -2), options.hard_negatives, 1));
    rows.push_back(candidate.gather(1, best).reshape({-1}));                     // one that is not far does no harm: it is masked by distance
  }
  return std::get<0>(at::_unique2(at::cat(rows), /*sorted=*/true));
}

Term spatial_contrast(const at::Tensor& z, const at::Tensor& xy, const at::Tensor& radius, const Groups& slides, const SpatialContrastOptions& options) {
  require(options.temperature > 0 && options.far >= 1, "a spatial contrast has a temperature above 0, and far is at least the radius");
  require(z.dim() == 2 && z.size(0) == slides.cells(), "a spatial contrast is of one embedding a spot");
  const auto [positive, negative] = masks_of(xy, radius, slides, options.far);
  const auto unit = unit_rows(z);
  return info_nce(unit.mm(unit.t()) / options.temperature, positive, negative, "no spot of the batch has a neighbour and a far spot on its slide in it");
}

double spatial_contrast_chance(const at::Tensor& xy, const at::Tensor& radius, const Groups& slides, const SpatialContrastOptions& options) {
  const auto [positive, negative] = masks_of(xy, radius, slides, options.far);
  return info_nce_chance(positive, negative);
}

}  // namespace geocyte::losses
