// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/partner_contrast.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/tensor.h>

#include <array>

#include "engine/core/check.h"
#include "engine/losses/cosine.h"
#include "engine/losses/info_nce.h"
#include "engine/losses/moments.h"

namespace geocyte::losses {
namespace {

constexpr double kNone = -1e9;

/// Columns of a (B, B) matrix as rows (i, b), padded to the largest source: (B K, n_max).
class BySource {
 public:
  BySource(const at::Tensor& like, const Groups& sources)
      : layout_(padded_groups(like, sources, 1)), cells_(sources.cells()), longest_(layout_.count() > 0 ? layout_.present.size(1) : 0) {
    const auto of_row = sources.label_tensor().unsqueeze(1);                     // (B, 1)
    const auto names = at::tensor(layout_.groups, of_row.options()).unsqueeze(0);                // (1, K)
    const auto other = (of_row != names).logical_and_(of_row >= 0);              // (B, K)
    open_ = other.unsqueeze(2).logical_and(layout_.present.squeeze(2).unsqueeze(0) > 0).reshape({-1, longest_});
  }

  bool has_two() const { return layout_.count() >= 2; }
  at::Tensor rows_of(const at::Tensor& matrix) const {
    require_shape("a matrix between the cells of a batch", matrix.sizes(), std::array{cells_, cells_});
    return matrix.index_select(1, layout_.index).view({-1, longest_});
  }
  /// (B K, n_max) bool: a cell of another source.
  const at::Tensor& open() const { return open_; }

 private:
  PaddedGroups layout_;
  std::int64_t cells_, longest_;
  at::Tensor open_;
};

struct Contrast {
  at::Tensor positive, negative;           ///< (B K, n_max)
};

Contrast contrast_of(const BySource& layout, const Partners& partners) {
  const c10::NoGradGuard no_gradient;
  const auto partner = layout.rows_of(partners.partner).logical_and_(layout.open());
  return {partner, layout.rows_of(partners.ignored).logical_or_(partner).logical_not_().logical_and_(layout.open())};
}

at::Tensor logits_of(const BySource& layout, const at::Tensor& z, const PartnerContrastOptions& options) {
  require(options.temperature > 0, "a temperature is above zero");
  require(z.dim() == 2, "a contrast is of one embedding a cell");
  const auto unit = unit_rows(z);
  return layout.rows_of(unit.mm(unit.t())) / options.temperature;
}

constexpr const char* kNoTwo = "the cells of the batch are not of two sources, so there is no partner";

}  // namespace

Term mnn_contrast(const at::Tensor& z, const Partners& partners, const Groups& sources, const PartnerContrastOptions& options) {
  const BySource layout(z, sources);
  if (!layout.has_two()) return Term::absent(kNoTwo);
  const auto [positive, negative] = contrast_of(layout, partners);
  return info_nce(logits_of(layout, z, options), positive, negative, "no cell of the batch has a partner in another source");
}

double mnn_contrast_chance(const Partners& partners, const Groups& sources) {
  const BySource layout(partners.similarity, sources);
  if (!layout.has_two()) return 0;
  const auto [positive, negative] = contrast_of(layout, partners);
  return info_nce_chance(positive, negative);
}

Term expression_contrast(const at::Tensor& z, const at::Tensor& plan, const Groups& sources, const PartnerContrastOptions& options) {
  const BySource layout(z, sources);
  if (!layout.has_two()) return Term::absent(kNoTwo);
  const auto labels = layout.rows_of(plan.detach().to(z.scalar_type())) * layout.open();   // (B K, n_max)
  const auto mass = labels.sum(1, /*keepdim=*/true);                             // (B K, 1)
  const auto labelled = (mass > 0).to(z.scalar_type());
  const auto row_weight = options.by_mass ? mass : labelled;
  const auto total = row_weight.sum();
  if (total.item<double>() == 0) return Term::absent("no cell of the batch has a label in another source");
  const auto target = labels / (mass + (1 - labelled)) * (row_weight / total);   // sums to 1
  const auto log_q = logits_of(layout, z, options).masked_fill(layout.open().logical_not(), kNone).log_softmax(1);
  return Term::of(-(log_q.masked_fill(target == 0, 0) * target).sum());
}

at::Tensor partner_plan(const Partners& partners, double expression_temperature) {
  require(expression_temperature > 0, "a temperature is above zero");
  const c10::NoGradGuard no_gradient;
  return ((partners.similarity - 1) / expression_temperature).exp() * partners.partner;   // <= 1; rows are normalised later
}

}  // namespace geocyte::losses
