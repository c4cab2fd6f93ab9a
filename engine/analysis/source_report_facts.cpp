// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/source_report_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <variant>

#include "engine/analysis/words.h"

namespace geocyte::analysis {
namespace {

// log1p of 10,000 a cell stays below log(1e4 + 1) = 9.2, of any depth in use below 15.
constexpr double kHighestLog = 15;
constexpr double kCommonSum = 0.01;      // quartiles this near to the median: the rows were brought to one sum
constexpr double kDepthsDiffer = 3, kSizesDiffer = 4, kFewShared = 0.5, kZerosDiffer = 0.15;

template <class Visit>
void visit_row(const data::Matrix& x, std::int64_t row, const Visit& visit) {
  if (const auto* sparse = std::get_if<data::CsrMatrix>(&x)) {
    for (std::int64_t k = sparse->indptr[static_cast<std::size_t>(row)]; k < sparse->indptr[static_cast<std::size_t>(row) + 1]; ++k)
      visit(sparse->indices[static_cast<std::size_t>(k)], sparse->values[static_cast<std::size_t>(k)]);
    return;
  }
  const auto values = std::get<data::DenseMatrix>(x).row(row);
  for (std::size_t g = 0; g < values.size(); ++g) visit(static_cast<std::int32_t>(g), values[g]);
}

/// The value at `share` of the way through the sorted values; 0 of none.
double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

/// What their rows add up to when that is one and the same number.
double common_sum(const std::vector<double>& sums) {
  const double median = quantile(sums, 0.5);
  return median > 0 && quantile(sums, 0.75) - quantile(sums, 0.25) <= kCommonSum * median ? median : 0;
}

/// Marks the columns of the shared genes; false in the second when they stand in another order than the names given.
std::pair<std::vector<bool>, bool> shared_columns(const std::vector<std::string>& genes, const std::vector<std::string>& shared) {
  std::unordered_map<std::string, std::size_t> place;
  for (std::size_t g = 0; g < genes.size(); ++g) place.emplace(genes[g], g);
  std::vector<bool> is_shared(genes.size(), false);
  bool ordered = true;
  std::size_t last = 0;
  for (std::size_t i = 0; i < shared.size(); ++i) {
    const auto found = place.find(shared[i]);
    if (found == place.end()) continue;
    is_shared[found->second] = true;
    ordered = ordered && (i == 0 || found->second > last);
    last = found->second;
  }
  return {std::move(is_shared), ordered};
}

SourceFacts facts_of_source(const data::Source& source, const std::vector<std::string>& shared) {
  SourceFacts facts;
  facts.name = source.name;
  facts.patient = source.patient;
  facts.modality = source.modality;
  facts.cells = source.size();
  facts.genes = data::cols(source.dataset->x);
  const auto [is_shared, ordered] = shared_columns(source.dataset->var.index, shared);
  facts.same_gene_order = ordered;
  double minimum = 0, maximum = 0;
  std::int64_t fractional = 0, present = 0;
  std::vector<double> sums, unlogged, detected;
  for (std::int64_t cell = 0; cell < facts.cells; ++cell) {
    double sum = 0, total = 0, genes = 0;
    visit_row(source.dataset->x, source.rows.empty() ? cell : source.rows[static_cast<std::size_t>(cell)], [&](std::int32_t g, float value) {
      if (value == 0) return;
      minimum = std::min<double>(minimum, value);
      maximum = std::max<double>(maximum, value);
      fractional += value != std::floor(value);
      sum += value;
      total += std::expm1(std::min<double>(value, 50));
      ++genes;
      present += is_shared[static_cast<std::size_t>(g)];
    });
    facts.empty_cells += genes == 0;
    sums.push_back(sum);
    unlogged.push_back(total);
    detected.push_back(genes);
  }
  facts.values = maximum == 0 && minimum == 0 ? "empty" : minimum < 0 ? "scaled" : fractional == 0 ? "counts" : maximum <= kHighestLog ? "log-normalised" : "normalised";
  if (facts.values == "log-normalised") facts.target_sum = common_sum(unlogged);
  if (facts.values == "normalised") facts.target_sum = common_sum(sums);
  facts.depth = quantile(sums, 0.5);
  facts.depth_low = quantile(sums, 0.25);
  facts.depth_high = quantile(sums, 0.75);
  facts.detected = quantile(detected, 0.5);
  const double places = static_cast<double>(facts.cells) * static_cast<double>(shared.size());
  facts.zero_fraction = places > 0 ? 1 - static_cast<double>(present) / places : 0;
  return facts;
}

store::Verdict finding(const char* id, const char* state, std::string headline, std::string evidence, std::string advice) {
  return {std::string("diagnosis/") + id, "diagnosis", state, std::move(headline), std::move(evidence), std::move(advice)};
}

/// "a and b: counts; c: log-normalised"
std::string kinds_text(const std::map<std::string, std::vector<std::string>>& names_of_kind) {
  std::string text;
  for (const auto& [kind, names] : names_of_kind) text += (text.empty() ? "" : "; ") + listed(names) + ": " + kind;
  return text;
}

void add_parity(const std::vector<SourceFacts>& sources, std::vector<store::Verdict>& findings) {
  std::map<std::string, std::vector<std::string>> kinds, sums;
  bool scaled = false;
  for (const SourceFacts& f : sources) {
    kinds[f.values].push_back(f.name);
    scaled = scaled || f.values == "scaled";
    if (f.values == "normalised" || f.values == "log-normalised") sums[f.target_sum > 0 ? grouped(std::llround(f.target_sum)) : "no common sum"].push_back(f.name);
  }
  const std::string advice = "Give raw counts of every source; a difference in normalisation looks like a gap between sources and no loss can tell them apart.";
  if (kinds.size() > 1)
    findings.push_back(finding("parity", "bad", "The sources are not normalised alike.", kinds_text(kinds) + ".", advice));
  else if (scaled)
    findings.push_back(finding("parity", "bad", "The values are scaled, not counts.", "All sources have negative values.", advice));
  else if (!kinds.contains("counts"))
    findings.push_back(finding("parity", "warn", "The values are " + kinds.begin()->first + ", not counts.", "No source holds whole numbers.", advice));
  if (sums.size() > 1)
    findings.push_back(finding("target_sum", "bad", "The sources were normalised to different sums.", kinds_text(sums) + ".", "Normalise all to one sum, or give raw counts."));
}

void add_depth(const std::vector<SourceFacts>& sources, std::vector<store::Verdict>& findings) {
  const SourceFacts *low = nullptr, *high = nullptr, *dense = nullptr, *sparse = nullptr;
  for (const SourceFacts& f : sources) {
    if (is_comparable(f) && (!dense || f.zero_fraction < dense->zero_fraction)) dense = &f;
    if (is_comparable(f) && (!sparse || f.zero_fraction > sparse->zero_fraction)) sparse = &f;
    if (f.values != "counts" || f.depth <= 0) continue;
    if (!low || f.depth < low->depth) low = &f;
    if (!high || f.depth > high->depth) high = &f;
  }
  const bool deeper = low && high && high->depth >= kDepthsDiffer * low->depth;
  const bool emptier = dense && sparse && sparse->zero_fraction - dense->zero_fraction >= kZerosDiffer;
  if (!deeper && !emptier) return;
  std::string evidence;
  if (low && high && low != high)
    evidence = fmt::format("{} has a median of {} counts a cell, {} {} ({} times as many).", low->name, grouped(std::llround(low->depth)), high->name,
                           grouped(std::llround(high->depth)), brief(high->depth / low->depth));
  if (emptier)
    evidence += fmt::format("{}Zeros among the shared genes: {} {}, {} {}.", evidence.empty() ? "" : " ", dense->name, percent(dense->zero_fraction), sparse->name,
                            percent(sparse->zero_fraction));
  findings.push_back(finding("depth", "warn", deeper ? "Depth differs between sources." : "The share of zeros differs between sources.", evidence,
                             "Normalising to one sum does not undo it: what is not detected stays zero. Thin the deeper source to the depth of the shallower one, or add pseudo-spots."));
}

void add_genes(const std::vector<SourceFacts>& sources, std::int64_t shared, std::vector<store::Verdict>& findings) {
  std::int64_t fewest = sources.empty() ? 0 : sources[0].genes;
  std::vector<std::string> reordered;
  for (const SourceFacts& f : sources) {
    fewest = std::min(fewest, f.genes);
    if (!f.same_gene_order) reordered.push_back(f.name);
  }
  const double share = fewest > 0 ? static_cast<double>(shared) / static_cast<double>(fewest) : 0;
  if (share < kFewShared)
    findings.push_back(finding("genes", "warn", "The sources share few genes.",
                               fmt::format("{} genes are in all of them, {} of the {} of the smallest panel.", grouped(shared), percent(share), grouped(fewest)),
                               "Look whether one file uses other names (symbols against Ensembl ids, upper against lower case, versions such as .1)."));
  if (!reordered.empty())
    findings.push_back(finding("gene_order", "neutral", "Genes stand in different orders.", listed(reordered) + (reordered.size() == 1 ? " differs" : " differ") + " from " + sources[0].name + ".",
                               "Geocyte matches genes by name. Code that stacks matrices without looking at names would mix them up."));
}

void add_sizes(const std::vector<SourceFacts>& sources, std::vector<store::Verdict>& findings) {
  if (sources.size() < 2) return;
  const auto by_size = [](const SourceFacts& a, const SourceFacts& b) { return a.cells < b.cells; };
  const auto [small, large] = std::minmax_element(sources.begin(), sources.end(), by_size);
  std::vector<std::string> empty;
  for (const SourceFacts& f : sources)
    if (f.empty_cells > 0) empty.push_back(fmt::format("{} ({})", f.name, grouped(f.empty_cells)));
  if (!empty.empty()) findings.push_back(finding("empty_cells", "warn", "Some cells have no counts.", listed(empty) + ".", "Filter them: they carry nothing but a size."));
  if (static_cast<double>(large->cells) < kSizesDiffer * static_cast<double>(small->cells)) return;
  findings.push_back(finding("sizes", "neutral", "Sources differ much in size.", fmt::format("{} has {} cells, {} {}.", large->name, grouped(large->cells), small->name, grouped(small->cells)),
                             "Batches are drawn evenly. A source adversary with a plain loss on unbalanced batches ends up always naming the largest source."));
}

}  // namespace

std::vector<SourceFacts> facts_of(const std::vector<data::Source>& sources, const std::vector<std::string>& shared) {
  std::vector<SourceFacts> facts;
  for (const data::Source& source : sources) facts.push_back(facts_of_source(source, shared));
  return facts;
}

bool is_comparable(const SourceFacts& facts) { return facts.values != "scaled" && facts.values != "empty"; }

std::vector<store::Verdict> findings_of(const std::vector<SourceFacts>& sources, std::int64_t shared_genes) {
  std::vector<store::Verdict> findings;
  add_parity(sources, findings);
  add_depth(sources, findings);
  add_genes(sources, shared_genes, findings);
  add_sizes(sources, findings);
  return findings;
}

}  // namespace geocyte::analysis
