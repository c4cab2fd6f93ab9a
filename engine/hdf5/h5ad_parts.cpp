// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/h5ad_parts.h"

#include "engine/core/error.h"
#include "engine/hdf5/attributes.h"
#include "engine/hdf5/node.h"
#include "engine/hdf5/texts.h"

namespace geocyte::hdf5 {

namespace {

bool there(hid_t file, const std::string& path) { return kind_at(file, path) != NodeKind::none; }

std::string kind_of(hid_t file) {
  if (there(file, "obs") && there(file, "var")) return "AnnData";
  if (there(file, "matrix/barcodes")) return "10x Genomics matrix";
  if (there(file, "row_attrs") && there(file, "col_attrs")) return "loom";
  if (there(file, "mod")) return "MuData";
  if (text_attribute(file, ".", "geocyte_format") == "arrays") return "run arrays";
  return {};
}

void collect_texts(hid_t file, const std::string& path, int depth, std::map<std::string, std::string>& out) {
  constexpr int kDeepest = 6;
  constexpr std::size_t kMost = 10'000;
  for (const auto& name : members(file, path)) {
    if (out.size() >= kMost) return;
    const std::string at = path + "/" + name;
    const NodeKind kind = kind_at(file, at);
    if (kind == NodeKind::group && depth < kDeepest) collect_texts(file, at, depth + 1, out);
    if (kind != NodeKind::dataset) continue;
    const Handle dataset = open_dataset(file, at);
    if (element_class(dataset.get()) != H5T_STRING || element_count(extents(dataset.get()), at) != 1) continue;
    out.emplace(at.substr(std::string("uns/").size()), read_texts(dataset.get(), at).front());
  }
}

}  // namespace

std::string identify_hdf5(const std::string& path) {
  EntryGuard guard;
  return kind_of(open_file(path).get());
}

Handle open_h5ad(const std::string& path) {
  Handle file = open_file(path);
  for (const char* part : {"obs", "var"}) {
    if (there(file.get(), part)) continue;
    const std::string other = kind_of(file.get());
    throw Error(ErrorCode::bad_data,
                path + " is not an AnnData file: it has no " + part +
                    (other.empty() ? "" : "; it looks like a file of " + other),
                "Convert it to .h5ad with Python's anndata.");
  }
  return file;
}

std::string layout_of(hid_t file) {
  if (!text_attribute(file, ".", "encoding-type").empty()) return "0.8+";
  return kind_at(file, "obs") == NodeKind::dataset ? "0.6 or older" : "0.7";
}

RawParts raw_parts(hid_t file) {
  if (kind_at(file, "raw") == NodeKind::group) return {"raw/X", "raw/var"};
  if (there(file, "raw.X") && there(file, "raw.var")) return {"raw.X", "raw.var"};
  return {};
}

std::map<std::string, std::string> read_uns_texts(hid_t file) {
  std::map<std::string, std::string> out;
  collect_texts(file, "uns", 0, out);
  return out;
}

}  // namespace geocyte::hdf5
