// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's side of the card knn_umap. Reads points (raw float32, row-major), times exact kNN or a layout, prints
// "seconds" and writes the neighbour indices. With --self it makes its own points and prints both times.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "engine/core/rng.h"
#include "engine/embed/umap.h"
#include "engine/kernels/knn.h"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

std::vector<float> read_points(const char* path, std::int64_t values) {
  std::vector<float> points(static_cast<std::size_t>(values));
  std::ifstream(path, std::ios::binary).read(reinterpret_cast<char*>(points.data()), values * 4);
  return points;
}

/// Twenty Gaussian clusters, so that neighbours mean something.
std::vector<float> make_points(std::int64_t rows, std::int64_t dims) {
  geocyte::Rng rng(7);
  std::vector<float> centres(static_cast<std::size_t>(20 * dims)), points(static_cast<std::size_t>(rows * dims));
  for (auto& value : centres) value = static_cast<float>(3 * rng.normal());
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < dims; ++j) points[static_cast<std::size_t>(i * dims + j)] = centres[static_cast<std::size_t>(i % 20 * dims + j)] + static_cast<float>(rng.normal());
  return points;
}

geocyte::kernels::KnnGraph time_knn(const std::vector<float>& points, std::int64_t rows, std::int64_t dims, int threads, double& seconds) {
  geocyte::kernels::KnnOptions options;
  options.threads = threads;
  const auto begin = Clock::now();
  auto graph = geocyte::kernels::exact_knn({points.data(), rows, dims}, options);
  seconds = seconds_since(begin);
  return graph;
}

/// A warm refresh as the analysis thread makes it: neighbours, then 50 epochs from the layout before.
double time_refresh(const std::vector<float>& points, std::int64_t rows, std::int64_t dims, int threads) {
  double ignored = 0;
  const auto first = time_knn(points, rows, dims, threads, ignored);
  geocyte::embed::Umap before(first, {});
  before.run(before.epochs());
  const std::vector<float> layout(before.layout().begin(), before.layout().end());
  const auto begin = Clock::now();
  const auto graph = time_knn(points, rows, dims, threads, ignored);
  geocyte::embed::UmapOptions warm;
  warm.start = geocyte::embed::UmapOptions::Start::given;
  warm.epochs = 50;
  warm.learning_rate = 0.1;
  geocyte::embed::Umap umap(graph, warm, layout);
  umap.run(umap.epochs());
  return seconds_since(begin);
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 0;
  if (argc == 2 && std::strcmp(argv[1], "--self") == 0) {
    time_knn(make_points(20000, 50), 20000, 50, 2, seconds);
    std::printf("exact kNN, 20 000 x 50, k 15, 2 threads: %.3f s\n", seconds);
    std::printf("warm UMAP refresh, 8 510 x 50, 50 epochs with kNN: %.3f s\n", time_refresh(make_points(8510, 50), 8510, 50, 2));
    return 0;
  }
  if (argc != 7) {
    std::fprintf(stderr, "usage: bench_knn_umap knn|refresh POINTS ROWS DIMS THREADS OUT | --self\n");
    return 2;
  }
  const std::int64_t rows = std::atoll(argv[3]), dims = std::atoll(argv[4]);
  const auto points = read_points(argv[2], rows * dims);
  const int threads = std::atoi(argv[5]);
  if (std::strcmp(argv[1], "knn") == 0) {
    const auto graph = time_knn(points, rows, dims, threads, seconds);
    std::ofstream(argv[6], std::ios::binary).write(reinterpret_cast<const char*>(graph.index.data()), static_cast<std::streamsize>(graph.index.size() * 4));
  } else {
    seconds = time_refresh(points, rows, dims, threads);
  }
  std::printf("%.6f\n", seconds);
  return 0;
}
