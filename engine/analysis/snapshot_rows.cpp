// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/snapshot_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::analysis {
namespace {

std::vector<float> floats_of(const NamedArray& array) {
  if (array.dtype == DType::f32) {
    const auto values = array.as<float>();
    return {values.begin(), values.end()};
  }
  const auto wide = array.to_double();
  return {wide.begin(), wide.end()};
}

const NamedArray* find_row_index(const store::Snapshot& snapshot, const std::string& axis, std::int64_t rows) {
  for (const auto& array : snapshot.arrays)
    if (array.role == "row_index" && array.axes.size() == 1 && array.axes[0] == axis && array.size() == rows)
      return &array;
  return nullptr;
}

}  // namespace

void RowsOfSnapshot::keep(std::span<const std::int64_t> positions) {
  std::vector<float> kept_values;
  std::vector<std::int64_t> kept_rows;
  kept_values.reserve(positions.size() * static_cast<std::size_t>(dims));
  kept_rows.reserve(positions.size());
  for (const std::int64_t position : positions) {
    kept_values.insert(kept_values.end(), values.begin() + position * dims, values.begin() + (position + 1) * dims);
    kept_rows.push_back(row[position]);
  }
  subset = subset || kept_rows.size() < row.size();
  values = std::move(kept_values);
  row = std::move(kept_rows);
}

const store::Axis* find_axis(const std::vector<store::Axis>& axes, const std::string& name) {
  for (const auto& axis : axes)
    if (axis.name == name) return &axis;
  return nullptr;
}

std::optional<RowsOfSnapshot> read_rows(const store::Snapshot& snapshot, const std::string& array,
                                        const std::vector<store::Axis>& axes) {
  const NamedArray* found = snapshot.find(array);
  if (found == nullptr) return std::nullopt;
  if (found->shape.size() != 2 || found->axes.size() != 2)
    throw Error(ErrorCode::bad_data, fmt::format("array {} of the snapshot is not a matrix of points", array));

  RowsOfSnapshot rows;
  rows.axis = found->axes[0];
  rows.dims = found->shape[1];
  rows.values = floats_of(*found);
  const std::int64_t count = found->shape[0];
  const store::Axis* axis = find_axis(axes, rows.axis);
  rows.axis_size = axis ? axis->size() : count;
  if (const NamedArray* index = find_row_index(snapshot, rows.axis, count)) {
    for (const double value : index->to_double()) rows.row.push_back(static_cast<std::int64_t>(value));
    if (std::any_of(rows.row.begin(), rows.row.end(),
                    [&](std::int64_t row) { return row < 0 || (axis && row >= axis->size()); }))
      throw Error(ErrorCode::bad_data,
                  fmt::format("the row index of array {} points outside axis {}", array, rows.axis));
    rows.subset = count < rows.axis_size;
  } else {
    if (count != rows.axis_size)
      throw Error(ErrorCode::bad_data,
                  fmt::format("array {} has {} rows but axis {} has {}, and no row_index says which", array, count,
                              rows.axis, rows.axis_size));
    rows.row.resize(count);
    std::iota(rows.row.begin(), rows.row.end(), std::int64_t{0});
  }
  return rows;
}

std::int32_t RowLabels::code_of(const std::string& category) const {
  const auto at = std::find(categories.begin(), categories.end(), category);
  return at == categories.end() ? -1 : static_cast<std::int32_t>(at - categories.begin());
}

std::optional<RowLabels> read_labels(const RowsOfSnapshot& rows, const std::string& label,
                                     const std::vector<store::Axis>& axes) {
  const store::Axis* axis = find_axis(axes, rows.axis);
  if (axis == nullptr) return std::nullopt;
  for (const auto& candidate : axis->labels) {
    if (candidate.name != label) continue;
    RowLabels labels;
    labels.categories = candidate.categories;
    for (const std::int64_t row : rows.row) {
      const std::int32_t code = row < static_cast<std::int64_t>(candidate.codes.size()) ? candidate.codes[row] : -1;
      labels.codes.push_back(code < static_cast<std::int32_t>(labels.categories.size()) ? code : -1);
    }
    return labels;
  }
  return std::nullopt;
}

std::vector<std::int64_t> stratified(const std::vector<std::int32_t>& codes, std::int64_t most, std::uint64_t seed) {
  const auto all = static_cast<std::int64_t>(codes.size());
  std::vector<std::int64_t> kept;
  if (all <= most) {
    kept.resize(all);
    std::iota(kept.begin(), kept.end(), std::int64_t{0});
    return kept;
  }
  std::map<std::int32_t, std::vector<std::int64_t>> groups;
  for (std::int64_t i = 0; i < all; ++i) groups[codes[i]].push_back(i);
  Rng rng(hash64("stratified rows", seed));
  for (auto& [code, members] : groups) {
    const double share = static_cast<double>(most) * static_cast<double>(members.size()) / static_cast<double>(all);
    const auto wanted = std::max<std::size_t>(1, static_cast<std::size_t>(std::floor(share)));
    for (std::size_t i = 0; i < wanted; ++i) {
      std::swap(members[i], members[i + rng.below(members.size() - i)]);
      kept.push_back(members[i]);
    }
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

NamedArray row_index_array(const RowsOfSnapshot& rows, const std::string& made) {
  return make_array<std::int64_t>(made + "/row_index", rows.row, {rows.count()}, {rows.axis}, "row_index");
}

}  // namespace geocyte::analysis
