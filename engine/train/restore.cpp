// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/restore.h"

#include <string>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/train/generators.h"
#include "engine/train/state_io.h"

namespace geocyte::train {

std::vector<Stage> stages_of(const System& system, const Json& options, const LoopState& loop) {
  auto stages = system.stages(options);
  for (Stage& stage : stages)
    if (const Json more = loop.extra.value(stage.id, Json()); more.is_number_integer()) stage.budget += more.get<std::int64_t>();
  return stages;
}

Restored restore_system(const std::filesystem::path& path, System& system, const config::SystemSpec& spec, const Inputs& inputs, TrainContext& ctx) {
  Checkpoint checkpoint = read_checkpoint(path);
  if (checkpoint.system_id != spec.id)
    throw Error(ErrorCode::bad_data, "the checkpoint belongs to the system '" + geocyte::quoted(checkpoint.system_id) + "', not to '" + spec.id + "'");
  if (checkpoint.seed != ctx.rng().seed())
    throw Error(ErrorCode::bad_data, "the checkpoint was made with seed " + std::to_string(checkpoint.seed) + ", not " +
                                         std::to_string(ctx.rng().seed()), "a resumed run keeps its seed");
  const LoopState& loop = checkpoint.loop;
  const auto stages = stages_of(system, ctx.options(), loop);
  if (loop.stage >= stages.size() || loop.step < loop.stage_step || loop.stage_step < 0)
    throw Error(ErrorCode::bad_data, "the checkpoint does not fit the stages of this configuration");
  std::int64_t total = 0;
  for (const Stage& one : stages) total += one.budget;
  ctx.set_step(loop.step, total);
  with_context("preparing stage " + stages[loop.stage].id, [&] { system.begin(stages[loop.stage], inputs, ctx); });
  CheckpointReader reader(std::move(checkpoint.system));
  system.load(reader);
  for (const auto& [parameter, value] : loop.live.items()) {
    Json changed = ctx.options();
    config::set(changed, parameter, value);
    ctx.set_options(std::move(changed));
    system.apply(parameter, value, ctx);
  }
  // Last, because building a system draws from the streams.
  ctx.rng().restore(checkpoint.seed, std::move(checkpoint.streams));
  restore_generators(ctx.device(), {checkpoint.generator, checkpoint.device_generator});
  return {loop, checkpoint.configuration};
}

}  // namespace geocyte::train
