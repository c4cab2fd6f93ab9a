// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/place_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/text_lines.h"

namespace geocyte::io {
namespace {

namespace fs = std::filesystem;
constexpr std::array kEndings{".txt", ".tsv", ".csv", ".txt.gz", ".tsv.gz", ".csv.gz"};

/// 0, 1, 2 for a header that names that axis: "x", "xcoord", "coord_x", "X position", …
std::optional<int> axis_of(std::string_view header) {
  std::string bare;
  for (const char c : lower_case(trim(header)))
    if (c >= 'a' && c <= 'z') bare += c;
  for (const char* word : {"coordinate", "coord", "position", "pos", "spatial", "center", "centre"})
    if (const auto at = bare.find(word); at != std::string::npos) bare.erase(at, std::string_view(word).size());
  if (bare.size() != 1 || bare[0] < 'x' || bare[0] > 'z') return std::nullopt;
  return bare[0] - 'x';
}

std::vector<std::string> fields_of(std::string_view line, char separator) {
  if (separator != ' ') return split(line, separator);
  std::vector<std::string> fields;
  for (auto& field : split(line, ' '))
    if (!field.empty()) fields.push_back(std::move(field));
  return fields;
}

struct Places {
  int dims = 0;
  bool named = false;
  std::vector<std::string> names;
  std::vector<float> values;               // lines x dims
};

class PlaceReader {
 public:
  explicit PlaceReader(const fs::path& path) : path_(path.string()), lines_(path) {}

  Places read() {
    std::string_view line;
    do {
      if (!lines_.next(line)) throw Error(ErrorCode::bad_data, path_ + " is empty");
    } while (trim(line).empty() || line.front() == '#');
    char separator = ' ';
    for (const char candidate : {'\t', ',', ';'})
      if (separator == ' ' && line.find(candidate) != std::string_view::npos) separator = candidate;
    auto header = fields_of(trim(line), separator);
    std::array<std::optional<std::size_t>, 3> column;
    for (std::size_t i = 0; i < header.size(); ++i)
      if (const auto axis = axis_of(header[i]); axis && !column[*axis]) column[*axis] = i;
    if (!column[0] || !column[1]) fail("there are no columns x and y");
    Places places;
    places.dims = column[2] ? 3 : 2;
    std::size_t shift = 0, expected = 0;
    while (lines_.next(line)) {
      if (trim(line).empty() || line.front() == '#') continue;
      const auto fields = fields_of(separator == ' ' ? trim(line) : line, separator);
      if (expected == 0) {
        // A header without a corner has one field less than the lines, whose first is then a name.
        shift = fields.size() == header.size() + 1 ? 1 : 0;
        expected = header.size() + shift;
        places.named = shift == 1 || (!axis_of(header[0]) && header.size() > static_cast<std::size_t>(places.dims));
      }
      if (fields.size() != expected) fail(fmt::format("{} fields where {} are expected", fields.size(), expected));
      if (places.named) places.names.emplace_back(trim(fields[0]));
      for (int axis = 0; axis < places.dims; ++axis) places.values.push_back(number(fields[*column[axis] + shift]));
    }
    return places;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw Error(ErrorCode::bad_data, fmt::format("{}, line {}: {}", path_, lines_.line_number(), what)); }

  float number(const std::string& field) const {
    double value = 0;
    if (!parse_number(trim(field), value) || !std::isfinite(value) || std::abs(value) > 1e9) fail(fmt::format("\"{}\" is not a place", quoted(field)));
    return static_cast<float>(value);
  }

  std::string path_;
  TextLines lines_;
};

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// Tables in a folder, files of places left out.
int tables_in(const fs::path& folder) {
  int count = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder.empty() ? fs::path(".") : folder, ignored)) {
    const std::string name = lower_case(entry.path().filename().string());
    bool is_table = false;
    for (const char* ending : kEndings) is_table = is_table || name.ends_with(ending);
    for (const char* role : {"geometry", "coordinates", "places", "readme", "license"}) is_table = is_table && table_name(name) != role;
    count += is_table;
  }
  return count;
}

}  // namespace

fs::path find_place_file(const fs::path& expression_table) {
  const fs::path folder = expression_table.parent_path();
  const std::string stem = table_name(expression_table);
  std::vector<std::string> names = {stem + "_places", stem + "_geometry", stem + "_coordinates"};
  if (tables_in(folder) == 1) names.insert(names.end(), {"geometry", "coordinates", "places"});
  for (const auto& name : names)
    for (const char* ending : kEndings)
      if (const fs::path candidate = folder / (name + ending); candidate != expression_table && is_file(candidate)) return candidate;
  return {};
}

void join_places(data::Dataset& dataset, const fs::path& file) {
  const Places places = PlaceReader(file).read();
  const std::size_t n = dataset.obs.index.size(), lines = places.values.size() / static_cast<std::size_t>(places.dims);
  data::DenseMatrix out{static_cast<std::int64_t>(n), places.dims, std::vector<float>(n * places.dims, std::numeric_limits<float>::quiet_NaN())};
  if (!places.named) {
    if (lines != n && lines != 2 * n)
      throw Error(ErrorCode::bad_data, fmt::format("{} has {} places for the {} cells of {}", file.string(), lines, n, dataset.name),
                  "Give one line a cell, in the order of the cells, or a first column with their names.");
    std::copy_n(places.values.begin(), out.values.size(), out.values.begin());
  } else {
    std::unordered_map<std::string_view, std::size_t> line_of;
    for (std::size_t i = 0; i < lines; ++i) line_of.emplace(places.names[i], i);
    bool any = false;
    for (std::size_t i = 0; i < n; ++i) {
      const auto found = line_of.find(dataset.obs.index[i]);
      if (found == line_of.end()) continue;
      any = true;
      std::copy_n(places.values.begin() + static_cast<std::ptrdiff_t>(found->second * places.dims), places.dims, out.values.begin() + static_cast<std::ptrdiff_t>(i * places.dims));
    }
    if (!any)
      throw Error(ErrorCode::bad_data, file.string() + " names none of the cells of " + dataset.name + (n == 0 ? "" : ", whose first is " + quoted(dataset.obs.index.front())));
  }
  dataset.obsm["spatial"] = std::move(out);
}

}  // namespace geocyte::io
