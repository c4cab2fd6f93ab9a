// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/evaluation_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace geocyte::plugins::gems {
namespace {

using train::Check;
using train::Measured;

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

const Check* find(const std::vector<Check>& checks, const std::string& id) {
  const auto found = std::find_if(checks.begin(), checks.end(), [&](const Check& check) { return check.id == id; });
  return found == checks.end() ? nullptr : &*found;
}

bool fails(const Check* check) { return check && check->passes == false; }

/// What is lost where a guard fails.
std::string lost(const Check& guard) {
  static const std::map<std::string, std::string> kLost = {{"guards/spread", "a dimension has gone flat"}, {"guards/dimensions", "dimensions are lost"},
                                                           {"guards/space", "neighbours in the tissue are lost"}, {"guards/expression", "neighbours in expression are lost"},
                                                           {"guards/types", "cell types are blurred"}};
  const auto found = kLost.find(guard.id);
  return found == kLost.end() ? guard.title + " fails its guard" : found->second;
}

/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  return text;
}

/// "all 5 guards hold", "the 3 guards that can be judged hold (not judged: cell types)", "no guard can be judged".
std::string guards_text(const std::vector<Check>& checks) {
  int held = 0, judged = 0;
  std::vector<std::string> missing;
  for (const Check& check : checks) {
    if (check.kind != "guard") continue;
    if (!check.passes) missing.push_back(check.title);
    judged += check.passes.has_value();
    held += check.passes.value_or(false);
  }
  if (judged == 0) return "no guard can be judged";
  if (held < judged) return fmt::format("{} of {} guards hold", held, judged);
  return missing.empty() ? fmt::format("all {} guards hold", judged) : fmt::format("the {} guards that can be judged hold (not judged: {})", judged, listed(missing));
}

struct Call {
  std::string state, headline;
};

/// Of an embedding that beats plain PCA and every plain tool.
Call call_of(const std::vector<Check>& checks) {
  const Check *pairs = find(checks, "gates/pairs"), *domains = find(checks, "gates/domains");
  if (!pairs || !pairs->passes) return {"warn", "The encoder mixes more than plain PCA; no pair of sources can be judged by the gates."};
  std::vector<std::string> open, broken;
  const int all = static_cast<int>(pairs->bound.value_or(0)), passed = static_cast<int>(pairs->value);
  if (fails(pairs)) open.push_back(fmt::format("{} of {} pairs of sources fail{} the gates", all - passed, all, all - passed == 1 ? "s" : ""));
  if (fails(domains)) open.push_back("spots and cells can still be told apart");
  for (const Check& check : checks)
    if (check.kind == "guard" && fails(&check)) broken.push_back(lost(check));
  const std::string pass = all == 1 ? "The one pair of sources passes the gates" : fmt::format("All {} pairs of sources pass the gates", all);
  if (open.empty() && broken.empty()) return {"good", fmt::format("The sources are aligned: {} and {}.", all == 1 ? "the one pair passes the gates" : fmt::format("all {} pairs pass the gates", all), guards_text(checks))};
  if (open.empty()) return {"warn", fmt::format("{}, but that is no alignment: {}.", pass, listed(broken))};
  open.insert(open.end(), broken.begin(), broken.end());
  return {passed == 0 ? "bad" : "warn", fmt::format("Not aligned: {}.", listed(open))};
}

}  // namespace

std::string checks_text(const std::vector<Check>& checks) {
  std::string text;
  for (const Check& check : checks) {
    if (!text.empty()) text += '\n';
    text += check.kind == "mixing" ? "to be read: " : !check.passes ? "not judged: " : *check.passes ? "passes: " : "FAILS: ";
    text += check.title;
    if (std::isfinite(check.value)) text += check.counts ? fmt::format(" {:.0f} of {:.0f}", check.value, check.bound.value_or(0)) : fmt::format(" {:.3g}", check.value);
    if (!check.low && check.high) text += fmt::format(", at most {:.3g}", *check.high);
    if (check.low && check.high) text += fmt::format(" [{:.3g}, {:.3g}]", *check.low, *check.high);
    text += " – " + check.rule;
    if (check.kind == "guard" && check.bound) text += fmt::format(" ({:.3g})", *check.bound);
  }
  return text;
}

std::vector<store::Verdict> alignment_verdicts(const std::vector<Measured>& rows, const std::vector<Check>& checks) {
  const Measured *model = find(rows, "align/max_standardised", "model"), *pca = find(rows, "align/max_standardised", "pca");
  if (!model || !pca) return {};
  store::Verdict verdict;
  verdict.id = "align/evaluation";
  verdict.workspace = "align";
  if (const Check* pairs = find(checks, "gates/pairs"); pairs && pairs->passes)
    verdict.evidence = fmt::format("{:.0f} of {:.0f} pairs pass the gates; {}. ", pairs->value, pairs->bound.value_or(0), guards_text(checks));
  verdict.evidence += fmt::format("Largest standardised distance {:.2f} against {:.2f} of PCA (n = {} held-out cells; sampling alone gives {:.2f}).",
                                  model->value, pca->value, model->n, model->chance.value_or(0));
  const Measured *auc = find(rows, "align/probe_auc", "model"), *auc_pca = find(rows, "align/probe_auc", "pca");
  if (auc && auc_pca)
    verdict.evidence += fmt::format(" A fresh classifier tells spots from cells with AUC {:.3f} [{:.2f}, {:.2f}], which {} 0.5 ± 0.10 ({:.3f} in PCA).", auc->value, auc->low.value_or(auc->value),
                                    auc->high.value_or(auc->value), fails(find(checks, "gates/domains")) ? "does not reach" : "reaches", auc_pca->value);
  if (const Measured* mixed = find(rows, "align/ilisi_domain", "model"))
    verdict.evidence += fmt::format(" Neighbours are mixed to {:.2f} (iLISI; {:.2f} is a perfect mixture).", mixed->value, mixed->chance.value_or(1));
  const Measured *types = find(rows, "biology/cell_type_accuracy", "model"), *types_pca = find(rows, "biology/cell_type_accuracy", "pca");
  if (types && types_pca)
    verdict.evidence += fmt::format(" Cell types are found with balanced accuracy {:.2f} ({:.2f} in PCA).", types->value, types_pca->value);
  const std::string tool = better_tool(rows);
  Call call = call_of(checks);
  if (fails(find(checks, "gates/leak"))) call = {"bad", "Statistics of held-out cells have leaked into training: no score here means anything."};
  else if (!tool.empty()) call = {"bad", fmt::format("The plain tool {} mixes as well and keeps as many cell types as the encoder.", tool)};
  else if (!clearly_below(*model, *pca)) call = {"bad", "The encoder does not beat plain PCA."};
  verdict.state = call.state;
  verdict.headline = call.headline;
  verdict.why = "Aligned means: every gate passes, so that nobody can tell the sources apart, and every guard holds, so that it was not bought with biology. "
                "All numbers are of cells that training never saw; distances are in units of the spread within sources, so that shrinking the embedding changes nothing.\n" +
                checks_text(checks);
  return {verdict};
}

}  // namespace geocyte::plugins::gems
