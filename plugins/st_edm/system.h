// SPDX-License-Identifier: GPL-3.0-or-later
// st_edm as a system: tissue geometry from expression.
//
//   generate   optimise the pair heads on the places of training slides
//   refine     optimise a denoiser of what they get wrong; used where it proves skill on validation cells
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/optim/adamw.h"
#include "engine/train/state_io.h"
#include "engine/train/system.h"
#include "plugins/st_edm/calibration.h"
#include "plugins/st_edm/generator.h"
#include "plugins/st_edm/once.h"
#include "plugins/st_edm/options.h"
#include "plugins/st_edm/placing.h"
#include "plugins/st_edm/refinement.h"
#include "plugins/st_edm/sets.h"
#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

class StEdm : public train::System {
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
  bool refines() const { return refiner_ != nullptr; }
  Refinement refinement() const { return {options_, *tissue_, *generator_, *refiner_}; }
  struct Laid {
    at::Tensor places;
    double seconds = 0;                    ///< that they took
  };
  /// Places of a source as they are judged, refined where that is wanted; laid out once a step.
  Laid laid(const SourceFacts& source, bool refined, train::TrainContext& ctx) const;
  Placing placing(bool refined) const { return {options_, *tissue_, *generator_, refined ? refiner_.get() : nullptr}; }
  /// On validation cells; empty where there is no refiner. This and the next two are found once a step.
  SkillPanel validation_panel(std::uint64_t seed, const StopToken& stop) const;
  /// Whether the refiner is used, and why; never where there is none.
  Acceptance acceptance(std::uint64_t seed, const StopToken& stop) const;
  /// The same without why: without networks that have missed a slide nothing need be laid out to know it.
  bool accepted(std::uint64_t seed, const StopToken& stop) const { return refines() && refinement().missed() && acceptance(seed, stop).accepted; }
  /// Of the places that are shown: refined where the refiner was accepted.
  Calibration calibration(std::uint64_t seed, const StopToken& stop) const;
  /// Weights or options have changed.
  void forget_judgements();
  /// Of held-out sources with known places, laid out at `places`; each source is turned onto its true places.
  CoverageCurve coverage(const Placing& placing, const Calibration& calibration, const std::function<at::Tensor(const SourceFacts&)>& places, std::uint64_t seed,
                         const StopToken& stop) const;
  SkillPanel panel_of(const std::vector<RefineSets>& sets, const std::string& split, int bootstrap, std::uint64_t seed, const StopToken& stop) const;
  void add_skill(store::Snapshot& snapshot, const SkillPanel& validation, const Acceptance& acceptance, bool done, const StopToken& stop) const;

  StEdmOptions options_;
  std::optional<Tissue> tissue_;
  std::unique_ptr<Generator> generator_;
  std::unique_ptr<SetDraws> draws_;
  std::unique_ptr<Refiner> refiner_;       ///< from the second stage on
  mutable Once<Laid, std::pair<std::string, bool>> laid_;
  mutable Once<SkillPanel> panel_;
  mutable Once<Acceptance> acceptance_;
  mutable Once<Calibration> calibration_;
  int threads_ = 1;
  std::vector<std::int64_t> rows_;         ///< of the step: (members or sets) x cells of a set
};

}  // namespace geocyte::plugins::st_edm
