// SPDX-License-Identifier: GPL-3.0-or-later
// Contrasts between sources with partners that expression names: mutual neighbours in within-source scores of all training cells.
#include "engine/losses/partner_contrast.h"

#include "engine/losses/expression_plan.h"
#include "engine/losses/mutual_neighbours.h"
#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {
namespace {

constexpr double kReach = 0.1;             // of the cosine that a cell may be away from its partners before it is left out

/// Partners of a batch by its own expression: few cells of a source are in it, so few neighbours are taken.
losses::Partners partners_of(const TermInput& input, CellKnowledge& knowledge, std::int64_t k) {
  losses::MutualNeighbourOptions how;
  how.k = k;
  return losses::mutual_neighbours(knowledge.similarity_scores().index_select(0, input.views.rows), input.groups.source, how);
}

/// Mutual neighbours against the other cells of their source.
class MutualContrast : public Term {
 public:
  explicit MutualContrast(const TermSetup& setup) : knowledge_(setup.knowledge) {}
  losses::Term evaluate(const TermInput& input) override {
    losses::PartnerContrastOptions how;
    how.temperature = input.own.number("temperature");
    return losses::mnn_contrast(input.views.z1, partners_of(input, knowledge_, input.own.integer("neighbours")), input.groups.source, how);
  }

 private:
  CellKnowledge& knowledge_;
};

/// Soft labels: partners weighted by how alike they are, or a transport plan.
class ExpressionContrast : public Term {
 public:
  explicit ExpressionContrast(const TermSetup& setup) : knowledge_(setup.knowledge) {}
  losses::Term evaluate(const TermInput& input) override {
    losses::PartnerContrastOptions how;
    how.temperature = input.own.number("temperature");
    if (input.own.text("labels") == "mutual") {
      const losses::Partners partners = partners_of(input, knowledge_, input.own.integer("neighbours"));
      return losses::expression_contrast(input.views.z1, losses::partner_plan(partners), input.groups.source, how);
    }
    losses::ExpressionPlanOptions plan;
    if (input.own.text("labels") == "unbalanced") {
      plan.reach = kReach;
      how.by_mass = true;
    }
    const at::Tensor scores = knowledge_.similarity_scores().index_select(0, input.views.rows);   // (B, P)
    return losses::expression_contrast(input.views.z1, losses::expression_plan(scores, input.groups.source, plan), input.groups.source, how);
  }

 private:
  CellKnowledge& knowledge_;
};

}  // namespace

std::unique_ptr<Term> make_mnn_contrast(const TermSetup& setup) { return std::make_unique<MutualContrast>(setup); }
std::unique_ptr<Term> make_expression_contrast(const TermSetup& setup) { return std::make_unique<ExpressionContrast>(setup); }

}  // namespace geocyte::plugins::gems
