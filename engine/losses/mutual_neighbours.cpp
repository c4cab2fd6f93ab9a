// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/mutual_neighbours.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isin.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "engine/core/check.h"
#include "engine/losses/cosine.h"
#include "engine/losses/moments.h"

namespace geocyte::losses {
namespace {

constexpr std::int64_t kBlock = 2048;

void check(const at::Tensor& x, const Groups& sources, const MutualNeighbourOptions& options) {
  require(x.dim() == 2 && x.size(0) == sources.cells(), "neighbours are sought among cells with a source each");
  require(options.k >= 1, "a cell has at least one neighbour");
}

/// (B, B) bool: cells of two different sources.
at::Tensor apart(const Groups& sources) {
  const auto label = sources.label_tensor();
  const auto known = label >= 0;
  return (label.unsqueeze(1) != label.unsqueeze(0)).logical_and_(known.unsqueeze(1)).logical_and_(known.unsqueeze(0));
}

at::Tensor cosines(const at::Tensor& x) {
  const auto unit = unit_rows(x.detach());
  return unit.mm(unit.t());
}

Partners finish(const at::Tensor& partner, const at::Tensor& similarity, const Groups& sources, const MutualNeighbourOptions& options) {
  const auto ignored = (similarity > options.false_negative).logical_and_(partner.logical_not()).logical_and_(apart(sources));
  return {partner, ignored, similarity};
}

/// Keys i N + j of the k nearest cells j of group b for each cell i of group a, of cosine at least `lowest`.
at::Tensor nearest_keys(const at::Tensor& unit, const at::Tensor& a, const at::Tensor& b, std::int64_t n, const MutualNeighbourOptions& options, bool turned) {
  const auto k = std::min(options.k, b.size(0));
  const auto targets = unit.index_select(0, b).t();
  std::vector<at::Tensor> keys;
  for (std::int64_t from = 0; from < a.size(0); from += kBlock) {
    const auto rows = a.slice(0, from, std::min(from + kBlock, a.size(0)));
    const auto [best, order] = at::topk(unit.index_select(0, rows).mm(targets), k, 1);
    const auto i = rows.unsqueeze(1).expand_as(order), j = b.index_select(0, order.reshape({-1})).view_as(order);
    const auto key = (turned ? j * n + i : i * n + j).reshape({-1});
    keys.push_back(key.index_select(0, (best.reshape({-1}) >= options.lowest).nonzero().squeeze(1)));
  }
  return at::cat(keys);
}

}  // namespace

Partners mutual_neighbours(const at::Tensor& x, const Groups& sources, const MutualNeighbourOptions& options) {
  check(x, sources, options);
  const c10::NoGradGuard no_gradient;
  const auto similarity = cosines(x);                                            // (B, B)
  auto near = at::zeros(similarity.sizes(), similarity.options().dtype(at::kBool));
  const auto layout = padded_groups(x, sources, 1);
  if (layout.count() >= 2) {
    const auto longest = layout.present.size(1), b = x.size(0);
    const auto k = std::min(options.k, longest);
    // Cells of each source side by side; a padded place is never near.
    const auto missing = (layout.present.squeeze(2) == 0).unsqueeze(0);          // (1, K, n_max)
    const auto by_source = similarity.index_select(1, layout.index).view({b, layout.count(), longest}).masked_fill(missing, -2);
    const auto [best, order] = at::topk(by_source, k, 2);                        // (B, K, k)
    const auto first = at::arange(layout.count(), order.options()).mul_(longest).view({1, -1, 1});   // place of each source's first cell
    const auto place = order + first;
    const auto column = layout.index.index_select(0, place.reshape({-1})).view({b, -1});  // (B, K k)
    // Several places may name cell 0, the padding: what is set there is the largest of them.
    auto hit = at::zeros(similarity.sizes(), similarity.options());
    hit.scatter_reduce_(1, column, (best >= options.lowest).to(similarity.scalar_type()).view({b, -1}), "amax");
    near = hit > 0;
  }
  const auto partner = near.logical_and(near.t()).logical_and_(apart(sources));
  return finish(partner, similarity, sources, options);
}

PartnerTable PartnerTable::find(const at::Tensor& x, const Groups& sources, const MutualNeighbourOptions& options) {
  check(x, sources, options);
  const c10::NoGradGuard no_gradient;
  const auto unit = unit_rows(x.detach());
  const auto n = x.size(0);
  std::vector<at::Tensor> keys{at::empty({0}, x.options().dtype(at::kLong))};
  std::vector<at::Tensor> members;
  for (std::int64_t g = 0; g < sources.count(); ++g) members.push_back(at::tensor(sources.members(g), at::kLong).to(x.device()));
  for (std::size_t a = 0; a < members.size(); ++a)
    for (std::size_t b = a + 1; b < members.size(); ++b) {
      if (members[a].size(0) == 0 || members[b].size(0) == 0) continue;
      const auto there = nearest_keys(unit, members[a], members[b], n, options, false);
      const auto back = nearest_keys(unit, members[b], members[a], n, options, true);
      const auto both = there.index_select(0, at::isin(there, back).nonzero().squeeze(1));
      keys.push_back(both);
      keys.push_back(both.remainder(n) * n + both.floor_divide(n));
    }
  return {std::get<0>(at::cat(keys).sort()), n};
}

std::int64_t PartnerTable::pairs() const { return key.size(0) / 2; }

Partners PartnerTable::among(const at::Tensor& rows, const at::Tensor& x, const Groups& sources, const MutualNeighbourOptions& options) const {
  check(x, sources, options);
  require(rows.dim() == 1 && rows.size(0) == x.size(0), "every cell of the batch has its row");
  const c10::NoGradGuard no_gradient;
  auto partner = apart(sources);
  if (key.size(0) == 0) {
    partner.fill_(false);
  } else {
    const auto wanted = rows.unsqueeze(1) * cells + rows.unsqueeze(0);           // (B, B)
    const auto place = at::searchsorted(key, wanted.contiguous()).clamp_max(key.size(0) - 1);
    partner.logical_and_(key.index_select(0, place.reshape({-1})).view_as(wanted) == wanted);
  }
  return finish(partner, cosines(x), sources, options);
}

}  // namespace geocyte::losses
