// SPDX-License-Identifier: GPL-3.0-or-later
// What is shown: raw arrays, arrays derived from them, views that draw them, and the plain tools that stand beside the model.
#include <string>
#include <utility>

#include "plugins/gems/spec_parts.h"

namespace geocyte::plugins::gems {

std::vector<config::ArraySpec> make_arrays() { return {{"embedding", {"cell", "latent"}, "points", "encoder output, evaluation mode"}}; }

std::vector<config::DerivedSpec> make_derived() {
  return {{"centroid_distance", {{"points", "embedding"}, {"labels", "source"}}, "align/centroid_distance", Json::object(), 1},
          {"pca", {{"points", "embedding"}}, "embedding/pca", Json::object(), 1},
          {"umap", {{"points", "embedding"}, {"labels", "source"}}, "embedding/umap", Json::object(), 2}};
}

std::vector<config::BaselineSpec> make_baselines() {
  return {{"raw", "log-normalised expression of the gene panel, no model"},
          {"pca", "50 principal components of it, fitted on the training cells"}};
}

std::vector<config::ViewSpec> make_views() {
  std::vector<config::ViewSpec> views;
  const auto curves = [&](std::string title, std::string metrics) {
    views.push_back({"loss_curves", std::move(title), "monitor", {{"values", std::move(metrics)}}});
  };
  curves("Total loss", "loss/total");
  curves("VICReg", "loss/vicreg,val/vicreg");
  curves("Domain CORAL", "loss/domain_coral,val/domain_coral");
  curves("Adversary balanced accuracy", "adversary/balanced_accuracy");
  curves("Centroid distance", "align/max_centroid_distance,align/median_centroid_distance");
  views.push_back({"loss_composition", "Loss composition", "monitor", {{"values", "weighted/*"}}});
  // The gate of 1.0 is the one of seed 001. Scale-free ones beside it: .36 within-source standard deviations, where Gaussians
  // are told apart with an AUC of .6, and 1.5 times what sampling alone gives.
  views.push_back({"matrix_heatmap", "Distance between sources", "align",
                   {{"values", "align/centroid_distance"}, {"gate", "1.0"}, {"values2", "align/centroid_distance_standardised"}, {"gate2", "0.36"},
                    {"values3", "align/ratio_to_floor"}, {"gate3", "1.5"}, {"floor", "align/sampling_floor"},
                    {"ratio", "align/ratio_to_floor"}, {"labels", "source"}}});
  views.push_back({"scatter", "Embedding", "align", {{"points", "embedding/umap"}, {"points2", "embedding/pca"}, {"labels", "source"}}});
  return views;
}

}  // namespace geocyte::plugins::gems
