// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/user_marks.h"

#include <algorithm>
#include <fstream>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/core/json.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_reader.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTags = 20, kLongestTag = 60, kLongestName = 200, kMostNotes = 1 << 20, kLargestMarks = 1 << 16;

void write_or_remove(const fs::path& file, const std::string& content) {
  if (!content.empty()) return write_file_atomically(file, content);
  std::error_code problem;
  fs::remove(file, problem);
  if (problem) throw Error(ErrorCode::storage, file.string() + " cannot be removed");
}

bool has_living_engine(const fs::path& run) {
  try {
    RunReader reader(run);
    reader.poll_status();
    return reader.status() && !is_final(reader.status()->state) && reader.health() != Health::lost;
  } catch (const Error&) {
    return false;                          // it cannot even be read: nobody works on it
  }
}

}  // namespace

UserMarks read_user_marks(const fs::path& run) {
  UserMarks marks;
  try {
    const Json json = Json::parse(read_file(run / kUserFile, kLargestMarks), nullptr, false);
    if (!json.is_object()) return marks;
    if (const auto name = json.find("name"); name != json.end() && name->is_string()) marks.name = name->get<std::string>().substr(0, kLongestName);
    const auto tags = json.find("tags");
    if (tags == json.end() || !tags->is_array()) return marks;
    for (const Json& tag : *tags)
      if (tag.is_string() && !tag.get_ref<const std::string&>().empty() && marks.tags.size() < kMostTags)
        marks.tags.push_back(tag.get<std::string>().substr(0, kLongestTag));
  } catch (const Error&) {
  }
  return marks;
}

void write_user_marks(const fs::path& run, const UserMarks& marks) {
  if (marks == UserMarks()) return write_or_remove(run / kUserFile, {});
  const Json json = {{"name", marks.name}, {"tags", marks.tags}};
  write_or_remove(run / kUserFile, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::string read_notes(const fs::path& run) {
  std::ifstream file(run / kNotesFile, std::ios::binary);
  std::string text(kMostNotes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
  return text;
}

void write_notes(const fs::path& run, const std::string& text) { write_or_remove(run / kNotesFile, text); }

fs::path move_to_trash(const fs::path& run) {
  if (has_living_engine(run)) throw Error(ErrorCode::usage, "an engine works on this run", "Stop it first.");
  const fs::path trash = run.parent_path() / kTrashFolder;
  std::error_code problem;
  fs::create_directories(trash, problem);
  fs::path place = trash / run.filename();
  for (int i = 2; !problem && fs::exists(fs::symlink_status(place)); ++i) place = trash / (run.filename().string() + "-" + std::to_string(i));
  if (!problem) fs::rename(run, place, problem);
  if (problem) throw Error(ErrorCode::storage, run.string() + " cannot be moved to " + trash.string(), "Check who may write there.");
  return place;
}

void restore_from_trash(const fs::path& trashed, const fs::path& run) {
  std::error_code problem;
  if (fs::exists(fs::symlink_status(run))) throw Error(ErrorCode::storage, "there is another run at " + run.string() + " now");
  fs::rename(trashed, run, problem);
  if (problem) throw Error(ErrorCode::storage, trashed.string() + " cannot be moved back", "It may have been deleted.");
}

}  // namespace geocyte::store
