// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/saved_selections.h"

#include <QDateTime>

#include <algorithm>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/selections.h"

namespace geocyte::desktop {
namespace {

namespace fs = std::filesystem;

constexpr qsizetype kLongestName = 64;

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
  for (store::KeptSelection& kept : store::read_selections(run, axes))
    found.push_back({QString::fromStdString(kept.name), QString::fromStdString(kept.axis), std::move(kept.codes)});
  return found;
}

}  // namespace geocyte::desktop
