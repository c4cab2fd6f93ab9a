// SPDX-License-Identifier: GPL-3.0-or-later
// Card alignment_metrics: the scIB metrics of 100 000 cells in 50 dimensions, six sources, ten types, neighbours included, on two
// threads. --self makes the cells and prints the seconds of each; --cells N another number.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "engine/core/rng.h"
#include "engine/kernels/knn.h"
#include "engine/stats/bras.h"
#include "engine/stats/clisi.h"
#include "engine/stats/graph_connectivity.h"
#include "engine/stats/ilisi.h"
#include "engine/stats/isolated_labels.h"
#include "engine/stats/kbet.h"
#include "engine/stats/pcr_comparison.h"

namespace {

constexpr int kSources = 6, kTypes = 10, kThreads = 2;
constexpr std::int64_t kDims = 50;

struct Cells {
  std::vector<float> x;
  std::vector<std::int32_t> source, type;
  geocyte::kernels::Points points() const { return {x.data(), static_cast<std::int64_t>(source.size()), kDims}; }
};

/// Ten types, two of them in one source only, sources a little apart.
Cells make_cells(std::int64_t n) {
  geocyte::Rng rng(7);
  std::vector<float> centre(kTypes * kDims), shift(kSources * kDims);
  for (float& value : centre) value = static_cast<float>(2 * rng.normal());
  for (float& value : shift) value = static_cast<float>(0.2 * rng.normal());
  Cells cells;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto type = static_cast<std::int32_t>(rng.below(kTypes));
    const auto source = type >= kTypes - 2 ? 0 : static_cast<std::int32_t>(rng.below(kSources));
    cells.source.push_back(source);
    cells.type.push_back(type);
    for (std::int64_t d = 0; d < kDims; ++d)
      cells.x.push_back(static_cast<float>(rng.normal()) + centre[static_cast<std::size_t>(type * kDims + d)] + shift[static_cast<std::size_t>(source * kDims + d)]);
  }
  return cells;
}

double total = 0;

template <class Work>
void timed(const char* what, const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  const double value = work();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  total += seconds;
  std::printf("%-22s %8.2f s   %.4f\n", what, seconds, value);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace geocyte;
  std::int64_t n = 100000;
  for (int i = 1; i + 1 < argc; ++i)
    if (std::strcmp(argv[i], "--cells") == 0) n = std::atoll(argv[i + 1]);
  const Cells cells = make_cells(n);
  kernels::KnnGraph graph, fifteen;
  kernels::KnnOptions knn;
  knn.threads = kThreads;
  timed("90 neighbours", [&] { knn.k = 89; graph = kernels::exact_knn(cells.points(), knn); return static_cast<double>(graph.rows); });
  timed("15 neighbours", [&] {
    fifteen = {graph.rows, 14, {}, {}, true};
    for (std::int64_t i = 0; i < graph.rows; ++i) {
      fifteen.index.insert(fifteen.index.end(), graph.index.begin() + i * graph.k, graph.index.begin() + i * graph.k + 14);
      fifteen.distance.insert(fifteen.distance.end(), graph.distance.begin() + i * graph.k, graph.distance.begin() + i * graph.k + 14);
    }
    return 14.0;
  });
  timed("iLISI", [&] { return stats::ilisi(graph, cells.source, kSources).scaled; });
  timed("cLISI", [&] { return stats::clisi(graph, cells.type, kTypes); });
  timed("kBET", [&] { return stats::kbet(graph, cells.source, kSources); });
  timed("graph connectivity", [&] { return stats::graph_connectivity(fifteen, cells.type, kTypes); });
  timed("BRAS", [&] { return stats::bras(cells.points(), cells.type, cells.source); });
  timed("PCR", [&] { return stats::source_variance_share(cells.points(), cells.source, kSources); });
  timed("isolated labels", [&] { return stats::isolated_labels(cells.points(), cells.type, kTypes, cells.source, kThreads); });
  std::printf("%-22s %8.2f s   %lld cells, %d threads\n", "all", total, static_cast<long long>(n), kThreads);
  return 0;
}
