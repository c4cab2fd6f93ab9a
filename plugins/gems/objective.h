// SPDX-License-Identifier: GPL-3.0-or-later
// What the encoder minimises:
//
//   L(t) = sum over terms k of  w_k r_k(t) L_k,      r_k(t) = clip((t - start_k) / steps_k, 0, 1)
//
// The terms are those of term_specs(), in its order; each is computed in a file of terms/. All alignment terms see the first
// view: the tensor that VICReg shapes is the one that is aligned. A term that this data cannot have says why; it is off, not
// zero. Terms are computed while they are enabled, also before their warm-up, so that their curves are whole; without weight
// they cost no backward pass. A term is made when it is first enabled, with its networks.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/train/state_io.h"
#include "plugins/gems/batch_groups.h"
#include "plugins/gems/cells.h"
#include "plugins/gems/model.h"
#include "plugins/gems/options.h"
#include "plugins/gems/term_specs.h"
#include "plugins/gems/terms/term.h"

namespace geocyte::plugins::gems {

class Objective {
 public:
  struct Value {
    at::Tensor total;                                ///< scalar with gradient; undefined when no term has weight
    std::vector<const TermSpec*> terms;
    std::vector<double> weights;                     ///< w_k r_k(t)
    at::Tensor values;                               ///< unweighted terms, then the details, detached, one vector
    std::vector<std::string> details;                ///< names of the further scalars
    std::map<std::string, std::string> absent;       ///< by id: why an enabled term is off
  };

  Objective();
  ~Objective();
  /// Makes the enabled terms that there are not yet. Call it again when a switch may have changed. Throws what they throw.
  void prepare(const GemsOptions& options, const Cells& cells, Model& model, train::TrainContext& ctx);

  /// Trains the opponents of all enabled terms on views without gradient; returns their scalars.
  std::map<std::string, double> train_opponents(const GemsOptions& options, const Views& views, const BatchGroups& groups,
                                                const NoiseSource& noise, train::TrainContext& ctx);
  /// `step` counts from 0. While judging (not `training`) warm-up is taken as done and terms remember nothing.
  Value evaluate(const GemsOptions& options, std::int64_t step, const Views& views, const BatchGroups& groups, bool training = true) const;

  void save(train::CheckpointWriter& writer) const;
  /// Makes the terms that the checkpoint has had as well. Call it before the model is loaded: they bring its parts.
  void prepare_saved(const train::CheckpointReader& reader, const GemsOptions& options, const Cells& cells, Model& model,
                     train::TrainContext& ctx);
  void load(train::CheckpointReader& reader);

 private:
  void make(const TermSpec& spec, const GemsOptions& options, const Cells& cells, Model& model, train::TrainContext& ctx);

  std::unique_ptr<CellKnowledge> knowledge_;
  std::map<std::string, std::unique_ptr<Term>> made_;
};

}  // namespace geocyte::plugins::gems
