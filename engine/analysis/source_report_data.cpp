// SPDX-License-Identifier: GPL-3.0-or-later
// The sources of a run compared before training: distances of means in a common space, and what explains them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <variant>

#include "engine/analysis/source_report.h"
#include "engine/analysis/source_report_facts.h"
#include "engine/analysis/source_report_words.h"
#include "engine/analysis/source_verdict.h"
#include "engine/analysis/words.h"
#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/embed/pca.h"
#include "engine/preprocess/recipe.h"
#include "engine/stats/source_diagnosis.h"
#include "engine/stats/source_distances.h"

namespace geocyte::analysis {
namespace {

constexpr double kExplained = 0.5, kComposition = 0.15;
constexpr std::int64_t kPcaCells = 300;        // of a source
constexpr int kFewestOfType = 10;

/// Cells of all comparable sources in one space.
struct Space {
  std::vector<float> scores;                   // n x dims
  std::int64_t dims = 0;
  std::vector<std::int32_t> source;            // n; index among all sources
  std::vector<std::string> type;               // n; "" = unlabelled
  std::int64_t panel = 0;
  double explained = 0;

  std::int64_t count() const { return static_cast<std::int64_t>(source.size()); }
  kernels::Points points() const { return {scores.data(), count(), dims}; }
};

/// `most` of n rows, evenly drawn, ascending.
std::vector<std::int64_t> some_rows(std::int64_t n, std::int64_t most, Rng& rng) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(n));
  std::iota(rows.begin(), rows.end(), 0);
  if (n <= most) return rows;
  for (std::int64_t i = 0; i < most; ++i)
    std::swap(rows[static_cast<std::size_t>(i)], rows[static_cast<std::size_t>(i) + rng.below(static_cast<std::uint64_t>(n - i))]);
  rows.resize(static_cast<std::size_t>(most));
  std::sort(rows.begin(), rows.end());
  return rows;
}

/// The chosen cells of a source as a data set of their own; logarithms are undone, so that all can be normalised alike.
data::Source sample_of(const data::Source& source, const SourceFacts& facts, const std::vector<std::int64_t>& cells) {
  std::vector<std::int64_t> rows;
  for (const std::int64_t cell : cells) rows.push_back(source.rows.empty() ? cell : source.rows[static_cast<std::size_t>(cell)]);
  auto sample = std::make_shared<data::Dataset>();
  sample->name = source.dataset->name;
  sample->path = source.dataset->path;
  sample->x = data::select_rows(source.dataset->x, rows);
  sample->var = source.dataset->var;
  if (facts.values == "log-normalised")
    std::visit([](auto& m) { for (float& value : m.values) value = std::expm1(value); }, sample->x);
  data::Source part = source;
  part.dataset = std::move(sample);
  part.rows.clear();
  return part;
}

void add_types(const data::Source& source, const std::vector<std::int64_t>& cells, std::vector<std::string>& type) {
  const data::Column* column = source.label_column.empty() ? nullptr : source.dataset->obs.find(source.label_column);
  for (const std::int64_t cell : cells)
    type.push_back(column ? column->text_at(static_cast<std::size_t>(source.rows.empty() ? cell : source.rows[static_cast<std::size_t>(cell)])) : std::string());
}

Space space_of(const std::vector<data::Source>& sources, const std::vector<SourceFacts>& facts, const DiagnosisOptions& options) {
  Space space;
  std::vector<data::Source> parts;
  std::vector<std::int64_t> fitted;            // rows of the PCA, equally many of each source
  for (std::size_t s = 0; s < sources.size(); ++s) {
    if (!is_comparable(facts[s])) continue;
    Rng rng(hash64("diagnosis/" + sources[s].name, options.seed));
    const auto cells = some_rows(facts[s].cells, options.cells, rng);
    for (const std::int64_t row : some_rows(static_cast<std::int64_t>(cells.size()), kPcaCells, rng)) fitted.push_back(space.count() + row);
    parts.push_back(sample_of(sources[s], facts[s], cells));
    add_types(sources[s], cells, space.type);
    space.source.insert(space.source.end(), cells.size(), static_cast<std::int32_t>(s));
  }
  if (parts.empty()) return space;
  std::vector<std::int64_t> all(static_cast<std::size_t>(space.count()));
  std::iota(all.begin(), all.end(), 0);
  preprocess::RecipeOptions how;
  how.target_sum = options.target_sum;
  how.genes = options.genes;
  how.stop = options.stop;
  const auto recipe = preprocess::Recipe::fit(parts, all, how);
  space.panel = static_cast<std::int64_t>(recipe.panel().size());
  std::vector<float> expression, chosen;
  for (const data::Source& part : parts) {
    const auto rows = recipe.apply(part);
    expression.insert(expression.end(), rows.values.begin(), rows.values.end());
  }
  for (const std::int64_t row : fitted) chosen.insert(chosen.end(), expression.begin() + row * space.panel, expression.begin() + (row + 1) * space.panel);
  const auto pca = embed::fit_pca({chosen.data(), static_cast<std::int64_t>(fitted.size()), space.panel}, options.components);
  space.explained = pca.explained();
  space.dims = pca.count();
  space.scores = pca.transform_to_float({expression.data(), space.count(), space.panel});
  return space;
}

/// Pairs that are measurably apart.
std::vector<std::pair<int, int>> measurable(const stats::SourceDistances& d) {
  std::vector<std::pair<int, int>> pairs;
  for (int a = 0; a < d.sources(); ++a)
    for (int b = a + 1; b < d.sources(); ++b)
      if (times_floor(d, a, b) > kFloorGate) pairs.emplace_back(a, b);
  return pairs;
}

/// Codes of a property of the sources; -1 where it is unknown.
std::vector<std::int32_t> codes_of(const std::vector<SourceFacts>& sources, const std::string SourceFacts::*property) {
  std::vector<std::int32_t> codes;
  std::vector<std::string> known;
  for (const SourceFacts& f : sources) {
    if ((f.*property).empty()) {
      codes.push_back(-1);
      continue;
    }
    const auto found = std::find(known.begin(), known.end(), f.*property);
    codes.push_back(static_cast<std::int32_t>(found - known.begin()));
    if (found == known.end()) known.push_back(f.*property);
  }
  return codes;
}

/// Distances after every cell type was brought to the same mean: what is left when composition is taken out.
struct Composition {
  bool known = false, explains = false;
  double share_left = 1;                       ///< median over measurable pairs of distance within types / distance
  double largest_difference = 0;               ///< total variation between two sources
  std::string where;                           ///< "T cells: 43 % of A, 6 % of B"
};

/// Shares of the types of a source.
std::map<std::string, double> shares_of(const Space& space, int source) {
  std::map<std::string, double> shares;
  double all = 0;
  for (std::int64_t i = 0; i < space.count(); ++i) {
    if (space.source[static_cast<std::size_t>(i)] != source || space.type[static_cast<std::size_t>(i)].empty()) continue;
    ++shares[space.type[static_cast<std::size_t>(i)]];
    ++all;
  }
  for (auto& [type, share] : shares) share /= all;
  return shares;
}

/// Subtracts from each cell the mean of its type (equal weight to the sources that have it); cells of a type that one source
/// alone has are left out. Only the part of a mean that composition makes goes: a shift that all types share stays.
std::pair<std::vector<float>, std::vector<std::int32_t>> without_types(const Space& space) {
  std::map<std::string, std::map<int, std::pair<Eigen::VectorXd, int>>> sums;
  const auto row = [&](std::int64_t i) { return Eigen::Map<const Eigen::VectorXf>(space.scores.data() + i * space.dims, space.dims); };
  for (std::int64_t i = 0; i < space.count(); ++i) {
    const std::string& type = space.type[static_cast<std::size_t>(i)];
    if (type.empty()) continue;
    auto& [sum, n] = sums[type].try_emplace(space.source[static_cast<std::size_t>(i)], Eigen::VectorXd::Zero(space.dims), 0).first->second;
    sum += row(i).cast<double>();
    ++n;
  }
  std::map<std::string, Eigen::VectorXf> mean;
  for (const auto& [type, of_source] : sums) {
    Eigen::VectorXd total = Eigen::VectorXd::Zero(space.dims);
    int counted = 0;
    for (const auto& [source, entry] : of_source)
      if (entry.second >= kFewestOfType) total += entry.first / entry.second, ++counted;
    if (counted >= 2) mean[type] = (total / counted).cast<float>();
  }
  auto scores = space.scores;
  auto source = space.source;
  for (std::int64_t i = 0; i < space.count(); ++i) {
    const auto found = mean.find(space.type[static_cast<std::size_t>(i)]);
    if (found == mean.end()) source[static_cast<std::size_t>(i)] = -1;
    else Eigen::Map<Eigen::VectorXf>(scores.data() + i * space.dims, space.dims) -= found->second;
  }
  return {std::move(scores), std::move(source)};
}

Composition composition_of(const Space& space, const SourceReport& report, const stats::SourceDistances& d) {
  Composition found;
  const int sources = static_cast<int>(report.sources.size());
  for (int a = 0; a < sources; ++a)
    for (int b = a + 1; b < sources; ++b) {
      const auto one = shares_of(space, a), other = shares_of(space, b);
      if (one.empty() || other.empty()) continue;
      double difference = 0, most = -1;
      std::string where;
      std::set<std::string> types;
      for (const auto* list : {&one, &other})
        for (const auto& [type, share] : *list) types.insert(type);
      int common = 0;
      for (const std::string& type : types) {
        const double p = one.contains(type) ? one.at(type) : 0, q = other.contains(type) ? other.at(type) : 0;
        common += p > 0 && q > 0;
        difference += std::abs(p - q) / 2;
        if (std::abs(p - q) > most)
          most = std::abs(p - q), where = fmt::format("{}: {} of {}, {} of {}", type, percent(p), report.sources[static_cast<std::size_t>(a)].name, percent(q), report.sources[static_cast<std::size_t>(b)].name);
      }
      if (common < 2) continue;   // other vocabularies
      found.known = true;
      if (difference > found.largest_difference) found.largest_difference = difference, found.where = where;
    }
  if (!found.known) return found;
  const auto [scores, source] = without_types(space);
  stats::SourceDistanceOptions options;
  options.bootstrap = 0;
  const auto within = stats::source_distances({scores.data(), space.count(), space.dims}, source, sources, options);
  std::vector<double> left;
  for (const auto& [a, b] : measurable(d))
    if (within.count[static_cast<std::size_t>(a)] > 0 && within.count[static_cast<std::size_t>(b)] > 0)
      left.push_back(within.ratio(a, b) <= kFloorGate ? 0 : within.raw(a, b) / d.raw(a, b));
  if (left.empty()) return found;
  found.share_left = stats::median(left);
  found.explains = found.share_left <= kExplained;
  return found;
}

std::string n_text(const Space& space) { return fmt::format("n = {} cells", grouped(space.count())); }

void call_outlier(SourceReport& report, const stats::SourceDistances& d, const Space& space, double modality_gap) {
  const int outlier = report.outliers[0];
  const SourceFacts& who = report.sources[static_cast<std::size_t>(outlier)];
  Span own, floors, rest;
  std::vector<std::string> fellows;
  for (int t = 0; t < d.sources(); ++t) {
    if (t == outlier) continue;
    own.add(d.standardised(outlier, t));
    floors.add(times_floor(d, outlier, t));
    const SourceFacts& other = report.sources[static_cast<std::size_t>(t)];
    if (!who.modality.empty() && other.modality == who.modality && !std::isnan(d.standardised(outlier, t))) fellows.push_back(other.name);
    for (int u = t + 1; u < d.sources(); ++u)
      if (u != outlier) rest.add(d.standardised(t, u));
  }
  report.reason = GapReason::outlier_source;
  report.call.headline = who.name + " is the outlier source.";
  report.call.evidence = fmt::format("It lies {} within-source standard deviations from every other source ({} times the sampling floor); the other {} pairs are {} apart; {}.",
                                     range(own.low, own.high), range(floors.low, floors.high), rest.count, range(rest.low, rest.high), n_text(space));
  if (fellows.empty() && !who.modality.empty())
    report.call.evidence += fmt::format(" It is the only source of {}, so an outlier and a modality gap cannot be told apart here.", modality_words(who.modality));
  else if (!fellows.empty() && modality_gap < kGroupsApart)
    report.call.evidence += fmt::format(" {} {} of the same modality and {} not, so this is one source and not {} in general.", listed(fellows), fellows.size() == 1 ? "is" : "are",
                                        fellows.size() == 1 ? "is" : "are", modality_words(who.modality));
  report.call.why = "Look at this source first: its preparation, depth, normalisation and cell types (below). A term that pulls whole groups together cannot repair a single source.";
}

void call_groups(SourceReport& report, GapReason reason, double gap, double other_gap, std::size_t apart, std::size_t pairs, const Space& space) {
  const bool modality = reason == GapReason::modality;
  report.reason = reason;
  report.call.headline = modality ? "Spots and single cells are apart (modality gap)." : "Patients are apart (patient gap).";
  report.call.evidence = fmt::format("Sources of different {} lie {} times as far apart as sources of one (medians, standardised{}); {} of {} pairs are measurable; {}.",
                                     modality ? "modalities" : "patients", brief(gap), report.outliers.empty() ? "" : ", outlier left out", apart, pairs, n_text(space));
  if (other_gap >= kGroupsApart)
    report.call.evidence += fmt::format(" {} are apart as well ({} times).", modality ? "Patients" : "Modalities", brief(other_gap));
  report.call.why = modality ? "Platform factors of genes make it: centre each gene by source on the training part, and use terms that compare modalities or all pairs."
                             : "Part of it may be biology: patients differ. Align within modalities first and keep an eye on cell types.";
}

/// With two sources no ratio tells a group; when they differ in modality or in patient alone, that is what there is to say.
GapReason only_difference(const SourceReport& report, const stats::SourceDistances& d) {
  std::vector<const SourceFacts*> present;
  for (std::size_t s = 0; s < report.sources.size(); ++s)
    if (d.count[s] > 0) present.push_back(&report.sources[s]);
  if (present.size() != 2) return GapReason::pairs;
  const auto differ = [&](const std::string SourceFacts::*property) {
    return !(present[0]->*property).empty() && !(present[1]->*property).empty() && present[0]->*property != present[1]->*property;
  };
  const bool modality = differ(&SourceFacts::modality), patient = differ(&SourceFacts::patient);
  return modality && !patient ? GapReason::modality : patient && !modality ? GapReason::patient : GapReason::pairs;
}

void make_call(SourceReport& report, const Space& space, const stats::SourceDistances& d) {
  report.call = {"diagnosis/sources", "diagnosis", "warn", "", "", ""};
  const auto pairs = stats::upper_triangle(d.raw).size();
  const auto apart = measurable(d);
  if (pairs == 0) {
    report.call = {"diagnosis/sources", "diagnosis", "neutral", "There is nothing to compare.", "Fewer than two sources can be brought to one scale.", ""};
    return;
  }
  if (apart.empty()) {
    report.reason = GapReason::none;
    report.call.state = "good";
    report.call.headline = "No measurable gap between the sources.";
    report.call.evidence = fmt::format("All {} pairs lie within {} times their sampling floor; {}.", pairs, brief(kFloorGate), n_text(space));
    report.call.why = "Plain PCA mixes them already; a trained encoder has to keep that and be better at something else.";
    return;
  }
  report.outliers = stats::diagnose_sources(d.standardised).outliers;
  if (report.outliers.size() != 1) report.outliers.clear();
  const double modality = stats::group_gap(d.standardised, codes_of(report.sources, &SourceFacts::modality), report.outliers);
  const double patient = stats::group_gap(d.standardised, codes_of(report.sources, &SourceFacts::patient), report.outliers);
  const Composition composition = composition_of(space, report, d);
  if (!report.outliers.empty()) call_outlier(report, d, space, modality);
  else if (composition.explains && composition.largest_difference >= kComposition) {
    report.reason = GapReason::composition;
    report.call.headline = "The sources hold different shares of cell types (composition).";
    report.call.evidence = fmt::format("Within cell types only {} of the distance between sources is left; {}; {}.", percent(composition.share_left), composition.where, n_text(space));
    report.call.why = "Forcing equal distributions would map cells of one type onto another. Weight cells by type, use unbalanced transport or class-wise terms.";
  } else if (modality >= kGroupsApart || patient >= kGroupsApart) {
    const bool is_modality = !(patient > modality);
    call_groups(report, is_modality ? GapReason::modality : GapReason::patient, is_modality ? modality : patient, is_modality ? patient : modality, apart.size(), pairs, space);
  } else if (const GapReason only = only_difference(report, d); only != GapReason::pairs) {
    const bool is_modality = only == GapReason::modality;
    report.reason = only;
    report.call.headline = is_modality ? "The spots and the single cells are apart (modality gap)." : "The two patients are apart (patient gap).";
    report.call.evidence = fmt::format("{} within-source standard deviations, {} times the sampling floor; {}. There is one source of each, so what belongs to a source and what to its {} cannot be told apart.",
                                       brief(d.standardised(apart[0].first, apart[0].second)), brief(times_floor(d, apart[0].first, apart[0].second)), n_text(space), is_modality ? "modality" : "patient");
    report.call.why = "Centre each gene by source on the training part, and use terms that compare the two sources.";
  } else {
    const auto far = *std::max_element(apart.begin(), apart.end(), [&](auto a, auto b) { return times_floor(d, a.first, a.second) < times_floor(d, b.first, b.second); });
    report.reason = GapReason::pairs;
    report.call.headline = fmt::format("{} of {} pairs of sources differ measurably.", apart.size(), pairs);
    report.call.evidence = fmt::format("The farthest are {} and {}: {} within-source standard deviations, {} times the sampling floor; {}.", report.sources[static_cast<std::size_t>(far.first)].name,
                                       report.sources[static_cast<std::size_t>(far.second)].name, brief(d.standardised(far.first, far.second)), brief(times_floor(d, far.first, far.second)), n_text(space));
    report.call.why = "No single source and no single group explains the distances; a term that compares all pairs is the one to try.";
  }
  if (report.reason != GapReason::composition && composition.known && composition.largest_difference >= kComposition)
    report.findings.push_back({"diagnosis/composition", "diagnosis", "neutral", "Composition differs.",
                               fmt::format("{} (total variation up to {}); taking cell types out leaves {} of the distance.", composition.where, brief(composition.largest_difference), percent(composition.share_left)),
                               "Equal distributions are not the goal where the tissue differs: weight cells by type or use unbalanced transport."});
  if (report.reason == GapReason::outlier_source && modality >= kGroupsApart)
    report.findings.push_back({"diagnosis/modality", "diagnosis", "warn", "Spots and single cells are apart as well.", fmt::format("Without the outlier sources of different modalities lie {} times as far apart as sources of one.", brief(modality)), ""});
}

}  // namespace

SourceReport diagnose_data(const std::vector<data::Source>& sources, const DiagnosisOptions& options) {
  SourceReport report;
  report.kind = "data";
  const auto shared = data::shared_genes(sources);
  report.shared_genes = static_cast<std::int64_t>(shared.size());
  report.sources = facts_of(sources, shared);
  report.findings = findings_of(report.sources, report.shared_genes);
  const auto n = static_cast<Eigen::Index>(sources.size());
  report.raw = report.standardised = report.floor = report.floor_standardised = Eigen::MatrixXd::Constant(n, n, std::numeric_limits<double>::quiet_NaN());
  const Space space = space_of(sources, report.sources, options);
  if (space.count() < 2) {
    make_call(report, space, {});
    return report;
  }
  stats::SourceDistanceOptions how;
  how.bootstrap = 0;
  const auto d = stats::source_distances(space.points(), space.source, static_cast<int>(n), how);
  report.raw = d.raw;
  report.standardised = d.standardised;
  report.floor = d.floor;
  report.floor_standardised = d.floor_standardised;
  report.method = fmt::format("standardised distance of source means in {} principal components ({} of the variance) of {} shared genes, log-normalised to {}; {}", space.dims,
                              percent(space.explained), grouped(space.panel), grouped(std::llround(options.target_sum)), n_text(space));
  make_call(report, space, d);
  const auto worse = [](const store::Verdict& a, const store::Verdict& b) {
    const auto rank = [](const std::string& state) { return state == "bad" ? 0 : state == "warn" ? 1 : state == "neutral" ? 2 : 3; };
    return rank(a.state) < rank(b.state);
  };
  std::stable_sort(report.findings.begin(), report.findings.end(), worse);
  return report;
}

}  // namespace geocyte::analysis
