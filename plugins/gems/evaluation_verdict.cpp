// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/evaluation_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace geocyte::plugins::gems {
namespace {

using train::Measured;

constexpr double kSeparable = 0.75;   // AUC above which two clouds are plainly different

const Measured* find(const std::vector<Measured>& rows, const std::string& metric, const std::string& method) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Measured& row) { return row.metric == metric && row.method == method; });
  return found == rows.end() ? nullptr : &*found;
}

/// Below the other with both intervals (or values, where there are none) apart.
bool clearly_below(const Measured& one, const Measured& other) {
  return one.high.value_or(one.value) < other.low.value_or(other.value);
}

/// The plain tool that mixes at least as well and keeps at least as many types; "" when there is none.
std::string better_tool(const std::vector<Measured>& rows) {
  const char *mixing = "align/ilisi_domain", *types = "biology/cell_type_accuracy";
  const Measured *own_mixing = find(rows, mixing, "model"), *own_types = find(rows, types, "model");
  if (!own_mixing || !own_types) return "";
  for (const Measured& row : rows) {
    if (row.metric != mixing || row.method == "model" || row.value < own_mixing->value) continue;
    const Measured* kept = find(rows, types, row.method);
    if (kept && kept->value >= own_types->value) return row.method;
  }
  return "";
}

}  // namespace

std::vector<store::Verdict> alignment_verdicts(const std::vector<Measured>& rows) {
  const Measured *model = find(rows, "align/max_standardised", "model"), *pca = find(rows, "align/max_standardised", "pca");
  if (!model || !pca) return {};
  store::Verdict verdict;
  verdict.id = "align/evaluation";
  verdict.workspace = "align";
  verdict.evidence = fmt::format("Largest standardised distance {:.2f} against {:.2f} of PCA (n = {} held-out cells; sampling alone gives {:.2f}).",
                                 model->value, pca->value, model->n, model->chance.value_or(0));
  const Measured *auc = find(rows, "align/probe_auc", "model"), *auc_pca = find(rows, "align/probe_auc", "pca");
  if (auc && auc_pca)
    verdict.evidence += fmt::format(" A fresh classifier tells spots from cells with AUC {:.3f} ({:.3f} in PCA; .5 is chance).", auc->value, auc_pca->value);
  if (const Measured* mixed = find(rows, "align/ilisi_domain", "model"))
    verdict.evidence += fmt::format(" Neighbours are mixed to {:.2f} (iLISI; {:.2f} is a perfect mixture).", mixed->value, mixed->chance.value_or(1));
  const Measured *types = find(rows, "biology/cell_type_accuracy", "model"), *types_pca = find(rows, "biology/cell_type_accuracy", "pca");
  if (types && types_pca)
    verdict.evidence += fmt::format(" Cell types are found with balanced accuracy {:.2f} ({:.2f} in PCA).", types->value, types_pca->value);
  // Means that agree are necessary, not sufficient: a one-line centring brings them together as well.
  const std::string tool = better_tool(rows);
  const bool better = clearly_below(*model, *pca);
  const bool separable = auc && auc->low.value_or(auc->value) > kSeparable;
  const bool loses_types = types && types_pca && clearly_below(*types, *types_pca);
  verdict.state = !tool.empty() || !better ? "bad" : separable || loses_types ? "warn" : "good";
  verdict.headline = !tool.empty()              ? fmt::format("The plain tool {} mixes as well and keeps as many cell types as the encoder.", tool)
                     : !better                  ? "The encoder does not beat plain PCA."
                     : separable && loses_types ? "The means come together, but spots and cells can still be told apart and cell types are blurred."
                     : separable                ? "The means come together, but spots and cells can still be told apart."
                     : loses_types              ? "The encoder mixes the sources but blurs cell types."
                                                : "The encoder mixes the sources and keeps cell types.";
  verdict.why = "All numbers are of cells that training never saw. Distances are in units of the spread within sources, so that shrinking the "
                "embedding changes nothing. Compare with the baselines in the evaluation table before believing the picture.";
  return {verdict};
}

}  // namespace geocyte::plugins::gems
