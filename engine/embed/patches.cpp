// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/patches.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "engine/core/check.h"
#include "engine/embed/procrustes.h"

namespace geocyte::embed {
namespace {

using Cells = std::vector<std::int32_t>;

constexpr double kLeastWeight = 1e-3;      // of a copy at the border of its patch, and of an anchor beyond it

/// `count` points, each as far as possible from those before it.
Cells farthest_first(const Eigen::MatrixXd& x, std::int64_t count) {
  Cells chosen;
  Eigen::VectorXd nearest = Eigen::VectorXd::Constant(x.rows(), std::numeric_limits<double>::infinity());
  Eigen::Index next = 0;
  (x.rowwise() - x.colwise().mean()).rowwise().squaredNorm().maxCoeff(&next);
  while (static_cast<std::int64_t>(chosen.size()) < std::min<std::int64_t>(count, x.rows())) {
    chosen.push_back(static_cast<std::int32_t>(next));
    nearest = nearest.cwiseMin((x.rowwise() - x.row(next)).rowwise().squaredNorm());
    nearest.maxCoeff(&next);
  }
  return chosen;
}

Cells nearest_of(const Eigen::MatrixXd& x, Eigen::Index centre, std::int64_t count) {
  const Eigen::VectorXd d = (x.rowwise() - x.row(centre)).rowwise().squaredNorm();
  Cells order(static_cast<std::size_t>(x.rows()));
  std::iota(order.begin(), order.end(), 0);
  std::nth_element(order.begin(), order.begin() + count - 1, order.end(), [&](auto a, auto b) { return d[a] != d[b] ? d[a] < d[b] : a < b; });
  order.resize(static_cast<std::size_t>(count));
  return order;
}

/// Number of groups of patches that hang together.
int components_of(const std::vector<Patch>& patches, std::size_t dims) {
  std::vector<std::size_t> group(patches.size());
  std::iota(group.begin(), group.end(), 0);
  const auto root = [&](std::size_t p) {
    while (group[p] != p) p = group[p];
    return p;
  };
  Cells both;
  for (std::size_t a = 0; a < patches.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      both.clear();
      std::set_intersection(patches[a].cells.begin(), patches[a].cells.end(), patches[b].cells.begin(), patches[b].cells.end(), std::back_inserter(both));
      if (both.size() > dims) group[root(a)] = root(b);
    }
  int count = 0;
  for (std::size_t p = 0; p < patches.size(); ++p) count += group[p] == p;
  return count;
}

struct Copies {
  Eigen::MatrixXd mean;
  Eigen::VectorXd spread;
};

Copies mean_of(const std::vector<Patch>& patches, const std::vector<Eigen::MatrixXd>& layouts, Eigen::Index n) {
  Copies copies{Eigen::MatrixXd::Zero(n, layouts.front().cols()), Eigen::VectorXd::Zero(n)};
  Eigen::VectorXd total = Eigen::VectorXd::Zero(n), count = total;
  const auto over_copies = [&](const auto& work) {
    for (std::size_t p = 0; p < patches.size(); ++p)
      for (std::size_t i = 0; i < patches[p].cells.size(); ++i) work(patches[p].cells[i], patches[p].weights[i], layouts[p].row(static_cast<Eigen::Index>(i)));
  };
  over_copies([&](std::int32_t cell, double weight, const auto& place) {
    copies.mean.row(cell) += weight * place;
    total[cell] += weight;
    count[cell] += 1;
  });
  copies.mean = total.cwiseInverse().asDiagonal() * copies.mean;
  over_copies([&](std::int32_t cell, double, const auto& place) { copies.spread[cell] += (place - copies.mean.row(cell)).squaredNorm(); });
  copies.spread = copies.spread.cwiseProduct(count.cwiseInverse()).cwiseSqrt();
  return copies;
}

/// The cells nearest to a centre, the anchors among them, and their weights.
Patch patch_at(const Eigen::MatrixXd& start, Eigen::Index centre, const Cells& near, const Cells& anchors) {
  Patch patch{near, {}};
  patch.cells.insert(patch.cells.end(), anchors.begin(), anchors.end());
  std::sort(patch.cells.begin(), patch.cells.end());
  patch.cells.erase(std::unique(patch.cells.begin(), patch.cells.end()), patch.cells.end());
  const Eigen::VectorXd squared = (start.rowwise() - start.row(centre)).rowwise().squaredNorm();
  const double radius = std::max(squared(near).maxCoeff(), 1e-12);
  for (const auto cell : patch.cells) {
    const double inside = std::max(0.0, 1 - squared[cell] / radius);
    patch.weights.push_back(inside * inside + kLeastWeight);
  }
  return patch;
}

}  // namespace

std::vector<Patch> overlapping_patches(const Eigen::MatrixXd& start, const PatchOptions& options) {
  require(options.size >= 4 && options.anchors >= 0 && options.cover >= 1, "a patch has at least four cells and every cell is in at least one");
  if (!start.allFinite()) throw Error(ErrorCode::bad_data, "a start of a layout is not finite");
  const Eigen::Index n = start.rows();
  std::vector<Patch> patches;
  if (options.size >= n) {
    Patch& all = patches.emplace_back(Patch{Cells(static_cast<std::size_t>(n)), std::vector<double>(static_cast<std::size_t>(n), 1.0)});
    std::iota(all.cells.begin(), all.cells.end(), 0);
    return patches;
  }
  const Cells anchors = farthest_first(start, options.anchors);
  std::vector<int> cover(static_cast<std::size_t>(n), 0);
  // Among the cells that fewest patches hold, the one farthest from the centres so far.
  Eigen::VectorXd from_centres = (start.rowwise() - start.colwise().mean()).rowwise().squaredNorm();
  bool first = true;
  while (true) {
    Eigen::Index centre = 0;
    for (Eigen::Index i = 1; i < n; ++i)
      if (std::make_pair(-cover[i], from_centres[i]) > std::make_pair(-cover[centre], from_centres[centre])) centre = i;
    if (cover[centre] >= options.cover) break;
    const Cells near = nearest_of(start, centre, options.size);
    for (const auto cell : near) ++cover[cell];
    patches.push_back(patch_at(start, centre, near, anchors));
    const Eigen::VectorXd d = (start.rowwise() - start.row(centre)).rowwise().squaredNorm();
    from_centres = first ? d : from_centres.cwiseMin(d);
    first = false;
  }
  return patches;
}

PatchwiseLayout lay_out_in_patches(const Eigen::MatrixXd& start, const PatchLayout& lay_out, const PatchOptions& options) {
  require(options.rounds >= 1, "patches are registered at least once");
  const Eigen::Index n = start.rows(), dims = start.cols();
  const auto patches = overlapping_patches(start, options);
  PatchwiseLayout result{start, Eigen::VectorXd::Zero(n), static_cast<std::int64_t>(patches.size()), components_of(patches, static_cast<std::size_t>(dims)), true};
  std::vector<Eigen::MatrixXd> layouts;
  for (const auto& [cells, weights] : patches) {
    auto layout = options.stop.stop_requested() ? std::nullopt : lay_out(cells);
    if (!layout) {
      result.complete = false;
      return result;
    }
    require(layout->rows() == static_cast<Eigen::Index>(cells.size()) && layout->cols() == dims, "a patch is laid out cell by cell in the dimensions of the start");
    if (!layout->allFinite()) throw Error(ErrorCode::bad_data, "a place of a patch is not finite");
    layouts.push_back(std::move(*layout));
    options.progress(static_cast<std::int64_t>(layouts.size()), result.patches);
  }
  if (patches.size() == 1) {
    result.points = std::move(layouts.front());
    return result;
  }
  Copies copies{start, {}};
  for (int round = 0; round < options.rounds; ++round) {
    for (std::size_t p = 0; p < patches.size(); ++p) layouts[p] = fit_procrustes(layouts[p], copies.mean(patches[p].cells, Eigen::all)).apply(layouts[p]);
    copies = mean_of(patches, layouts, n);
  }
  result.points = std::move(copies.mean);
  result.spread = std::move(copies.spread);
  return result;
}

}  // namespace geocyte::embed
