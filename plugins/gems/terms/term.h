// SPDX-License-Identifier: GPL-3.0-or-later
// One term of the objective at work. A term that needs networks of its own adds them to the model when it is made: partners,
// which the encoder's own loss trains with it (a decoder), or opponents, which train_opponent() trains (a discriminator).
// Networks are saved with the model; a term that keeps more than those (a memory bank) saves that itself.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/losses/term.h"
#include "engine/train/state_io.h"
#include "engine/train/train_context.h"
#include "plugins/gems/batch_groups.h"
#include "plugins/gems/cell_knowledge.h"
#include "plugins/gems/options.h"

namespace geocyte::plugins::gems {

class Model;

/// What a term may be made from.
struct TermSetup {
  const GemsOptions& options;
  const TermOptions& own;
  const Cells& cells;
  CellKnowledge& knowledge;
  Model& model;
  train::TrainContext& ctx;
};

/// Random numbers of a network beside the encoder, one generator a use; none where dropout rests.
using NoiseSource = std::function<at::Generator()>;

/// One evaluation of a term.
struct TermInput {
  const GemsOptions& options;
  const TermOptions& own;
  const Views& views;
  const BatchGroups& groups;
  std::int64_t step = 0;
  bool training = true;                    ///< false while judging: nothing may be remembered
  std::vector<std::pair<std::string, at::Tensor>>* details = nullptr;

  /// A further number of this evaluation, written as the scalar `name` while training.
  void detail(const char* name, const at::Tensor& value) const {
    if (details != nullptr) details->emplace_back(name, value.detach());
  }
};

class Term {
 public:
  virtual ~Term() = default;
  /// The unweighted term, with gradient to the views where gradients are on; or why this batch has none.
  virtual losses::Term evaluate(const TermInput& input) = 0;
  /// Trains what works against the encoder, before the encoder's own update; views without gradient. Returns scalars.
  virtual std::map<std::string, double> train_opponent(const TermInput&, const NoiseSource&, train::TrainContext&) { return {}; }
  virtual void save(train::CheckpointWriter&) const {}
  virtual void load(train::CheckpointReader&) {}
};

}  // namespace geocyte::plugins::gems
