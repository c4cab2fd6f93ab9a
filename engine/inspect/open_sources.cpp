// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/open_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string_view>

#include "engine/config/schema.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/data/predicted_places.h"
#include "engine/data/proportions.h"
#include "engine/hdf5/h5ad_reader.h"
#include "engine/inspect/counts.h"
#include "engine/inspect/file_kind.h"
#include "engine/inspect/sample_data.h"

namespace geocyte::inspect {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHalves = "halves:";

/// One entry of the option list.
struct Entry {
  std::string name, file, by, where, patient, modality, labels, counts, spatial, proportions, places;
};

Entry parse_entry(const Json& item, std::size_t number) {
  const std::string where = fmt::format("Entry {} of sources", number);
  if (!item.is_object()) throw Error(ErrorCode::bad_config, where + " is not a list of fields such as name and file");
  Entry entry;
  const std::map<std::string, std::string*> fields = {{"name", &entry.name},         {"file", &entry.file},
                                                      {"by", &entry.by},             {"where", &entry.where},
                                                      {"patient", &entry.patient},
                                                      {"modality", &entry.modality}, {"labels", &entry.labels},
                                                      {"counts", &entry.counts},     {"spatial", &entry.spatial},
                                                      {"proportions", &entry.proportions}, {"places", &entry.places}, {"from", &entry.file}};
  for (const auto& [key, value] : item.items()) {
    const auto field = fields.find(key);
    if (field == fields.end())
      throw Error(ErrorCode::bad_config, where + " has an unknown field \"" + key + "\"",
                  "There is: name, file, by, where, patient, modality, labels, counts, spatial, proportions, places.");
    if (value.is_null()) continue;
    if (!value.is_string()) throw Error(ErrorCode::bad_config, where + ": the field " + key + " must be a text");
    // A list that was completed with defaults has both words for the file, one of them empty.
    if (auto text = value.get<std::string>(); !text.empty()) *field->second = std::move(text);
  }
  if (entry.file.empty()) throw Error(ErrorCode::bad_config, where + " names no file");
  if (!entry.modality.empty() && entry.modality != "st" && entry.modality != "sc")
    throw Error(ErrorCode::bad_config, where + " has the modality \"" + entry.modality + "\"", "It is st (spots) or sc (single cells).");
  if (entry.name.empty() && entry.by.empty()) entry.name = fs::path(entry.file).stem().string();
  return entry;
}

/// "Did you mean cell_type?" or the names there are.
std::string alternatives(const std::string& wanted, const std::vector<std::string>& names) {
  if (names.empty()) return "It has none.";
  const std::string nearest = config::nearest_name(wanted, names);
  return (nearest.empty() ? "" : "Did you mean " + nearest + "? ") + "There is: " + listed(names, 12) + ".";
}

/// "obs.batch" is the column batch, unless there is one of the whole name.
const data::Column& require_column(const data::Dataset& dataset, const std::string& given, const char* role) {
  if (const auto* column = dataset.obs.find(given)) return *column;
  const std::string name = given.starts_with("obs.") ? given.substr(4) : given;
  if (const auto* column = dataset.obs.find(name)) return *column;
  throw Error(ErrorCode::bad_data, fmt::format("{} has no obs column \"{}\" ({})", dataset.path, name, role),
              alternatives(name, dataset.obs.column_names()));
}

std::string choose_spatial(const data::Dataset& dataset, const std::string& wanted) {
  if (wanted.empty()) {
    for (const char* usual : {"spatial", "X_spatial"})
      if (dataset.obsm.contains(usual)) return usual;
    return {};
  }
  std::vector<std::string> keys;
  for (const auto& [key, unused] : dataset.obsm) keys.push_back(key);
  const auto found = dataset.obsm.find(wanted);
  if (found == dataset.obsm.end())
    throw Error(ErrorCode::bad_data, fmt::format("{} has no coordinates obsm[\"{}\"]", dataset.path, wanted), alternatives(wanted, keys));
  if (found->second.cols < 2)
    throw Error(ErrorCode::bad_data, fmt::format("obsm[\"{}\"] of {} has {} column; coordinates need two", wanted, dataset.path, found->second.cols));
  return wanted;
}

/// Rows whose obs column has the value, of "COLUMN=VALUE"; none given is all rows.
std::vector<std::int64_t> rows_where(const data::Dataset& dataset, const std::string& where) {
  std::vector<std::int64_t> rows;
  if (where.empty()) return rows;
  const std::size_t sign = where.find('=');
  if (sign == std::string::npos || sign == 0 || sign + 1 == where.size())
    throw Error(ErrorCode::bad_config, "where is \"" + where + "\", which names no cells", "Write COLUMN=VALUE, for example Valid=1.");
  const data::Column& column = require_column(dataset, where.substr(0, sign), "where");
  const std::string wanted = where.substr(sign + 1);
  for (std::size_t row = 0; row < column.size(); ++row)
    if (column.text_at(row) == wanted) rows.push_back(static_cast<std::int64_t>(row));
  if (rows.empty()) throw Error(ErrorCode::bad_data, fmt::format("No cell of {} has {} in the obs column {}", dataset.path, wanted, column.name));
  return rows;
}

/// A list of files that no data folder is needed for.
bool all_files_have_whole_paths(const Json& list) {
  const auto is_whole = [](const Json& item) {
    for (const char* key : {"file", "from"})
      if (item.is_object() && item.contains(key) && item[key].is_string()) return fs::path(item[key].get<std::string>()).is_absolute();
    return false;
  };
  return list.is_array() && !list.empty() && std::all_of(list.begin(), list.end(), is_whole);
}

class SourceOpener {
 public:
  SourceOpener(std::string folder, const OpenOptions& options) : folder_(std::move(folder)), options_(options) {}

  void open(const Entry& entry) {
    const data::DatasetPtr dataset = load(entry);
    data::Source source;
    source.patient = entry.patient;
    source.dataset = dataset;
    source.spatial_key = choose_spatial(*dataset, entry.spatial);
    source.modality = !entry.modality.empty() ? entry.modality : source.spatial_key.empty() ? "sc" : "st";
    if (!entry.labels.empty()) source.label_column = require_column(*dataset, entry.labels, "labels").name;
    source.rows = rows_where(*dataset, entry.where);
    if (entry.by.empty()) {
      source.name = entry.name;
      add(std::move(source));
    } else if (entry.by.starts_with(kHalves)) {
      halve(source, entry);
    } else {
      split(source, entry, require_column(*dataset, entry.by, "by"));
    }
  }

  OpenedSources finish() {
    result_.genes = data::shared_genes(result_.sources);
    for (const auto& source : result_.sources) result_.simulated = result_.simulated || source.dataset->simulated;
    return std::move(result_);
  }

 private:
  std::string path_of(const std::string& file) const {
    const fs::path given(file);
    if (given.is_relative() && folder_.empty())
      throw Error(ErrorCode::bad_config, "The source file " + file + " is a relative path, but data_folder is not set",
                  "Set data_folder, or give the whole path.");
    return (given.is_absolute() ? given : fs::path(folder_) / given).lexically_normal().string();
  }

  void remember_file(const std::string& path) {
    if (const auto own = fs::absolute(path).string(); std::find(result_.files.begin(), result_.files.end(), own) == result_.files.end())
      result_.files.push_back(own);
  }

  data::DatasetPtr load(const Entry& entry) {
    const std::string path = path_of(entry.file);
    auto& slot = loaded_[join({path, entry.counts, entry.proportions, entry.places, entry.places.empty() ? std::string() : entry.name}, "\n")];
    if (slot == nullptr) {
      if (options_.progress) options_.progress(0, "reading " + fs::path(path).filename().string());
      std::string note;
      data::Dataset dataset = read_counts(path, entry.counts, note);
      remember_file(path);
      if (!entry.places.empty()) {
        const std::string exported = path_of(entry.places);
        data::attach_predicted_places(hdf5::read_h5ad(exported, {.layers = false, .expression = false, .require_x = false}), entry.name, dataset);
        remember_file(exported);
      }
      if (!entry.proportions.empty()) {
        const std::string table = path_of(entry.proportions);
        data::attach_proportions(data::align_proportions(read_expression(table), dataset), dataset);
        remember_file(table);
      }
      slot = std::make_shared<const data::Dataset>(std::move(dataset));
      if (!note.empty()) result_.notes.push_back(note);
    }
    return slot;
  }

  /// One source a value of the column, in order of first appearance; rows without a value belong to none.
  void split(const data::Source& whole, const Entry& entry, const data::Column& column) {
    constexpr std::size_t kMostSources = 200;
    std::vector<std::string> values;
    std::map<std::string, std::vector<std::int64_t>> rows;
    for (std::int64_t i = 0; i < whole.size(); ++i) {
      const std::int64_t row = row_of(whole, i);
      const std::string value = column.text_at(static_cast<std::size_t>(row));
      if (value.empty()) continue;
      auto& own = rows[value];
      if (own.empty()) values.push_back(value);
      own.push_back(row);
      if (values.size() > kMostSources)
        throw Error(ErrorCode::bad_data, fmt::format("The column {} of {} has more than {} different values, too many to be sources",
                                                     entry.by, whole.dataset->path, kMostSources));
    }
    if (values.empty()) throw Error(ErrorCode::bad_data, fmt::format("The column {} of {} is empty", entry.by, whole.dataset->path));
    for (const auto& value : values) add_part(whole, entry, value, rows.at(value));
  }

  /// Two sources, below and from the median of an axis of the coordinates on; cells without a finite one belong to none.
  void halve(const data::Source& whole, const Entry& entry) {
    const std::string axis = entry.by.substr(kHalves.size());
    const std::size_t k = std::string_view("xyz").find(axis);
    const data::DenseMatrix* places = whole.spatial_key.empty() ? nullptr : &whole.dataset->obsm.at(whole.spatial_key);
    if (axis.size() != 1 || k == std::string::npos || (places && static_cast<std::int64_t>(k) >= places->cols))
      throw Error(ErrorCode::bad_config, fmt::format("by \"{}\" names no axis of the coordinates of {}", entry.by, whole.dataset->path),
                  "Write halves:x, halves:y or, in three dimensions, halves:z.");
    if (!places) throw Error(ErrorCode::bad_data, fmt::format("{} has no coordinates that it could be halved by", whole.dataset->path));
    std::vector<std::int64_t> rows;
    std::vector<float> sorted;
    const auto at = [&](std::int64_t row) { return places->row(row)[k]; };
    for (std::int64_t i = 0; i < whole.size(); ++i)
      if (const std::int64_t row = row_of(whole, i); std::isfinite(at(row))) {
        rows.push_back(row);
        sorted.push_back(at(row));
      }
    if (rows.empty()) throw Error(ErrorCode::bad_data, fmt::format("No cell of {} has finite coordinates", whole.dataset->path));
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
    const float median = sorted[sorted.size() / 2];
    std::vector<std::int64_t> low, high;
    for (const std::int64_t row : rows) (at(row) < median ? low : high).push_back(row);
    add_part(whole, entry, "low", std::move(low));
    add_part(whole, entry, "high", std::move(high));
  }

  static std::int64_t row_of(const data::Source& source, std::int64_t i) { return source.rows.empty() ? i : source.rows[static_cast<std::size_t>(i)]; }

  void add_part(const data::Source& whole, const Entry& entry, const std::string& value, std::vector<std::int64_t> rows) {
    data::Source source = whole;
    source.name = entry.name.empty() ? value : entry.name + "_" + value;
    source.rows = std::move(rows);
    add(std::move(source));
  }

  /// "obs.patient" as a patient: the one value that the cells of this source have in that column.
  static std::string patient_of(const data::Source& source) {
    if (!source.patient.starts_with("obs.")) return source.patient;
    const data::Column& column = require_column(*source.dataset, source.patient, "patient");
    std::set<std::string> values;
    for (std::int64_t i = 0; i < source.size() && values.size() < 2; ++i)
      values.insert(column.text_at(static_cast<std::size_t>(row_of(source, i))));
    if (values.size() == 1) return *values.begin();
    throw Error(ErrorCode::bad_data, fmt::format("source {} has cells of several patients ({} and {} in the obs column {})", source.name, *values.begin(),
                                                 *values.rbegin(), column.name), "Split it by that column, or name its patient.");
  }

  void add(data::Source source) {
    source.patient = patient_of(source);
    if (!names_.insert(source.name).second)
      throw Error(ErrorCode::bad_config, "Two sources have the name " + source.name, "Give each source a name of its own.");
    with_context("opening source " + source.name, [&] { data::check_source(source, options_.min_cells); });
    result_.sources.push_back(std::move(source));
  }

  std::string folder_;
  const OpenOptions& options_;
  std::map<std::string, data::DatasetPtr> loaded_;
  std::set<std::string> names_;
  OpenedSources result_;
};

}  // namespace

OpenedSources open_sources(const Json& source_list, const std::string& data_folder, const OpenOptions& options) {
  std::string folder = data_folder, note = data_folder;
  Json list = source_list;
  if (is_simulation(data_folder) && all_files_have_whole_paths(list)) folder = note = "";   // nothing of the simulation is asked for
  const bool simulated = is_simulation(folder);
  if (simulated) {
    folder = ensure_simulated(data_folder, options.cache_folder, options.progress);
    note = simulate::describe(parse_simulation(data_folder).options);
    if (list.is_null() || list.empty()) list = simulate::six_sources_list();
  } else if (!folder.empty() && !fs::is_directory(folder)) {
    throw Error(ErrorCode::bad_data, "The data folder " + folder + " does not exist", "Set data_folder to the folder of your files.");
  }
  if (!list.is_array() || list.empty())
    throw Error(ErrorCode::bad_config, "No sources are named", "List at least one under `sources`, each with a file.");
  SourceOpener opener(folder, options);
  std::size_t number = 0;
  for (const auto& item : list) opener.open(parse_entry(item, ++number));
  OpenedSources result = opener.finish();
  result.simulated = result.simulated || simulated;
  result.data_note = note.empty() && !result.files.empty() ? fs::path(result.files.front()).parent_path().string() : note;
  if (result.simulated && !simulated) result.data_note = "simulated: " + result.data_note;
  return result;
}

}  // namespace geocyte::inspect
