// SPDX-License-Identifier: GPL-3.0-or-later
// st_edm by model.kind: `recommended` (system.h) or the seed's own system (seed/system.h). Everything else is theirs.
#pragma once

#include <memory>

#include "engine/train/applier.h"
#include "engine/train/system.h"

namespace geocyte::plugins::st_edm {

class StEdmByKind : public train::System, public train::AppliesArtifacts {
 public:
  std::vector<train::Stage> stages(const Json& options) const override;
  void begin(const train::Stage& stage, const train::Inputs& inputs, train::TrainContext& ctx) override;
  train::StepReport step(train::TrainContext& ctx) override { return chosen_->step(ctx); }
  store::Snapshot observe(const train::ProbeRequest& request, train::TrainContext& ctx, const StopToken& stop) override { return chosen_->observe(request, ctx, stop); }
  train::Evaluation evaluate(const train::EvaluationRequest& request, train::TrainContext& ctx) override { return chosen_->evaluate(request, ctx); }
  std::map<std::string, double> validate(train::TrainContext& ctx) override { return chosen_->validate(ctx); }
  void apply(const std::string& path, const Json& value, train::TrainContext& ctx) override { chosen_->apply(path, value, ctx); }
  void export_artifacts(train::ArtifactWriter& writer) const override { chosen_->export_artifacts(writer); }
  std::unique_ptr<train::Applier> applier(const train::Artifact& artifact) const override;
  void save(train::CheckpointWriter& writer) const override { chosen_->save(writer); }
  void load(train::CheckpointReader& reader) override { chosen_->load(reader); }

 private:
  std::unique_ptr<train::System> chosen_;  ///< from the first begin() on
};

}  // namespace geocyte::plugins::st_edm
