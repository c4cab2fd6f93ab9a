// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/patches.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/core/check.h"
#include "engine/core/rng.h"
#include "engine/embed/procrustes.h"

namespace geocyte::embed {
namespace {

using Cells = std::vector<std::int32_t>;

constexpr std::uint64_t kSeed = 1;

void shuffle(Cells& cells, Rng& rng) {
  for (std::size_t i = 0; i + 1 < cells.size(); ++i) std::swap(cells[i], cells[i + rng.below(cells.size() - i)]);
}

struct Copies {
  Eigen::MatrixXd mean;
  Eigen::VectorXd spread;
};

Copies mean_of(const std::vector<Cells>& patches, const std::vector<Eigen::MatrixXd>& layouts, Eigen::Index n) {
  Copies copies{Eigen::MatrixXd::Zero(n, layouts.front().cols()), Eigen::VectorXd::Zero(n)};
  Eigen::VectorXd count = Eigen::VectorXd::Zero(n);
  const auto over_copies = [&](const auto& work) {
    for (std::size_t p = 0; p < patches.size(); ++p)
      for (std::size_t i = 0; i < patches[p].size(); ++i) work(patches[p][i], layouts[p].row(static_cast<Eigen::Index>(i)));
  };
  over_copies([&](std::int32_t cell, const auto& place) {
    copies.mean.row(cell) += place;
    count[cell] += 1;
  });
  copies.mean = count.cwiseInverse().asDiagonal() * copies.mean;
  over_copies([&](std::int32_t cell, const auto& place) { copies.spread[cell] += (place - copies.mean.row(cell)).squaredNorm(); });
  copies.spread = copies.spread.cwiseProduct(count.cwiseInverse()).cwiseSqrt();
  return copies;
}

}  // namespace

std::vector<Cells> overlapping_patches(std::int64_t n, const PatchOptions& options) {
  Cells all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  if (options.size >= n) return {all};
  require(options.anchors >= 1 && options.size > options.anchors && options.cover >= 1, "a patch has more cells than its anchors and every cell is in at least one");
  Rng rng(kSeed);
  shuffle(all, rng);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(options.anchors);
  const Cells anchors(all.begin(), middle);
  Cells others(middle, all.end());
  const auto each = static_cast<std::size_t>(options.size - options.anchors), parts = (others.size() + each - 1) / each;
  std::vector<Cells> patches;
  for (int round = 0; round < options.cover; ++round) {
    shuffle(others, rng);
    for (std::size_t part = 0; part < parts; ++part) {
      Cells& patch = patches.emplace_back(anchors);
      for (std::size_t i = part; i < others.size(); i += parts) patch.push_back(others[i]);
      std::sort(patch.begin(), patch.end());
    }
  }
  return patches;
}

PatchwiseLayout lay_out_in_patches(const Eigen::MatrixXd& start, const PatchLayout& lay_out, const PatchOptions& options) {
  const Eigen::Index n = start.rows(), dims = start.cols();
  require(options.rounds >= 1 && options.anchors > dims, "patches are registered at least once, by more anchors than dimensions");
  if (!start.allFinite()) throw Error(ErrorCode::bad_data, "a start of a layout is not finite");
  const auto patches = overlapping_patches(n, options);
  PatchwiseLayout result{start, Eigen::VectorXd::Zero(n), static_cast<std::int64_t>(patches.size()), true};
  std::vector<Eigen::MatrixXd> layouts;
  for (const Cells& cells : patches) {
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
    for (std::size_t p = 0; p < patches.size(); ++p) layouts[p] = fit_procrustes(layouts[p], copies.mean(patches[p], Eigen::all)).apply(layouts[p]);
    copies = mean_of(patches, layouts, n);
  }
  result.points = std::move(copies.mean);
  result.spread = std::move(copies.spread);
  return result;
}

}  // namespace geocyte::embed
