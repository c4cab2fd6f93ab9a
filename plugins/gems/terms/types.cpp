// SPDX-License-Identifier: GPL-3.0-or-later
// Terms that know types: the contrastive discrepancy of pseudo-types, and types carried from labelled cells with confidence.
#include "engine/losses/class_discrepancy.h"
#include "engine/losses/pseudo_labels.h"
#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {
namespace {

class ClassDiscrepancy : public Term {
 public:
  explicit ClassDiscrepancy(const TermSetup& setup)
      : count_(setup.own.integer("types")), types_(setup.knowledge.pseudo_types(count_, setup.ctx.rng().seed())) {}

  losses::Term evaluate(const TermInput& input) override {
    losses::ClassDiscrepancyOptions how;
    how.contrast = input.own.number("contrast");
    return losses::class_discrepancy(input.views.z1, input.groups.source, groups_of_rows(types_, input.views.rows, count_), how);
  }

 private:
  std::int64_t count_;
  const std::vector<std::int64_t>& types_;
};

class PseudoLabels : public Term {
 public:
  explicit PseudoLabels(const TermSetup& setup) : count_(static_cast<std::int64_t>(setup.cells.types.categories.size())) {
    const Cells& cells = setup.cells;
    types_.assign(static_cast<std::size_t>(cells.count()), -1);
    // Types of single cells only: the label of a spot is of a mixture, and often names a region.
    for (const std::int64_t row : cells.split.train) {
      const auto i = static_cast<std::size_t>(row);
      if (cells.sources[static_cast<std::size_t>(cells.source_of_cell[i])].modality == kSingleCells) types_[i] = cells.types.codes[i];
    }
    if (count_ > 0) prototypes_ = losses::TypePrototypes::of(count_, setup.options.encoder.latent, cells.expression.options());
  }

  losses::Term evaluate(const TermInput& input) override {
    if (count_ == 0) return losses::Term::absent("no source has labels of cell types");
    const losses::Groups types = groups_of_rows(types_, input.views.rows, count_);
    if (input.training) prototypes_.follow(input.views.z1.detach(), types, input.groups.source);
    if (prototypes_.met.sum().item<double>() == 0) return losses::Term::absent("no labelled cell has been met yet");
    losses::PseudoLabelOptions how;
    how.confidence = input.own.number("confidence");
    how.temperature = input.own.number("temperature");
    const losses::PseudoLabels labels = losses::select_pseudo_labels(input.views.z1, types, prototypes_, how);
    return losses::pseudo_label_loss(input.views.z1, labels, prototypes_, how);
  }

  void save(train::CheckpointWriter& writer) const override { writer.tensors("pseudo_labels", state()); }
  void load(train::CheckpointReader& reader) override { reader.tensors("pseudo_labels", state()); }

 private:
  nn::NamedTensors state() const {
    if (count_ == 0) return {};
    return {{"centre", prototypes_.centre}, {"met", prototypes_.met}};
  }

  std::int64_t count_;
  std::vector<std::int64_t> types_;
  losses::TypePrototypes prototypes_;
};

}  // namespace

std::unique_ptr<Term> make_class_discrepancy(const TermSetup& setup) { return std::make_unique<ClassDiscrepancy>(setup); }
std::unique_ptr<Term> make_pseudo_labels(const TermSetup& setup) { return std::make_unique<PseudoLabels>(setup); }

}  // namespace geocyte::plugins::gems
