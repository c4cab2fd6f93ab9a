// SPDX-License-Identifier: GPL-3.0-or-later
// What a plain reconstruction of a tissue gets and gives: slides with places to learn from, cells without places to lay out.
//
// Features are those of all slides in one space (spatial_features.h makes them). Each slide has a frame of its own: places are centred and brought
// to unit rms radius; what needs one frame for all turns the others onto the first by their expression (spatial_frame.h).
// `transductive` methods look at all cells of the test slide at once (their expression, never their places).
//
//   name            needs      what it does
//   chance          -          places of a training slide in random order
//   type centroid   frame      mean place of the cell's type (given types, else k-means 15 of the features of all cells)
//   pca             -          first two (three) components of the test features                                        transductive
//   umap            -          UMAP of the test features alone: the local bar                                           transductive
//   kernel ridge    frame      RBF kernel ridge to places, width and penalty chosen by leaving slides out
//   distance net    -          a perceptron whose outputs' distances are those in the tissue, then MDS: the global bar
//   assignment      one slide  exact linear assignment of cells to training places by correlation
//   fused gw        one slide  entropic fused Gromov-Wasserstein, barycentric places                                    transductive
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/stop_token.h"

namespace geocyte::baselines {

struct SpatialSlide {
  Eigen::MatrixXd features;                ///< n x p
  Eigen::MatrixXd places;                  ///< n x d; empty for the test cells
  std::vector<std::int32_t> types;         ///< of each cell, -1 = unknown; empty = none known
};

struct SpatialTask {
  std::vector<SpatialSlide> training;
  SpatialSlide test;
  std::uint64_t seed = 0;
  int threads = 1;                         ///< 0 = one a core
  StopToken stop = {};

  Eigen::Index dims() const { return training.front().places.cols(); }
};

/// Throws Error{bad_data} in one sentence for: no training slide, fewer than four cells in one, other numbers of features, places, types or
/// dimensions, a value that is not finite.
void require_task(const SpatialTask& task);

/// Places n x d of the test cells; empty when stopped.
using SpatialMethod = std::function<std::optional<Eigen::MatrixXd>(const SpatialTask&)>;

struct SpatialBaseline {
  std::string name;
  std::string what;                        ///< one sentence for a table
  bool transductive = false;
  SpatialMethod place;
  Eigen::Index most_cells = 0;             ///< in a slide; beyond it time or memory (pairs of cells) is out of proportion. 0 = any number
};

/// All of the table above with their settings of the recipe, in that order.
std::vector<SpatialBaseline> spatial_baselines();

/// Centred, rms radius 1.
Eigen::MatrixXd unit_places(const Eigen::MatrixXd& places);

std::optional<Eigen::MatrixXd> place_by_chance(const SpatialTask& task);
std::optional<Eigen::MatrixXd> place_by_type(const SpatialTask& task);
std::optional<Eigen::MatrixXd> place_by_pca(const SpatialTask& task);
std::optional<Eigen::MatrixXd> place_by_umap(const SpatialTask& task);

}  // namespace geocyte::baselines
