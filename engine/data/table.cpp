// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/table.h"

#include <fmt/format.h>

#include <cmath>
#include <unordered_map>

#include "engine/core/check.h"

namespace geocyte::data {

std::size_t Column::size() const {
  switch (kind) {
    case ColumnKind::numeric:
    case ColumnKind::boolean: return numbers.size();
    case ColumnKind::text: return texts.size();
    case ColumnKind::categorical: return codes.size();
  }
  return 0;
}

std::string Column::text_at(std::size_t row) const {
  require(row < size(), "row " + std::to_string(row) + " exists in column " + name);
  switch (kind) {
    case ColumnKind::numeric: return std::isnan(numbers[row]) ? std::string() : fmt::format("{}", numbers[row]);
    case ColumnKind::boolean: return std::isnan(numbers[row]) ? "" : numbers[row] != 0 ? "true" : "false";
    case ColumnKind::text: return texts[row];
    case ColumnKind::categorical: break;
  }
  const std::int32_t code = codes[row];
  return code < 0 || static_cast<std::size_t>(code) >= categories.size() ? std::string() : categories[code];
}

Column as_categorical(const Column& column) {
  if (column.kind == ColumnKind::categorical) return column;
  Column result;
  result.name = column.name;
  result.kind = ColumnKind::categorical;
  result.codes.reserve(column.size());
  std::unordered_map<std::string, std::int32_t> code_of;
  for (std::size_t row = 0; row < column.size(); ++row) {
    std::string text = column.text_at(row);
    if (text.empty()) {
      result.codes.push_back(-1);
      continue;
    }
    const auto [place, is_new] = code_of.try_emplace(text, static_cast<std::int32_t>(result.categories.size()));
    if (is_new) result.categories.push_back(std::move(text));
    result.codes.push_back(place->second);
  }
  return result;
}

const Column* Table::find(const std::string& name) const {
  for (const auto& column : columns)
    if (column.name == name) return &column;
  return nullptr;
}

std::vector<std::string> Table::column_names() const {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  return names;
}

}  // namespace geocyte::data
