// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/selections.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <unordered_map>

#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 64, kMostBytes = std::size_t{64} << 20;

}  // namespace

std::vector<KeptSelection> read_selections(const fs::path& run, const std::vector<Axis>& axes) {
  std::vector<KeptSelection> found;
  std::error_code failed;
  const fs::path folder = run / "selections";
  if (fs::is_symlink(folder, failed)) return found;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end && files.size() < 4 * kMostFiles; at.increment(failed))
    if (at->path().extension() == ".json") files.push_back(at->path());
  std::sort(files.begin(), files.end());
  if (files.size() > kMostFiles) files.resize(kMostFiles);
  std::map<std::string, std::unordered_map<std::string, std::size_t>> rows_of;
  for (const fs::path& file : files) {
    try {
      const Json content = read_json_file(file, kMostBytes);
      const std::string name = text_at(content, "axis");
      const auto axis = std::find_if(axes.begin(), axes.end(), [&](const Axis& a) { return a.name == name; });
      if (axis == axes.end() || !content.contains("ids") || !content["ids"].is_array()) continue;
      auto& rows = rows_of[name];
      if (rows.empty())
        for (std::size_t row = 0; row < axis->ids.size(); ++row) rows.emplace(axis->ids[row], row);
      KeptSelection selection{file.stem().string(), name, std::vector<std::int32_t>(axis->ids.size(), -1)};
      for (const Json& id : content["ids"]) {
        if (!id.is_string()) continue;
        const auto row = rows.find(id.get_ref<const std::string&>());
        if (row != rows.end()) selection.codes[row->second] = 0;
      }
      found.push_back(std::move(selection));
    } catch (const Error&) {
      continue;                                // somebody's damaged file hides no other
    }
  }
  return found;
}

}  // namespace geocyte::store
