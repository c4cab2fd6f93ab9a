// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/source_scores.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <limits>
#include <string>

#include "engine/core/check.h"

namespace geocyte::nn {
namespace {

struct MeanAndSd {
  at::Tensor mean, sd;                     ///< (G)
};

/// Some rows of a matrix, looked at in float64 a part at a time: all at once would take several times what the matrix does.
struct CellsOf {
  const at::Tensor& x;                     ///< (N, G)
  at::Tensor rows;                         ///< (n)
  std::int64_t count() const { return rows.size(0); }
};

constexpr std::int64_t kRowsAtOnce = 4096;

/// Sum of `part` (a tensor of one shape) over the parts.
template <class Part>
at::Tensor sum_over(const CellsOf& cells, const Part& part) {
  at::Tensor sum;
  for (std::int64_t first = 0; first < cells.count(); first += kRowsAtOnce) {
    const auto rows = cells.rows.slice(0, first, std::min(first + kRowsAtOnce, cells.count()));
    const at::Tensor own = part(cells.x.index_select(0, rows).to(at::kDouble));
    sum = sum.defined() ? sum.add_(own) : own;
  }
  return sum;
}

at::Tensor as_it_is(const at::Tensor& rows) { return rows; }

/// Of what `made` makes of the rows, unbiased, in float64.
template <class Made>
MeanAndSd mean_and_sd(const CellsOf& cells, const Made& made) {
  const auto mean = sum_over(cells, [&](const at::Tensor& rows) { return made(rows).sum(0); }) / static_cast<double>(cells.count());
  const auto squares = sum_over(cells, [&](const at::Tensor& rows) { return (made(rows) - mean).pow(2).sum(0); });
  return {mean, (squares / static_cast<double>(cells.count() - 1)).sqrt()};
}

void check_size(std::int64_t source, std::int64_t cells) {
  if (cells < 2)
    throw Error(ErrorCode::bad_data, "source " + std::to_string(source) + " has " + std::to_string(cells) + " training cells, and a spread needs two",
                "Leave the source out or give it more training cells.");
}

at::Tensor standardised(const at::Tensor& x, const at::Tensor& mean, const at::Tensor& sd, double clip) { return ((x - mean) / sd).clamp_(-clip, clip); }

/// What genes are divided by.
void limit_sd(at::Tensor& sd, double floor, GeneScale genes) {
  if (genes == GeneScale::unit) sd.clamp_min_(floor);
  else sd.fill_(1);
}

/// Divisors of scores whose spread within the source is `sd` (P).
at::Tensor score_divisor(const at::Tensor& sd, ScoreScale scale) {
  const auto divisor = scale == ScoreScale::unit ? sd : sd.pow(2).mean().sqrt().expand_as(sd);
  return divisor.clamp_min(1e-12);
}

}  // namespace

SourceScores SourceScores::fit(const at::Tensor& x, const at::Tensor& labels, std::int64_t sources, const SourceScoresOptions& options) {
  require(x.dim() == 2 && labels.dim() == 1 && labels.size(0) == x.size(0), "scores are fitted on a matrix and one label a cell");
  require(sources >= 1 && options.components >= 1 && options.clip > 0 && options.floor > 0, "scores have a source, a component, a clip and a floor");
  const c10::NoGradGuard no_gradient;
  std::vector<at::Tensor> means, sds, own;
  const double clip = options.genes == GeneScale::unit ? options.clip : std::numeric_limits<double>::infinity();
  at::Tensor covariance = at::zeros({x.size(1), x.size(1)}, x.options().dtype(at::kDouble));
  for (std::int64_t s = 0; s < sources; ++s) {
    const CellsOf cells{x, (labels == s).nonzero().squeeze(1)};
    check_size(s, cells.count());
    auto [mean, sd] = mean_and_sd(cells, as_it_is);
    limit_sd(sd, options.floor, options.genes);
    const auto standard = [&, mean = mean, sd = sd](const at::Tensor& rows) { return standardised(rows, mean, sd, clip); };
    const auto middle = sum_over(cells, [&](const at::Tensor& rows) { return standard(rows).sum(0); }) / static_cast<double>(cells.count());
    covariance.add_(sum_over(cells, [&](const at::Tensor& rows) {
      const auto centred = standard(rows) - middle;
      return centred.t().mm(centred);
    }), 1 / (static_cast<double>(sources) * static_cast<double>(cells.count() - 1)));
    means.push_back(mean);
    sds.push_back(sd);
    own.push_back(cells.rows);
  }
  const auto p = std::min({options.components, x.size(1), x.size(0)});
  const auto [values, vectors] = at::linalg_eigh(covariance);                    // rising
  auto loadings = vectors.slice(1, x.size(1) - p).flip(1);                       // (G, P)
  const auto peak = loadings.gather(0, loadings.abs().argmax(0, /*keepdim=*/true));
  loadings = loadings * peak.sign();
  std::vector<at::Tensor> score_means, score_sds;
  for (std::size_t s = 0; s < own.size(); ++s) {
    const auto [mean, sd] = mean_and_sd({x, own[s]}, [&](const at::Tensor& rows) { return standardised(rows, means[s], sds[s], clip).mm(loadings); });
    score_means.push_back(mean);
    score_sds.push_back(score_divisor(sd, options.scale));
  }
  const auto kept = [&](const at::Tensor& t) { return t.to(x.scalar_type()).contiguous(); };
  return {kept(at::stack(means)), kept(at::stack(sds)), kept(loadings), kept(values.slice(0, x.size(1) - p).flip(0)), kept(at::stack(score_means)),
          kept(at::stack(score_sds)), clip, options.floor, options.scale, options.genes};
}

at::Tensor SourceScores::standardise(const at::Tensor& x, const at::Tensor& labels) const {
  const c10::NoGradGuard no_gradient;
  require_shape("expression to be scored", x.sizes(), std::vector<std::int64_t>{labels.size(0), gene_mean.size(1)});
  return standardised(x, gene_mean.index_select(0, labels), gene_sd.index_select(0, labels), clip);
}

at::Tensor SourceScores::transform(const at::Tensor& x, const at::Tensor& labels) const {
  const c10::NoGradGuard no_gradient;
  at::Tensor all = at::empty({x.size(0), loadings.size(1)}, x.options());
  for (std::int64_t first = 0; first < x.size(0); first += kRowsAtOnce) {
    const std::int64_t last = std::min(first + kRowsAtOnce, x.size(0));
    const auto own = labels.slice(0, first, last);
    all.slice(0, first, last).copy_((standardise(x.slice(0, first, last), own).mm(loadings) - score_mean.index_select(0, own)) / score_sd.index_select(0, own));
  }
  return all;
}

SourceScores SourceScores::fit_source(const at::Tensor& x) const {
  require_shape("expression of another source", x.sizes(), std::vector<std::int64_t>{-1, gene_mean.size(1)});
  check_size(sources(), x.size(0));
  const c10::NoGradGuard no_gradient;
  const CellsOf cells{x, at::arange(x.size(0), x.options().dtype(at::kLong))};
  auto [mean, sd] = mean_and_sd(cells, as_it_is);
  limit_sd(sd, floor, genes);
  const auto weights = loadings.to(at::kDouble);
  const auto scores = mean_and_sd(cells, [&, mean = mean, sd = sd](const at::Tensor& rows) { return standardised(rows, mean, sd, clip).mm(weights); });
  const auto joined = [](const at::Tensor& rows, const at::Tensor& row) { return at::cat({rows, row.to(rows.scalar_type()).unsqueeze(0)}); };
  auto more = *this;
  more.gene_mean = joined(gene_mean, mean);
  more.gene_sd = joined(gene_sd, sd);
  more.score_mean = joined(score_mean, scores.mean);
  more.score_sd = joined(score_sd, score_divisor(scores.sd, scale));
  return more;
}

NamedTensors SourceScores::state() const {
  return {{"gene_mean", gene_mean}, {"gene_sd", gene_sd}, {"loadings", loadings}, {"variance", variance}, {"score_mean", score_mean},
          {"score_sd", score_sd}, {"limits", at::tensor({clip, floor, scale == ScoreScale::unit ? 0.0 : 1.0, genes == GeneScale::unit ? 0.0 : 1.0}, at::kDouble)}};
}

SourceScores SourceScores::from_state(const NamedTensors& state) {
  const auto named = [&](const std::string& name) {
    const auto found = std::find_if(state.begin(), state.end(), [&](const auto& entry) { return entry.first == name; });
    if (found == state.end()) throw Error(ErrorCode::bad_data, "saved scores have no tensor \"" + name + "\"");
    return found->second;
  };
  const auto limits = named("limits");
  return {named("gene_mean"), named("gene_sd"), named("loadings"), named("variance"), named("score_mean"), named("score_sd"),
          limits[0].item<double>(), limits[1].item<double>(), limits[2].item<double>() > 0 ? ScoreScale::spread : ScoreScale::unit,
          limits.size(0) > 3 && limits[3].item<double>() > 0 ? GeneScale::kept : GeneScale::unit};
}

}  // namespace geocyte::nn
