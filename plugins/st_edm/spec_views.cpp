// SPDX-License-Identifier: GPL-3.0-or-later
// What is shown, the plain methods that stand beside the model, and when a run speaks up by itself.
#include <string>
#include <utility>

#include "plugins/st_edm/spec_parts.h"

namespace geocyte::plugins::st_edm {

std::vector<config::ArraySpec> make_arrays() {
  return {{"coordinates/predicted", {"cell", "xy"}, "points", "predicted places, each source laid onto its true places where they are known"},
          {"coordinates/target", {"cell", "xy"}, "points", "true places, unit radius"},
          {"coordinates/uncertainty", {"cell"}, "values", "error to be expected of a place, in radii"},
          {"coordinates/off_tissue", {"cell"}, "values", "how unlike training cells a cell is; one training cell in twenty lies above 1"},
          {"coordinates/samples", {"sample", "cell", "xy"}, "samples", "several answers for the same cells, laid onto the places that are shown"},
          {"calibration/nominal", {"level"}, "values", "share of true places that a circle should hold"},
          {"calibration/observed", {"level"}, "values", "share that it holds on held-out cells"},
          {"calibration/low", {"level"}, "values", "lower end of its interval"},
          {"calibration/high", {"level"}, "values", "upper end of its interval"},
          {"calibration/n", {"level"}, "values", "held-out cells"},
          {"skill/sigma", {"sigma"}, "values", "noise levels of the skill panel, in units of sigma_data"},
          {"skill/ratio", {"sigma"}, "values", "error of the refiner over that of doing nothing, on cells it was not trained on"},
          {"skill/ratio_low", {"sigma"}, "values", "lower end of its interval"},
          {"skill/ratio_high", {"sigma"}, "values", "upper end of its interval"},
          {"skill/ratio_all", {"sigma"}, "values", "the same over all axes of what is denoised, empty ones included"},
          {"skill/f_ratio", {"sigma"}, "values", "size of the network's output over that of the right one"},
          {"skill/scale", {"sigma"}, "values", "size of the estimate over that of the truth"},
          {"skill/scale_ceiling", {"sigma"}, "values", "scale of an honest mean that is as right"},
          {"skill/refined", {"sigma"}, "values", "1 - row-Spearman of places refined from a noise level"},
          {"skill/generator", {"sigma"}, "values", "1 - row-Spearman of the generator's places"},
          {"skill/gain_low", {"sigma"}, "values", "lower end of the interval of generator - refined"},
          {"skill/gain_high", {"sigma"}, "values", "upper end of it"},
          {"skill/n", {"sigma"}, "values", "cells that were looked at"}};
}

std::vector<config::BaselineSpec> make_baselines() {
  return {{"generator", "the layout without the refiner"},
          {"refined", "the layout with the refiner, whether it was accepted or not"},
          {"scaling", "the generator without its layout: classical scaling of the distances of the pair heads, or the leading axes of the seed's generator"},
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
  curves("Row-Spearman, validation", "val/row_spearman");
  curves("Denoising", "loss/denoising,loss/score,val/loss_ratio");
  curves("Seed losses", "loss/gram,loss/edge,loss/knn_nca,loss/out_scale,loss/gen_align");
  curves("Curriculum of the seed", "curriculum/phase,curriculum/stalls");
  views.push_back({"loss_composition", "Loss composition", "monitor", {{"values", "weighted/*"}}});
  views.push_back({"scatter", "Predicted tissue", "align", {{"points", "coordinates/predicted"}, {"points2", "coordinates/target"}, {"labels", "source"}}});
  views.push_back({"tissue", "Tissue", "spatial",
                   {{"predicted", "coordinates/predicted"}, {"target", "coordinates/target"}, {"labels", "source"}, {"uncertainty", "coordinates/uncertainty"}, {"samples", "coordinates/samples"}, {"off_tissue", "coordinates/off_tissue"},
                    {"probe_sigma", "0.3"}, {"probe_with", "skill/ratio"}, {"probe_low", "0.05"}, {"probe_high", "2.4"}}});
  views.push_back({"skill_panel", "Skill by noise", "spatial",
                   {{"sigma", "skill/sigma"}, {"ratio", "skill/ratio"}, {"ratio_low", "skill/ratio_low"}, {"ratio_high", "skill/ratio_high"},
                    {"f_ratio", "skill/f_ratio"}, {"scale", "skill/scale"}, {"ceiling", "skill/scale_ceiling"}, {"refined", "skill/refined"},
                    {"generator", "skill/generator"}, {"gain_low", "skill/gain_low"}, {"gain_high", "skill/gain_high"}, {"count", "skill/n"}}});
  views.push_back({"calibration", "Calibration", "spatial",
                   {{"nominal", "calibration/nominal"}, {"observed", "calibration/observed"}, {"low", "calibration/low"}, {"high", "calibration/high"}, {"count", "calibration/n"}}});
  return views;
}

}  // namespace geocyte::plugins::st_edm
