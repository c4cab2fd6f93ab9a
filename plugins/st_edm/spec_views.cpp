// SPDX-License-Identifier: GPL-3.0-or-later
// What is shown, the plain methods that stand beside the model, and when a run speaks up by itself.
#include <string>
#include <utility>

#include "plugins/st_edm/spec_parts.h"

namespace geocyte::plugins::st_edm {

std::vector<config::ArraySpec> make_arrays() {
  return {{"coordinates/predicted", {"cell", "xy"}, "points", "predicted places, each source laid onto its true places where they are known"},
          {"coordinates/target", {"cell", "xy"}, "points", "true places, unit radius"}};
}

std::vector<config::BaselineSpec> make_baselines() {
  return {{"scaling", "the pair heads without the layout: classical scaling of their distances"},
          {"chance", "places of a training slide in random order"},
          {"type centroid", "the mean place of the cell's type in the training slides (k-means of expression where types are not known)"},
          {"pca", "the leading principal components of the expression of the slide"},
          {"umap", "UMAP of the expression of the slide, no places at all: the local bar"},
          {"kernel ridge", "RBF kernel ridge from expression to places in one frame"},
          {"distance net", "a perceptron that regresses distances in the tissue, then MDS: the global bar"},
          {"assignment", "exact linear assignment to the places of training slides, by expression"},
          {"fused gw", "entropic fused Gromov-Wasserstein transport to the first training slide"}};
}

std::vector<config::AlertSpec> make_alerts() {
  using config::AlertTest;
  return {{"loss/not_finite", "bad", "The loss is not a number.",
           "Lower the learning rate or the weight of the term that grew before; the last checkpoint is intact.",
           {{"loss/total", AlertTest::not_finite}}}};
}

std::vector<config::ViewSpec> make_views() {
  std::vector<config::ViewSpec> views;
  const auto curves = [&](std::string title, std::string metrics) {
    views.push_back({"loss_curves", std::move(title), "monitor", {{"values", std::move(metrics)}}});
  };
  curves("Total loss", "loss/total,val/total");
  curves("Neighbours", "loss/neighbours,val/neighbours");
  curves("Distances", "loss/distance,val/distance");
  curves("Row-Spearman of validation cells", "val/row_spearman");
  views.push_back({"loss_composition", "Loss composition", "monitor", {{"values", "weighted/*"}}});
  views.push_back({"scatter", "Predicted tissue", "align", {{"points", "coordinates/predicted"}, {"points2", "coordinates/target"}, {"labels", "source"}}});
  views.push_back({"tissue", "Tissue", "spatial", {{"predicted", "coordinates/predicted"}, {"target", "coordinates/target"}, {"labels", "source"}}});
  return views;
}

}  // namespace geocyte::plugins::st_edm
