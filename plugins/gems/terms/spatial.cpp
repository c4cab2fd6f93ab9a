// SPDX-License-Identifier: GPL-3.0-or-later
// Spots side by side in the tissue are alike in the embedding; and, as pseudo-places, cells that a spatial run puts side by side. Anchors,
// neighbours and hard negatives are drawn beside the batch and embedded without noise: the tensor of this term is the very one that is
// judged.
#include "engine/losses/spatial_contrast.h"

#include <string>
#include <utility>

#include <ATen/ops/tensor.h>

#include "engine/nn/generator.h"
#include "plugins/gems/model.h"
#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {
namespace {

/// The contrast over one set of places.
class Spatial : public Term {
 public:
  Spatial(const TermSetup& setup, const at::Tensor& xy, const losses::SpatialNeighbours& neighbours, std::string stream)
      : cells_(setup.cells), knowledge_(setup.knowledge), model_(setup.model), ctx_(setup.ctx), xy_(xy), neighbours_(neighbours), stream_(std::move(stream)) {
    const at::Tensor slide = neighbours.slide_of.to(at::kCPU).contiguous();
    slide_of_cell_.assign(slide.const_data_ptr<std::int64_t>(), slide.const_data_ptr<std::int64_t>() + slide.numel());
  }

  losses::Term evaluate(const TermInput& input) override {
    if (!input.training) return losses::Term::absent("held-out cells take no part");
    losses::SpatialDrawOptions draw;
    draw.anchors = input.own.integer("anchors");
    draw.hard_negatives = input.own.boolean("hard_negatives") ? 1 : 0;
    const at::Tensor scores = draw.hard_negatives > 0 ? knowledge_.similarity_scores() : at::Tensor();
    const at::Generator generator = nn::make_generator(ctx_.rng().stream(stream_)(), xy_.device());
    const at::Tensor rows = losses::draw_spatial_rows(neighbours_, xy_, scores, draw, generator);           // (R)
    const at::Tensor source = cells_.source_number.index_select(0, rows), x = cells_.expression.index_select(0, rows);
    const at::Tensor z = model_.embed(cells_.scaling.rows(source).apply(x), source);                        // (R, D)
    losses::SpatialContrastOptions how;
    how.temperature = input.own.number("temperature");
    return losses::spatial_contrast(z, xy_.index_select(0, rows), neighbours_.radius.index_select(0, rows),
                                    groups_of_rows(slide_of_cell_, rows, static_cast<std::int64_t>(cells_.sources.size())), how);
  }

 private:
  const Cells& cells_;
  CellKnowledge& knowledge_;
  const Model& model_;
  train::TrainContext& ctx_;
  const at::Tensor& xy_;
  const losses::SpatialNeighbours& neighbours_;
  std::string stream_;
  std::vector<std::int64_t> slide_of_cell_;
};

losses::Term nothing_predicted(const TermInput&) { return losses::Term::absent("no source has predicted places: give `places`, an export of a run of st_edm"); }

}  // namespace

std::unique_ptr<Term> make_spatial(const TermSetup& setup) {
  return std::make_unique<Spatial>(setup, setup.cells.xy, setup.knowledge.spatial_neighbours(setup.own.integer("neighbours")), "spatial");
}

std::unique_ptr<Term> make_pseudo_places(const TermSetup& setup) {
  if (!setup.cells.predicted_xy.defined()) return plain(nothing_predicted);
  const auto& neighbours = setup.knowledge.predicted_neighbours(setup.own.integer("neighbours"), setup.own.number("share"));
  return std::make_unique<Spatial>(setup, setup.cells.predicted_xy, neighbours, "pseudo_places");
}

}  // namespace geocyte::plugins::gems
