// SPDX-License-Identifier: GPL-3.0-or-later
// Spots side by side in the tissue are alike in the embedding. Anchors, neighbours and hard negatives are drawn beside the batch
// and embedded without noise: the tensor of this term is the very one that is judged.
#include "engine/losses/spatial_contrast.h"

#include <ATen/ops/tensor.h>

#include "engine/nn/generator.h"
#include "plugins/gems/model.h"
#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {
namespace {

class Spatial : public Term {
 public:
  explicit Spatial(const TermSetup& setup)
      : cells_(setup.cells), knowledge_(setup.knowledge), model_(setup.model), ctx_(setup.ctx),
        neighbours_(setup.knowledge.spatial_neighbours(setup.own.integer("neighbours"))) {}

  losses::Term evaluate(const TermInput& input) override {
    if (!input.training) return losses::Term::absent("held-out spots take no part");
    losses::SpatialDrawOptions draw;
    draw.anchors = input.own.integer("anchors");
    draw.hard_negatives = input.own.boolean("hard_negatives") ? 1 : 0;
    const at::Tensor scores = draw.hard_negatives > 0 ? knowledge_.similarity_scores() : at::Tensor();
    const at::Generator generator = nn::make_generator(ctx_.rng().stream("spatial")(), cells_.xy.device());
    const at::Tensor rows = losses::draw_spatial_rows(neighbours_, cells_.xy, scores, draw, generator);   // (R)
    const at::Tensor source = cells_.source_number.index_select(0, rows), x = cells_.expression.index_select(0, rows);
    const at::Tensor z = model_.embed(cells_.scaling.rows(source).apply(x), source);                        // (R, D)
    losses::SpatialContrastOptions how;
    how.temperature = input.own.number("temperature");
    return losses::spatial_contrast(z, cells_.xy.index_select(0, rows), neighbours_.radius.index_select(0, rows),
                                    groups_of_rows(cells_.slide_of_cell, rows, static_cast<std::int64_t>(cells_.sources.size())), how);
  }

 private:
  const Cells& cells_;
  CellKnowledge& knowledge_;
  const Model& model_;
  train::TrainContext& ctx_;
  const losses::SpatialNeighbours& neighbours_;
};

}  // namespace

std::unique_ptr<Term> make_spatial(const TermSetup& setup) { return std::make_unique<Spatial>(setup); }

}  // namespace geocyte::plugins::gems
