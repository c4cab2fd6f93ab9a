// SPDX-License-Identifier: GPL-3.0-or-later
// The seed 004's own system, as it is described there (model.kind: seed): one stage in which context, generator and score network learn together from
// twelve losses under a curriculum of noise levels. It is judged as the recommended one is: the same held-out slides, plain methods, skill panel
// and rule of acceptance.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/optim/adamw.h"
#include "engine/train/state_io.h"
#include "engine/train/system.h"
#include "plugins/st_edm/options.h"
#include "plugins/st_edm/refinement.h"
#include "plugins/st_edm/seed/curriculum.h"
#include "plugins/st_edm/seed/model.h"
#include "plugins/st_edm/seed/objective.h"
#include "plugins/st_edm/sets.h"
#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

class SeedSystem : public train::System {
 public:
  std::vector<train::Stage> stages(const Json& options) const override;
  void begin(const train::Stage& stage, const train::Inputs& inputs, train::TrainContext& ctx) override;
  train::StepReport step(train::TrainContext& ctx) override;
  store::Snapshot observe(const train::ProbeRequest& request, train::TrainContext& ctx, const StopToken& stop) override;
  train::Evaluation evaluate(const train::EvaluationRequest& request, train::TrainContext& ctx) override;
  std::map<std::string, double> validate(train::TrainContext& ctx) override;
  void apply(const std::string& path, const Json& value, train::TrainContext& ctx) override;
  void export_artifacts(train::ArtifactWriter& writer) const override;
  void save(train::CheckpointWriter& writer) const override;
  void load(train::CheckpointReader& reader) override;

 private:
  RefineSets set_of_rows(const std::vector<std::int64_t>& rows, bool known) const;
  std::vector<RefineSets> validation_sets() const;
  std::vector<RefineSets> held_out_sets(std::uint64_t seed) const;
  SkillPanel panel_of(const std::vector<RefineSets>& sets, const std::string& split, int bootstrap, std::uint64_t seed, const StopToken& stop) const;
  /// (n, d) on the host: the leading axes of the places of a source.
  at::Tensor places(const SourceFacts& source, bool refined, std::uint64_t seed) const;
  /// Looks at the phase and says what it saw.
  void look(train::TrainContext& ctx, train::StepReport& report);
  void set_rates(std::int64_t step, std::int64_t total);

  StEdmOptions options_;
  std::optional<Tissue> tissue_;
  std::unique_ptr<SetDraws> draws_;
  std::unique_ptr<SeedModel> model_;
  std::unique_ptr<Curriculum> curriculum_;
  std::unique_ptr<optim::AdamW> denoiser_optimizer_, generator_optimizer_;
  std::vector<std::int64_t> rows_;         ///< of the step: sets x cells of a set
};

}  // namespace geocyte::plugins::st_edm
