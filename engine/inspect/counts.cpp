// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "engine/config/schema.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/hdf5/h5ad_reader.h"
#include "engine/hdf5/row_reader.h"
#include "engine/inspect/file_kind.h"

namespace geocyte::inspect {
namespace {

constexpr std::int64_t kLookedAt = 2048;   // rows that tell counts from anything else

std::vector<std::string> layer_names(const hdf5::H5adSummary& summary) {
  std::vector<std::string> names;
  for (const auto& layer : summary.layers) names.push_back(layer.name);
  return names;
}

std::vector<std::string> usual_places(const hdf5::H5adSummary& summary) {
  std::vector<std::string> places;
  if (summary.has_x) places.push_back("X");
  const auto layers = layer_names(summary);
  for (const char* usual : {"counts", "raw_counts", "count"})
    if (std::find(layers.begin(), layers.end(), usual) != layers.end()) places.push_back(usual);
  if (summary.has_raw) places.push_back("raw");
  return places;
}

std::string spelled(const std::string& place) { return place == "X" ? "X" : place == "raw" ? "raw" : "the layer " + place; }

/// "layers/counts", "raw/X" and "X" as places; throws when there is none of that name.
std::string place_named(const std::string& wanted, const hdf5::H5adSummary& summary) {
  std::string name = wanted.starts_with("layers/") ? wanted.substr(7) : wanted == "raw/X" ? "raw" : wanted;
  auto names = layer_names(summary);
  if (std::find(names.begin(), names.end(), name) != names.end()) return name;
  if (summary.has_x) names.insert(names.begin(), "X");
  if (summary.has_raw) names.push_back("raw");
  if ((name == "X" && summary.has_x) || (name == "raw" && summary.has_raw)) return name;
  const std::string near = config::nearest_name(name, names);
  throw Error(ErrorCode::bad_data, summary.path + " has no counts in \"" + geocyte::quoted(wanted) + "\"",
              (near.empty() ? "" : "Did you mean " + near + "? ") + "There is: " + listed(names, 12) + ".");
}

[[noreturn]] void no_counts(const std::string& path, const std::string& problem, const std::vector<std::string>& others) {
  throw Error(ErrorCode::bad_data, fmt::format("X of {} holds {}, where counts are needed", path, problem),
              (others.empty() ? std::string("Give the raw counts") : "Name the place of the counts (" + listed(others, 12) + ")") +
                  ", or say that X is to be taken as it is (counts: X).");
}

}  // namespace

std::string counts_problem(const data::ValueFacts& facts, bool must_be_whole) {
  if (facts.non_finite > 0) return grouped(facts.non_finite) + " values that are not finite numbers";
  if (facts.negative > 0) return grouped(facts.negative) + " negative values";
  if (must_be_whole && facts.fractional > 0) return fmt::format("values that are not whole numbers (for example {:.4g})", facts.example);
  return {};
}

struct CountRows::Parts {
  std::string path, place = "X", note;
  std::unique_ptr<hdf5::RowReader> reader;     // of AnnData
  std::optional<data::Dataset> table;          // of a text table
  bool as_it_is = false;

  data::Matrix read(std::int64_t begin, std::int64_t end) const {
    if (reader) return reader->read(begin, end);
    std::vector<std::int64_t> ids(static_cast<std::size_t>(end - begin));
    std::iota(ids.begin(), ids.end(), begin);
    return data::select_rows(table->x, ids);
  }
  std::int64_t rows() const { return reader ? reader->rows() : data::rows(table->x); }
  data::ValueFacts first_rows() const { return data::value_facts(read(0, std::min(rows(), kLookedAt))); }
};

CountRows::CountRows(const std::string& path, const std::string& wanted) : parts_(std::make_unique<Parts>()) {
  Parts& p = *parts_;
  p.path = path;
  p.as_it_is = !wanted.empty();
  if (identify_file(path).kind != FileKind::anndata) {
    p.table = read_expression(path);
    if (!wanted.empty() && wanted != "X") throw Error(ErrorCode::bad_data, path + " is a table and has no layers", "Leave the place of the counts empty.");
    if (const auto problem = counts_problem(p.first_rows(), !p.as_it_is); !problem.empty()) no_counts(path, problem, {});
    return;
  }
  const auto summary = hdf5::summarize_h5ad(path);
  std::vector<std::string> places = wanted.empty() ? usual_places(summary) : std::vector{place_named(wanted, summary)};
  if (places.empty())
    throw Error(ErrorCode::bad_data, path + " has no expression matrix X", "Layers it has: " + listed(layer_names(summary), 8) + ".");
  std::string first_problem;
  for (const auto& place : places) {
    p.reader = std::make_unique<hdf5::RowReader>(path, place);
    const data::ValueFacts facts = p.first_rows();
    const std::string problem = counts_problem(facts, !p.as_it_is);
    if (problem.empty()) {
      p.place = place;
      if (wanted.empty() && place != places.front()) p.note = fmt::format("the counts of {} were taken from {}, since X holds {}", path, spelled(place), first_problem);
      if (facts.fractional > 0)
        p.note = fmt::format("{} of {} holds values that are not whole numbers (for example {:.4g}); they are taken as counts as asked for", spelled(place), path, facts.example);
      return;
    }
    if (first_problem.empty()) first_problem = problem;
  }
  if (!wanted.empty())
    throw Error(ErrorCode::bad_data, fmt::format("{} of {} holds {}, where counts are needed", spelled(places.front()), path, first_problem), "Name the place of the raw counts.");
  no_counts(path, first_problem, layer_names(summary));
}

CountRows::~CountRows() = default;

std::int64_t CountRows::rows() const { return parts_->rows(); }
const data::Dataset& CountRows::tables() const { return parts_->reader ? parts_->reader->tables() : *parts_->table; }
const std::string& CountRows::place() const { return parts_->place; }
const std::string& CountRows::note() const { return parts_->note; }

data::Matrix CountRows::read(std::int64_t begin, std::int64_t end) const {
  data::Matrix block = parts_->read(begin, end);
  if (const auto problem = counts_problem(data::value_facts(block), !parts_->as_it_is); !problem.empty())
    throw Error(ErrorCode::bad_data, fmt::format("{} of {} holds {}, where counts are needed", spelled(parts_->place), parts_->path, problem),
                "Give the raw counts, or name where they are.");
  return block;
}

data::Dataset read_counts(const std::string& path, const std::string& wanted, std::string& note) {
  // X is what most files hold their counts in, and is read once then.
  if (wanted.empty()) {
    const bool anndata = identify_file(path).kind == FileKind::anndata;
    if (!anndata || hdf5::summarize_h5ad(path).has_x) {
      data::Dataset whole = read_expression(path);
      const auto facts = data::value_facts(whole.x);
      // What is not finite is said by check_source(), which knows the source.
      if (facts.non_finite > 0 || counts_problem(facts, true).empty()) return whole;
    }
  }
  std::string place;
  {
    const CountRows rows(path, wanted);
    note = rows.note();
    place = rows.place();
  }
  if (identify_file(path).kind != FileKind::anndata) return read_expression(path);
  data::Dataset whole = hdf5::read_h5ad(path, {.layers = false, .use_raw = place == "raw", .x_layer = place == "X" || place == "raw" ? "" : place});
  const auto problem = counts_problem(data::value_facts(whole.x), wanted.empty());
  if (!problem.empty())
    throw Error(ErrorCode::bad_data, fmt::format("{} of {} holds {}, where counts are needed", spelled(place), path, problem), "Name the place of the raw counts.");
  return whole;
}

}  // namespace geocyte::inspect
