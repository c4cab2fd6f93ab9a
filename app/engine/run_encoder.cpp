// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/run_encoder.h"

#include <fmt/format.h>

#include "app/engine/run_configuration.h"
#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_layout.h"
#include "engine/train/artifacts.h"

namespace geocyte::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kType = "expression_encoder";

/// The first artifact of that type below `folder`; "" when there is none.
fs::path find_artifact(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code why;
  for (fs::directory_iterator at(folder, why), end; !why && at != end; at.increment(why)) {
    try {
      if (store::text_at(store::read_json_file(at->path() / "artifact.json", std::size_t{64} << 20), "type") == kType) found.push_back(at->path());
    } catch (const Error&) {  // something else
    }
  }
  std::sort(found.begin(), found.end());
  return found.empty() ? fs::path() : found.front();
}

/// Runs of before artifacts were part of checkpoints have the newest one only.
fs::path artifact_of(const store::RunReader& reader, const ChosenCheckpoint& checkpoint, bool exactly) {
  const fs::path own = find_artifact(checkpoint.found.folder / store::kArtifactsFolder);
  if (!own.empty()) return own;
  const fs::path newest = find_artifact(reader.facts().directory / store::kArtifactsFolder);
  if (newest.empty())
    throw Error(ErrorCode::bad_data, "the run " + reader.facts().id + " has no artifact of type " + kType, "its system makes no encoder of expression");
  const auto step = train::read_artifact(newest).step;
  if (exactly && step != checkpoint.found.step)
    throw Error(ErrorCode::bad_data, fmt::format("the checkpoint of step {} carries no encoder; the run kept that of step {}", checkpoint.found.step, step));
  return newest;
}

[[noreturn]] void does_not_belong(const std::string& what) {
  throw Error(ErrorCode::bad_data, "the encoder does not belong to its gene panel: " + what, "the artifact was changed; take another checkpoint with --step");
}

}  // namespace

RunEncoder load_run_encoder(store::RunReader& reader, std::optional<std::int64_t> step) {
  const ChosenCheckpoint checkpoint = choose_checkpoint(reader, step);
  const auto read = train::read_artifact(artifact_of(reader, checkpoint, step.has_value()));
  RunEncoder encoder;
  encoder.notes = checkpoint.problems;
  encoder.step = read.step;
  encoder.why = read.step == checkpoint.found.step ? checkpoint.why : "newest";
  encoder.sha256 = read.sha256;
  const Json& about = read.artifact.about;
  if (!about.is_object() || !about.contains("recipe")) does_not_belong("it names no recipe");
  encoder.recipe = preprocess::Recipe::from_json(about["recipe"]);
  encoder.recipe_hash = store::text_at(about, "recipe_hash");
  if (encoder.recipe.hash() != encoder.recipe_hash) does_not_belong("the hash of the recipe differs");
  encoder.module = nn::make_artifact_module(read.artifact.type, read.artifact.config, read.artifact.tensors);
  const Json &in = encoder.module.config.at("in"), &out = encoder.module.config.at("out");
  const auto panel = static_cast<std::int64_t>(encoder.recipe.panel().size());
  if (in != panel) does_not_belong(fmt::format("{} genes where {} inputs are", panel, in.get<std::int64_t>()));
  encoder.latent = out.get<std::int64_t>();
  return encoder;
}

}  // namespace geocyte::app
