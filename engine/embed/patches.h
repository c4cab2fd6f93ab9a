// SPDX-License-Identifier: GPL-3.0-or-later
// A set too large to be laid out at once, laid out in overlapping patches that are fused.
//
//   patches    `anchors` cells that all patches share and as many others as `size` allows, all drawn at random: each patch is a thinned copy of the whole
//              set. Each other cell is in `cover` of them. Neighbouring cells would seem the better choice, but a layout that goes by the order of
//              distances within its patch then spends itself on differences that are noise next to those between patches: on 6,000 cells such patches
//              agreed with the layout of all to a row-Spearman of .83, thinned ones to .97 (tests/bench/results/patchwise.md)
//   register   each patch is turned, mirrored and moved onto the mean of all copies of its cells; `rounds` times from the start on
//              (generalised Procrustes: Gower 1975)
//   fuse       a cell lies at the mean of its copies
//
// Layouts of patches must be in one unit (that of the start). How far copies of a cell lie apart is its `spread`.
// Deterministic. Cost: about (n - anchors) cover / (size - anchors) layouts of `size` cells.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/core/stop_token.h"

namespace geocyte::embed {

struct PatchOptions {
  std::int64_t size = 3000, anchors = 1000;
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
  bool complete = true;
};

/// Cells of each patch of `n`, rising. With size >= n one patch of all.
std::vector<std::vector<std::int32_t>> overlapping_patches(std::int64_t n, const PatchOptions& options = {});

/// `start` n x dims. Throws Error{bad_data} where a start or layout is not finite, Error{internal} for a layout of another shape, no more anchors than
/// dimensions, a patch that is no larger than its anchors or other options below 1.
PatchwiseLayout lay_out_in_patches(const Eigen::MatrixXd& start, const PatchLayout& lay_out, const PatchOptions& options = {});

}  // namespace geocyte::embed
