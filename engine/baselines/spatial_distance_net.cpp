// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/spatial_distance_net.h"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <numeric>

#include "engine/core/check.h"
#include "engine/core/rng.h"
#include "engine/embed/classical_mds.h"
#include "engine/embed/stress.h"

namespace geocyte::baselines {
namespace {

constexpr float kEpsilon = 1e-6f;          // under the root of a squared distance
constexpr int kSweeps = 100;

/// A matrix that learns, with its state in Adam.
struct Parameter {
  Eigen::MatrixXf value, first, second;
  explicit Parameter(Eigen::MatrixXf start) : value(std::move(start)), first(Eigen::MatrixXf::Zero(value.rows(), value.cols())), second(first) {}

  void update(const Eigen::MatrixXf& gradient, int step, double rate, double decay) {
    first = 0.9f * first + 0.1f * gradient;
    second = 0.999f * second + 0.001f * gradient.cwiseAbs2();
    const auto size = static_cast<float>(rate / (1 - std::pow(0.9, step))), correction = static_cast<float>(1 / (1 - std::pow(0.999, step)));
    value *= static_cast<float>(1 - rate * decay);
    value.array() -= size * first.array() / ((second.array() * correction).sqrt() + 1e-8f);
  }
};

/// Cells are columns.
class Perceptron {
 public:
  Perceptron(Eigen::Index in, const DistanceNetOptions& options, Rng& rng) {
    auto widths = options.hidden;
    widths.push_back(options.out);
    for (const auto width : widths) {
      const double bound = 1 / std::sqrt(static_cast<double>(in));
      const auto draw = [&] { return static_cast<float>((2 * rng.uniform() - 1) * bound); };
      weight_.emplace_back(Eigen::MatrixXf::NullaryExpr(width, in, draw));
      bias_.emplace_back(Eigen::MatrixXf::NullaryExpr(width, 1, draw));
      in = width;
    }
  }

  const Eigen::MatrixXf& forward(const Eigen::MatrixXf& x) {
    activation_.assign(1, x);
    for (std::size_t layer = 0; layer < weight_.size(); ++layer) {
      Eigen::MatrixXf h = (weight_[layer].value * activation_.back()).colwise() + bias_[layer].value.col(0);
      if (layer + 1 < weight_.size()) h = h.cwiseMax(0.0f);
      activation_.push_back(std::move(h));
    }
    return activation_.back();
  }

  /// `pull`: dL/d(output) of the last forward().
  void backward(Eigen::MatrixXf pull, int step, const DistanceNetOptions& options) {
    for (std::size_t layer = weight_.size(); layer-- > 0;) {
      if (layer + 1 < weight_.size()) pull = (activation_[layer + 1].array() > 0).select(pull, 0.0f);
      const Eigen::MatrixXf of_weight = pull * activation_[layer].transpose(), of_bias = pull.rowwise().sum();
      if (layer > 0) pull = (weight_[layer].value.transpose() * pull).eval();
      weight_[layer].update(of_weight, step, options.learning_rate, options.weight_decay);
      bias_[layer].update(of_bias, step, options.learning_rate, options.weight_decay);
    }
  }

 private:
  std::vector<Parameter> weight_, bias_;
  std::vector<Eigen::MatrixXf> activation_;
};

Eigen::MatrixXf distances_of(const Eigen::MatrixXf& columns, float epsilon) {
  Eigen::MatrixXf d = -2 * columns.transpose() * columns;
  const Eigen::VectorXf size = columns.colwise().squaredNorm();
  d.colwise() += size;
  d.rowwise() += size.transpose();
  return (d.cwiseMax(0.0f).array() + epsilon).sqrt();
}

/// Features of a slide as columns, in units of the training slides.
struct Scaling {
  Eigen::RowVectorXd mean;
  double sd = 1;
  Eigen::MatrixXf apply(const Eigen::MatrixXd& x) const { return ((x.rowwise() - mean) / sd).cast<float>().transpose(); }
};

Scaling scaling_of(const SpatialTask& task) {
  Scaling scaling{Eigen::RowVectorXd::Zero(task.test.features.cols()), 1};
  double rows = 0;
  for (const auto& slide : task.training) {
    scaling.mean += slide.features.colwise().sum();
    rows += static_cast<double>(slide.features.rows());
  }
  scaling.mean /= rows;
  Eigen::RowVectorXd square = Eigen::RowVectorXd::Zero(scaling.mean.size());
  for (const auto& slide : task.training) square += (slide.features.rowwise() - scaling.mean).colwise().squaredNorm();
  scaling.sd = std::max(1e-12, (square / rows).cwiseSqrt().mean());
  return scaling;
}

std::optional<Eigen::MatrixXf> train_and_embed(const SpatialTask& task, const DistanceNetOptions& options, std::uint64_t seed) {
  const Scaling scaling = scaling_of(task);
  std::vector<Eigen::MatrixXf> x, y;
  for (const auto& slide : task.training) {
    x.push_back(scaling.apply(slide.features));
    y.emplace_back(unit_places(slide.places).cast<float>().transpose());
  }
  Rng rng(seed);
  Perceptron net(task.test.features.cols(), options, rng);
  for (int step = 1; step <= options.steps; ++step) {
    if (task.stop.stop_requested()) return std::nullopt;
    const auto s = rng.below(x.size());
    const Eigen::Index n = x[s].cols(), count = std::min(n, options.batch);
    std::vector<Eigen::Index> rows(n);
    std::iota(rows.begin(), rows.end(), 0);
    for (Eigen::Index i = 0; i < count; ++i) std::swap(rows[i], rows[i + static_cast<Eigen::Index>(rng.below(static_cast<std::uint64_t>(n - i)))]);
    rows.resize(count);
    Eigen::MatrixXf input = x[s](Eigen::all, rows);
    if (options.noise > 0) input += Eigen::MatrixXf::NullaryExpr(input.rows(), count, [&] { return static_cast<float>(options.noise * rng.normal()); });
    const Eigen::MatrixXf& u = net.forward(input);
    const Eigen::MatrixXf d = distances_of(u, kEpsilon), wanted = distances_of(y[s](Eigen::all, rows), 0);
    // dL/du_i = 4/n^2 sum_j (d - t)/d (u_i - u_j)
    const Eigen::MatrixXf w = (4 / static_cast<float>(count * count)) * ((d - wanted).array() / d.array()).matrix();
    net.backward(u * w.rowwise().sum().asDiagonal() - u * w, step, options);
  }
  return net.forward(scaling.apply(task.test.features));
}

void require_options(const DistanceNetOptions& options) {
  require(options.steps >= 1 && options.batch >= 2 && options.members >= 1 && options.out >= 1 && options.noise >= 0, "a distance net trains at least one step on at least two cells");
}

/// Classical scaling of the root mean square distance over members without any matrix of pairs: principal components of their outputs side by side.
std::optional<Eigen::MatrixXd> place_by_components(const SpatialTask& task, const DistanceNetOptions& options) {
  require_task(task);
  require_options(options);
  Eigen::MatrixXd wide(task.test.features.rows(), options.out * options.members);
  for (int member = 0; member < options.members; ++member) {
    const auto u = train_and_embed(task, options, task.seed + static_cast<std::uint64_t>(member));
    if (!u) return std::nullopt;
    wide.middleCols(member * options.out, options.out) = u->transpose().cast<double>();
  }
  wide.rowwise() -= wide.colwise().mean().eval();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> axes(wide.transpose() * wide);   // ascending
  return Eigen::MatrixXd(wide * axes.eigenvectors().rightCols(std::min<Eigen::Index>(task.dims(), wide.cols())).rowwise().reverse());
}

}  // namespace

std::optional<Eigen::MatrixXd> predict_distances(const SpatialTask& task, const DistanceNetOptions& options) {
  require_task(task);
  require_options(options);
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(task.test.features.rows(), task.test.features.rows());
  for (int member = 0; member < options.members; ++member) {
    const auto u = train_and_embed(task, options, task.seed + static_cast<std::uint64_t>(member));
    if (!u) return std::nullopt;
    const Eigen::MatrixXd d = embed::distance_matrix(u->transpose().cast<double>());
    const double square = d.squaredNorm() / static_cast<double>(d.size());
    sum += d / (options.members * (square > 0 ? std::sqrt(square) : 1));
  }
  return sum;
}

std::optional<Eigen::MatrixXd> place_by_distance_net(const SpatialTask& task, const DistanceNetOptions& options) {
  if (task.test.features.rows() > options.most_pairs) return place_by_components(task, options);
  const auto d = predict_distances(task, options);
  if (!d) return std::nullopt;
  const auto start = embed::classical_mds(*d, static_cast<int>(task.dims()), task.stop);
  if (!start) return std::nullopt;
  auto layout = embed::dense_stress(*d, *start, {.sweeps = kSweeps, .threads = task.threads, .stop = task.stop});
  if (!layout.complete) return std::nullopt;
  return std::move(layout.points);
}

}  // namespace geocyte::baselines
