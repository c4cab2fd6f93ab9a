// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/source_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/analysis/words.h"
#include "engine/core/check.h"
#include "engine/stats/source_diagnosis.h"

namespace geocyte::analysis {
namespace {

const char* const kHowItIsFound =
    "Each source's mean is compared with every other's. Standardised distances are in units of the pooled "
    "within-source "
    "standard deviation, so they do not depend on the scale of the embedding. The sampling floor is the distance that "
    "two "
    "samples of these sizes would show if their true means were equal.";

struct Pair {
  Eigen::Index a = 0, b = 0;
  double ratio = -1;
};

struct Findings {
  int pairs = 0, measurable = 0;
  Pair largest;
};

Findings findings_of(const stats::SourceDistances& d) {
  Findings found;
  for (Eigen::Index a = 0; a < d.sources(); ++a)
    for (Eigen::Index b = a + 1; b < d.sources(); ++b) {
      const double ratio = times_floor(d, a, b);
      if (std::isnan(ratio)) continue;
      ++found.pairs;
      found.measurable += ratio > kFloorGate;
      if (ratio > found.largest.ratio) found.largest = {a, b, ratio};
    }
  return found;
}

struct Range {
  double low = INFINITY, high = -INFINITY;
  int count = 0;
  void add(double value) {
    if (std::isnan(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
    ++count;
  }
  std::string text() const { return range(low, high); }
};

std::string sample_size(const SourceVerdictInput& input) {
  return fmt::format("n = {} {}", grouped(input.distances.rows()), input.cells);
}

store::Verdict make(std::string state, std::string headline, std::string evidence, const std::string& advice) {
  return {"align/sources",     "align",
          std::move(state),    std::move(headline),
          std::move(evidence), std::string(kHowItIsFound) + " " + advice};
}

bool is_collapsed(const SourceVerdictInput& input) {
  const double ratio = input.collapse.participation_ratio;
  return input.distances.within_trace <= 0 || ratio == 0 || (input.distances.dims >= 3 && ratio < kCollapsedDimensions);
}

store::Verdict collapsed(const SourceVerdictInput& input) {
  return make(
      "bad", "The embedding has collapsed.",
      fmt::format(
          "It varies in {} of {} dimensions (participation ratio), so distances between sources mean nothing; {}.",
          brief(input.collapse.participation_ratio), input.distances.dims, sample_size(input)),
      "Raise the variance term (VICReg) or lower the weights of the alignment terms.");
}

store::Verdict no_gap(const SourceVerdictInput& input, const Findings& found) {
  return make(
      "good", "No measurable gap between source means.",
      fmt::format("All {} pairs lie within {} times their sampling floor (largest {}: {} and {}); {}.", found.pairs,
                  brief(kFloorGate), brief(found.largest.ratio), input.names[found.largest.a],
                  input.names[found.largest.b], sample_size(input)),
      "Equal means are necessary but not sufficient: a classifier may still tell the sources apart. Look at the "
      "separability and at the mixing of neighbours too.");
}

/// "P10_SC is not, so this is one source and not sc in general.", where another source of the group shows it.
std::string group_remark(const SourceVerdictInput& input, int outlier) {
  if (input.group.empty() || input.group[outlier] < 0) return "";
  std::vector<std::string> fellows;
  for (std::size_t s = 0; s < input.names.size(); ++s)
    if (static_cast<int>(s) != outlier && input.group[s] == input.group[outlier] && input.distances.count[s] > 0)
      fellows.push_back(input.names[s]);
  if (fellows.empty()) return "";
  return fmt::format(" {} {} not, so this is one source and not {} in general.", listed(fellows),
                     fellows.size() == 1 ? "is" : "are", input.group_names[input.group[outlier]]);
}

store::Verdict outlier_source(const SourceVerdictInput& input, int outlier) {
  const stats::SourceDistances& d = input.distances;
  Range own, own_ratio, others;
  for (Eigen::Index a = 0; a < d.sources(); ++a) {
    if (a != outlier) {
      own.add(d.standardised(outlier, a));
      own_ratio.add(times_floor(d, outlier, a));
    }
    for (Eigen::Index b = a + 1; b < d.sources(); ++b)
      if (a != outlier && b != outlier) others.add(d.standardised(a, b));
  }
  return make(
      "warn", input.names[outlier] + " is the outlier source.",
      fmt::format(
          "It lies {} within-source standard deviations from every other source ({} times its sampling floor), the "
          "other {} {} {} apart; {}.{}",
          own.text(), own_ratio.text(), others.count, others.count == 1 ? "pair is" : "pairs are", others.text(),
          sample_size(input), group_remark(input, outlier)),
      "Check this source first: its preparation, its depth, its composition of cell types. A term that pulls whole "
      "groups together cannot repair a single source.");
}

store::Verdict groups_apart(const SourceVerdictInput& input, double gap, const Findings& found) {
  std::vector<std::string> names;
  for (std::size_t g = 0; g < input.group_names.size(); ++g)
    if (std::find(input.group.begin(), input.group.end(), static_cast<std::int32_t>(g)) != input.group.end())
      names.push_back(input.group_names[g]);
  return make(
      "warn", listed(names) + " are apart.",
      fmt::format(
          "Sources of different groups lie {} times as far apart as sources of one group (medians, standardised); {} "
          "of {} pairs exceed {} times their sampling floor; {}.",
          brief(gap), found.measurable, found.pairs, brief(kFloorGate), sample_size(input)),
      "This is a gap between groups and not the fault of one source: terms that act on the groups are the ones to "
      "strengthen.");
}

store::Verdict some_pairs(const SourceVerdictInput& input, const Findings& found) {
  const auto [a, b, ratio] = found.largest;
  return make(
      "warn", fmt::format("{} of {} pairs of sources differ measurably.", found.measurable, found.pairs),
      fmt::format("The farthest are {} and {}: {} within-source standard deviations, {} times the sampling floor; {}.",
                  input.names[a], input.names[b], brief(input.distances.standardised(a, b)), brief(ratio),
                  sample_size(input)),
      "No single source and no single group explains the distances.");
}

}  // namespace

double times_floor(const stats::SourceDistances& d, Eigen::Index a, Eigen::Index b) {
  return std::max(d.ratio(a, b), d.ratio_standardised(a, b));
}

store::Verdict source_verdict(const SourceVerdictInput& input) {
  const auto sources = static_cast<std::size_t>(input.distances.sources());
  require(input.names.size() == sources && (input.group.empty() || input.group.size() == sources),
          "one name and group a source");
  const Findings found = findings_of(input.distances);
  if (found.pairs == 0)
    return make("neutral", "Nothing to align.", "Fewer than two sources have cells here; " + sample_size(input) + ".",
                "");
  if (is_collapsed(input)) return collapsed(input);
  if (found.measurable == 0) return no_gap(input, found);

  const stats::SourceDiagnosis diagnosis = stats::diagnose_sources(input.distances.standardised);
  if (diagnosis.outliers.size() == 1) {
    const int outlier = diagnosis.outliers[0];
    double nearest = INFINITY;
    for (Eigen::Index s = 0; s < input.distances.sources(); ++s)
      if (s != outlier && !std::isnan(times_floor(input.distances, outlier, s)))
        nearest = std::min(nearest, times_floor(input.distances, outlier, s));
    if (nearest > kFloorGate) return outlier_source(input, outlier);
  }
  if (!input.group.empty()) {
    const double gap = stats::group_gap(input.distances.standardised, input.group);
    if (gap >= kFloorGate) return groups_apart(input, gap, found);
  }
  return some_pairs(input, found);
}

}  // namespace geocyte::analysis
