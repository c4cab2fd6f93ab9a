// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/transport.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "engine/core/check.h"
#include "engine/kernels/pair_tile.h"
#include "engine/kernels/team.h"
#include "engine/kernels/transport_guard.h"

namespace geocyte::kernels {
namespace {

constexpr double kLog2E = 1.44269504088896340736;
constexpr double kSmallWork = 1e8;   // operations, about 2 ms: below it, threads that must wake in every round gain little and on a busy machine lose much

template <class T>
constexpr double kLeast = sizeof(T) == 4 ? 1e-20 : 1e-250;   // sums beyond these have lost digits
template <class T>
constexpr double kMost = sizeof(T) == 4 ? 1e30 : 1e250;

/// One side of a problem: its points, its dual potential and what a round computes of it.
template <class T>
struct Side {
  PackedPoints<T> points;
  const double* weights = nullptr;
  std::vector<double> potential, softmin;
  std::vector<T> reference;            ///< potential + eps log(rows weight), as the tiles see it; padding is -1e30
  double log_rows = 0;

  std::int64_t blocks() const { return points.padded_rows() / kBlock; }
  std::int64_t live_rows(std::int64_t block) const { return std::min(kBlock, points.rows - block * kBlock); }
  double log_weight(std::int64_t i) const {   // of rows * weight
    if (!weights) return 0;
    return weights[i] > 0 ? std::log(weights[i]) + log_rows : -1e5;
  }
};

template <class T>
struct Problem {
  bool self = false;
  Side<T> x, y;                        ///< y is empty for a cloud with itself
  std::unique_ptr<T[]> cost;           ///< not set to zero first: every place that is read is written
  std::vector<std::size_t> cost_at;    ///< where each block of rows begins in `cost`
  std::vector<T> row_sums, column_sums;///< (padded rows), (blocks, padded columns)
  std::vector<T> pull_x, pull_y;
  std::atomic<std::int64_t> guarded{0};

  Side<T>& other() { return self ? x : y; }
  const Side<T>& other() const { return self ? x : y; }
  /// Of a cloud with itself a block of rows holds the columns from its own block on.
  std::int64_t first_column(std::int64_t block) const { return self ? block * kBlock : 0; }
  Tile<T> tile(std::int64_t block) {
    const std::int64_t columns = other().points.padded_rows() - first_column(block);
    return {cost.get() + cost_at[block], columns, padded(x.live_rows(block), kRowStep), columns};
  }
};

template <class T>
class Solver {
 public:
  Solver(std::span<const TransportProblem<T>> given, std::int64_t dims, const TransportOptions& options)
      : options_(options), tile_(pair_tile<T>(options.isa)), dims_(dims), root_(options.cost == GroundCost::distance) {
    const std::vector<double> origin = common_mean(given);
    double work = 0;
    for (const auto& one : given) {
      problems_.push_back(std::make_unique<Problem<T>>());
      lay_out(one, origin, *problems_.back());
      work += static_cast<double>(one.x.rows) * static_cast<double>(one.y.rows) * static_cast<double>(dims * 3 + 20 * std::ssize(options.temperatures));
    }
    team_ = std::make_unique<Team>(work < kSmallWork ? 1 : options.threads);
    for (std::size_t p = 0; p < problems_.size(); ++p)
      for (std::int64_t block = 0; block < problems_[p]->x.blocks(); ++block) row_blocks_.push_back({p, block, false});
    sides_ = row_blocks_;
    for (std::size_t p = 0; p < problems_.size(); ++p)
      for (std::int64_t block = 0; !problems_[p]->self && block < problems_[p]->y.blocks(); ++block) sides_.push_back({p, block, true});
  }

  std::vector<TransportResult<T>> solve() {
    each(row_blocks_, [&](const Block& at) {
      Problem<T>& p = problem(at);
      const Side<T>& y = p.other();
      tile_.cost(p.x.points.row(at.block * kBlock), p.x.points.width, y.points.panel(p.first_column(at.block)), dims_, root_, p.tile(at.block));
    });
    const double first = options_.temperatures.front();
    prepare(first);
    step(first, 0, first);
    for (std::size_t t = 0; t < options_.temperatures.size(); ++t) {
      const double eps = options_.temperatures[t], next = t + 1 < options_.temperatures.size() ? options_.temperatures[t + 1] : eps;
      step(eps, 0.5, next);
    }
    step(options_.temperatures.back(), 0, 0);
    if (options_.pulls) pull(options_.temperatures.back());
    return results();
  }

 private:
  struct Block {
    std::size_t problem;
    std::int64_t block;
    bool of_y;
  };

  Problem<T>& problem(const Block& at) { return *problems_[at.problem]; }

  void each(const std::vector<Block>& blocks, const std::function<void(const Block&)>& work) {
    team_->run(std::ssize(blocks), [&](std::int64_t i) { work(blocks[i]); });
  }

  std::vector<double> common_mean(std::span<const TransportProblem<T>> given) const {
    std::vector<double> mean(dims_, 0);
    const Cloud<T>& first = given.front().x;
    for (std::int64_t i = 0; i < first.rows; ++i)
      for (std::int64_t d = 0; d < dims_; ++d) mean[d] += first.points[i * dims_ + d] / static_cast<double>(first.rows);
    for (double& m : mean) m = std::isfinite(m) ? m : 0;
    return mean;
  }

  void lay_out(const Cloud<T>& cloud, const std::vector<double>& origin, Side<T>& side) {
    side.points = pack_points(cloud.points, cloud.rows, dims_, origin);
    side.weights = cloud.weights;
    side.log_rows = std::log(static_cast<double>(cloud.rows));
    side.potential.assign(cloud.rows, 0);
    side.softmin.assign(cloud.rows, 0);
    side.reference.assign(side.points.padded_rows(), T(-1e30));
  }

  void lay_out(const TransportProblem<T>& given, const std::vector<double>& origin, Problem<T>& p) {
    p.self = given.self();
    lay_out(given.x, origin, p.x);
    if (!p.self) lay_out(given.y, origin, p.y);
    std::size_t size = 0;
    for (std::int64_t block = 0; block < p.x.blocks(); ++block) {
      p.cost_at.push_back(size);
      size += static_cast<std::size_t>(kBlock * (p.other().points.padded_rows() - p.first_column(block)));
    }
    p.cost = std::make_unique_for_overwrite<T[]>(size);
    p.row_sums.resize(p.x.points.padded_rows());
    p.column_sums.resize(p.x.blocks() * p.other().points.padded_rows());
  }

  void prepare(double eps) {
    for (auto& p : problems_)
      for (Side<T>* side : {&p->x, &p->y})
        for (std::int64_t i = 0; i < side->points.rows; ++i)
          side->reference[i] = static_cast<T>(side->potential[i] + eps * side->log_weight(i));
  }

  /// One update of all potentials at `eps`: f <- keep f + (1 - keep) d softmin(g). `next` is the temperature that follows.
  void step(double eps, double keep, double next) {
    const T scale = static_cast<T>(kLog2E / eps);
    each(row_blocks_, [&](const Block& at) {
      Problem<T>& p = problem(at);
      const std::int64_t first = p.first_column(at.block), columns = p.other().points.padded_rows();
      T* below = p.column_sums.data() + at.block * columns;
      std::fill(below + first, below + columns, T(0));
      tile_.sums(p.tile(at.block), p.x.reference.data() + at.block * kBlock, p.other().reference.data() + first, scale,
                 p.row_sums.data() + at.block * kBlock, below + first);
    });
    const double damping = 1 / (1 + eps / options_.reach);
    each(sides_, [&](const Block& at) { take_softmins(at, eps); });
    each(sides_, [&](const Block& at) {
      Side<T>& side = at.of_y ? problem(at).y : problem(at).x;
      for (std::int64_t i = at.block * kBlock; i < at.block * kBlock + side.live_rows(at.block); ++i) {
        side.potential[i] = keep * side.potential[i] + (1 - keep) * damping * side.softmin[i];
        // The last step keeps the references that the pull needs of the other side.
        if (next > 0) side.reference[i] = static_cast<T>(side.potential[i] + next * side.log_weight(i));
      }
    });
  }

  /// softmin of the points of a block from the sums of W, or by itself where they are out of range.
  void take_softmins(const Block& at, double eps) {
    Problem<T>& p = problem(at);
    Side<T>&mine = at.of_y ? p.y : p.x, &across = at.of_y ? p.x : p.other();
    const std::int64_t columns = p.other().points.padded_rows(), first = at.block * kBlock;
    const std::int64_t blocks = at.of_y ? p.x.blocks() : p.self ? at.block : 0;   // blocks of rows whose column sums count
    double sums[kBlock];
    for (std::int64_t i = 0; i < kBlock; ++i) sums[i] = at.of_y ? 0 : static_cast<double>(p.row_sums[first + i]);
    for (std::int64_t b = 0; b < blocks; ++b)
      for (std::int64_t i = 0; i < kBlock; ++i) sums[i] += static_cast<double>(p.column_sums[b * columns + first + i]);
    for (std::int64_t i = 0; i < mine.live_rows(at.block); ++i) {
      const double reference = static_cast<double>(mine.reference[first + i]);
      if (sums[i] > kLeast<T> && sums[i] < kMost<T>) {
        mine.softmin[first + i] = reference - eps * (std::log(sums[i]) - across.log_rows);
      } else {
        mine.softmin[first + i] = guarded_softmin(mine.points, first + i, across.points, across.reference.data(), across.log_rows, eps, root_);
        ++p.guarded;
      }
    }
  }

  void pull(double eps) {
    const T scale = static_cast<T>(kLog2E / eps);
    for (auto& p : problems_) {
      p->pull_x.assign(p->x.points.padded_rows() * p->x.points.width, 0);
      if (!p->self) p->pull_y.assign(p->y.points.padded_rows() * p->y.points.width, 0);
    }
    each(sides_, [&](const Block& at) {
      Problem<T>& p = problem(at);
      Side<T>& mine = at.of_y ? p.y : p.x;
      const std::int64_t first = at.block * kBlock, width = mine.points.width;
      T softmin[kBlock], norm[kBlock] = {}, slope[kBlock] = {};
      for (std::int64_t i = 0; i < kBlock; ++i) softmin[i] = i < mine.live_rows(at.block) ? static_cast<T>(mine.softmin[first + i]) : T(-1e30);
      T* out = (at.of_y ? p.pull_y : p.pull_x).data() + first * width;
      if (!at.of_y) pull_along_rows(p, at.block, softmin, scale, norm, slope, out);
      if (at.of_y || p.self) pull_along_columns(p, at.block, softmin, scale, norm, slope, out);
      for (std::int64_t i = 0; i < mine.live_rows(at.block); ++i)
        for (std::int64_t d = 0; d < dims_; ++d) {
          T& value = out[i * width + d];
          value = (slope[i] * mine.points.row(first + i)[d] - value) / norm[i];
        }
    });
  }

  /// Adds the weights of a block of rows with the columns that its tile holds.
  void pull_along_rows(Problem<T>& p, std::int64_t block, const T* softmin, T scale, T* norm, T* slope, T* out) {
    const Side<T>& across = p.other();
    const Tile<T> rows = p.tile(block);
    const std::int64_t first = p.first_column(block);
    T w[kBlock * kBlock];
    for (std::int64_t j = 0; j < rows.columns; j += kBlock) {
      tile_.weights({rows.data + j, rows.stride, rows.rows, kBlock}, softmin, across.reference.data() + first + j, scale, {w, norm, slope, root_, false});
      const std::int64_t terms = std::min(kBlock, across.points.rows - first - j);
      tile_.accumulate(w, kBlock, 1, rows.rows, terms, across.points.row(first + j), across.points.width, out);
    }
  }

  /// Adds the weights of a block of columns with the rows above it (all rows, when the clouds are two).
  void pull_along_columns(Problem<T>& p, std::int64_t block, const T* softmin, T scale, T* norm, T* slope, T* out) {
    const std::int64_t live = padded((p.self ? p.x : p.y).live_rows(block), kRowStep);
    T w[kBlock * kBlock];
    for (std::int64_t b = 0; b < (p.self ? block : p.x.blocks()); ++b) {
      Tile<T> rows = p.tile(b);
      rows.data += block * kBlock - p.first_column(b);
      rows.columns = kBlock;
      tile_.weights(rows, p.x.reference.data() + b * kBlock, softmin, scale, {w, norm, slope, root_, true});
      tile_.accumulate(w, 1, kBlock, live, p.x.live_rows(b), p.x.points.row(b * kBlock), p.x.points.width, out);
    }
  }

  std::vector<T> without_padding(const Side<T>& side, const std::vector<T>& pulls) const {
    if (pulls.empty()) return {};
    std::vector<T> tight(side.points.rows * dims_);
    for (std::int64_t i = 0; i < side.points.rows; ++i) std::copy_n(pulls.data() + i * side.points.width, dims_, tight.data() + i * dims_);
    return tight;
  }

  std::vector<TransportResult<T>> results() const {
    std::vector<TransportResult<T>> found;
    for (const auto& p : problems_)
      found.push_back({p->x.potential, p->y.potential, without_padding(p->x, p->pull_x), without_padding(p->y, p->pull_y), p->guarded});
    return found;
  }

  const TransportOptions& options_;
  PairTile<T> tile_;
  std::int64_t dims_;
  bool root_;
  std::vector<std::unique_ptr<Problem<T>>> problems_;
  std::vector<Block> row_blocks_, sides_;
  std::unique_ptr<Team> team_;
};

}  // namespace

std::vector<double> annealing(double diameter, double blur, double scaling, int p) {
  require(blur > 0 && scaling > 0 && scaling < 1, "annealing goes to a blur above 0 by a factor between 0 and 1");
  require(p == 1 || p == 2, "the exponent of the ground cost is 1 or 2");
  const double widest = std::max(diameter, 1.01 * blur);
  std::vector<double> temperatures{std::pow(widest, p)};
  const double from = p * std::log(widest), to = p * std::log(blur), by = p * std::log(scaling);
  const auto steps = static_cast<std::int64_t>(std::ceil((to - from) / by));
  for (std::int64_t k = 0; k < steps; ++k) temperatures.push_back(std::exp(from + static_cast<double>(k) * by));
  temperatures.push_back(std::pow(blur, p));
  return temperatures;
}

template <class T>
double box_diagonal(std::span<const Cloud<T>> clouds, std::int64_t dims) {
  std::vector<T> low(dims, std::numeric_limits<T>::infinity()), high(dims, -std::numeric_limits<T>::infinity());
  for (const auto& cloud : clouds)
    for (std::int64_t i = 0; i < cloud.rows; ++i)
      for (std::int64_t d = 0; d < dims; ++d) {
        const T value = cloud.points[i * dims + d];
        low[d] = std::min(low[d], value);
        high[d] = std::max(high[d], value);
      }
  double squared = 0;
  for (std::int64_t d = 0; d < dims; ++d)
    if (const double side = static_cast<double>(high[d]) - static_cast<double>(low[d]); side > 0) squared += side * side;
  return std::sqrt(squared);
}

template <class T>
std::vector<TransportResult<T>> entropic_transport(std::span<const TransportProblem<T>> problems, std::int64_t dims,
                                                   const TransportOptions& options) {
  require(dims >= 1 && !options.temperatures.empty() && options.reach > 0, "transport has dimensions, temperatures and a positive reach");
  for (const double eps : options.temperatures) require(eps > 0, "a temperature is above 0");
  for (const auto& problem : problems) require(problem.x.rows > 0 && problem.y.rows > 0, "a cloud has at least one point");
  if (problems.empty()) return {};
  return Solver<T>(problems, dims, options).solve();
}

template double box_diagonal(std::span<const Cloud<float>>, std::int64_t);
template double box_diagonal(std::span<const Cloud<double>>, std::int64_t);
template std::vector<TransportResult<float>> entropic_transport(std::span<const TransportProblem<float>>, std::int64_t, const TransportOptions&);
template std::vector<TransportResult<double>> entropic_transport(std::span<const TransportProblem<double>>, std::int64_t, const TransportOptions&);

}  // namespace geocyte::kernels
