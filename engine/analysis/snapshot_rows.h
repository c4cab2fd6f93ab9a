// SPDX-License-Identifier: GPL-3.0-or-later
// Reads point arrays of a snapshot together with what its axis says about the rows.
//
// An array whose first axis is "cell" has a row for each cell, or for those that an array of role "row_index" over the
// same axis names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/kernels/points.h"
#include "engine/store/contract/axis.h"
#include "engine/store/contract/snapshot.h"

namespace geocyte::analysis {

struct RowsOfSnapshot {
  std::string axis;                         ///< "cell"
  std::int64_t axis_size = 0;               ///< rows of the whole axis; the number of points when the axis is unknown
  std::int64_t dims = 0;
  std::vector<float> values;                ///< rows x dims
  std::vector<std::int64_t> row;            ///< of each point: its row in the axis
  bool subset = false;                      ///< the snapshot carries a part of the axis only

  std::int64_t count() const { return static_cast<std::int64_t>(row.size()); }
  kernels::Points points() const { return {values.data(), count(), dims}; }
  /// Keeps the points with these positions, in this order.
  void keep(std::span<const std::int64_t> positions);
};

/// None when the snapshot has no such array. Throws Error{bad_data} when it is no matrix, or its length fits neither the
/// axis nor a row_index.
std::optional<RowsOfSnapshot> read_rows(const store::Snapshot& snapshot, const std::string& array,
                                        const std::vector<store::Axis>& axes);

const store::Axis* find_axis(const std::vector<store::Axis>& axes, const std::string& name);

/// A categorical label of the points: code of each (-1 = missing) and names. None when the axis has no such label.
struct RowLabels {
  std::vector<std::int32_t> codes;
  std::vector<std::string> categories;
  /// Code of a category; -1 when there is none of that name.
  std::int32_t code_of(const std::string& category) const;
};
std::optional<RowLabels> read_labels(const RowsOfSnapshot& rows, const std::string& label, const std::vector<store::Axis>& axes);

/// Positions of at most `most` of the labelled points, each category in proportion (at least one), in rising order; the
/// same for the same codes and seed. All positions when there are no more.
std::vector<std::int64_t> stratified(const std::vector<std::int32_t>& codes, std::int64_t most, std::uint64_t seed);

/// The row_index array that tells which rows of the axis the points of `made` are.
NamedArray row_index_array(const RowsOfSnapshot& rows, const std::string& made);

}  // namespace geocyte::analysis
