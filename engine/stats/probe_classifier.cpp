// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/probe_classifier.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/core/check.h"
#include "engine/core/rng.h"

namespace geocyte::stats {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using RowVector = Eigen::Matrix<float, 1, Eigen::Dynamic>;
constexpr std::int64_t kFewest = 5;

/// One linear layer with the moments of Adam (Kingma & Ba 2015); weight decay is decoupled (Loshchilov & Hutter 2019).
class Layer {
 public:
  Layer(Eigen::Index in, Eigen::Index out, Rng& rng) : weight_(in, out), bias_(RowVector::Zero(out)) {
    const double scale = std::sqrt(2.0 / static_cast<double>(in));  // He et al. 2015: for relu
    for (Eigen::Index i = 0; i < weight_.size(); ++i) weight_.data()[i] = static_cast<float>(scale * rng.normal());
    weight_m_ = weight_v_ = Matrix::Zero(in, out);
    bias_m_ = bias_v_ = RowVector::Zero(out);
  }
  Matrix forward(const Matrix& input) const { return (input * weight_).rowwise() + bias_; }
  Matrix input_gradient(const Matrix& output_gradient) const { return output_gradient * weight_.transpose(); }

  void update(const Matrix& input, const Matrix& output_gradient, float rate, float decay, int step) {
    const Matrix weight_gradient = input.transpose() * output_gradient;
    const RowVector bias_gradient = output_gradient.colwise().sum();
    weight_ *= 1 - rate * decay;
    adam(weight_, weight_gradient, weight_m_, weight_v_, rate, step);
    adam(bias_, bias_gradient, bias_m_, bias_v_, rate, step);
  }

 private:
  template <class Values>
  static void adam(Values& value, const Values& gradient, Values& m, Values& v, float rate, int step) {
    constexpr float kBeta1 = 0.9f, kBeta2 = 0.999f, kEpsilon = 1e-8f;
    m = kBeta1 * m + (1 - kBeta1) * gradient;
    v = kBeta2 * v + (1 - kBeta2) * gradient.cwiseAbs2();
    const float correct1 = 1 - std::pow(kBeta1, static_cast<float>(step)),
                correct2 = 1 - std::pow(kBeta2, static_cast<float>(step));
    value.array() -= rate * (m.array() / correct1) / ((v.array() / correct2).sqrt() + kEpsilon);
  }
  Matrix weight_, weight_m_, weight_v_;  // in x out
  RowVector bias_, bias_m_, bias_v_;     // out
};

struct Network {
  Layer first, second, last;

  Network(Eigen::Index dims, Eigen::Index hidden, Rng& rng)
      : first(dims, hidden, rng), second(hidden, hidden, rng), last(hidden, 1, rng) {}

  RowVector logits(const Matrix& x) const {
    const Matrix h1 = first.forward(x).cwiseMax(0.0f), h2 = second.forward(h1).cwiseMax(0.0f);
    return last.forward(h2).transpose();
  }

  /// One Adam step on mean_i weight_i logistic(y_i f(x_i)).
  void step(const Matrix& x, const RowVector& target, const RowVector& weight, const ProbeOptions& options, int count) {
    const Matrix a1 = first.forward(x), h1 = a1.cwiseMax(0.0f);    // B x h
    const Matrix a2 = second.forward(h1), h2 = a2.cwiseMax(0.0f);  // B x h
    const Matrix f = last.forward(h2);                             // B x 1
    const Eigen::ArrayXf probability = 1 / (1 + (-f.col(0).array()).exp());
    const Matrix g3 =
        (weight.transpose().array() * (probability - target.transpose().array()) / static_cast<float>(x.rows()))
            .matrix();
    const Matrix g2 = (last.input_gradient(g3).array() * (a2.array() > 0).cast<float>()).matrix();
    const Matrix g1 = (second.input_gradient(g2).array() * (a1.array() > 0).cast<float>()).matrix();
    const auto rate = static_cast<float>(options.learning_rate), decay = static_cast<float>(options.weight_decay);
    last.update(h2, g3, rate, decay, count);
    second.update(h1, g2, rate, decay, count);
    first.update(x, g1, rate, decay, count);
  }
};

Matrix matrix_of(const kernels::Points& points) {
  return Eigen::Map<const Matrix>(points.data, points.rows, points.dims);
}

void check_part(const LabelledPoints& part, const char* name) {
  require(static_cast<std::int64_t>(part.positive.size()) == part.points.rows, "one label a point");
  const auto positives =
      std::count_if(part.positive.begin(), part.positive.end(), [](std::uint8_t value) { return value != 0; });
  const std::int64_t fewer = std::min<std::int64_t>(positives, part.points.rows - positives);
  if (fewer < kFewest)
    throw Error(ErrorCode::bad_data,
                "a probe classifier needs at least 5 " + std::string(name) + " cells of each class");
  for (std::int64_t i = 0; i < part.points.rows * part.points.dims; ++i)
    if (!std::isfinite(part.points.data[i]))
      throw Error(ErrorCode::bad_data, "the embedding has a value that is not finite");
}

void shuffle(std::vector<std::int64_t>& items, Rng& rng) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[rng.below(i)]);
}

/// Rows for fitting and for stopping, the latter drawn by class.
struct InnerSplit {
  std::vector<std::int64_t> fit, stop;
};

InnerSplit inner_split(std::span<const std::uint8_t> positive, double share, Rng& rng) {
  InnerSplit split;
  for (const bool wanted : {false, true}) {
    std::vector<std::int64_t> rows;
    for (std::size_t i = 0; i < positive.size(); ++i)
      if ((positive[i] != 0) == wanted) rows.push_back(static_cast<std::int64_t>(i));
    shuffle(rows, rng);
    const auto held = std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(rows.size())));
    split.stop.insert(split.stop.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(held));
    split.fit.insert(split.fit.end(), rows.begin() + static_cast<std::ptrdiff_t>(held), rows.end());
  }
  return split;
}

/// Labels and weights that give both classes the same mass.
struct Batch {
  Matrix x;
  RowVector target, weight;
};

Batch gather(const Matrix& x, std::span<const std::uint8_t> positive, std::span<const std::int64_t> rows,
             const float (&class_weight)[2]) {
  Batch batch{Matrix(rows.size(), x.cols()), RowVector(rows.size()), RowVector(rows.size())};
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const int label = positive[rows[r]] != 0;
    batch.x.row(r) = x.row(rows[r]);
    batch.target[r] = static_cast<float>(label);
    batch.weight[r] = class_weight[label];
  }
  return batch;
}

double balanced_loss(const Network& network, const Batch& batch) {
  const Eigen::ArrayXd f = network.logits(batch.x).transpose().cast<double>().array();
  const Eigen::ArrayXd y = batch.target.transpose().cast<double>().array(),
                       w = batch.weight.transpose().cast<double>().array();
  // softplus(f) - y f, written so that it does not overflow
  const Eigen::ArrayXd loss = f.max(0.0) + (-f.abs()).exp().log1p() - y * f;
  return (w * loss).sum() / w.sum();
}

/// What centres and scales the input, from training rows.
struct Scaling {
  RowVector mean, inverse;

  Scaling(const Matrix& x, ProbeScale scale) : mean(x.colwise().mean()) {
    RowVector variance = (x.rowwise() - mean).colwise().squaredNorm() / static_cast<float>(x.rows());
    if (scale == ProbeScale::whole) variance.setConstant(variance.mean());
    inverse = (variance.array() > 0).select(variance.cwiseSqrt().cwiseInverse(), RowVector::Zero(variance.size()));
  }
  Matrix apply(const kernels::Points& points) const {
    return (matrix_of(points).rowwise() - mean) * inverse.asDiagonal();
  }
};

struct Fitted {
  Network network;
  double loss = 0;   ///< of the rows that decide when to stop
  int epochs = 0;
};

Fitted fit(const Matrix& x, std::span<const std::uint8_t> positive, const ProbeOptions& options) {
  Rng rng(hash64("probe_classifier", options.seed));
  const InnerSplit split = inner_split(positive, options.inner_share, rng);
  const auto positives = static_cast<float>(
      std::count_if(split.fit.begin(), split.fit.end(), [&](std::int64_t row) { return positive[row] != 0; }));
  const auto all = static_cast<float>(split.fit.size());
  const float class_weight[2] = {all / (2 * (all - positives)), all / (2 * positives)};
  const Batch stop = gather(x, positive, split.stop, class_weight);

  Network network(x.cols(), options.hidden, rng);
  Fitted best{network, balanced_loss(network, stop), 0};
  int steps = 0;
  auto order = split.fit;
  for (int epoch = 1; epoch <= options.max_epochs && epoch - best.epochs <= options.patience; ++epoch) {
    if (options.stop.stop_requested()) break;
    shuffle(order, rng);
    for (std::size_t first = 0; first < order.size(); first += options.batch) {
      const std::size_t rows = std::min<std::size_t>(options.batch, order.size() - first);
      const Batch batch = gather(x, positive, std::span(order).subspan(first, rows), class_weight);
      network.step(batch.x, batch.target, batch.weight, options, ++steps);
    }
    if (const double loss = balanced_loss(network, stop); loss < best.loss) best = {network, loss, epoch};
  }
  return best;
}

}  // namespace

ProbeResult probe_separability(const LabelledPoints& training, const LabelledPoints& held_out,
                               const ProbeOptions& options) {
  require(training.points.dims == held_out.points.dims, "both parts of a probe have one dimension");
  check_part(training, "training");
  check_part(held_out, "held-out");
  std::vector<ProbeScale> tried{options.scale};
  if (options.scale == ProbeScale::better) tried = {ProbeScale::each_dimension, ProbeScale::whole};

  ProbeResult result;
  double least = std::numeric_limits<double>::infinity();
  for (const ProbeScale scale : tried) {
    const Scaling scaling(matrix_of(training.points), scale);
    const Fitted fitted = fit(scaling.apply(training.points), training.positive, options);
    if (!(fitted.loss < least)) continue;
    least = fitted.loss;
    result.epochs = fitted.epochs;
    result.scale = scale;
    const RowVector scores = fitted.network.logits(scaling.apply(held_out.points));
    result.score.assign(scores.data(), scores.data() + scores.size());
  }
  result.auc = auc(result.score, held_out.positive);
  return result;
}

}  // namespace geocyte::stats
