// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/inspect_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <set>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/hdf5/h5ad_reader.h"
#include "engine/hdf5/loom_reader.h"
#include "engine/inspect/column_guesses.h"
#include "engine/inspect/file_kind.h"
#include "engine/io/expression_table.h"

namespace geocyte::inspect {

namespace {

constexpr std::int64_t kMostCheckedValues = 300'000'000;   // above this only shapes are looked at

/// Counts are whole and not negative; log1p of 10,000 per cell stays below log(1e4 + 1) = 9.2, of raw counts below 15.
std::string guess_values(const data::ValueFacts& s) {
  constexpr double kHighestLog = 15;
  if (s.maximum == 0 && s.minimum == 0) return "empty";
  if (s.negative > 0) return "scaled";
  if (s.fractional == 0) return "counts";
  return s.maximum <= kHighestLog ? "log-normalised" : "normalised";
}

void describe_values(const data::Dataset& dataset, FileInspection& out) {
  const data::ValueFacts s = data::value_facts(dataset.x);
  out.minimum = s.minimum;
  out.maximum = s.maximum;
  out.mean_library = out.cells > 0 ? s.sum / static_cast<double>(out.cells) : 0;
  out.values = guess_values(s);
  if (s.non_finite > 0) {
    out.problems.push_back(grouped(s.non_finite) + " expression values are not finite numbers; training refuses them.");
    out.trainable = false;
  }
  if (out.values == "scaled")
    out.problems.push_back(grouped(s.negative) + " expression values are negative: the matrix looks scaled, where counts are expected.");
  if (out.values == "normalised" || out.values == "log-normalised")
    out.problems.push_back("The values are not whole numbers: the matrix looks " + out.values + ", where counts are expected.");
  if (out.values == "empty") out.problems.push_back("All expression values are zero.");
}

void describe_tables(const data::Dataset& dataset, FileInspection& out) {
  out.cells = static_cast<std::int64_t>(dataset.obs.size());
  out.genes = static_cast<std::int64_t>(dataset.var.size());
  out.simulated = dataset.simulated;
  guess_columns(dataset.obs, out);
  const auto repeated = [](const std::vector<std::string>& names) {
    return static_cast<std::int64_t>(names.size() - std::set<std::string>(names.begin(), names.end()).size());
  };
  if (const auto n = repeated(dataset.var.index); n > 0) {
    out.problems.push_back(grouped(n) + " gene names appear more than once; training refuses them.");
    out.trainable = false;
  }
  if (const auto n = repeated(dataset.obs.index); n > 0)
    out.problems.push_back(grouped(n) + " cell names appear more than once.");
  if (out.cells < 2 || out.genes == 0) {
    out.problems.push_back(fmt::format("With {} cells and {} genes it cannot be a source.", out.cells, out.genes));
    out.trainable = false;
  }
}

void guess_modality(FileInspection& out) {
  for (const char* key : {"spatial", "X_spatial"})
    if (out.spatial.empty() && std::find(out.obsm.begin(), out.obsm.end(), key) != out.obsm.end()) out.spatial = key;
  out.modality = out.spatial.empty() ? "sc" : "st";
}

std::vector<std::string> names_of(const std::vector<hdf5::H5adArray>& arrays) {
  std::vector<std::string> out;
  for (const auto& array : arrays) out.push_back(array.name);
  return out;
}

void inspect_anndata(FileInspection& out) {
  const auto summary = hdf5::summarize_h5ad(out.path);
  out.layout = summary.layout;
  out.obsm = names_of(summary.obsm);
  out.layers = names_of(summary.layers);
  out.uns = summary.uns;
  out.cells = summary.n_obs;
  out.genes = summary.n_vars;
  if (!summary.has_x) {
    out.problems.push_back("It has no expression matrix X" +
                           (out.layers.empty() ? std::string(".") : "; it has the layers " + listed(out.layers, 8) + "."));
  } else {
    out.storage = summary.x.storage + " " + summary.x.element;
    out.stored = summary.x.stored;
    // Values as float32; a sparse one also has an index of 4 bytes a value and 8 bytes a row.
    const bool dense = summary.x.storage == "dense";
    out.memory_bytes = static_cast<double>(out.stored) * (dense ? 4 : 8) + (dense ? 0 : 8.0 * static_cast<double>(out.cells));
  }
  if (!summary.unreadable.empty()) out.problems.push_back(summary.unreadable);
  const bool look_at_values = summary.has_x && summary.unreadable.empty() && out.stored <= kMostCheckedValues;
  out.trainable = summary.has_x && summary.unreadable.empty();
  const auto dataset = hdf5::read_h5ad(out.path, {.layers = false, .obsm = false, .expression = look_at_values});
  describe_tables(dataset, out);
  if (look_at_values) describe_values(dataset, out);
  guess_modality(out);
}

void inspect_table(FileInspection& out) {
  const auto dataset = io::read_expression_table(out.path);
  out.trainable = true;
  describe_tables(dataset, out);
  for (const auto& [key, unused] : dataset.obsm) out.obsm.push_back(key);
  if (const auto* sparse = std::get_if<data::CsrMatrix>(&dataset.x)) {
    out.stored = static_cast<std::int64_t>(sparse->values.size());
    out.memory_bytes = 8.0 * static_cast<double>(out.stored + out.cells);
  } else {
    out.stored = out.cells * out.genes;
    out.memory_bytes = 4.0 * static_cast<double>(out.stored);
  }
  out.storage = "text";
  describe_values(dataset, out);
  guess_modality(out);
}

void inspect_loom(FileInspection& out) {
  const auto summary = hdf5::summarize_loom(out.path);
  const bool look_at_values = summary.cells * summary.genes <= kMostCheckedValues;
  const auto dataset = hdf5::read_loom(out.path, {.expression = look_at_values});
  out.layout = "loom " + summary.version;
  out.trainable = true;
  describe_tables(dataset, out);
  for (const auto& [key, unused] : dataset.obsm) out.obsm.push_back(key);
  out.storage = "dense " + summary.element;
  out.stored = out.cells * out.genes;
  out.memory_bytes = 4.0 * static_cast<double>(out.stored);
  if (look_at_values) describe_values(dataset, out);
  guess_modality(out);
}

}  // namespace

FileInspection inspect_file(const std::string& path) {
  FileInspection out;
  out.path = path;
  const FileIdentity identity = identify_file(path);
  out.kind = identity.name;
  std::error_code status;
  if (identity.kind != FileKind::folder) out.bytes = static_cast<std::int64_t>(std::filesystem::file_size(path, status));
  if (!identity.problem.empty()) out.problems.push_back(identity.problem + ".");
  try {
    if (identity.kind == FileKind::anndata) inspect_anndata(out);
    if (identity.kind == FileKind::loom) inspect_loom(out);
    if (identity.kind == FileKind::table) inspect_table(out);
  } catch (const Error& error) {
    out.trainable = false;
    out.problems.push_back(error.message() + ".");
  }
  return out;
}

}  // namespace geocyte::inspect
