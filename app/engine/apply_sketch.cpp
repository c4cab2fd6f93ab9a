// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/apply_sketch.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/embed/pca.h"

namespace geocyte::app {
namespace {

constexpr std::size_t kMostLabels = 12, kMostCategories = 60;

/// Evenly over the file, in its order: files are often sorted by source.
std::vector<std::int64_t> rows_shown(std::int64_t rows, std::int64_t most) {
  const std::int64_t shown = std::min(rows, most);
  std::vector<std::int64_t> made(static_cast<std::size_t>(shown));
  for (std::int64_t i = 0; i < shown; ++i) made[static_cast<std::size_t>(i)] = i * rows / shown;
  return made;
}

/// Four digits: a picture needs no more.
Json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::stod(fmt::format("{:.4g}", value));
}

bool is_finite(std::span<const float> row) {
  return std::all_of(row.begin(), row.end(), [](float value) { return std::isfinite(value); });
}

/// (k, 2): the first two principal components of the finite rows; NaN in the others.
std::vector<float> components(const data::DenseMatrix& values, const std::vector<std::int64_t>& rows, std::string& method) {
  std::vector<float> known;
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (const auto row = values.row(rows[i]); is_finite(row)) {
      known.insert(known.end(), row.begin(), row.end());
      at.push_back(i);
    }
  std::vector<float> made(2 * rows.size(), NAN);
  if (at.size() < 2 || values.cols < 1) return made;
  const kernels::Points points{known.data(), static_cast<std::int64_t>(at.size()), values.cols};
  const embed::Pca pca = embed::fit_pca(points, 2);
  const auto scores = pca.transform_to_float(points);
  const auto found = static_cast<std::size_t>(pca.count());
  for (std::size_t i = 0; i < at.size(); ++i)
    for (std::size_t c = 0; c < 2; ++c) made[2 * at[i] + c] = c < found ? scores[i * found + c] : 0.0F;
  method = fmt::format("PCA of {} dimensions, {:.0f} % of their variance", values.cols, 100 * pca.explained());
  return made;
}

}  // namespace

Json sketch_of(const data::Dataset& table, const std::string& key, bool places, std::int64_t most) {
  const data::DenseMatrix& values = table.obsm.at(key);
  const auto rows = rows_shown(values.rows, most);
  const bool as_they_are = places && (values.cols == 2 || values.cols == 3);
  Json made = {{"cells", values.rows}, {"shown", rows.size()}, {"places", as_they_are}, {"dimensions", as_they_are ? values.cols : 2}};
  const auto unit = table.uns.find("geocyte/unit");
  std::string method = unit != table.uns.end() ? "places, " + unit->second : "places";
  Json points = Json::array();
  if (as_they_are) {
    for (const std::int64_t row : rows)
      for (const float value : values.row(row)) points.push_back(number(value));
  } else {
    for (const float value : components(values, rows, method)) points.push_back(number(value));
  }
  made["points"] = std::move(points);
  made["method"] = method;
  Json labels = Json::array(), numbers = Json::array();
  for (const data::Column& column : table.obs.columns) {
    if (column.kind == data::ColumnKind::categorical && column.categories.size() >= 2 && column.categories.size() <= kMostCategories && labels.size() < kMostLabels) {
      Json codes = Json::array();
      for (const std::int64_t row : rows) codes.push_back(column.codes[static_cast<std::size_t>(row)]);
      labels.push_back({{"name", column.name}, {"categories", column.categories}, {"codes", std::move(codes)}});
    } else if (column.kind == data::ColumnKind::numeric && (column.name == "uncertainty" || column.name == "off_tissue")) {
      Json of_rows = Json::array();
      for (const std::int64_t row : rows) of_rows.push_back(number(column.numbers[static_cast<std::size_t>(row)]));
      numbers.push_back({{"name", column.name}, {"values", std::move(of_rows)}});
    }
  }
  made["labels"] = std::move(labels);
  made["numbers"] = std::move(numbers);
  return made;
}

}  // namespace geocyte::app
