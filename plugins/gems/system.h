// SPDX-License-Identifier: GPL-3.0-or-later
// gems as a system: one optimise stage, "encode".
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/nn/source_maps.h"
#include "engine/train/state_io.h"
#include "engine/train/system.h"
#include "plugins/gems/batches.h"
#include "plugins/gems/cells.h"
#include "plugins/gems/model.h"
#include "plugins/gems/objective.h"
#include "plugins/gems/options.h"
#include "plugins/gems/spot_proportions.h"
#include "plugins/gems/training_step.h"

namespace geocyte::plugins::gems {

class Gems : public train::System {
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

  /// For tests: every step then sees the same batch and the same noise.
  void freeze_batch() { frozen_ = true; }
  /// For tests: something that stands between the encoder and whoever judges it.
  void judge_through(std::function<at::Tensor(const at::Tensor&)> injected) { judged_through_ = std::move(injected); }

 private:
  /// The held-out batch that validation losses are computed on, the same throughout a run.
  struct Validation {
    at::Tensor expression, centred;        ///< (V, G)
    at::Tensor rows;                       ///< (V)
    InputScaling scaling;
    BatchGroups groups;
    std::uint64_t noise_seed = 0;
  };

  void prepare_validation(train::TrainContext& ctx);
  /// Fills batch_ and centred_ with the next cells.
  void load_batch(train::TrainContext& ctx);
  /// The cells with the noise of that seed; dropout of the encoder goes on from the same generator.
  StepInput step_input(const at::Tensor& expression, const at::Tensor& centred, const at::Tensor& rows, const InputScaling& scaling,
                       std::uint64_t noise_seed) const;
  /// The embedding that is judged and shown, (n, D) on the host; all cells when rows is undefined.
  at::Tensor judged(const at::Tensor& rows) const;
  /// Gives sources that are held out whole the statistics of their own cells, where the encoder normalises by source.
  void measure_unseen() const;
  /// Fitted to the encoder as it is, where one is asked for.
  std::optional<nn::SourceMaps> adapter() const;
  /// Holds it against the one that is optimised (parity.h).
  double check_paths() const;

  train::TrainContext* context_ = nullptr; ///< of begin(); lives as long as the run
  GemsOptions options_;
  std::optional<Cells> cells_;
  SpotProportions proportions_;
  std::unique_ptr<Model> model_;
  std::unique_ptr<Objective> objective_;
  std::unique_ptr<Batches> batches_;
  std::optional<BatchGroups> groups_;
  std::optional<Validation> validation_;
  at::Tensor rows_, device_rows_;          ///< (B) int64, host and device
  at::Tensor batch_, centred_;             ///< (B, G), filled anew at each step
  at::Tensor batch_means_;                 ///< (B, G) mean of each row's source
  InputScaling batch_scaling_;             ///< of each row's source
  std::uint64_t noise_seed_ = 0;
  std::function<at::Tensor(const at::Tensor&)> judged_through_;
  bool frozen_ = false, filled_ = false;
};

}  // namespace geocyte::plugins::gems
