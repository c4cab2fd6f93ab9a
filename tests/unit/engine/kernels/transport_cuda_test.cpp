// SPDX-License-Identifier: GPL-3.0-or-later
// Entropic transport on a GPU equals that on the host. Without one, the module is still opened where it was built.
#include "engine/kernels/transport_cuda.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/core/rng.h"

namespace geocyte::kernels {
namespace {

template <class T>
std::vector<T> shifted_points(std::int64_t rows, std::int64_t dims, std::uint64_t seed, double shift = 0) {
  Rng rng(seed);
  std::vector<T> points(rows * dims);
  for (T& value : points) value = static_cast<T>(rng.normal() + shift);
  return points;
}

template <class Number>
double widest_difference(const std::vector<Number>& a, const std::vector<Number>& b) {
  EXPECT_EQ(a.size(), b.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return worst;
}

TEST(TransportOnTheGpu, ModuleOpensOrSaysInWordsWhyNot) {
  std::string why;
  const auto gpu = CudaTransport::open(&why);
  if (gpu) {
    EXPECT_GE(gpu->devices(), 1);
  } else {
    // A module that was built but cannot be opened would say something else.
    EXPECT_TRUE(why == "there is no GPU that CUDA can use" || why.find("made without nvcc") != std::string::npos) << why;
  }
}

template <class T>
void expect_equal_on_both(const CudaTransport& gpu, double tolerance) {
  const auto x = shifted_points<T>(150, 70, 1), y = shifted_points<T>(213, 70, 2, 0.3);
  for (const auto cost : {GroundCost::half_squared, GroundCost::distance})
    for (const double reach : {std::numeric_limits<double>::infinity(), 40.0}) {
      TransportOptions options;
      options.cost = cost;
      options.reach = reach;
      options.temperatures = annealing(60, 6, 0.8, cost == GroundCost::distance ? 1 : 2);
      const TransportProblem<T> problems[] = {{{x.data(), 150}, {y.data(), 213}}, {{x.data(), 150}, {x.data(), 150}}};
      const auto there = gpu.solve<T>(problems, 70, options, 0), here = entropic_transport<T>(problems, 70, options);
      for (const int p : {0, 1}) {
        EXPECT_LT(widest_difference(there[p].f, here[p].f), tolerance * 70);
        EXPECT_LT(widest_difference(there[p].g, here[p].g), tolerance * 70);
        EXPECT_LT(widest_difference(there[p].pull_x, here[p].pull_x), tolerance);
        EXPECT_LT(widest_difference(there[p].pull_y, here[p].pull_y), tolerance);
      }
    }
}

TEST(TransportOnTheGpu, EqualsTheHost) {
  std::string why;
  const auto gpu = CudaTransport::open(&why);
  if (!gpu) GTEST_SKIP() << why;
  expect_equal_on_both<double>(*gpu, 1e-10);
  expect_equal_on_both<float>(*gpu, 1e-5);
}

}  // namespace
}  // namespace geocyte::kernels
