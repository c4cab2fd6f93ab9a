// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/preprocess/source_statistics.h"

#include <algorithm>
#include <cmath>

#include "engine/core/check.h"
#include "engine/core/text.h"

namespace geocyte::preprocess {

const char* name_of(BySource how) {
  switch (how) {
    case BySource::none: return "none";
    case BySource::centre: return "centre";
    case BySource::standardise: return "zscore";
  }
  return "none";
}

BySource by_source_named(const std::string& name) {
  for (const BySource how : {BySource::none, BySource::centre, BySource::standardise})
    if (name == name_of(how)) return how;
  throw Error(ErrorCode::bad_config, "genes cannot be treated by source as " + quoted(name), "normalize.by_source is none, centre or zscore.");
}

SourceStatistics statistics_of(const data::DenseMatrix& cells, const std::vector<std::int64_t>* rows, BySource how) {
  require(how != BySource::none, "statistics are of something");
  const auto genes = static_cast<std::size_t>(cells.cols);
  const auto n = rows != nullptr ? static_cast<std::int64_t>(rows->size()) : cells.rows;
  SourceStatistics out{std::vector<float>(genes, 0), std::vector<float>(genes, 1)};
  if (n == 0) return out;
  std::vector<double> mean(genes, 0), squares(genes, 0);
  const auto each = [&](auto&& use) {
    for (std::int64_t i = 0; i < n; ++i) use(cells.row(rows != nullptr ? (*rows)[static_cast<std::size_t>(i)] : i));
  };
  each([&](std::span<const float> row) {
    for (std::size_t g = 0; g < genes; ++g) mean[g] += row[g];
  });
  for (std::size_t g = 0; g < genes; ++g) out.mean[g] = static_cast<float>(mean[g] /= static_cast<double>(n));
  if (how == BySource::centre) return out;
  each([&](std::span<const float> row) {
    for (std::size_t g = 0; g < genes; ++g) squares[g] += (row[g] - mean[g]) * (row[g] - mean[g]);
  });
  for (std::size_t g = 0; g < genes; ++g)
    out.sd[g] = std::max(static_cast<float>(std::sqrt(n > 1 ? squares[g] / static_cast<double>(n - 1) : 0)), kLowestSd);
  return out;
}

void apply_statistics(data::DenseMatrix& cells, const SourceStatistics& statistics, BySource how) {
  for (std::int64_t i = 0; i < cells.rows; ++i) {
    const auto row = cells.row(i);
    for (std::size_t g = 0; g < row.size(); ++g) {
      row[g] -= statistics.mean[g];
      if (how == BySource::standardise) row[g] = std::clamp(row[g] / statistics.sd[g], -kClip, kClip);
    }
  }
}

}  // namespace geocyte::preprocess
