// SPDX-License-Identifier: GPL-3.0-or-later
// The obs and var tables of AnnData: an index of names and typed columns.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace geocyte::data {

enum class ColumnKind { numeric, boolean, text, categorical };

struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::numeric;
  std::vector<double> numbers;            ///< numeric and boolean (0/1); NaN = missing
  std::vector<std::string> texts;         ///< text
  std::vector<std::int32_t> codes;        ///< categorical; -1 = missing
  std::vector<std::string> categories;
  bool ordered = false;
  std::size_t size() const;
  /// The value as text ("" when missing).
  std::string text_at(std::size_t row) const;
};

/// Turns a text (or numeric) column into a categorical one; categories in order of first appearance.
Column as_categorical(const Column& column);

struct Table {
  std::vector<std::string> index;
  std::vector<Column> columns;
  std::size_t size() const { return index.size(); }
  const Column* find(const std::string& name) const;   ///< nullptr when absent
  std::vector<std::string> column_names() const;
};

}  // namespace geocyte::data
