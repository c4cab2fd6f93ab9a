// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/checkpoint_folder.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "engine/core/atomic_file.h"
#include "engine/core/check.h"
#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/core/text.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/contract/sha256.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = "manifest.json";
constexpr int kManifestFormat = 1;

std::string folder_name(std::int64_t step) { return fmt::format("{:08}", step); }
/// Beside its place and hidden: a checkpoint that is being written ("draft") or on its way out ("old").
fs::path hidden(const fs::path& checkpoints, std::int64_t step, const char* what) {
  return checkpoints / fmt::format(".{:08}.{}", step, what);
}

[[noreturn]] void storage_failure(const fs::path& path, const std::error_code& why) {
  const bool full = why == std::errc::no_space_on_device;
  throw Error(ErrorCode::storage, "the checkpoint " + path.filename().string() + " cannot be written: " + why.message(),
              full ? "free some space on that disk; the checkpoint before it is intact" : "check that the run directory may be written");
}

void flush_to_disk(const fs::path& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) storage_failure(path, {errno, std::generic_category()});
  const int result = fsync(file);
  const int error = errno;
  close(file);
  // Some file systems cannot flush a folder; that is no failure of ours.
  if (result != 0 && error != EINVAL && error != EROFS) storage_failure(path, {error, std::generic_category()});
}

/// Regular files below `folder`, as clean relative paths in order. Links are damage: a checkpoint has none.
std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
    if (entry.symlink_status().type() == fs::file_type::regular)
      names.push_back(entry.path().lexically_relative(folder).generic_string());
  std::sort(names.begin(), names.end());
  return names;
}

/// Renames `draft` to `final`. An older folder of that name is exchanged with it in one go, so that no moment is without
/// a checkpoint of this step; where the file system cannot exchange, the older one goes first.
void move_into_place(const fs::path& draft, const fs::path& final) {
  if (fs::exists(fs::symlink_status(final))) {
    if (renameat2(AT_FDCWD, draft.c_str(), AT_FDCWD, final.c_str(), RENAME_EXCHANGE) == 0) return;
    fs::remove_all(final);
  }
  fs::rename(draft, final);
}

[[noreturn]] void bad(const std::string& why) { throw Error(ErrorCode::bad_data, why); }

/// One entry of the manifest against the file it speaks of.
void verify_file(const fs::path& folder, const Json& entry) {
  const std::string name = text_at(entry, "name"), wanted = text_at(entry, "sha256");
  const fs::path relative = fs::path(name).lexically_normal();
  if (name.empty() || relative.is_absolute() || *relative.begin() == "..") bad("its manifest names a file outside of it");
  const fs::path path = folder / relative;
  std::error_code why;
  if (fs::symlink_status(path, why).type() != fs::file_type::regular) bad("its file " + geocyte::quoted(name) + " is missing");
  const auto bytes = entry.find("bytes");
  if (bytes == entry.end() || !bytes->is_number_unsigned()) bad("its manifest is damaged");
  if (fs::file_size(path, why) != bytes->get<std::uint64_t>() || why) bad("its file " + geocyte::quoted(name) + " was cut short");
  if (sha256_of_file(path) != wanted) bad("its file " + geocyte::quoted(name) + " was changed or damaged");
}

}  // namespace

CheckpointDraft::CheckpointDraft(fs::path checkpoints, std::int64_t step)
    : checkpoints_(std::move(checkpoints)),
      draft_(hidden(checkpoints_, step, "draft")),
      final_(checkpoints_ / folder_name(step)) {
  require(step >= 0, "the step of a checkpoint is not negative");
  std::error_code why;
  fs::remove_all(draft_, why);
  if (!why) fs::create_directories(draft_, why);
  if (why) storage_failure(final_, why);
}

CheckpointDraft::~CheckpointDraft() {
  std::error_code ignored;
  if (!draft_.empty()) fs::remove_all(draft_, ignored);
}

fs::path CheckpointDraft::commit(const Json& about) {
  require(!draft_.empty(), "a checkpoint is committed once");
  try {
    Json files = Json::array();
    for (const std::string& name : files_below(draft_)) {
      const fs::path path = draft_ / name;
      flush_to_disk(path, O_RDONLY);
      files.push_back({{"name", name}, {"bytes", fs::file_size(path)}, {"sha256", sha256_of_file(path)}});
    }
    const Json manifest = {{"format", kManifestFormat},
                           {"step", std::stoll(final_.filename().string())},
                           {"created", utc_now_text()},
                           {"files", std::move(files)},
                           {"about", about}};
    write_file_atomically(draft_ / kManifest, print_json(manifest, 1) + "\n");
    move_into_place(draft_, final_);
    flush_to_disk(checkpoints_, O_RDONLY | O_DIRECTORY);
    if (fs::exists(draft_)) fs::remove_all(draft_);
    draft_.clear();
  } catch (const fs::filesystem_error& error) {
    storage_failure(final_, error.code());
  }
  return final_;
}

std::vector<std::int64_t> checkpoint_steps(const fs::path& checkpoints) {
  std::vector<std::int64_t> steps;
  std::error_code why;
  for (fs::directory_iterator at(checkpoints, why), end; !why && at != end; at.increment(why)) {
    const std::string name = at->path().filename().string();
    std::int64_t step = 0;
    if (parse_integer(name, step) && step >= 0 && name == folder_name(step) && at->symlink_status(why).type() == fs::file_type::directory)
      steps.push_back(step);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

CheckpointFound verify_checkpoint(const fs::path& checkpoints, std::int64_t step) {
  const fs::path folder = checkpoints / folder_name(step);
  return with_context("checking the checkpoint of step " + std::to_string(step), [&] {
    const Json manifest = read_json_file(folder / kManifest);
    const auto format = manifest.is_object() ? manifest.find("format") : manifest.end();
    if (!manifest.is_object() || format == manifest.end() || !format->is_number_integer()) bad("its manifest is damaged");
    if (format->get<std::int64_t>() > kManifestFormat) bad("it was written by a newer Geocyte");
    const auto files = manifest.find("files");
    if (files == manifest.end() || !files->is_array() || manifest.value("step", Json()) != Json(step)) bad("its manifest is damaged");
    for (const Json& entry : *files) {
      if (!entry.is_object()) bad("its manifest is damaged");
      verify_file(folder, entry);
    }
    return CheckpointFound{step, folder, manifest.value("about", Json::object())};
  });
}

CheckpointSearch latest_good_checkpoint(const fs::path& checkpoints, std::optional<std::int64_t> at_most) {
  CheckpointSearch search;
  std::vector<std::int64_t> steps = checkpoint_steps(checkpoints);
  for (auto step = steps.rbegin(); step != steps.rend() && !search.found; ++step) {
    if (at_most && *step > *at_most) continue;
    try {
      search.found = verify_checkpoint(checkpoints, *step);
    } catch (const Error& error) {
      search.problems.push_back("the checkpoint of step " + std::to_string(*step) + " was passed over: " + error.message());
    }
  }
  return search;
}

std::vector<std::int64_t> checkpoints_to_remove(std::vector<std::int64_t> steps, const CheckpointRetention& retention) {
  std::sort(steps.begin(), steps.end());
  const auto keep_last = static_cast<std::size_t>(std::max(retention.keep_last, 1));
  std::vector<std::int64_t> removed;
  for (std::size_t i = 0; i + keep_last < steps.size(); ++i) {
    const bool milestone = retention.keep_every > 0 && steps[i] % retention.keep_every == 0;
    if (steps[i] != retention.best && !milestone) removed.push_back(steps[i]);
  }
  return removed;
}

void remove_checkpoint(const fs::path& checkpoints, std::int64_t step) {
  const fs::path aside = hidden(checkpoints, step, "old");
  std::error_code ignored;
  fs::remove_all(aside, ignored);
  fs::rename(checkpoints / folder_name(step), aside, ignored);
  fs::remove_all(aside, ignored);
}

}  // namespace geocyte::store
