// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/layout.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>

#include "engine/embed/knn.h"
#include "engine/embed/umap.h"
#include "engine/kernels/parallel.h"
#include "plugins/st_edm/on_host.h"
#include "plugins/st_edm/pair_losses.h"
#include "plugins/st_edm/patchwise.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr int kMajorisations = 50;
constexpr float kOffset = 0.1F, kTiny = 1e-8F;
constexpr double kFirstRate = 0.02, kLastRate = 1e-3;
constexpr std::int64_t kRowsAtOnce = 16;        // rows that a thread takes at once
constexpr std::int64_t kUmapFeatures = 20, kFewestUmap = 16;
constexpr int kUmapNeighbours = 15, kUmapEpochs = 200;

/// (n, n) float: one minus the mean cosine over members.
at::Tensor dissimilarity(const at::Tensor& z) { return 1 - at::bmm(z, z.transpose(1, 2)).mean(0); }

/// Ranks of each row in [0, 1), the point itself first.
std::vector<float> row_ranks(const at::Tensor& values, int threads) {
  const at::Tensor host = values.contiguous();
  const auto n = static_cast<std::size_t>(host.size(0));
  const float* from = host.const_data_ptr<float>();
  std::vector<float> ranks(n * n);
  kernels::parallel_blocks(threads, static_cast<std::int64_t>(n), [&](std::int64_t row) {
    const float* v = from + static_cast<std::size_t>(row) * n;
    std::vector<std::int32_t> order(n);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
      if (a == row || b == row) return a == row && b != row;
      return v[a] != v[b] ? v[a] < v[b] : a < b;
    });
    for (std::size_t k = 0; k < n; ++k) ranks[static_cast<std::size_t>(row) * n + static_cast<std::size_t>(order[k])] = static_cast<float>(k) / static_cast<float>(n);
  });
  return ranks;
}

/// Fuzzy simplicial set of the k nearest of each row: P + P' - P o P', dense, its sum 1.
std::vector<float> fuzzy_graph(const std::vector<float>& dissimilar, std::size_t n, int k) {
  std::vector<float> graph(n * n, 0.0F);
  std::vector<std::int32_t> order(n);
  k = std::min(k, static_cast<int>(n) - 1);
  const double wanted = std::log2(std::max(2, k));
  for (std::size_t i = 0; i < n; ++i) {
    const float* v = dissimilar.data() + i * n;
    std::iota(order.begin(), order.end(), 0);
    std::swap(order[i], order.back());     // not its own neighbour
    std::partial_sort(order.begin(), order.begin() + k, order.end() - 1, [&](std::int32_t a, std::int32_t b) { return v[a] != v[b] ? v[a] < v[b] : a < b; });
    const double nearest = v[order[0]];
    double low = 0, high = INFINITY, sigma = 1;
    for (int round = 0; round < 40; ++round) {
      double sum = 0;
      for (int j = 0; j < k; ++j) sum += std::exp(-(v[order[static_cast<std::size_t>(j)]] - nearest) / sigma);
      if (std::abs(sum - wanted) < 1e-4) break;
      (sum > wanted ? high : low) = sigma;
      sigma = std::isinf(high) ? 2 * sigma : (low + high) / 2;
    }
    for (int j = 0; j < k; ++j) {
      const auto other = static_cast<std::size_t>(order[static_cast<std::size_t>(j)]);
      graph[i * n + other] = static_cast<float>(std::exp(-(v[other] - nearest) / sigma));
    }
  }
  double total = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const float a = graph[i * n + j], b = graph[j * n + i];
      graph[i * n + j] = graph[j * n + i] = a + b - a * b;
      total += 2.0 * graph[i * n + j];
    }
  for (float& value : graph) value = static_cast<float>(value / std::max(total, 1e-12));
  return graph;
}

/// Each row about its mean and of unit length, without the point itself: what a correlation with it takes.
std::vector<float> standard_rows(std::vector<float> rows, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    float* row = rows.data() + i * n;
    row[i] = 0;
    double sum = 0, squares = 0;
    for (std::size_t j = 0; j < n; ++j) sum += row[j];
    const auto mean = static_cast<float>(sum / static_cast<double>(n - 1));
    for (std::size_t j = 0; j < n; ++j) squares += j == i ? 0 : (row[j] - mean) * (row[j] - mean);
    const auto scale = static_cast<float>(1 / std::sqrt(std::max(squares, 1e-12)));
    for (std::size_t j = 0; j < n; ++j) row[j] = j == i ? 0 : (row[j] - mean) * scale;
  }
  return rows;
}

std::vector<float> transposed(const std::vector<float>& rows, std::size_t n) {
  std::vector<float> turned(rows.size());
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) turned[j * n + i] = rows[i * n + j];
  return turned;
}

/// What the descent follows besides stress. An empty matrix: the term is off.
struct Pulls {
  std::vector<float> graph;                ///< fuzzy, its sum 1
  double local = 0, width = 1;
  std::vector<float> ranks, ranks_turned;  ///< standard rows, and their transpose
  double order = 0;
};

/// The state of a layout: places of n points in at most three dimensions.
class Layout {
 public:
  Layout(const std::vector<float>& distances, std::vector<float> places, std::size_t n, std::size_t dims, int threads)
      : d_(distances), y_(std::move(places)), n_(n), dims_(dims), threads_(threads) {
    for (const float d : d_) weights_ += d > 0 ? 1.0 / (d + kOffset) : 0;
  }

  /// One step of majorisation with unit weights.
  void majorise() {
    std::vector<float> next(y_.size());
    over_rows([&](std::size_t i, const float* yi) {
      float sum[3] = {};
      for (std::size_t j = 0; j < n_; ++j) {
        const float* yj = y_.data() + j * dims_;
        float squared = 0, diff[3];
        for (std::size_t k = 0; k < dims_; ++k) {
          diff[k] = yi[k] - yj[k];
          squared += diff[k] * diff[k];
        }
        const float ratio = squared > kTiny * kTiny ? d_[i * n_ + j] / std::sqrt(squared) : 0;
        for (std::size_t k = 0; k < dims_; ++k) sum[k] += ratio * diff[k];
      }
      for (std::size_t k = 0; k < dims_; ++k) next[i * dims_ + k] = sum[k] / static_cast<float>(n_);
    });
    y_ = std::move(next);
  }

  /// Gradient descent (Adam) on stress, neighbourhoods and the order of distances.
  void descend(const Pulls& pulls, std::int64_t iterations, const StopToken& stop) {
    const bool local_on = !pulls.graph.empty(), order_on = !pulls.ranks.empty();
    const float inverse = static_cast<float>(1 / (pulls.width * pulls.width));
    std::vector<float> first(y_.size(), 0), second(y_.size(), 0), gradient(y_.size());
    rows_.assign(n_, {});
    const auto stress = static_cast<float>(1 / weights_), local = local_on ? static_cast<float>(pulls.local) * inverse : 0.0F;
    const auto order = static_cast<float>(pulls.order / static_cast<double>(n_) / 4);
    for (std::int64_t t = 0; t < iterations && !stop.stop_requested(); ++t) {
      measure_rows(inverse, pulls);
      const auto shrink = static_cast<float>(1 / std::max(1e-30, std::accumulate(rows_.begin(), rows_.end(), 0.0, [](double sum, const Row& row) { return sum + row.kernels; })));
      over_rows([&](std::size_t i, const float* yi) {
        float sum[3] = {};
        const float *d = d_.data() + i * n_, *p = local_on ? pulls.graph.data() + i * n_ : nullptr;
        const float *r = order_on ? pulls.ranks.data() + i * n_ : nullptr, *turned = order_on ? pulls.ranks_turned.data() + i * n_ : nullptr;
        const Row own = rows_[i];
        for (std::size_t j = 0; j < n_; ++j) {
          const float* yj = y_.data() + j * dims_;
          float squared = kTiny, diff[3];
          for (std::size_t k = 0; k < dims_; ++k) {
            diff[k] = yi[k] - yj[k];
            squared += diff[k] * diff[k];
          }
          const float length = std::sqrt(squared);
          float pull = stress * (length - d[j]) / (length * (d[j] + kOffset));
          if (p) {
            const float q = 1 / (1 + squared * inverse);
            pull += local * q * (p[j] - q * shrink);
          }
          if (r) {
            const Row& other = rows_[j];
            pull -= order * (own.steep * r[j] - own.bend * (length - own.mean) + other.steep * turned[j] - other.bend * (length - other.mean)) / length;
          }
          for (std::size_t k = 0; k < dims_; ++k) sum[k] += pull * diff[k];
        }
        for (std::size_t k = 0; k < dims_; ++k) gradient[i * dims_ + k] = 4 * sum[k];
      });
      const double share = static_cast<double>(t) / static_cast<double>(iterations), rate = kFirstRate * (1 - share) + kLastRate;
      const double scale1 = 1 - std::pow(0.9, static_cast<double>(t + 1)), scale2 = 1 - std::pow(0.999, static_cast<double>(t + 1));
      for (std::size_t i = 0; i < y_.size(); ++i) {
        first[i] += 0.1F * (gradient[i] - first[i]);
        second[i] += 0.001F * (gradient[i] * gradient[i] - second[i]);
        y_[i] -= static_cast<float>(rate * (first[i] / scale1) / (std::sqrt(second[i] / scale2) + 1e-8));
      }
    }
  }

  const std::vector<float>& places() const { return y_; }

 private:
  template <class Work>
  void over_rows(const Work& work) {
    kernels::parallel_blocks(threads_, (static_cast<std::int64_t>(n_) + kRowsAtOnce - 1) / kRowsAtOnce, [&](std::int64_t block) {
      const auto end = std::min(n_, static_cast<std::size_t>((block + 1) * kRowsAtOnce));
      for (auto i = static_cast<std::size_t>(block * kRowsAtOnce); i < end; ++i) work(i, y_.data() + i * dims_);
    });
  }

  /// Of row i, the point itself left out: sum of kernels; mean and deviation s of its distances and their correlation c with the ranks, as 1 / s and c / s^2.
  struct Row {
    double kernels = 0;
    float mean = 0, steep = 0, bend = 0;
  };

  void measure_rows(float inverse, const Pulls& pulls) {
    over_rows([&](std::size_t i, const float* yi) {
      const float* r = pulls.ranks.empty() ? nullptr : pulls.ranks.data() + i * n_;
      float kernels = 0;
      double lengths = 0, squares = 0, along = 0;
      for (std::size_t j = 0; j < n_; ++j) {
        const float* yj = y_.data() + j * dims_;
        float squared = 0;
        for (std::size_t k = 0; k < dims_; ++k) squared += (yi[k] - yj[k]) * (yi[k] - yj[k]);
        kernels += 1 / (1 + squared * inverse);
        if (!r) continue;
        const float length = std::sqrt(squared);
        lengths += length;
        squares += squared;
        along += length * r[j];
      }
      Row& row = rows_[i];
      row.kernels = kernels - 1;           // without the point itself
      if (!r) return;
      const double others = static_cast<double>(n_ - 1), mean = lengths / others, spread = std::sqrt(std::max(squares - others * mean * mean, 1e-12));
      row.mean = static_cast<float>(mean);
      row.steep = static_cast<float>(1 / spread);
      row.bend = static_cast<float>(along / (spread * spread * spread));
    });
  }

  const std::vector<float>& d_;
  std::vector<float> y_;
  std::size_t n_, dims_;
  int threads_;
  double weights_ = 0;
  std::vector<Row> rows_;
};

/// Distances (n, n) in a UMAP of expression (n, E), at unit radius; undefined for a handful of cells or when stopped.
at::Tensor umap_distances(const at::Tensor& expression, int threads, const StopToken& stop) {
  const at::Tensor x = expression.narrow(1, 0, std::min(expression.size(1), kUmapFeatures)).to(at::kFloat).contiguous();
  if (x.size(0) <= kFewestUmap) return {};
  const auto graph = embed::neighbour_graph({x.const_data_ptr<float>(), x.size(0), x.size(1)}, {.k = kUmapNeighbours, .threads = threads, .stop = stop});
  if (!graph.complete || stop.stop_requested()) return {};
  embed::Umap umap(graph, {.epochs = kUmapEpochs});
  umap.run(kUmapEpochs);
  const at::Tensor places = at::from_blob(const_cast<float*>(umap.layout().data()), {x.size(0), 2}, at::kFloat);
  const at::Tensor distances = smooth_distances(places.unsqueeze(0))[0];
  return distances / std::max(1e-12, std::sqrt(distances.square().mean().item<double>() / 2));
}

}  // namespace

at::Tensor scaled_places(const at::Tensor& distance, std::int64_t dims) {
  const std::int64_t members = distance.size(0), n = distance.size(1);
  const at::Tensor wide = distance.permute({1, 0, 2}).reshape({n, -1}).to(at::kDouble) / std::sqrt(static_cast<double>(members));
  const at::Tensor centred = wide - wide.mean(0, true);
  const auto [values, vectors] = at::linalg_eigh(at::matmul(centred.t(), centred));   // ascending
  at::Tensor axes = vectors.narrow(1, vectors.size(1) - dims, dims).flip(1);
  // One and the same answer everywhere: the largest entry of an axis is positive.
  axes = axes * axes.gather(0, axes.abs().argmax(0, true)).sign();
  return at::matmul(centred, axes).to(at::kFloat);
}

PairViews PairViews::of(const at::Tensor& rows) const {
  const auto some = [&](const at::Tensor& places) { return places.defined() ? places.index_select(0, rows) : places; };
  return {distance.index_select(1, rows), local.index_select(1, rows), expression.index_select(0, rows), some(from), some(to)};
}

at::Tensor PairViews::distances() const {
  at::Tensor d = smooth_distances(distance).mean(0);
  if (to.defined()) d = (d + smooth_distances(to.unsqueeze(0))[0] - smooth_distances(from.unsqueeze(0))[0]).clamp_min(0);
  d.fill_diagonal_(0);
  return d;
}

at::Tensor PairViews::start(std::int64_t dims) const { return to.defined() ? to - to.mean(0, true) : scaled_places(distance, dims); }

at::Tensor laid_out_places(const PairViews& views, std::int64_t dims, const LayoutOptions& options, int threads, const StopToken& stop) {
  if (views.distance.size(1) > kMostAtOnce) return laid_out_in_patches(views, dims, options, threads, stop);
  return laid_out_at_once(views, dims, options, threads, stop);
}

at::Tensor laid_out_at_once(const PairViews& views, std::int64_t dims, const LayoutOptions& options, int threads, const StopToken& stop) {
  const at::Tensor start = views.start(dims);
  const auto n = static_cast<std::size_t>(start.size(0));
  at::Tensor distances = views.distances();
  // Unit radius: the mean square of all pairwise distances is twice that of the radius.
  const double unit = std::sqrt(distances.square().mean().item<double>() / 2);
  distances = distances / std::max(unit, 1e-12);
  if (const at::Tensor own = options.umap > 0 ? umap_distances(views.expression, threads, stop) : at::Tensor(); own.defined()) {
    distances = (1 - options.umap) * distances + options.umap * own;
    distances.fill_diagonal_(0);
  }
  distances = distances.contiguous();
  const std::vector<float> d = to_floats(distances);
  Layout layout(d, to_floats(start / start.square().sum(1).mean().sqrt().clamp_min(1e-12)), n, static_cast<std::size_t>(dims), threads);
  for (int i = 0; i < kMajorisations && !stop.stop_requested(); ++i) layout.majorise();
  if ((options.local > 0 || options.order > 0) && options.iterations > 0) {
    const std::vector<float> by_distance = row_ranks(distances, threads);
    Pulls pulls;
    if (options.local > 0) {
      std::vector<float> mixed = row_ranks(dissimilarity(views.local), threads);
      const at::Tensor unit_rows = views.expression / at::linalg_vector_norm(views.expression, 2, {1}, true).clamp_min(1e-12);
      const std::vector<float> by_expression = row_ranks(dissimilarity(unit_rows.unsqueeze(0)), threads);
      for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] += 0.5F * by_expression[i] + 0.5F * by_distance[i];
      pulls.graph = fuzzy_graph(mixed, n, static_cast<int>(options.neighbours));
      pulls.local = options.local;
      pulls.width = options.width;
    }
    if (options.order > 0) {
      pulls.ranks = standard_rows(by_distance, n);
      pulls.ranks_turned = transposed(pulls.ranks, n);
      pulls.order = options.order;
    }
    layout.descend(pulls, options.iterations, stop);
  }
  const at::Tensor places = at::from_blob(const_cast<float*>(layout.places().data()), {static_cast<std::int64_t>(n), dims}, at::kFloat).clone();
  return (places - places.mean(0, true)) * unit;
}

}  // namespace geocyte::plugins::st_edm
