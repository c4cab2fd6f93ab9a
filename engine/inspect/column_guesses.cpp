// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/column_guesses.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/core/text.h"

namespace geocyte::inspect {

namespace {

// Most telling first; compared with the lower-case name without "_", "." and "-".
const std::vector<std::string> kLabelWords = {"celltypemajor", "celltype", "celltypes", "annotation", "cellclass", "subclass",
                                              "label", "labels", "cluster", "clusters", "leiden", "louvain", "region", "layer",
                                              "pathologist", "domain"};
const std::vector<std::string> kBatchWords = {"source", "sample", "sampleid", "batch", "slide", "slice", "section", "donor",
                                              "patient", "replicate", "library", "dataset", "origident"};

const char* name_of(data::ColumnKind kind) {
  switch (kind) {
    case data::ColumnKind::numeric: return "numeric";
    case data::ColumnKind::boolean: return "boolean";
    case data::ColumnKind::text: return "text";
    case data::ColumnKind::categorical: return "categorical";
  }
  return "";
}

std::string plain(const std::string& name) {
  std::string out = lower_case(name);
  std::erase_if(out, [](char c) { return c == '_' || c == '.' || c == '-' || c == ' '; });
  return out;
}

/// Place in the list of words (the word itself before names that merely hold it); a large number when there is none.
std::size_t rank(const std::string& name, const std::vector<std::string>& words) {
  const std::string own = plain(name);
  for (std::size_t i = 0; i < words.size(); ++i)
    if (own == words[i]) return i;
  for (std::size_t i = 0; i < words.size(); ++i)
    if (own.find(words[i]) != std::string::npos) return words.size() + i;
  return std::string::npos;
}

/// Distinct values, counted up to `most` + 1, with the first few as examples.
ColumnGuess describe(const data::Column& column) {
  constexpr std::size_t kMostDistinct = 1000, kExamples = 8;
  ColumnGuess out{column.name, name_of(column.kind), 0, {}};
  std::set<std::string> seen;
  for (std::size_t row = 0; row < column.size() && seen.size() <= kMostDistinct; ++row) {
    const std::string value = column.text_at(row);
    if (value.empty() || !seen.insert(value).second) continue;
    if (out.examples.size() < kExamples) out.examples.push_back(value);
  }
  out.distinct = static_cast<std::int64_t>(seen.size());
  return out;
}

bool can_group(const data::Column& column, const ColumnGuess& guess) {
  constexpr std::int64_t kMostGroups = 200;
  if (guess.distinct < 2 || guess.distinct > kMostGroups) return false;
  if (column.kind == data::ColumnKind::numeric)   // cluster numbers yes, measurements no
    return std::all_of(guess.examples.begin(), guess.examples.end(), [](const std::string& text) {
      std::int64_t ignored = 0;
      return parse_integer(text, ignored);
    });
  return column.kind != data::ColumnKind::boolean;
}

std::vector<std::string> telling(std::vector<std::string> names, const std::vector<std::string>& words) {
  std::erase_if(names, [&](const std::string& name) { return rank(name, words) == std::string::npos; });
  std::stable_sort(names.begin(), names.end(),
                   [&](const std::string& a, const std::string& b) { return rank(a, words) < rank(b, words); });
  return names;
}

}  // namespace

void guess_columns(const data::Table& obs, FileInspection& out) {
  std::vector<std::string> groups;
  for (const auto& column : obs.columns) {
    out.obs.push_back(describe(column));
    if (can_group(column, out.obs.back())) groups.push_back(column.name);
  }
  out.batch_candidates = telling(groups, kBatchWords);
  out.label_candidates = telling(groups, kLabelWords);
  if (!out.label_candidates.empty()) out.labels = out.label_candidates.front();
}

}  // namespace geocyte::inspect
