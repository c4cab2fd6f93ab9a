// SPDX-License-Identifier: GPL-3.0-or-later
// What is shown: raw arrays, arrays derived from them, views that draw them, and the plain tools that stand beside the model.
#include <string>
#include <utility>

#include "plugins/gems/spec_parts.h"

namespace geocyte::plugins::gems {

std::vector<config::ArraySpec> make_arrays() { return {{"embedding", {"cell", "latent"}, "points", "encoder output, evaluation mode"}}; }

std::vector<config::DerivedSpec> make_derived() {
  return {{"centroid_distance", {{"points", "embedding"}, {"labels", "source"}}, "align/centroid_distance", {{"bootstrap", 200}}, 1},
          {"source_table", {{"points", "embedding"}, {"labels", "source"}}, "align/source_table", Json::object(), 1},
          {"alignment_gates", {{"points", "embedding"}, {"labels", "source"}}, "align/gate", Json::object(), 4},
          {"alignment_checks", {{"points", "embedding"}, {"labels", "source"}}, "align/checks", Json::object(), 2},
          {"pca", {{"points", "embedding"}}, "embedding/pca", Json::object(), 1},
          {"umap", {{"points", "embedding"}, {"labels", "source"}}, "embedding/umap", Json::object(), 2}};
}

std::vector<config::BaselineSpec> make_baselines() {
  return {{"raw", "log-normalised expression of the gene panel, no model"},
          {"pca", "50 principal components of it, fitted on the training cells"},
          {"centre", "each source minus its training mean, then principal components"},
          {"z-score", "each source to mean 0 and deviation 1 by its training cells, then principal components"},
          {"coral", "principal components, mean and covariance of each source made those of the reference slides"},
          {"monge", "principal components, each source moved onto the reference slides by the Gaussian transport map"},
          {"z-score+monge", "the z-scored components, moved the same way"},
          {"combat", "ComBat on the genes, fitted on training cells, then principal components"},
          {"mnn", "mutual nearest neighbours onto the reference slides; sees held-out cells"},
          {"mnn-overlap", "mutual nearest neighbours, most alike sources first, as Scanorama; sees held-out cells"},
          {"harmony", "Harmony on principal components; sees held-out cells"},
          {"harmony-strong", "Harmony with theta 4, 20 clusters and no early end; sees held-out cells"}};
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
  // What no scale of the embedding can hide comes first: 1.5 times what sampling alone gives, as the verdict judges; .36
  // within-source standard deviations, where Gaussians are told apart with an AUC of .6. Then the gate of 1.0 of seed 001.
  views.push_back({"matrix_heatmap", "Source distance", "align",
                   {{"values", "align/ratio_to_floor"}, {"name", "Ratio to floor"}, {"gate", "1.5"},
                    {"values2", "align/centroid_distance_standardised"}, {"name2", "Mahalanobis"}, {"gate2", "0.36"},
                    {"values3", "align/centroid_distance"}, {"name3", "Distance of means"}, {"gate3", "1.0"}, {"floor3", "align/sampling_floor"},
                    {"values4", "align/pair_auc"}, {"name4", "Classifier AUC"}, {"gate4", "0.6"}, {"reach4", "1.6"}, {"pass4", "align/auc_gate"},
                    {"values5", "align/gate_bound"}, {"name5", "Gates, both"}, {"gate5", "align/gate_allowed"}, {"pass5", "align/gate"}, {"labels", "source"}}});
  views.push_back({"scatter", "Embedding", "align", {{"points", "embedding/umap"}, {"points2", "embedding/pca"}, {"space", "embedding"}, {"labels", "source"}}});
  views.push_back({"check_table", "Gates and guards", "align",
                   {{"labels", "source"},
                    {"check1", "gates/pairs"}, {"title1", "Pairs of sources"}, {"check2", "gates/distance"}, {"title2", "Largest distance, squared"},
                    {"check3", "gates/auc"}, {"title3", "Most separable pair, AUC"}, {"check4", "gates/leak"}, {"title4", "Pairs below chance"},
                    {"check5", "gates/domains"}, {"title5", "Spots against cells, AUC"}, {"check6", "mixing/own_share"}, {"title6", "Neighbours of the own source"},
                    {"check7", "mixing/ilisi"}, {"title7", "Sources around a cell, iLISI"}, {"check8", "mixing/kbet"}, {"title8", "Mixed neighbourhoods, kBET"},
                    {"check9", "guards/spread"}, {"title9", "Flattest dimension"}, {"check10", "guards/dimensions"}, {"title10", "Dimensions in use"},
                    {"check11", "guards/space"}, {"title11", "Neighbours in the tissue"}, {"check12", "guards/expression"}, {"title12", "Neighbours in expression"},
                    {"check13", "guards/types"}, {"title13", "Cell types"}}});
  views.push_back({"source_table", "Sources", "align",
                   {{"labels", "source"}, {"counts", "source"}, {"column1", "align/ratio_to_floor"}, {"title1", "x floor"}, {"gate1", "1.5"},
                    {"column2", "align/centroid_distance_standardised"}, {"title2", "Mahal."}, {"gate2", "0.36"},
                    {"column3", "align/pair_auc"}, {"title3", "worst AUC"}, {"gate3", "0.6"}, {"pass3", "align/auc_gate"},
                    {"column4", "align/own_share"}, {"title4", "own nbrs"}, {"column5", "align/own_share_expected"}, {"title5", "expected"},
                    {"column6", "align/purity"}, {"title6", "own modality"}, {"column7", "align/nearest_distance"}, {"title7", "nearest"},
                    {"column8", "align/source_std_min"}, {"title8", "least std"}, {"column9", "align/source_std_median"}, {"title9", "median std"},
                    {"column10", "align/source_depth"}, {"title10", "depth"}, {"column11", "align/source_zero_fraction"}, {"title11", "zeros"}}});
  views.push_back({"pair_trend", "Pairs over training", "align",
                   {{"values", "align/ratio_to_floor"}, {"name", "Ratio to floor"}, {"gate", "1.5"},
                    {"values2", "align/centroid_distance_standardised"}, {"name2", "Mahalanobis"}, {"gate2", "0.36"},
                    {"values3", "align/centroid_distance"}, {"name3", "Distance of means"}, {"gate3", "1.0"}, {"labels", "source"}}});
  views.push_back({"selection_counts", "Selection", "align", {{"labels", "source"}}});
  return views;
}

}  // namespace geocyte::plugins::gems
