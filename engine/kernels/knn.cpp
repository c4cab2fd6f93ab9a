// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/knn.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/check.h"
#include "engine/kernels/knn_tile.h"
#include "engine/kernels/parallel.h"

namespace geocyte::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::int64_t kReferenceBlockBytes = 512 << 10;  // stays in the second-level cache while queries pass by
constexpr std::int64_t kQueriesPerBlock = 768;            // a multiple of 4, 6 and 12

TileKernel tile_of(Isa isa) {
  switch (isa) {
    case Isa::avx512:
      return avx512_tile();
    case Isa::avx2:
      return avx2_tile();
    case Isa::plain:
      break;
  }
  return plain_tile();
}

std::vector<float> unit_rows(const Points& points) {
  std::vector<float> rows(points.data, points.data + points.rows * points.dims);
  for (std::int64_t i = 0; i < points.rows; ++i) {
    float* row = rows.data() + i * points.dims;
    double squared = 0;
    for (std::int64_t d = 0; d < points.dims; ++d) squared += static_cast<double>(row[d]) * row[d];
    if (squared == 0) continue;
    const double scale = 1 / std::sqrt(squared);
    for (std::int64_t d = 0; d < points.dims; ++d) row[d] = static_cast<float>(row[d] * scale);
  }
  return rows;
}

/// Where to move the origin: the mean, on the power-of-two grid of the spread of each dimension.
std::vector<float> lattice_offset(const Points& points) {
  std::vector<double> sum(points.dims, 0), squares(points.dims, 0);
  for (std::int64_t i = 0; i < points.rows; ++i)
    for (std::int64_t d = 0; d < points.dims; ++d) sum[d] += points.row(i)[d];
  const double n = static_cast<double>(std::max<std::int64_t>(points.rows, 1));
  for (std::int64_t i = 0; i < points.rows; ++i)
    for (std::int64_t d = 0; d < points.dims; ++d) {
      const double off = points.row(i)[d] - sum[d] / n;
      squares[d] += off * off;
    }
  std::vector<float> offset(points.dims, 0);
  for (std::int64_t d = 0; d < points.dims; ++d) {
    const double mean = sum[d] / n, spread = std::sqrt(squares[d] / n);
    if (!std::isfinite(mean) || !std::isfinite(spread)) continue;
    // A constant dimension moves to the origin as it is.
    const double grid = spread > 0 ? std::exp2(std::floor(std::log2(spread))) : 0;
    const double place = grid > 0 ? grid * std::round(mean / grid) : mean;
    offset[d] = static_cast<float>(place);
  }
  return offset;
}

/// Points in panels of `width`, value [panel][dim][point], times `factor`; padding is zero.
std::vector<float> pack(const Points& points, const std::vector<float>& offset, std::int64_t width, float factor) {
  const std::int64_t panels = (points.rows + width - 1) / width;
  std::vector<float> packed(panels * width * points.dims, 0.0f);
  for (std::int64_t i = 0; i < points.rows; ++i) {
    float* panel = packed.data() + (i / width) * width * points.dims + i % width;
    for (std::int64_t d = 0; d < points.dims; ++d) panel[d * width] = (points.row(i)[d] - offset[d]) * factor;
  }
  return packed;
}

std::vector<float> padded_norms(const Points& points, const std::vector<float>& offset, std::int64_t width,
                                Metric metric) {
  const std::int64_t panels = (points.rows + width - 1) / width;
  std::vector<float> norms(panels * width, kInfinity);
  for (std::int64_t i = 0; i < points.rows; ++i) {
    float squared = 0;
    if (metric == Metric::euclidean)
      for (std::int64_t d = 0; d < points.dims; ++d) {
        const float value = points.row(i)[d] - offset[d];
        squared += value * value;
      }
    norms[i] = squared;
  }
  return norms;
}

bool is_zero(const float* row, std::int64_t dims) {
  return std::all_of(row, row + dims, [](float value) { return value == 0; });
}

/// Rows of `a` and `b` are of unit length (or zero) for cosine: 1 - <a, b> = ||a - b||^2 / 2 loses no digits.
double exact_distance(const float* a, const float* b, std::int64_t dims, Metric metric) {
  if (metric == Metric::cosine && (is_zero(a, dims) || is_zero(b, dims))) return 1;
  double squared = 0;
  for (std::int64_t d = 0; d < dims; ++d) {
    const double difference = static_cast<double>(a[d]) - b[d];
    squared += difference * difference;
  }
  return metric == Metric::cosine ? std::min(squared / 2, 2.0) : std::sqrt(squared);
}

struct Search {
  Points references, queries;
  bool same = false;  ///< queries are the references: exclude self
  KnnOptions options;
  TileKernel tile;
  std::vector<float> packed_references, packed_queries, norms;

  void rows(std::int64_t first, std::int64_t last, KnnGraph& graph) const;
  void finish(std::int64_t query, BestK& best, KnnGraph& graph) const;
};

void Search::rows(std::int64_t first, std::int64_t last, KnnGraph& graph) const {
  const std::int64_t dims = references.dims, width = tile.references, height = tile.queries;
  const std::int64_t count = (last - first + height - 1) / height * height;
  std::vector<std::uint64_t> items(count * options.k);
  std::vector<BestK> best(count);
  for (std::int64_t q = 0; q < count; ++q) best[q] = {items.data() + q * options.k, 0, options.k};

  const std::int64_t panels = static_cast<std::int64_t>(norms.size()) / width;
  const std::int64_t block = std::max<std::int64_t>(
      1, kReferenceBlockBytes / static_cast<std::int64_t>(width * std::max<std::int64_t>(dims, 1) * sizeof(float)));
  for (std::int64_t panel = 0; panel < panels; panel += block) {
    if (options.stop.stop_requested()) return;
    Sweep sweep;
    sweep.references = packed_references.data() + panel * dims * width;
    sweep.norms = norms.data() + panel * width;
    sweep.dims = dims;
    sweep.panels = std::min(block, panels - panel);
    sweep.first_reference = static_cast<std::int32_t>(panel * width);
    for (std::int64_t q = first; q < last; q += height) {
      sweep.queries = packed_queries.data() + q * dims;
      sweep.self = same ? static_cast<std::int32_t>(q) : -1;
      sweep.live_queries = static_cast<std::int32_t>(std::min(height, last - q));
      sweep.best = best.data() + (q - first);
      tile.sweep(sweep);
    }
  }
  for (std::int64_t q = first; q < last; ++q) finish(q, best[q - first], graph);
}

void Search::finish(std::int64_t query, BestK& best, KnnGraph& graph) const {
  std::vector<std::pair<double, std::int32_t>> found(best.size);
  for (std::int32_t j = 0; j < best.size; ++j) {
    const std::int32_t reference = index_of(best.items[j]);
    found[j] = {exact_distance(queries.row(query), references.row(reference), references.dims, options.metric),
                reference};
  }
  std::sort(found.begin(), found.end());
  for (int j = 0; j < options.k; ++j) {
    const bool exists = j < static_cast<int>(found.size());
    graph.index[query * options.k + j] = exists ? found[j].second : -1;
    graph.distance[query * options.k + j] = exists ? static_cast<float>(found[j].first) : kInfinity;
  }
}

KnnGraph run_search(const Points& references, const Points& queries, bool same, const KnnOptions& options) {
  require(options.k >= 1, "kNN needs k >= 1");
  require(references.dims == queries.dims, "kNN needs queries and references of one dimension");
  require(references.rows < std::numeric_limits<std::int32_t>::max() - 64, "kNN indices are 32 bits wide");
  require(static_cast<int>(options.isa) <= static_cast<int>(best_isa()),
          "kNN was asked for instructions this processor lacks");

  Search search{references, queries, same, options, tile_of(options.isa), {}, {}, {}};
  std::vector<float> unit_references, unit_queries, offset(references.dims, 0);
  if (options.metric == Metric::cosine) {
    unit_references = unit_rows(references);
    search.references.data = unit_references.data();
    if (!same) unit_queries = unit_rows(queries);
    search.queries.data = same ? unit_references.data() : unit_queries.data();
  } else {
    offset = lattice_offset(references);
  }
  search.packed_references = pack(search.references, offset, search.tile.references, 1);
  search.packed_queries = pack(search.queries, offset, search.tile.queries, -2);
  search.norms = padded_norms(search.references, offset, search.tile.references, options.metric);

  KnnGraph graph;
  graph.rows = queries.rows;
  graph.k = options.k;
  graph.index.resize(queries.rows * options.k);
  graph.distance.resize(queries.rows * options.k);
  const std::int64_t blocks = (queries.rows + kQueriesPerBlock - 1) / kQueriesPerBlock;
  parallel_blocks(options.threads, blocks, [&](std::int64_t block) {
    search.rows(block * kQueriesPerBlock, std::min(queries.rows, (block + 1) * kQueriesPerBlock), graph);
  });
  graph.complete = !options.stop.stop_requested();
  return graph;
}

}  // namespace

const char* name_of(Metric metric) { return metric == Metric::cosine ? "cosine" : "euclidean"; }

KnnGraph exact_knn(const Points& points, const KnnOptions& options) {
  return run_search(points, points, true, options);
}

KnnGraph exact_knn(const Points& references, const Points& queries, const KnnOptions& options) {
  return run_search(references, queries, false, options);
}

}  // namespace geocyte::kernels
