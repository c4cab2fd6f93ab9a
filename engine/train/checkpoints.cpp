// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/checkpoints.h"

#include "engine/core/atomic_file.h"
#include "engine/core/check.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/store/contract/checkpoint_folder.h"
#include "engine/store/contract/safe_json.h"
#include "engine/train/artifacts.h"
#include "engine/train/tensor_file.h"

namespace geocyte::train {
namespace {

namespace fs = std::filesystem;

constexpr int kStateFormat = 1;
constexpr const char* kModelFile = "model.safetensors";
constexpr const char* kOptimizerFile = "optimizer.safetensors";
constexpr const char* kStateFile = "state.json";
constexpr const char* kGeneratorFile = "generators.safetensors";
constexpr const char* kArtifactsFolder = "artifacts";

Json to_json(const LoopState& loop) {
  Json best;
  if (loop.best) best = {{"metric", loop.best->metric}, {"value", loop.best->value}, {"step", loop.best->step}};
  return {{"step", loop.step}, {"stage", loop.stage}, {"stage_step", loop.stage_step},
          {"best", best},      {"live", loop.live},   {"schedule", loop.schedule},
          {"extra", loop.extra}, {"alerts", loop.alerts}, {"worse", loop.worse}};
}

LoopState loop_from_json(const Json& json) {
  LoopState loop;
  loop.step = json.at("step").get<std::int64_t>();
  loop.stage = json.at("stage").get<std::size_t>();
  loop.stage_step = json.at("stage_step").get<std::int64_t>();
  if (const Json& best = json.at("best"); !best.is_null())
    loop.best = store::Best{best.at("metric").get<std::string>(), best.at("value").get<double>(), best.at("step").get<std::int64_t>()};
  loop.live = json.at("live");
  loop.schedule = json.at("schedule");
  // Checkpoints of before these existed have none.
  loop.extra = json.value("extra", Json::object());
  loop.alerts = json.value("alerts", Json());
  loop.worse = json.value("worse", std::int64_t{0});
  return loop;
}

Json to_json(const std::map<std::string, Rng>& streams) {
  Json json = Json::object();
  for (const auto& [name, rng] : streams) json[name] = rng.state();
  return json;
}

std::map<std::string, Rng> streams_from_json(const Json& json) {
  std::map<std::string, Rng> streams;
  for (const auto& [name, state] : json.items()) {
    Rng rng;
    rng.set_state(state.get<std::array<std::uint64_t, 4>>());
    streams.emplace(name, rng);
  }
  return streams;
}

NamedTensors generators_of(const Checkpoint& checkpoint) {
  NamedTensors tensors;
  if (checkpoint.generator.defined()) tensors.emplace_back("host", checkpoint.generator);
  if (checkpoint.device_generator.defined()) tensors.emplace_back("device", checkpoint.device_generator);
  return tensors;
}

}  // namespace

fs::path write_checkpoint(const fs::path& folder, const Checkpoint& checkpoint) {
  store::CheckpointDraft draft(folder, checkpoint.loop.step);
  // The draft flushes every file before it is renamed; flushing here as well would double the cost.
  constexpr bool durable = false;
  write_tensors(draft.folder() / kModelFile, checkpoint.system.model, {{"format", "pt"}}, durable);
  write_tensors(draft.folder() / kOptimizerFile, checkpoint.system.optimizers, {}, durable);
  write_tensors(draft.folder() / kGeneratorFile, generators_of(checkpoint), {}, durable);
  const Json state = {{"format", kStateFormat},
                      {"system", checkpoint.system_id},
                      {"configuration", checkpoint.configuration},
                      {"seed", checkpoint.seed},
                      {"loop", to_json(checkpoint.loop)},
                      {"streams", to_json(checkpoint.streams)},
                      {"values", checkpoint.system.values}};
  write_file_atomically(draft.folder() / kStateFile, store::print_json(state, 1) + "\n", durable);
  for (const Artifact& artifact : checkpoint.artifacts) {
    const fs::path own = draft.folder() / kArtifactsFolder / artifact.name;
    std::error_code why;
    fs::create_directories(own, why);
    if (why) throw Error(ErrorCode::storage, "the folder " + own.string() + " cannot be made: " + why.message());
    write_artifact(own, artifact, checkpoint.loop.step, durable);
  }
  return draft.commit({{"system", checkpoint.system_id}});
}

Checkpoint read_checkpoint(const fs::path& path) {
  const fs::path folder = path.lexically_normal();
  std::int64_t step = 0;
  const fs::path name = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
  if (!parse_integer(name.string(), step))
    throw Error(ErrorCode::bad_data, "'" + geocyte::quoted(folder.string()) + "' is no checkpoint: its folder is not named by a step");
  const fs::path all = folder.has_filename() ? folder.parent_path() : folder.parent_path().parent_path();
  const store::CheckpointFound found = store::verify_checkpoint(all, step);
  return with_context("reading the checkpoint of step " + std::to_string(step), [&] {
    const Json state = store::read_json_file(found.folder / kStateFile, std::size_t{256} << 20);
    try {
      if (state.at("format").get<int>() > kStateFormat)
        throw Error(ErrorCode::bad_data, "it was written by a newer Geocyte", "open it with that version");
      Checkpoint checkpoint;
      checkpoint.system_id = state.at("system").get<std::string>();
      checkpoint.configuration = state.at("configuration").get<std::string>();
      checkpoint.seed = state.at("seed").get<std::uint64_t>();
      checkpoint.loop = loop_from_json(state.at("loop"));
      checkpoint.streams = streams_from_json(state.at("streams"));
      checkpoint.system.values = state.at("values");
      checkpoint.system.model = read_tensors(found.folder / kModelFile);
      checkpoint.system.optimizers = read_tensors(found.folder / kOptimizerFile);
      for (auto& [which, tensor] : read_tensors(found.folder / kGeneratorFile))
        (which == "host" ? checkpoint.generator : checkpoint.device_generator) = tensor;
      return checkpoint;
    } catch (const Json::exception&) {
      throw Error(ErrorCode::bad_data, std::string(kStateFile) + " is damaged", "resume from the checkpoint before it");
    }
  });
}

std::vector<std::int64_t> prune_checkpoints(const fs::path& folder, std::optional<std::int64_t> best, const Retention& retention) {
  const auto removed =
      store::checkpoints_to_remove(store::checkpoint_steps(folder), {retention.last, best, retention.milestone});
  for (const std::int64_t step : removed) store::remove_checkpoint(folder, step);
  return removed;
}

}  // namespace geocyte::train
