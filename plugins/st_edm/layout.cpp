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

#include "engine/kernels/parallel.h"
#include "plugins/st_edm/pair_losses.h"
#include "plugins/st_edm/patchwise.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr int kMajorisations = 50;
constexpr float kOffset = 0.1F, kTiny = 1e-8F;
constexpr double kFirstRate = 0.02, kLastRate = 1e-3;
constexpr std::int64_t kBlock = 16;        // rows that a thread takes at once

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
        for (std::size_t k = 0; k < dims_; ++k) squared += (diff[k] = yi[k] - yj[k]) * diff[k];
        const float ratio = squared > kTiny * kTiny ? d_[i * n_ + j] / std::sqrt(squared) : 0;
        for (std::size_t k = 0; k < dims_; ++k) sum[k] += ratio * diff[k];
      }
      for (std::size_t k = 0; k < dims_; ++k) next[i * dims_ + k] = sum[k] / static_cast<float>(n_);
    });
    y_ = std::move(next);
  }

  /// Gradient descent (Adam) on stress and neighbourhoods.
  void descend(const std::vector<float>& graph, double lambda, double width, std::int64_t iterations, const StopToken& stop) {
    const float inverse = static_cast<float>(1 / (width * width));
    std::vector<float> first(y_.size(), 0), second(y_.size(), 0), gradient(y_.size());
    for (std::int64_t t = 0; t < iterations && !stop.stop_requested(); ++t) {
      const double kernels = sum_of_kernels(inverse);
      const auto stress = static_cast<float>(1 / weights_), local = static_cast<float>(lambda) * inverse;
      const auto shrink = static_cast<float>(1 / kernels);
      over_rows([&](std::size_t i, const float* yi) {
        float sum[3] = {};
        const float *d = d_.data() + i * n_, *p = graph.data() + i * n_;
        for (std::size_t j = 0; j < n_; ++j) {
          const float* yj = y_.data() + j * dims_;
          float squared = kTiny, diff[3];
          for (std::size_t k = 0; k < dims_; ++k) squared += (diff[k] = yi[k] - yj[k]) * diff[k];
          const float length = std::sqrt(squared), q = 1 / (1 + squared * inverse);
          const float pull = stress * (length - d[j]) / (length * (d[j] + kOffset)) + local * q * (p[j] - q * shrink);
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
    kernels::parallel_blocks(threads_, (static_cast<std::int64_t>(n_) + kBlock - 1) / kBlock, [&](std::int64_t block) {
      const auto end = std::min(n_, static_cast<std::size_t>((block + 1) * kBlock));
      for (auto i = static_cast<std::size_t>(block * kBlock); i < end; ++i) work(i, y_.data() + i * dims_);
    });
  }

  double sum_of_kernels(float inverse) {
    std::vector<double> rows(n_, 0.0);
    over_rows([&](std::size_t i, const float* yi) {
      float sum = 0;
      for (std::size_t j = 0; j < n_; ++j) {
        const float* yj = y_.data() + j * dims_;
        float squared = 0;
        for (std::size_t k = 0; k < dims_; ++k) squared += (yi[k] - yj[k]) * (yi[k] - yj[k]);
        sum += 1 / (1 + squared * inverse);
      }
      rows[i] = sum - 1;                   // without the point itself
    });
    return std::accumulate(rows.begin(), rows.end(), 0.0);
  }

  const std::vector<float>& d_;
  std::vector<float> y_;
  std::size_t n_, dims_;
  int threads_;
  double weights_ = 0;
};

std::vector<float> to_floats(const at::Tensor& values) {
  const at::Tensor host = values.to(at::kFloat).contiguous();
  return {host.const_data_ptr<float>(), host.const_data_ptr<float>() + host.numel()};
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

at::Tensor laid_out_places(const PairViews& views, std::int64_t dims, const LayoutOptions& options, int threads, const StopToken& stop) {
  if (views.distance.size(1) > kMostAtOnce) return laid_out_in_patches(views, dims, options, threads, stop);
  return laid_out_at_once(views, dims, options, threads, stop);
}

at::Tensor laid_out_at_once(const PairViews& views, std::int64_t dims, const LayoutOptions& options, int threads, const StopToken& stop) {
  const at::Tensor start = scaled_places(views.distance, dims);
  const auto n = static_cast<std::size_t>(start.size(0));
  at::Tensor distances = smooth_distances(views.distance).mean(0);
  distances.fill_diagonal_(0);
  // Unit radius: the mean square of all pairwise distances is twice that of the radius.
  const double unit = std::sqrt(distances.square().mean().item<double>() / 2);
  distances = (distances / std::max(unit, 1e-12)).contiguous();
  const std::vector<float> d = to_floats(distances);
  Layout layout(d, to_floats(start / start.square().sum(1).mean().sqrt().clamp_min(1e-12)), n, static_cast<std::size_t>(dims), threads);
  for (int i = 0; i < kMajorisations && !stop.stop_requested(); ++i) layout.majorise();
  if (options.local > 0 && options.iterations > 0) {
    std::vector<float> mixed = row_ranks(dissimilarity(views.local), threads);
    const at::Tensor unit_rows = views.expression / at::linalg_vector_norm(views.expression, 2, {1}, true).clamp_min(1e-12);
    for (const at::Tensor& other : {dissimilarity(unit_rows.unsqueeze(0)), distances}) {
      const std::vector<float> ranks = row_ranks(other, threads);
      for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] += 0.5F * ranks[i];
    }
    const std::vector<float> graph = fuzzy_graph(mixed, n, static_cast<int>(options.neighbours));
    layout.descend(graph, options.local, options.width, options.iterations, stop);
  }
  const at::Tensor places = at::from_blob(const_cast<float*>(layout.places().data()), {static_cast<std::int64_t>(n), dims}, at::kFloat).clone();
  return (places - places.mean(0, true)) * unit;
}

}  // namespace geocyte::plugins::st_edm
