// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/embedding_table.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>

#include <unistd.h>

#include <fmt/format.h>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/hdf5/h5ad_writer.h"
#include "engine/io/vtk_points.h"

namespace geocyte::app {
namespace {

/// RFC 4180: quoted when it has a separator, a quote or a line break.
std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string short_name(const std::string& key) { return key.starts_with("X_") ? key.substr(2) : key; }

std::string header_of(const data::Dataset& table) {
  std::string line = "cell";
  for (const auto& column : table.obs.columns)
    if (column.kind == data::ColumnKind::categorical) line += "," + csv_cell(column.name);
  for (const auto& [key, matrix] : table.obsm)
    for (std::int64_t d = 0; d < matrix.cols; ++d) line += fmt::format(",{}_{}", csv_cell(short_name(key)), d);
  for (const auto& column : table.obs.columns)
    if (column.kind == data::ColumnKind::numeric) line += "," + csv_cell(column.name);
  return line + "\n";
}

std::string row_of(const data::Dataset& table, std::size_t row) {
  std::string line = csv_cell(table.obs.index[row]);
  for (const auto& column : table.obs.columns)
    if (column.kind == data::ColumnKind::categorical) line += "," + csv_cell(column.text_at(row));
  for (const auto& [key, matrix] : table.obsm)
    for (const float value : matrix.row(static_cast<std::int64_t>(row))) line += std::isfinite(value) ? fmt::format(",{}", value) : std::string(",");
  for (const auto& column : table.obs.columns)
    if (column.kind == data::ColumnKind::numeric) line += std::isfinite(column.numbers[row]) ? fmt::format(",{:.7g}", column.numbers[row]) : std::string(",");
  return line + "\n";
}

void write_text(const std::string& path, const std::function<void(const std::function<void(const std::string&)>&)>& lines) {
  write_atomically(path, [&](const std::filesystem::path& draft) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(draft.c_str(), "wb"), &std::fclose);
    const auto put = [&](const std::string& line) {
      if (!file || std::fwrite(line.data(), 1, line.size(), file.get()) != line.size())
        throw Error(ErrorCode::storage, "the file " + path + " cannot be written: " + std::strerror(errno), "free some space or choose another --out");
    };
    lines(put);
    if (std::fflush(file.get()) != 0) put(std::string(1, '\n'));
  });
}

void write_csv(const data::Dataset& table, const std::string& path) {
  write_text(path, [&](const std::function<void(const std::string&)>& put) {
    put(header_of(table));
    for (std::size_t row = 0; row < table.obs.size(); ++row) put(row_of(table, row));
  });
}

void write_vtk(const data::Dataset& table, const std::string& path, const std::string& wanted) {
  const data::DenseMatrix* points = nullptr;
  std::string key;
  const auto take = [&](const std::string& name, const data::DenseMatrix& matrix) {
    if (points != nullptr || matrix.cols < 2 || matrix.cols > 3) return;
    points = &matrix;
    key = name;
  };
  for (const std::string& name : {wanted, std::string("X_predicted"), std::string("spatial")})
    if (const auto found = table.obsm.find(name); found != table.obsm.end()) take(name, found->second);
  for (const auto& [name, matrix] : table.obsm) take(name, matrix);
  if (points == nullptr) throw Error(ErrorCode::bad_data, "nothing here has two or three columns, so there are no points for " + path, "write .h5ad or .csv instead");
  write_text(path, [&](const std::function<void(const std::string&)>& put) { io::write_vtk_points(table, key, put); });
}

}  // namespace

void check_output(const std::string& path) {
  if (!path.ends_with(".h5ad") && !path.ends_with(".csv") && !path.ends_with(".vtk"))
    throw Error(ErrorCode::usage, "the output " + path + " is none of .h5ad, .csv and .vtk", "its ending says what is written");
  const std::filesystem::path parent = std::filesystem::path(path).parent_path(), folder = parent.empty() ? std::filesystem::path(".") : parent;
  std::error_code problem;
  if (!std::filesystem::is_directory(folder, problem)) throw Error(ErrorCode::storage, "there is no folder " + folder.string() + " to write " + path + " to", "make it or choose another --out");
  if (::access(folder.c_str(), W_OK) != 0) throw Error(ErrorCode::storage, "the folder " + folder.string() + " cannot be written to", "choose another --out");
}

void write_embeddings(const data::Dataset& table, const std::string& path, bool expression, const std::string& points) {
  check_output(path);
  if (path.ends_with(".vtk")) return write_vtk(table, path, points);
  if (path.ends_with(".csv")) return write_csv(table, path);
  hdf5::write_h5ad(table, path, {.gzip = 1, .durable = true, .expression = expression});
}

}  // namespace geocyte::app
