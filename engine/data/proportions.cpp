// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/proportions.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::data {
namespace {

const char* const kProportionsKey = "proportions";
constexpr std::size_t kWholeWord = 4;   // shorter words are not taken as beginnings

/// Lower-case words of letters, digits and "+".
std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> words(1);
  for (const char c : lower_case(name)) {
    const bool part = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || (c & 0x80) != 0;
    if (part) words.back() += c;
    else if (!words.back().empty()) words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  std::vector<std::string> telling;
  for (const std::string& word : words)
    if (word != "cell" && word != "cells") telling.push_back(word);
  return telling.empty() ? words : telling;
}

/// Every word of the type is, or begins, a word of the label.
bool covers(const std::vector<std::string>& type, const std::vector<std::string>& label) {
  return !type.empty() && std::all_of(type.begin(), type.end(), [&](const std::string& word) {
    return std::any_of(label.begin(), label.end(),
                       [&](const std::string& other) { return word == other || (word.size() >= kWholeWord && other.starts_with(word)); });
  });
}

/// Positions of spots by every name that a table may call them.
std::unordered_map<std::string, std::vector<std::int64_t>> spots_by_name(const std::vector<std::string>& spots) {
  std::unordered_map<std::string, std::vector<std::int64_t>> places;
  for (std::size_t i = 0; i < spots.size(); ++i) {
    const std::string& name = spots[i];
    places[name].push_back(static_cast<std::int64_t>(i));
    for (std::size_t at = name.find_first_of("_-:/"); at != std::string::npos && at + 1 < name.size(); at = name.find_first_of("_-:/", at + 1))
      places[name.substr(at + 1)].push_back(static_cast<std::int64_t>(i));
  }
  return places;
}

}  // namespace

Proportions align_proportions(const Dataset& table, const Dataset& dataset) {
  const DenseMatrix shares = to_dense(table.x);
  Proportions aligned{table.var.index, {static_cast<std::int64_t>(dataset.obs.index.size()), shares.cols, {}}};
  aligned.values.values.assign(static_cast<std::size_t>(aligned.values.rows * shares.cols), std::numeric_limits<float>::quiet_NaN());
  const auto places = spots_by_name(dataset.obs.index);
  std::int64_t found = 0;
  for (std::int64_t row = 0; row < shares.rows; ++row) {
    const std::string& name = table.obs.index[static_cast<std::size_t>(row)];
    const auto given = shares.row(row);
    for (const float share : given)
      if (!(share >= 0) || !std::isfinite(share))
        throw Error(ErrorCode::bad_data, table.path + ": the spot " + quoted(name) + " has a share that is negative or no number");
    const auto place = places.find(name);
    if (place == places.end()) continue;
    if (place->second.size() > 1)
      throw Error(ErrorCode::bad_data, table.path + ": the row " + quoted(name) + " fits several spots of " + dataset.path,
                  "Give its rows the whole names of the spots.");
    std::copy(given.begin(), given.end(), aligned.values.row(place->second.front()).begin());
    ++found;
  }
  if (found == 0)
    throw Error(ErrorCode::bad_data, table.path + " has proportions of no spot of " + dataset.path,
                "Its rows must be named as the spots are, such as " + (dataset.obs.index.empty() ? "10x11" : dataset.obs.index.front()) + ".");
  return aligned;
}

void attach_proportions(Proportions proportions, Dataset& dataset) {
  dataset.uns[kProportionsKey] = join(proportions.types, "\n");
  dataset.obsm[kProportionsKey] = std::move(proportions.values);
}

Proportions proportions_of(const Dataset& dataset) {
  const auto types = dataset.uns.find(kProportionsKey);
  const auto values = dataset.obsm.find(kProportionsKey);
  if (types == dataset.uns.end() || values == dataset.obsm.end()) return {};
  Proportions found{split(types->second, '\n'), values->second};
  return static_cast<std::int64_t>(found.types.size()) == found.values.cols ? found : Proportions{};
}

std::vector<std::int32_t> types_of_labels(const std::vector<std::string>& types, const std::vector<std::string>& labels) {
  std::vector<std::vector<std::string>> words;
  for (const std::string& type : types) words.push_back(words_of(type));
  std::vector<std::int32_t> found;
  for (const std::string& name : labels) {
    const std::vector<std::string> label = words_of(name);
    std::int32_t best = -1;
    std::size_t most = 0;
    for (std::size_t t = 0; t < types.size(); ++t) {
      if (!covers(words[t], label)) continue;
      const std::size_t letters = words[t] == label ? std::string::npos : join(words[t], "").size();
      if (letters > most) most = letters, best = static_cast<std::int32_t>(t);
    }
    found.push_back(best);
  }
  return found;
}

}  // namespace geocyte::data
