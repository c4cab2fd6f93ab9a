// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/expression_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include "engine/core/check.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/place_table.h"
#include "engine/io/text_lines.h"

namespace geocyte::io {
namespace {

char guess_separator(std::string_view first_line) {
  for (const char separator : {'\t', ',', ';'})
    if (first_line.find(separator) != std::string_view::npos) return separator;
  return '\t';
}

std::string_view without_quotes(std::string_view cell) {
  cell = trim(cell);
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
  return cell;
}

/// Reads the lines of one table into sparse rows.
class TableReader {
 public:
  TableReader(const std::filesystem::path& path, const ExpressionTableOptions& options)
      : path_(path.string()), options_(options), lines_(path) {}

  data::Dataset read() {
    data::Dataset dataset;
    read_header(dataset.var.index);
    matrix_.cols = static_cast<std::int64_t>(dataset.var.index.size());
    matrix_.indptr.push_back(0);
    std::unordered_set<std::string> seen;
    for (std::string_view line; more_wanted() && lines_.next(line);) {
      if (trim(line).empty()) continue;
      std::string name = read_row(line);
      if (!seen.insert(name).second) fail("the name " + quoted(name) + " was given to an earlier line");
      dataset.obs.index.push_back(std::move(name));
    }
    dataset.x = std::move(matrix_);
    return dataset;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::bad_data, fmt::format("{}, line {}: {}", path_, lines_.line_number(), what));
  }

  bool more_wanted() const {
    if (options_.stop.stop_requested())
      throw Error(ErrorCode::interrupted, "reading " + path_ + " was stopped");
    return options_.max_rows < 0 || matrix_.rows < options_.max_rows;
  }

  void read_header(std::vector<std::string>& genes) {
    std::string_view line;
    while (trim(line).empty())
      if (!lines_.next(line)) throw Error(ErrorCode::bad_data, path_ + " is empty");
    separator_ = options_.separator != '\0' ? options_.separator : guess_separator(line);
    for (const auto& cell : split(line, separator_)) genes.emplace_back(without_quotes(cell));
    // Whether the first cell is a corner or a gene is known once the first row shows its number of cells.
    const std::size_t cells = count_first_row();
    if (cells == 0) fail("there are no cells below the gene names");
    if (cells == genes.size() && !first_is_value_) {
      genes.erase(genes.begin());
    } else if (cells == genes.size() && !genes.front().empty()) {
      named_ = false;
    } else if (cells != genes.size() + 1) {
      lines_.next(line);
      fail(fmt::format("{} cells, but the line of gene names has {}", grouped_size(cells), grouped_size(genes.size())));
    }
    if (genes.empty()) fail("there are no genes");
    check_genes(genes);
  }

  /// Looks at the second line by a reader of its own, so that the main one stays a plain stream.
  std::size_t count_first_row() {
    TextLines ahead(path_);
    std::string_view line;
    for (bool is_header = true; ahead.next(line);) {
      if (trim(line).empty()) continue;
      if (!is_header) {
        // A name is hardly ever a fraction: a table whose first cell is one has no names.
        const auto first = trim(line.substr(0, line.find(separator_)));
        double value = 0;
        first_is_value_ = first.find('.') != std::string_view::npos && parse_number(first, value);
        return static_cast<std::size_t>(std::count(line.begin(), line.end(), separator_)) + 1;
      }
      is_header = false;
    }
    return 0;
  }

  void check_genes(const std::vector<std::string>& genes) const {
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < genes.size(); ++i) {
      if (genes[i].empty()) fail(fmt::format("gene {} has no name", i + 1));
      if (!seen.insert(genes[i]).second) fail("the gene " + quoted(genes[i]) + " is named twice");
    }
  }

  std::string read_row(std::string_view line) {
    const std::size_t name_end = named_ ? std::min(line.find(separator_), line.size()) : 0;
    std::string name(named_ ? std::string(without_quotes(line.substr(0, name_end))) : fmt::format("cell_{}", matrix_.rows + 1));
    if (name.empty()) fail("the cell has no name");
    std::int64_t gene = 0;
    const char* at = line.data() + name_end;
    const char* const end = line.data() + line.size();
    for (; at < end; ++gene) {
      if (named_ || gene > 0) ++at;  // the separator
      if (gene == matrix_.cols) fail(ragged(line));
      const char* cell_end = at;
      const float value = read_value(at, end, cell_end, gene);
      if (value != 0) {
        matrix_.values.push_back(value);
        matrix_.indices.push_back(static_cast<std::int32_t>(gene));
      }
      at = cell_end;
    }
    if (gene != matrix_.cols) fail(ragged(line));
    ++matrix_.rows;
    matrix_.indptr.push_back(static_cast<std::int64_t>(matrix_.values.size()));
    return name;
  }

  float read_value(const char* at, const char* end, const char*& cell_end, std::int64_t gene) const {
    // Most cells are one digit between two separators.
    if (at < end && *at >= '0' && *at <= '9' && (at + 1 == end || at[1] == separator_)) {
      cell_end = at + 1;
      return static_cast<float>(*at - '0');
    }
    double value = 0;
    const auto [stop, error] = std::from_chars(at, end, value);
    if (error == std::errc{} && (stop == end || *stop == separator_) && std::isfinite(value)) {
      cell_end = stop;
      return finite_float(value, gene);
    }
    cell_end = std::find(at, end, separator_);
    const std::string_view cell = without_quotes(std::string_view(at, static_cast<std::size_t>(cell_end - at)));
    if (!parse_number(cell, value) || !std::isfinite(value))
      fail(fmt::format("the value of gene {} is \"{}\", which is not a finite number", gene + 1,
                       quoted(std::string(cell))));
    return finite_float(value, gene);
  }

  float finite_float(double value, std::int64_t gene) const {
    const auto narrow = static_cast<float>(value);
    if (!std::isfinite(narrow)) fail(fmt::format("the value of gene {} is too large", gene + 1));
    return narrow;
  }

  std::string ragged(std::string_view line) const {
    return fmt::format("{} values, but there are {} genes",
                       grouped(std::count(line.begin(), line.end(), separator_) + (named_ ? 0 : 1)), grouped(matrix_.cols));
  }
  static std::string grouped_size(std::size_t n) { return grouped(static_cast<std::int64_t>(n)); }

  std::string path_;
  const ExpressionTableOptions& options_;
  TextLines lines_;
  char separator_ = '\t';
  bool named_ = true, first_is_value_ = false;
  data::CsrMatrix matrix_;
};

}  // namespace

data::Dataset read_expression_table(const std::filesystem::path& path, const ExpressionTableOptions& options) {
  data::Dataset dataset = TableReader(path, options).read();
  dataset.name = table_name(path);
  dataset.path = path.string();
  std::filesystem::path spots = options.spots;
  if (spots.empty() && options.find_spots) spots = find_spot_file(path);
  if (!spots.empty()) {
    join_spot_positions(dataset, spots);
  } else if (options.find_spots) {
    if (const auto places = find_place_file(path); !places.empty()) join_places(dataset, places);
  }
  return dataset;
}

std::filesystem::path find_spot_file(const std::filesystem::path& expression_table) {
  const std::filesystem::path folder = expression_table.parent_path();
  const std::string stem = table_name(expression_table);
  for (const auto& place : {folder, folder.parent_path() / "ST-spotfiles"})
    for (const char* suffix : {"_selection", "_coordinates"})
      for (const char* ending : {".tsv", ".csv", ".tsv.gz", ".csv.gz"}) {
        std::filesystem::path candidate = place / (stem + suffix + ending);
        std::error_code ignored;
        if (std::filesystem::is_regular_file(candidate, ignored)) return candidate;
      }
  return {};
}

}  // namespace geocyte::io
