// SPDX-License-Identifier: GPL-3.0-or-later
// The shape that all systems share. A system knows its science; loops, files, threads, probes and checkpoints belong to
// the trainer. No system prints, opens a file, or asks the environment.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/core/stop_token.h"
#include "engine/store/contract/check.h"
#include "engine/store/contract/snapshot.h"
#include "engine/train/inputs.h"

namespace geocyte::train {

class TrainContext;
class ArtifactWriter;
class CheckpointWriter;
class CheckpointReader;

enum class StageKind { optimise, compute };

struct Stage {
  std::string id;                          ///< "encode"
  std::string title;
  StageKind kind = StageKind::optimise;
  std::int64_t budget = 0;                 ///< steps
  std::vector<std::string> inputs, makes;
  std::vector<std::string> params;         ///< prefixes of the parameters it depends on
};

/// What one unit of work (<= 1 s) did.
struct StepReport {
  std::map<std::string, double> terms;     ///< unweighted: written as loss/<term>
  std::map<std::string, double> weighted;  ///< written as weighted/<term>
  double total = 0;                        ///< written as loss/total
  std::map<std::string, double> scalars;   ///< further metrics under their own path
  std::int64_t units = 1;
  std::string ends_stage;                  ///< "" = go on; else the reason ("converged")
};

struct ProbeRequest {
  std::int64_t step = 0;
  std::int64_t max_rows = 50'000;          ///< above it a fixed stratified subset is shown
  Json args = Json::object();
};

struct EvaluationRequest {
  std::uint64_t seed = 0;
  int bootstrap = 200;
};

/// One number of an evaluation.
struct Measured {
  std::string metric, method;              ///< method: "model", "pca", "raw" …
  double value = 0;
  std::optional<double> low, high;         ///< 95 % interval
  std::optional<double> chance;
  std::int64_t n = 0;
  std::string split;
};

/// A number that passes or fails, with its bound in words.
using Check = store::Check;

struct Evaluation {
  std::vector<Measured> rows;
  std::vector<Check> checks;               ///< of the model
  std::vector<store::Verdict> verdicts;
  Json to_json() const;
};

class System {
 public:
  virtual ~System() = default;
  virtual std::vector<Stage> stages(const Json& options) const = 0;
  /// Makes model and optimisers for a stage. Inputs were opened and checked. Draws only from ctx.rng().
  virtual void begin(const Stage& stage, const Inputs& inputs, TrainContext& ctx) = 0;
  virtual StepReport step(TrainContext& ctx) = 0;
  /// Raw arrays only; changes no state and draws from the probe stream only.
  virtual store::Snapshot observe(const ProbeRequest& request, TrainContext& ctx, const StopToken& stop) = 0;
  /// Held-out metrics with n, interval, chance, and every declared baseline beside them.
  virtual Evaluation evaluate(const EvaluationRequest& request, TrainContext& ctx) = 0;
  /// Unweighted loss terms on held-out cells, written as val/<term>; empty when the system has none.
  virtual std::map<std::string, double> validate(TrainContext& ctx) = 0;
  /// A parameter marked live changed; called between two steps. ctx.options() already has the new value.
  virtual void apply(const std::string& path, const Json& value, TrainContext& ctx) = 0;
  virtual void export_artifacts(ArtifactWriter& writer) const = 0;
  virtual void save(CheckpointWriter& writer) const = 0;
  virtual void load(CheckpointReader& reader) = 0;
};

}  // namespace geocyte::train
