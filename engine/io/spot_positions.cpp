// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/expression_table.h"
#include "engine/io/text_lines.h"

namespace geocyte::io {
namespace {

using Position = std::array<float, 2>;
using ColumnPair = std::optional<std::array<std::size_t, 2>>;

struct SpotTable {
  std::unordered_map<std::string, std::size_t> row_of;  ///< by spot name "XxY"
  std::vector<Position> pixels, array;                  ///< pixels empty when the file has none
};

ColumnPair column_pair(const std::vector<std::string>& header, const char* x, const char* y) {
  std::optional<std::size_t> at_x, at_y;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string name = lower_case(trim(header[i]));
    if (name == x) at_x = i;
    if (name == y) at_y = i;
  }
  if (!at_x || !at_y) return std::nullopt;
  return std::array{*at_x, *at_y};
}

class SpotReader {
 public:
  explicit SpotReader(const std::filesystem::path& path) : path_(path.string()), lines_(path) {}

  SpotTable read() {
    std::string_view line;
    do {
      if (!lines_.next(line)) throw Error(ErrorCode::bad_data, path_ + " is empty");
    } while (skip(line));
    separator_ = line.find('\t') != std::string_view::npos ? '\t' : ',';
    const auto header = split(line, separator_);
    const auto name_columns = column_pair(header, "x", "y");
    const auto adjusted = column_pair(header, "new_x", "new_y");
    const auto pixels = column_pair(header, "pixel_x", "pixel_y");
    if (!name_columns) fail("there are no columns x and y");

    SpotTable table;
    while (lines_.next(line)) {
      if (skip(line)) continue;
      const auto cells = split(line, separator_);
      if (cells.size() != header.size())
        fail(fmt::format("{} cells, but the first line has {}", cells.size(), header.size()));
      const Position name = position(cells, *name_columns);
      const std::string spot = fmt::format("{}x{}", std::llround(name[0]), std::llround(name[1]));
      if (!table.row_of.try_emplace(spot, table.array.size()).second) fail("spot " + spot + " is listed twice");
      table.array.push_back(adjusted ? position(cells, *adjusted) : name);
      if (pixels) table.pixels.push_back(position(cells, *pixels));
    }
    return table;
  }

 private:
  static bool skip(std::string_view line) { return trim(line).empty() || line.front() == '#'; }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::bad_data, fmt::format("{}, line {}: {}", path_, lines_.line_number(), what));
  }

  Position position(const std::vector<std::string>& cells, const std::array<std::size_t, 2>& columns) const {
    Position result{};
    for (int axis = 0; axis < 2; ++axis) {
      double value = 0;
      const std::string_view cell = trim(cells[columns[axis]]);
      if (!parse_number(cell, value) || std::abs(value) > 1e9 || std::isnan(value))
        fail(fmt::format("\"{}\" is not a position", quoted(std::string(cell))));
      result[axis] = static_cast<float>(value);
    }
    return result;
  }

  std::string path_;
  TextLines lines_;
  char separator_ = '\t';
};

data::DenseMatrix gathered(const data::Dataset& dataset, const SpotTable& table, const std::vector<Position>& from) {
  const auto n = dataset.obs.index.size();
  data::DenseMatrix result{static_cast<std::int64_t>(n), 2, {}};
  result.values.assign(2 * n, std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < n; ++i) {
    const auto place = table.row_of.find(dataset.obs.index[i]);
    if (place == table.row_of.end()) continue;
    result.values[2 * i] = from[place->second][0];
    result.values[2 * i + 1] = from[place->second][1];
  }
  return result;
}

}  // namespace

void join_spot_positions(data::Dataset& dataset, const std::filesystem::path& spot_file) {
  const SpotTable table = SpotReader(spot_file).read();
  bool any = false;
  for (const auto& name : dataset.obs.index) any = any || table.row_of.contains(name);
  if (!any)
    throw Error(ErrorCode::bad_data,
                spot_file.string() + " lists none of the spots of " + dataset.name +
                    (dataset.obs.index.empty() ? "" : ", whose first is " + quoted(dataset.obs.index.front())),
                "Spots must be named by their array position, for example 10x13.");
  if (table.pixels.empty()) {
    dataset.obsm["spatial"] = gathered(dataset, table, table.array);
  } else {
    dataset.obsm["spatial"] = gathered(dataset, table, table.pixels);
    dataset.obsm["spatial_array"] = gathered(dataset, table, table.array);
  }
}

}  // namespace geocyte::io
