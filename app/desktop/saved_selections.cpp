// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/saved_selections.h"

#include <QDateTime>

#include <algorithm>
#include <unordered_map>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"

namespace geocyte::desktop {
namespace {

namespace fs = std::filesystem;

constexpr qsizetype kLongestName = 64;
constexpr std::size_t kMostFiles = 64, kMostBytes = std::size_t{64} << 20;

fs::path folder_of(const fs::path& run) { return run / "selections"; }

}  // namespace

std::string selection_file_name(const QString& name) {
  QString kept;
  for (const QChar c : name.trimmed())
    if (kept.size() < kLongestName && (c.isLetterOrNumber() || c == ' ' || c == '-' || c == '_' || c == '.')) kept += c;
  while (kept.startsWith('.') || kept.startsWith(' ')) kept.remove(0, 1);
  return kept.trimmed().toStdString();
}

std::int64_t save_selection(const fs::path& run, const QString& name, const QString& reason, const store::Axis& axis, const std::vector<std::uint8_t>& mask) {
  const std::string file = selection_file_name(name);
  if (file.empty()) throw Error(ErrorCode::bad_config, "a selection needs a name with letters or digits");
  Json ids = Json::array();
  for (std::size_t row = 0; row < std::min(mask.size(), axis.ids.size()); ++row)
    if (mask[row]) ids.push_back(axis.ids[row]);
  if (ids.empty()) throw Error(ErrorCode::bad_config, "nothing is selected that could be kept");
  const auto rows = static_cast<std::int64_t>(ids.size());
  const Json content{{"format", 1}, {"axis", axis.name}, {"name", file}, {"reason", reason.toStdString()},
                     {"created", QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toStdString()}, {"ids", std::move(ids)}};
  std::error_code failed;
  fs::create_directories(folder_of(run), failed);
  if (failed) throw Error(ErrorCode::storage, "the selection could not be written: " + failed.message());
  write_file_atomically(folder_of(run) / (file + ".json"), store::print_json(content));
  return rows;
}

std::vector<SavedSelection> read_selections(const fs::path& run, const std::vector<store::Axis>& axes) {
  std::vector<SavedSelection> found;
  std::error_code failed;
  if (fs::is_symlink(folder_of(run), failed)) return found;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder_of(run), failed), end; !failed && at != end && files.size() < 4 * kMostFiles; at.increment(failed))
    if (at->path().extension() == ".json") files.push_back(at->path());
  std::sort(files.begin(), files.end());
  if (files.size() > kMostFiles) files.resize(kMostFiles);
  std::unordered_map<std::string, std::unordered_map<std::string, std::size_t>> rows_of;
  for (const fs::path& file : files) {
    try {
      const Json content = store::read_json_file(file, kMostBytes);
      const std::string axis_name = store::text_at(content, "axis");
      const auto axis = std::find_if(axes.begin(), axes.end(), [&](const store::Axis& a) { return a.name == axis_name; });
      if (axis == axes.end() || !content.contains("ids") || !content["ids"].is_array()) continue;
      auto& rows = rows_of[axis_name];
      if (rows.empty())
        for (std::size_t row = 0; row < axis->ids.size(); ++row) rows.emplace(axis->ids[row], row);
      SavedSelection selection{QString::fromStdString(file.stem().string()), QString::fromStdString(axis_name), std::vector<std::int32_t>(axis->ids.size(), -1)};
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

}  // namespace geocyte::desktop
