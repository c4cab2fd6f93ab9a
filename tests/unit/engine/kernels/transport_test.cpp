// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/transport.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::kernels {
namespace {

std::vector<Isa> transport_isas() {
  std::vector<Isa> found{Isa::plain};
  for (const Isa isa : {Isa::avx2, Isa::avx512})
    if (static_cast<int>(isa) <= static_cast<int>(best_isa())) found.push_back(isa);
  return found;
}

template <class T>
std::vector<T> normal_points(std::int64_t rows, std::int64_t dims, std::uint64_t seed, double shift = 0) {
  Rng rng(seed);
  std::vector<T> points(rows * dims);
  for (T& value : points) value = static_cast<T>(rng.normal() + shift);
  return points;
}

/// The same updates written out plainly in double, with the whole matrix and a maximum in every sum.
struct Oracle {
  std::int64_t n, m, dims;
  std::vector<double> x, y, a, b, cost;
  bool root;

  template <class T>
  Oracle(const std::vector<T>& from, const std::vector<T>& to, std::int64_t d, GroundCost ground, const double* wa = nullptr, const double* wb = nullptr)
      : n(std::ssize(from) / d), m(std::ssize(to) / d), dims(d), x(from.begin(), from.end()), y(to.begin(), to.end()), root(ground == GroundCost::distance) {
    for (std::int64_t i = 0; i < n; ++i) a.push_back(wa ? wa[i] : 1.0 / static_cast<double>(n));
    for (std::int64_t j = 0; j < m; ++j) b.push_back(wb ? wb[j] : 1.0 / static_cast<double>(m));
    cost.resize(n * m);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < m; ++j) {
        double squared = 0;
        for (std::int64_t k = 0; k < d; ++k) squared += std::pow(x[i * d + k] - y[j * d + k], 2);
        cost[i * m + j] = root ? std::sqrt(squared) : squared / 2;
      }
  }

  /// over columns for each row, or over rows for each column
  std::vector<double> softmin(const std::vector<double>& h, double eps, bool rows) const {
    std::vector<double> out(rows ? n : m);
    for (std::int64_t i = 0; i < std::ssize(out); ++i) {
      const std::int64_t terms = rows ? m : n;
      std::vector<double> e(terms);
      for (std::int64_t j = 0; j < terms; ++j)
        e[j] = std::log(std::max((rows ? b : a)[j], 1e-300)) + (h[j] - cost[rows ? i * m + j : j * m + i]) / eps;
      const double top = *std::max_element(e.begin(), e.end());
      double sum = 0;
      for (const double value : e) sum += std::exp(value - top);
      out[i] = -eps * (top + std::log(sum));
    }
    return out;
  }

  std::vector<double> f, g;

  void solve(const TransportOptions& options) {
    const auto damped = [&](std::vector<double> values, double eps) {
      for (double& v : values) v /= 1 + eps / options.reach;
      return values;
    };
    const double first = options.temperatures.front(), last = options.temperatures.back();
    f = damped(softmin(std::vector<double>(m, 0), first, true), first);
    g = damped(softmin(std::vector<double>(n, 0), first, false), first);
    for (const double eps : options.temperatures) {
      const auto f_new = damped(softmin(g, eps, true), eps), g_new = damped(softmin(f, eps, false), eps);
      for (std::int64_t i = 0; i < n; ++i) f[i] = (f[i] + f_new[i]) / 2;
      for (std::int64_t j = 0; j < m; ++j) g[j] = (g[j] + g_new[j]) / 2;
    }
    held_f = f, held_g = g;
    f = damped(softmin(held_g, last, true), last);
    g = damped(softmin(held_f, last, false), last);
  }

  std::vector<double> held_f, held_g;

  /// d softmin_i(g) / d x_i by central differences of the formula.
  double pull_x(std::int64_t i, std::int64_t k, double eps) {
    const double h = 1e-5, kept = x[i * dims + k];
    double value[2];
    for (const int side : {0, 1}) {
      x[i * dims + k] = kept + (side ? h : -h);
      std::vector<double> moved(m);
      for (std::int64_t j = 0; j < m; ++j) {
        double squared = 0;
        for (std::int64_t c = 0; c < dims; ++c) squared += std::pow(x[i * dims + c] - y[j * dims + c], 2);
        moved[j] = root ? std::sqrt(squared) : squared / 2;
      }
      double top = -1e300, sum = 0;
      for (std::int64_t j = 0; j < m; ++j) top = std::max(top, std::log(b[j]) + (held_g[j] - moved[j]) / eps);
      for (std::int64_t j = 0; j < m; ++j) sum += std::exp(std::log(b[j]) + (held_g[j] - moved[j]) / eps - top);
      value[side] = -eps * (top + std::log(sum));
    }
    x[i * dims + k] = kept;
    return (value[1] - value[0]) / (2 * h);
  }
};

template <class T>
double largest_difference(const std::vector<T>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(static_cast<double>(a[i]) - b[i]));
  return worst;
}

TransportOptions options_for(GroundCost ground, double blur, Isa isa, int threads = 1) {
  TransportOptions options;
  options.cost = ground;
  options.temperatures = annealing(9, blur, 0.7, ground == GroundCost::distance ? 1 : 2);
  options.isa = isa;
  options.threads = threads;
  return options;
}

TEST(Transport, BetweenTwoPointsIsTheirCostAndPullsAlongTheLine) {
  const std::vector<double> x{1, 2}, y{4, 6};
  for (const auto ground : {GroundCost::half_squared, GroundCost::distance}) {
    const TransportProblem<double> problem{{x.data(), 1}, {y.data(), 1}};
    const auto result = entropic_transport<double>({&problem, 1}, 2, options_for(ground, 0.5, best_isa())).front();
    EXPECT_NEAR(result.f[0] + result.g[0], ground == GroundCost::distance ? 5 : 12.5, 1e-12);
    const double length = ground == GroundCost::distance ? 5 : 1;
    EXPECT_NEAR(result.pull_x[0], -3 / length, 1e-12);
    EXPECT_NEAR(result.pull_y[1], 4 / length, 1e-12);
  }
}

TEST(Transport, EqualsThePlainUpdatesInDoubleOnEveryInstructionSet) {
  const auto x = normal_points<double>(70, 5, 1), y = normal_points<double>(131, 5, 2, 0.4);
  for (const auto ground : {GroundCost::half_squared, GroundCost::distance})
    for (const double reach : {std::numeric_limits<double>::infinity(), 4.0})
      for (const double blur : {0.05, 1.0}) {
        Oracle cross(x, y, 5, ground), own(x, x, 5, ground);
        for (const Isa isa : transport_isas()) {
          auto options = options_for(ground, blur, isa, 2);
          options.reach = reach;
          cross.solve(options);
          own.solve(options);
          const TransportProblem<double> problems[] = {{{x.data(), 70}, {y.data(), 131}}, {{x.data(), 70}, {x.data(), 70}}};
          const auto results = entropic_transport<double>(problems, 5, options);
          EXPECT_LT(largest_difference(results[0].f, cross.f), 1e-12) << name_of(isa) << " blur " << blur;
          EXPECT_LT(largest_difference(results[0].g, cross.g), 1e-12);
          EXPECT_LT(largest_difference(results[1].f, own.f), 1e-12);
          EXPECT_TRUE(results[1].g.empty());
          const double eps = options.temperatures.back();
          for (const std::int64_t i : {0, 63, 64, 69})
            for (const std::int64_t k : {0, 4}) {
              EXPECT_NEAR(results[0].pull_x[i * 5 + k], cross.pull_x(i, k, eps), 1e-6);
              if (ground == GroundCost::half_squared) {   // the distance has a kink at the point itself
                EXPECT_NEAR(results[1].pull_x[i * 5 + k], own.pull_x(i, k, eps), 1e-6);
              }
            }
          // The other side: the same problem turned round.
          Oracle turned(y, x, 5, ground);
          turned.solve(options);
          for (const std::int64_t j : {0, 64, 130}) EXPECT_NEAR(results[0].pull_y[j * 5 + 1], turned.pull_x(j, 1, eps), 1e-6);
        }
      }
}

TEST(Transport, InSinglePrecisionIsWithinItsRoundingOfDouble) {
  const auto x = normal_points<float>(200, 64, 3), y = normal_points<float>(150, 64, 4, 0.3);
  const std::vector<double> wide_x(x.begin(), x.end()), wide_y(y.begin(), y.end());
  for (const Isa isa : transport_isas()) {
    auto options = options_for(GroundCost::half_squared, 4, isa);
    options.temperatures = annealing(60, 4, 0.8, 2);
    const TransportProblem<float> narrow[] = {{{x.data(), 200}, {y.data(), 150}}, {{y.data(), 150}, {y.data(), 150}}};
    const TransportProblem<double> wide[] = {{{wide_x.data(), 200}, {wide_y.data(), 150}}, {{wide_y.data(), 150}, {wide_y.data(), 150}}};
    const auto ours = entropic_transport<float>(narrow, 64, options);
    const auto exact = entropic_transport<double>(wide, 64, options);
    for (const int p : {0, 1}) {
      EXPECT_LT(largest_difference(ours[p].f, exact[p].f), 3e-5);   // of about 60
      EXPECT_LT(largest_difference(ours[p].pull_x, {exact[p].pull_x.begin(), exact[p].pull_x.end()}), 1e-5);
    }
    EXPECT_LT(largest_difference(ours[0].pull_y, {exact[0].pull_y.begin(), exact[0].pull_y.end()}), 1e-5);
  }
}

TEST(Transport, FallsBackToTheGuardWhereSumsOverflowAndStaysRight) {
  // One jump from a wide temperature to a tiny one: exp((f + g - C) / eps) leaves the range of float.
  const auto x = normal_points<float>(40, 3, 5), y = normal_points<float>(50, 3, 6, 1);
  Oracle oracle(x, y, 3, GroundCost::half_squared);
  TransportOptions options;
  options.temperatures = {100, 1e-3, 1e-3};
  oracle.solve(options);
  const TransportProblem<float> problem{{x.data(), 40}, {y.data(), 50}};
  const auto result = entropic_transport<float>({&problem, 1}, 3, options).front();
  EXPECT_GT(result.guarded, 0);
  EXPECT_LT(largest_difference(result.f, oracle.f), 1e-4);
  EXPECT_LT(largest_difference(result.g, oracle.g), 1e-4);
}

TEST(Transport, ReadsWeightsAndAPointOfWeightZeroDoesNotMatter) {
  const auto x = normal_points<double>(30, 2, 7), y = normal_points<double>(20, 2, 8);
  std::vector<double> a(30), b(20);
  Rng rng(9);
  double total_a = 0, total_b = 0;
  for (double& w : a) total_a += w = rng.uniform() + 0.1;
  for (double& w : b) total_b += w = rng.uniform() + 0.1;
  for (double& w : a) w /= total_a;
  for (double& w : b) w /= total_b;
  b[19] = 0;
  for (double& w : b) w /= 1 - (1 - std::accumulate(b.begin(), b.end(), 0.0));
  auto options = options_for(GroundCost::half_squared, 0.5, best_isa());
  Oracle oracle(x, y, 2, GroundCost::half_squared, a.data(), b.data());
  oracle.solve(options);
  const TransportProblem<double> with{{x.data(), 30, a.data()}, {y.data(), 20, b.data()}}, without{{x.data(), 30, a.data()}, {y.data(), 19, b.data()}};
  const auto result = entropic_transport<double>({&with, 1}, 2, options).front();
  EXPECT_LT(largest_difference(result.f, oracle.f), 1e-12);
  EXPECT_LT(largest_difference(result.f, entropic_transport<double>({&without, 1}, 2, options).front().f), 1e-12);
  EXPECT_TRUE(std::isfinite(result.g[19]) && std::isfinite(result.pull_y[39]));
}

TEST(Transport, DoesNotDependOnTheNumberOfThreadsOrOnItsNeighbours) {
  // Large enough that threads are used at all.
  const auto x = normal_points<float>(700, 20, 10), y = normal_points<float>(660, 20, 11);
  const TransportProblem<float> problems[] = {{{x.data(), 700}, {y.data(), 660}}, {{x.data(), 700}, {x.data(), 700}}};
  auto options = options_for(GroundCost::half_squared, 1, best_isa(), 1);
  const auto alone = entropic_transport<float>({problems, 1}, 20, options);
  for (const int threads : {1, 2, 5}) {
    options.threads = threads;
    const auto together = entropic_transport<float>(problems, 20, options);
    EXPECT_EQ(together[0].f, alone[0].f);
    EXPECT_EQ(together[0].pull_y, alone[0].pull_y);
  }
}

TEST(Transport, OfEqualPointsIsFiniteAndZero) {
  const std::vector<float> same(12, 3.5f);
  const Cloud<float> clouds[] = {{same.data(), 6}};
  EXPECT_EQ(box_diagonal<float>(clouds, 2), 0);
  TransportOptions options;
  options.temperatures = annealing(0, 0.05, 0.8, 2);
  const TransportProblem<float> problem{{same.data(), 6}, {same.data(), 6}};
  const auto result = entropic_transport<float>({&problem, 1}, 2, options).front();
  for (const double f : result.f) EXPECT_NEAR(f, 0, 1e-9);
  for (const float pull : result.pull_x) EXPECT_NEAR(pull, 0, 1e-6);
}

TEST(Annealing, IsTheScheduleOfGeomLoss) {
  // [D^p] + exp(arange(p log D, p log blur, p log scaling)) + [blur^p] for D = 10, blur = 1, scaling = .5, p = 2.
  const std::vector<double> expected{100, 100, 25, 6.25, 1.5625, 1};
  const auto made = annealing(10, 1, 0.5, 2);
  ASSERT_EQ(made.size(), expected.size());
  for (std::size_t i = 0; i < made.size(); ++i) EXPECT_NEAR(made[i], expected[i], 1e-12);
  EXPECT_EQ(annealing(10, 1, 0.5, 1).size(), 6u);
  EXPECT_NEAR(annealing(0, 0.05, 0.8, 2).back(), 0.0025, 1e-15);
  EXPECT_THROW(annealing(1, 0, 0.5, 2), Error);
  EXPECT_THROW(annealing(1, 1, 1, 2), Error);
}

TEST(Transport, RefusesEmptyCloudsAndBadOptions) {
  const std::vector<float> x{0, 1};
  const TransportProblem<float> good{{x.data(), 2}, {x.data(), 2}}, empty{{x.data(), 2}, {x.data() + 2, 0}};
  TransportOptions options;
  EXPECT_THROW((entropic_transport<float>({&good, 1}, 1, options)), Error);
  options.temperatures = {1};
  EXPECT_THROW((entropic_transport<float>({&empty, 1}, 1, options)), Error);
  options.reach = 0;
  EXPECT_THROW((entropic_transport<float>({&good, 1}, 1, options)), Error);
}

}  // namespace
}  // namespace geocyte::kernels
