// SPDX-License-Identifier: GPL-3.0-or-later
// Distances that somebody wrote down: reading them, and what they say.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "engine/analysis/source_report.h"
#include "engine/analysis/source_report_words.h"
#include "engine/analysis/words.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/stats/source_diagnosis.h"

namespace geocyte::analysis {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMostSources = 500;

/// Tab, comma or semicolon where the line has one (in this order), else white space. Quotes around a cell are dropped.
std::vector<std::string> cells_of_line(const std::string& line) {
  std::vector<std::string> cells;
  const char separator = line.find('\t') != std::string::npos ? '\t' : line.find(',') != std::string::npos ? ',' : line.find(';') != std::string::npos ? ';' : ' ';
  if (separator != ' ') {
    for (const std::string& cell : split(line, separator)) {
      std::string_view text = trim(cell);
      if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) text = text.substr(1, text.size() - 2);
      cells.emplace_back(text);
    }
    return cells;
  }
  std::string word;
  for (const char c : line + " ") {
    if (!std::isspace(static_cast<unsigned char>(c))) word += c;
    else if (!word.empty()) cells.push_back(std::move(word)), word.clear();
  }
  return cells;
}

/// A distance; NaN for what says that there is none; nothing for other text.
std::optional<double> distance_of(const std::string& cell) {
  if (cell.empty() || lower_case(cell) == "na" || lower_case(cell) == "nan" || cell == "-") return kNan;
  double value = 0;
  if (!parse_number(cell, value)) return std::nullopt;
  return value;
}

struct Row {
  std::string label;
  std::vector<double> values;
};

std::optional<Row> row_of(const std::vector<std::string>& cells) {
  if (cells.size() < 2 || cells[0].empty()) return std::nullopt;
  Row row{cells[0], {}};
  bool any = false;
  for (std::size_t i = 1; i < cells.size(); ++i) {
    const auto value = distance_of(cells[i]);
    if (!value) return std::nullopt;
    any = any || !std::isnan(*value);
    row.values.push_back(*value);
  }
  return any ? std::optional(row) : std::nullopt;
}

void check_labels(std::vector<std::string> header, const std::vector<Row>& rows) {
  if (!header.empty() && header.size() == rows.size() + 1) header.erase(header.begin());   // the corner
  std::set<std::string> seen;
  for (const Row& row : rows)
    if (!seen.insert(row.label).second) throw Error(ErrorCode::bad_data, "the matrix names the source " + quoted(row.label) + " twice");
  if (header.size() != rows.size()) return;   // a title or nothing: the labels of the rows say it all
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (header[i] != rows[i].label)
      throw Error(ErrorCode::bad_data, fmt::format("column {} of the matrix is {}, but row {} is {}", i + 1, quoted(header[i]), i + 1, quoted(rows[i].label)),
                  "rows and columns of a matrix of distances stand in the same order");
}

/// "P2_ST1, P2_ST2 and P2_ST3", by patient, of the sources in `wanted`.
std::map<std::string, std::vector<int>> by_patient(const SourceReport& report, const std::vector<int>& wanted) {
  std::map<std::string, std::vector<int>> groups;
  for (const int s : wanted) groups[report.sources[static_cast<std::size_t>(s)].patient].push_back(s);
  return groups;
}

/// "P10_SC lies 0.440–0.597 from P2_ST1, P2_ST2 and P2_ST3 and 1.119 from P10_ST3".
std::string reach_of(const SourceReport& report, int source, const std::vector<int>& others) {
  std::vector<std::string> pieces;
  for (const auto& [patient, members] : by_patient(report, others)) {
    Span span;
    std::vector<std::string> names;
    for (const int t : members) {
      span.add(report.raw(source, t));
      names.push_back(report.sources[static_cast<std::size_t>(t)].name);
    }
    if (span.count > 0) pieces.push_back(exact_range(span) + " from " + listed(names));
  }
  return report.sources[static_cast<std::size_t>(source)].name + " lies " + listed(pieces);
}

/// Whether spots and cells are apart once the outliers are left out, said for every single-cell source that remains.
void add_modality(SourceReport& report) {
  std::vector<std::int32_t> group;
  std::vector<int> spots, cells;
  for (std::size_t s = 0; s < report.sources.size(); ++s) {
    const std::string& modality = report.sources[s].modality;
    group.push_back(modality == "st" ? 0 : modality == "sc" ? 1 : -1);
    if (is_in(report.outliers, static_cast<int>(s))) continue;
    if (modality == "st") spots.push_back(static_cast<int>(s));
    if (modality == "sc") cells.push_back(static_cast<int>(s));
  }
  if (spots.empty() || cells.empty()) return;
  const double gap = stats::group_gap(report.raw, group, report.outliers);
  std::vector<std::string> pieces;
  for (const int s : cells) pieces.push_back(reach_of(report, s, spots));
  const bool apart = gap >= kGroupsApart;
  const std::string ratio = std::isnan(gap) ? "" : fmt::format(" Across the two modalities the median distance is {} times that within them{}.", brief(gap), report.outliers.empty() ? "" : " (outlier left out)");
  report.findings.push_back({"diagnosis/modality", "diagnosis", apart ? "warn" : "good", apart ? "Spots and single cells (ST↔SC) are apart." : "ST↔SC is not the problem.",
                             join(pieces, "; ") + "." + ratio,
                             apart ? "Terms that act on modalities are the ones to strengthen." : "A term that pulls all spots and all cells together acts on a gap that is not there."});
  if (apart && report.reason == GapReason::pairs) report.reason = GapReason::modality;
}

void add_gate(SourceReport& report) {
  const auto count = stats::count_below(report.raw, report.gate);
  std::vector<std::string> above;
  int a = -1, b = -1;
  for (int i = 0; i < report.raw.rows(); ++i)
    for (int j = i + 1; j < report.raw.cols(); ++j) {
      if (std::isnan(report.raw(i, j))) continue;
      if (a < 0 || report.raw(i, j) > report.raw(a, b)) a = i, b = j;
      if (report.raw(i, j) >= report.gate) above.push_back(pair_text(report, i, j));
    }
  report.findings.push_back({"diagnosis/gate", "diagnosis", count.below == count.pairs ? "good" : "warn",
                             fmt::format("{} of {} pairs are below {}.", count.below, count.pairs, plain(report.gate)),
                             (above.empty() ? "" : "Not below it: " + listed(above) + ". ") + "The farthest pair is " + pair_text(report, a, b) + ".",
                             "A raw distance has no scale: shrinking the embedding passes any gate. Compare with the sampling floor (`diagnose` on the data) "
                             "and with a fresh classifier on held-out cells."});
}

void add_same_patient(SourceReport& report) {
  std::vector<std::string> pairs;
  for (int i = 0; i < report.raw.rows(); ++i)
    for (int j = i + 1; j < report.raw.cols(); ++j) {
      const SourceFacts &one = report.sources[static_cast<std::size_t>(i)], &other = report.sources[static_cast<std::size_t>(j)];
      if (one.patient.empty() || one.patient != other.patient || one.modality == other.modality || std::isnan(report.raw(i, j))) continue;
      pairs.push_back(pair_text(report, i, j));
    }
  if (pairs.empty()) return;
  report.findings.push_back({"diagnosis/same_patient", "diagnosis", "neutral", "Spots and cells of the same patient.", listed(pairs) + ".",
                             "Read a distance where its row and its column meet: neighbours in a matrix are easily mixed up."});
}

void make_call(SourceReport& report) {
  store::Verdict& call = report.call;
  call = {"diagnosis/sources", "diagnosis", "warn", "", "", ""};
  const auto count = stats::count_below(report.raw, report.gate);
  if (report.outliers.size() == 1) {
    const int outlier = report.outliers[0];
    const SourceFacts& who = report.sources[static_cast<std::size_t>(outlier)];
    Span own, rest;
    std::vector<std::string> fellows;
    for (int t = 0; t < report.raw.cols(); ++t) {
      if (t == outlier) continue;
      own.add(report.raw(outlier, t));
      const SourceFacts& other = report.sources[static_cast<std::size_t>(t)];
      if (!who.modality.empty() && other.modality == who.modality) fellows.push_back(fmt::format("{} ({})", other.name, exact(report.raw(outlier, t))));
      for (int u = t + 1; u < report.raw.cols(); ++u)
        if (u != outlier) rest.add(report.raw(t, u));
    }
    report.reason = GapReason::outlier_source;
    call.headline = who.name + " is the outlier source.";
    call.evidence = fmt::format("It lies {} from every other source{}; the other {} pairs are {} apart.", exact_range(own),
                                fellows.empty() ? "" : ", also from " + listed(fellows) + " of its own modality", rest.count, exact_range(rest));
    call.why = "One source is at fault and not a group: look at its preparation, depth, normalisation and cell types first. A term that pulls whole groups "
               "together cannot repair a single source.";
  } else if (count.pairs == 0) {
    call.state = "neutral";
    call.headline = "There is nothing to compare.";
    call.evidence = "Fewer than two sources have distances.";
  } else if (count.below == count.pairs) {
    report.reason = GapReason::none;
    call.state = "good";
    call.headline = fmt::format("All {} pairs are below {}.", count.pairs, plain(report.gate));
    call.evidence = "No source stands out. A raw distance has no scale, so this alone proves no alignment.";
  } else {
    report.reason = GapReason::pairs;
    call.headline = fmt::format("{} of {} pairs are not below {}.", count.pairs - count.below, count.pairs, plain(report.gate));
    call.evidence = report.outliers.empty() ? "No single source stands out." : "Several sources stand out: " + names_text(report, report.outliers) + ".";
  }
}

}  // namespace

LabelledMatrix parse_distance_matrix(const std::string& text) {
  std::vector<std::string> header, before;
  std::vector<Row> rows;
  for (const std::string& line : split(text, '\n')) {
    const auto cells = cells_of_line(line);
    auto row = row_of(cells);
    if (row) {
      if (rows.empty()) header = before;
      rows.push_back(std::move(*row));
    } else if (!rows.empty()) {
      break;
    } else if (!trim(line).empty()) {
      before = cells;
    }
    if (rows.size() > kMostSources) throw Error(ErrorCode::bad_data, fmt::format("a matrix of more than {} sources is not read", kMostSources));
  }
  if (rows.size() < 2)
    throw Error(ErrorCode::bad_data, "there is no matrix of distances in this text", "a line of labels, then one line a source: its label and its distances");
  check_labels(header, rows);
  LabelledMatrix matrix;
  const auto n = static_cast<Eigen::Index>(rows.size());
  matrix.distance = Eigen::MatrixXd::Constant(n, n, kNan);
  for (Eigen::Index i = 0; i < n; ++i) {
    const Row& row = rows[static_cast<std::size_t>(i)];
    matrix.names.push_back(row.label);
    if (static_cast<Eigen::Index>(row.values.size()) != n)
      throw Error(ErrorCode::bad_data, fmt::format("the row {} has {} values, but there are {} rows", quoted(row.label), row.values.size(), n));
    for (Eigen::Index j = 0; j < n; ++j) matrix.distance(i, j) = row.values[static_cast<std::size_t>(j)];
  }
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j) {
      double &one = matrix.distance(i, j), &other = matrix.distance(j, i);
      const std::string who = matrix.names[static_cast<std::size_t>(i)] + " and " + matrix.names[static_cast<std::size_t>(j)];
      if (one < 0 || std::isinf(one)) throw Error(ErrorCode::bad_data, fmt::format("the distance of {} is {}; a distance is a number of 0 or more", who, one));
      if (i == j && one > 0) throw Error(ErrorCode::bad_data, fmt::format("the distance of {} to itself is {}, so this is no matrix of distances", matrix.names[static_cast<std::size_t>(i)], one), "similarities cannot be diagnosed");
      if (i == j) one = 0;
      if (std::isnan(one)) one = other;   // one half of the matrix is enough
      if (!std::isnan(other) && std::abs(one - other) > 1e-6 * std::max(one, other))
        throw Error(ErrorCode::bad_data, fmt::format("the matrix gives {} and {} for {}", one, other, who), "a distance is the same in both directions");
      other = one;
    }
  return matrix;
}

NameParts parts_of_name(const std::string& name) {
  static const std::set<std::string> spots{"st", "spot", "spots", "visium", "slide", "slice", "section"}, cells{"sc", "cell", "cells", "scrna", "sn", "snrna", "singlecell"};
  NameParts parts;
  std::vector<std::string> rest;
  std::string word;
  for (const char c : name + "_") {
    if (std::isalnum(static_cast<unsigned char>(c))) {
      word += c;
      continue;
    }
    std::string stem = lower_case(word);
    while (!stem.empty() && std::isdigit(static_cast<unsigned char>(stem.back()))) stem.pop_back();
    if (parts.modality.empty() && spots.contains(stem)) parts.modality = "st";
    else if (parts.modality.empty() && cells.contains(stem)) parts.modality = "sc";
    else if (!word.empty()) rest.push_back(word);
    word.clear();
  }
  if (!parts.modality.empty()) parts.patient = join(rest, "_");
  return parts;
}

SourceReport diagnose_matrix(const LabelledMatrix& matrix, double gate) {
  SourceReport report;
  report.kind = "matrix";
  report.gate = gate;
  report.raw = matrix.distance;
  report.method = "distances as they were given";
  for (const std::string& name : matrix.names) {
    const NameParts parts = parts_of_name(name);
    SourceFacts facts;
    facts.name = name;
    facts.patient = parts.patient;
    facts.modality = parts.modality;
    report.sources.push_back(std::move(facts));
  }
  report.outliers = stats::diagnose_sources(report.raw).outliers;
  make_call(report);
  if (report.call.state == "neutral") return report;
  add_modality(report);
  add_gate(report);
  add_same_patient(report);
  return report;
}

}  // namespace geocyte::analysis
