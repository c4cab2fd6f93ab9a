// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/vtk_points.h"

#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "engine/core/check.h"

namespace geocyte::io {
namespace {

/// What is no letter, digit or one of -_. as %XX.
std::string encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", byte);
    out += std::isalnum(byte) || c == '-' || c == '_' || c == '.' ? std::string(1, c) : std::string(hex);
  }
  return out.empty() ? "%20" : out;
}

std::string number(float value) {
  char text[32];
  if (!std::isfinite(value)) return "nan";
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::vector<const data::Column*> categorical(const data::Dataset& table) {
  std::vector<const data::Column*> columns;
  for (const auto& column : table.obs.columns)
    if (column.kind == data::ColumnKind::categorical && column.codes.size() == table.obs.size()) columns.push_back(&column);
  return columns;
}

std::vector<const data::Column*> numeric(const data::Dataset& table) {
  std::vector<const data::Column*> columns;
  for (const auto& column : table.obs.columns)
    if (column.kind == data::ColumnKind::numeric && column.numbers.size() == table.obs.size()) columns.push_back(&column);
  return columns;
}

}  // namespace

void write_vtk_points(const data::Dataset& table, const std::string& points, const std::function<void(const std::string&)>& put) {
  const auto found = table.obsm.find(points);
  require(found != table.obsm.end() && (found->second.cols == 2 || found->second.cols == 3), "points of a VTK file are an obsm of two or three columns");
  const data::DenseMatrix& places = found->second;
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < places.rows; ++i) {
    bool finite = true;
    for (const float value : places.row(i)) finite = finite && std::isfinite(value);
    if (finite) rows.push_back(i);
  }
  if (rows.empty()) throw Error(ErrorCode::bad_data, "no cell has a place in " + points);
  const std::string n = std::to_string(rows.size());
  const auto columns = categorical(table), numbers = numeric(table);

  put("# vtk DataFile Version 3.0\ncells by " + encoded(points) + ", written by Geocyte\nASCII\nDATASET POLYDATA\n");
  if (!columns.empty()) put("FIELD FieldData " + std::to_string(columns.size()) + "\n");
  for (const auto* column : columns) {
    put("CATEGORIES_" + encoded(column->name) + " 1 " + std::to_string(column->categories.size()) + " string\n");
    for (const auto& name : column->categories) put(encoded(name) + "\n");
  }
  put("POINTS " + n + " float\n");
  for (const auto i : rows) {
    const auto place = places.row(i);
    put(number(place[0]) + " " + number(place[1]) + " " + (places.cols == 3 ? number(place[2]) : "0") + "\n");
  }
  put("VERTICES " + n + " " + std::to_string(2 * rows.size()) + "\n");
  for (std::size_t p = 0; p < rows.size(); ++p) put("1 " + std::to_string(p) + "\n");
  put("POINT_DATA " + n + "\nFIELD FieldData " + std::to_string(table.obsm.size() + columns.size() + numbers.size()) + "\n");   // row takes the place of the points
  put("row 1 " + n + " int\n");
  for (const auto i : rows) put(std::to_string(i) + "\n");
  for (const auto& [key, matrix] : table.obsm) {
    if (key == points) continue;
    put(encoded(key) + " " + std::to_string(matrix.cols) + " " + n + " float\n");
    for (const auto i : rows) {
      std::string line;
      for (const float value : matrix.row(i)) line += (line.empty() ? "" : " ") + number(value);
      put(line + "\n");
    }
  }
  for (const auto* column : numbers) {
    put(encoded(column->name) + " 1 " + n + " float\n");
    for (const auto i : rows) put(number(static_cast<float>(column->numbers[static_cast<std::size_t>(i)])) + "\n");
  }
  for (const auto* column : columns) {
    put(encoded(column->name) + " 1 " + n + " int\n");
    for (const auto i : rows) put(std::to_string(column->codes[static_cast<std::size_t>(i)]) + "\n");
  }
}

}  // namespace geocyte::io
