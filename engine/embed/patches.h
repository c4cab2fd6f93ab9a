// SPDX-License-Identifier: GPL-3.0-or-later
// A set too large to be laid out at once, laid out in overlapping patches that are fused.
//
//   patches    the `size` cells nearest to a centre in a rough start, and `anchors` cells that all patches share (farthest first); a cell that fewest
//              patches hold is the next centre, until each is held by `cover` of them
//   register   each patch is turned, mirrored and moved onto the mean of all copies of its cells; `rounds` times from the start on
//              (generalised Procrustes: Gower 1975)
//   fuse       a cell lies at the mean of its copies, each weighing (1 - (r / R)^2)^2, r: distance of the cell from the centre of the patch, R: that of
//              its farthest cell, in the start. So a patch alone decides in its middle, and gives way towards its border without a seam.
//
// Layouts of patches must be in one unit (that of the start). How far copies of a cell lie apart is its `spread`.
// Deterministic. Cost: about 2 n cover / size layouts of size + anchors cells.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/core/stop_token.h"

namespace geocyte::embed {

struct PatchOptions {
  std::int64_t size = 1000, anchors = 128;
  int cover = 2;
  int rounds = 4;
  StopToken stop = {};                     ///< looked at between patches
  std::function<void(std::int64_t done, std::int64_t of)> progress = [](std::int64_t, std::int64_t) {};   ///< after each patch
};

/// Places (cells, dims) of some cells; empty when stopped.
using PatchLayout = std::function<std::optional<Eigen::MatrixXd>(const std::vector<std::int32_t>& cells)>;

struct PatchwiseLayout {
  Eigen::MatrixXd points;                  ///< n x dims; the start where stopped
  Eigen::VectorXd spread;                  ///< rms distance of the copies of a cell from their mean, in the unit of the start; 0 of a single copy
  std::int64_t patches = 0;
  int components = 1;                      ///< of patches, two being joined when they share more cells than dimensions
  bool complete = true;
};

struct Patch {
  std::vector<std::int32_t> cells;         ///< rising
  std::vector<double> weights;             ///< of their copies in the mean
};

/// `start` n x dims. With size >= n one patch of all.
std::vector<Patch> overlapping_patches(const Eigen::MatrixXd& start, const PatchOptions& options = {});

/// Throws Error{bad_data} where a start or layout is not finite, Error{internal} for a layout of another shape or options below 1.
PatchwiseLayout lay_out_in_patches(const Eigen::MatrixXd& start, const PatchLayout& lay_out, const PatchOptions& options = {});

}  // namespace geocyte::embed
