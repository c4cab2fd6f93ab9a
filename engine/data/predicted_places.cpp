// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/predicted_places.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::data {
namespace {

const char* const kPlacesKey = "predicted_places";
/// What `export` calls them, and what `apply` calls those of new cells.
const char* const kPredicted[] = {"X_predicted", "X_st_edm"};
const char* const kUncertainty = "uncertainty";
constexpr std::int64_t kSeveral = -1;

/// Rows by whole name, and by what stands behind the first "/" (kSeveral when that is no name of one row).
std::unordered_map<std::string, std::int64_t> rows_by_name(const std::vector<std::string>& names) {
  std::unordered_map<std::string, std::int64_t> rows;
  for (std::size_t i = 0; i < names.size(); ++i) rows.emplace(names[i], static_cast<std::int64_t>(i));
  std::unordered_map<std::string, std::int64_t> ends;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (const auto at = names[i].find('/'); at != std::string::npos)
      if (const auto [end, is_new] = ends.emplace(names[i].substr(at + 1), static_cast<std::int64_t>(i)); !is_new) end->second = kSeveral;
  rows.merge(ends);                            // a whole name wins
  return rows;
}

}  // namespace

void attach_predicted_places(const Dataset& exported, const std::string& source, Dataset& dataset) {
  auto places = exported.obsm.end();
  for (const char* key : kPredicted)
    if (places == exported.obsm.end()) places = exported.obsm.find(key);
  if (places == exported.obsm.end() || places->second.cols < 2)
    throw Error(ErrorCode::bad_data, exported.path + " has no predicted places", "Write it with `geocyte-engine export --run RUN --out FILE.h5ad` from a run of st_edm, or with `apply`.");
  const Column* uncertainty = exported.obs.find(kUncertainty);
  if (uncertainty != nullptr && uncertainty->kind != ColumnKind::numeric) uncertainty = nullptr;
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  DenseMatrix kept{static_cast<std::int64_t>(dataset.obs.size()), 3, {}};
  kept.values.assign(dataset.obs.size() * 3, kNone);
  const auto rows = rows_by_name(exported.obs.index);
  std::int64_t found = 0, known = 0;
  for (std::size_t i = 0; i < dataset.obs.size(); ++i) {
    const std::string& cell = dataset.obs.index[i];
    auto row = rows.find(source + "/" + cell);
    if (row == rows.end()) row = rows.find(cell);
    if (row == rows.end() || row->second == kSeveral) continue;
    const auto place = places->second.row(row->second);
    const auto own = kept.row(static_cast<std::int64_t>(i));
    own[0] = place[0];
    own[1] = place[1];
    if (uncertainty != nullptr) own[2] = static_cast<float>(uncertainty->numbers[static_cast<std::size_t>(row->second)]);
    ++found;
    known += std::isfinite(own[0]) && std::isfinite(own[1]);
  }
  if (found == 0)
    throw Error(ErrorCode::bad_data, exported.path + " has predicted places of no cell of " + dataset.path,
                "Its rows must be named as the cells are, such as " + (dataset.obs.index.empty() ? std::string("AAAC-1") : dataset.obs.index.front()) + ".");
  if (known == 0)
    throw Error(ErrorCode::bad_data, exported.path + " names " + grouped(found) + " cells of " + dataset.path + ", but none of them has a place there: all are NaN",
                "Export a snapshot in which these cells are placed, or leave `places` of this source out.");
  dataset.obsm[kPlacesKey] = std::move(kept);
}

const DenseMatrix* predicted_places_of(const Dataset& dataset) {
  const auto found = dataset.obsm.find(kPlacesKey);
  return found == dataset.obsm.end() || found->second.cols != 3 ? nullptr : &found->second;
}

}  // namespace geocyte::data
