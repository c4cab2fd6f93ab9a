// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/run_artifact.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "app/engine/run_configuration.h"
#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_layout.h"

namespace geocyte::app {
namespace {

namespace fs = std::filesystem;

/// The artifacts below `folder`, an encoder first; "" when there is none.
fs::path find_artifact(const fs::path& folder) {
  std::vector<std::pair<bool, fs::path>> found;
  std::error_code why;
  for (fs::directory_iterator at(folder, why), end; !why && at != end; at.increment(why)) {
    try {
      found.emplace_back(store::text_at(store::read_json_file(at->path() / "artifact.json", std::size_t{64} << 20), "type") != kEncoderType, at->path());
    } catch (const Error&) {  // something else
    }
  }
  std::sort(found.begin(), found.end());
  return found.empty() ? fs::path() : found.front().second;
}

/// Runs of before artifacts were part of checkpoints have the newest one only.
fs::path artifact_of(const store::RunReader& reader, const ChosenCheckpoint& checkpoint, bool exactly) {
  const fs::path own = find_artifact(checkpoint.found.folder / store::kArtifactsFolder);
  if (!own.empty()) return own;
  const fs::path newest = find_artifact(reader.facts().directory / store::kArtifactsFolder);
  if (newest.empty()) throw Error(ErrorCode::bad_data, "the run " + reader.facts().id + " has no artifact", "its system makes nothing that could be applied to other data");
  const auto step = train::read_artifact(newest).step;
  if (exactly && step != checkpoint.found.step)
    throw Error(ErrorCode::bad_data, fmt::format("the checkpoint of step {} carries nothing to apply; the run kept what it had learned at step {}", checkpoint.found.step, step));
  return newest;
}

}  // namespace

void throw_not_belonging(const train::Artifact& artifact, const std::string& what) {
  throw Error(ErrorCode::bad_data, std::string(artifact.type == kEncoderType ? "the encoder does not belong to its" : "the networks of the run do not belong to their") + " gene panel: " + what, "the artifact was changed; take another checkpoint with --step");
}

RunArtifact load_run_artifact(store::RunReader& reader, std::optional<std::int64_t> step) {
  const ChosenCheckpoint checkpoint = choose_checkpoint(reader, step);
  auto read = train::read_artifact(artifact_of(reader, checkpoint, step.has_value()));
  RunArtifact made;
  made.notes = checkpoint.problems;
  made.step = read.step;
  made.why = read.step == checkpoint.found.step ? checkpoint.why : "newest";
  made.sha256 = read.sha256;
  made.artifact = std::move(read.artifact);
  const Json& about = made.artifact.about;
  if (!about.is_object() || !about.contains("recipe")) throw_not_belonging(made.artifact, "no recipe is named");
  made.recipe = preprocess::Recipe::from_json(about["recipe"]);
  made.recipe_hash = store::text_at(about, "recipe_hash");
  if (made.recipe.hash() != made.recipe_hash) throw_not_belonging(made.artifact, "the hash of the recipe differs");
  return made;
}

}  // namespace geocyte::app
