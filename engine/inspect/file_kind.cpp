// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/file_kind.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/hdf5/h5ad_parts.h"
#include "engine/hdf5/h5ad_reader.h"
#include "engine/hdf5/loom_reader.h"
#include "engine/io/expression_table.h"
#include "engine/io/text_lines.h"

namespace geocyte::inspect {

namespace {

namespace fs = std::filesystem;

std::string head_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorCode::bad_data, "The file " + path + " cannot be opened for reading");
  std::string head(4096, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  return head;
}

/// A header line and a line of numbers below it, with one and the same separator.
bool looks_like_table(const std::string& path) {
  io::TextLines lines(path);
  std::string_view line;
  if (!lines.next(line)) return false;
  const std::string header(line);
  if (!lines.next(line)) return false;
  for (const char separator : {'\t', ',', ';'}) {
    if (header.find(separator) == std::string::npos) continue;
    const auto cells = split(line, separator);
    const auto n_numbers = std::count_if(cells.begin(), cells.end(), [](const std::string& cell) {
      double ignored = 0;
      return parse_number(trim(cell), ignored);
    });
    return cells.size() >= 2 && n_numbers + 1 >= static_cast<std::ptrdiff_t>(cells.size());
  }
  return false;
}

FileIdentity identify_hdf5_file(const std::string& path) {
  try {
    const std::string name = hdf5::identify_hdf5(path);
    if (name == "AnnData") return {FileKind::anndata, name, {}};
    if (name == "loom") return {FileKind::loom, name, {}};
    return {FileKind::other_hdf5, name.empty() ? "HDF5" : name, {}};
  } catch (const Error& error) {
    return {FileKind::damaged_hdf5, "damaged HDF5", error.message()};
  }
}

FileIdentity identify_text(const std::string& path, bool gzip) {
  const std::string packed = gzip ? ", gzip" : "";
  try {
    if (looks_like_table(path)) return {FileKind::table, "table of numbers" + packed, {}};
    return {FileKind::text, "text" + packed, {}};
  } catch (const Error& error) {
    return {FileKind::binary, gzip ? "gzip" : "binary", error.message()};
  }
}

}  // namespace

FileIdentity identify_file(const std::string& path) {
  std::error_code status;
  if (!fs::exists(path, status)) throw Error(ErrorCode::bad_data, "The file " + path + " does not exist", "Check the path.");
  if (fs::is_directory(path, status)) return {FileKind::folder, "folder", {}};
  const std::string head = head_of(path);
  if (head.empty()) return {FileKind::empty, "empty file", {}};
  if (head.starts_with("\x89HDF\r\n\x1a\n") || (head.size() > 520 && head.compare(512, 4, "\x89HDF") == 0))
    return identify_hdf5_file(path);
  if (head.starts_with("PK\x03\x04")) return {FileKind::zip, "zip archive", {}};
  if (head.starts_with("\x1f\x8b")) return identify_text(path, true);
  if (head.find('\0') != std::string::npos) return {FileKind::binary, "binary", {}};
  return identify_text(path, false);
}

data::Dataset read_expression(const std::string& path) {
  const FileIdentity identity = identify_file(path);
  if (identity.kind == FileKind::anndata) return hdf5::read_h5ad(path, {.layers = false});
  if (identity.kind == FileKind::loom) return hdf5::read_loom(path);
  if (identity.kind == FileKind::table)
    return with_context("reading " + path, [&] { return io::read_expression_table(path); });
  if (!identity.problem.empty()) throw Error(ErrorCode::bad_data, identity.problem);
  throw Error(ErrorCode::bad_data, path + " is not expression data: it is " + (identity.kind == FileKind::other_hdf5 ? "an HDF5 file of the kind " : identity.kind == FileKind::empty ? "an " : "a ") +
                                       identity.name,
              "Sources are .h5ad or .loom files, or tables of numbers (.tsv, .csv, also gzipped).");
}

}  // namespace geocyte::inspect
