// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/choice.h"

#include "engine/train/train_context.h"
#include "plugins/st_edm/options.h"
#include "plugins/st_edm/placer.h"
#include "plugins/st_edm/seed/placer.h"
#include "plugins/st_edm/seed/system.h"
#include "plugins/st_edm/system.h"

namespace geocyte::plugins::st_edm {
namespace {

std::unique_ptr<train::System> system_of(const Json& options) {
  if (read_options(options).kind == "seed") return std::make_unique<SeedSystem>();
  return std::make_unique<StEdm>();
}

}  // namespace

std::vector<train::Stage> StEdmByKind::stages(const Json& options) const { return system_of(options)->stages(options); }

void StEdmByKind::begin(const train::Stage& stage, const train::Inputs& inputs, train::TrainContext& ctx) {
  if (!chosen_) chosen_ = system_of(ctx.options());
  chosen_->begin(stage, inputs, ctx);
}

std::unique_ptr<train::Applier> StEdmByKind::applier(const train::Artifact& artifact) const {
  if (artifact.type == kPairHeads) return std::make_unique<Placer>(artifact);
  if (artifact.type == kSeedGeometry) return std::make_unique<SeedPlacer>(artifact);
  return nullptr;
}

std::unique_ptr<train::System> make_system() { return std::make_unique<StEdmByKind>(); }

}  // namespace geocyte::plugins::st_edm
