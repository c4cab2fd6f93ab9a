// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/probe_folder.h"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/core/error.h"
#include "engine/hdf5/array_file.h"
#include "engine/store/array_files.h"
#include "engine/store/run_layout.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnding = ".h5";

/// An id comes from whoever asks and becomes a file name.
bool is_file_name(const std::string& id) { return is_clean_relative(id) && id.find('/') == std::string::npos && id.front() != '.' && id.size() <= 200; }

void keep_newest(const fs::path& folder) {
  std::vector<std::pair<fs::file_time_type, fs::path>> answers;
  std::error_code why;
  for (fs::directory_iterator at(folder, why), end; !why && at != end; at.increment(why)) {
    std::error_code gone;
    const bool ours = at->symlink_status(gone).type() == fs::file_type::regular && at->path().extension() == kEnding && !at->path().filename().string().starts_with('.');
    if (const auto time = at->last_write_time(gone); ours && !gone) answers.emplace_back(time, at->path());
  }
  if (answers.size() <= kProbesKept) return;
  std::sort(answers.begin(), answers.end());
  for (std::size_t i = 0; i + kProbesKept < answers.size(); ++i) fs::remove(answers[i].second, why);
}

}  // namespace

void write_probe_answer(const fs::path& run, ControlInbox& inbox, const ControlRequest& request, const Snapshot& answer, std::int64_t step) {
  if (!is_file_name(request.id)) return inbox.answer(request, false, "the id of a probe becomes a file name: letters, digits, '-' and '_'", step);
  const fs::path folder = run / kProbesFolder;
  std::error_code why;
  fs::create_directories(folder, why);
  if (why) throw Error(ErrorCode::storage, "the folder " + folder.string() + " cannot be made: " + why.message());
  hdf5::ArrayFile file = to_array_file(answer);
  file.attributes["probe"] = {{"id", request.id}, {"args", request.args}};
  hdf5::write_array_file(folder / (request.id + kEnding), file, {.gzip = 0, .durable = false});
  keep_newest(folder);
  inbox.answer(request, true, std::string("answered in ") + kProbesFolder + "/" + request.id + kEnding, step);
}

Snapshot read_probe_answer(const fs::path& run, const std::string& id) {
  const fs::path path = run / kProbesFolder / (id + kEnding);
  std::error_code why;
  if (!is_file_name(id) || fs::symlink_status(path, why).type() != fs::file_type::regular)
    throw Error(ErrorCode::bad_data, "there is no answer to that probe (any more)", "ask again");
  return snapshot_from(hdf5::read_array_file(path));
}

}  // namespace geocyte::store
