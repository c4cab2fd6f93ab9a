// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/preprocess/normalise.h"

#include <algorithm>
#include <cmath>

#include "engine/core/check.h"
#include "engine/core/text.h"

namespace geocyte::preprocess {
namespace {

/// Calls visit(column, value) for the stored values of one row.
template <class Visit>
void visit_row(const data::Matrix& x, std::int64_t row, Visit&& visit) {
  if (const auto* sparse = std::get_if<data::CsrMatrix>(&x)) {
    for (std::int64_t k = sparse->indptr[row]; k < sparse->indptr[row + 1]; ++k)
      visit(static_cast<std::int64_t>(sparse->indices[k]), sparse->values[k]);
  } else {
    const auto values = std::get<data::DenseMatrix>(x).row(row);
    for (std::size_t g = 0; g < values.size(); ++g) visit(static_cast<std::int64_t>(g), values[g]);
  }
}

std::int64_t row_of(const data::Source& source, std::int64_t cell) {
  return source.rows.empty() ? cell : source.rows[cell];
}

/// T / library size of a row; 0 for an empty cell.
double scale_of(const data::Source& source, std::int64_t row, double target_sum) {
  double library = 0;
  float lowest = 0;
  visit_row(source.dataset->x, row, [&](std::int64_t, float value) {
    library += value;
    lowest = std::min(lowest, value);
  });
  if (lowest < 0)
    throw Error(ErrorCode::bad_data, "source " + source.name + " has negative expression values, so it holds no counts",
                "Give raw counts; scaled or centred data cannot be normalised again.");
  if (!std::isfinite(library))
    throw Error(ErrorCode::bad_data, "source " + source.name + " has expression values that are not finite numbers",
                "Replace NaN and infinite values in X before training.");
  return library > 0 ? target_sum / library : 0;
}

/// place[column] = position in `columns`, or -1.
std::vector<std::int64_t> places_of(const data::Source& source, std::span<const std::int64_t> columns) {
  std::vector<std::int64_t> place(static_cast<std::size_t>(data::cols(source.dataset->x)), -1);
  for (std::size_t g = 0; g < columns.size(); ++g)
    if (columns[g] >= 0) place[columns[g]] = static_cast<std::int64_t>(g);
  return place;
}

}  // namespace

data::DenseMatrix log_normalise(const data::Source& source, std::span<const std::int64_t> columns, double target_sum) {
  const std::vector<std::int64_t> place = places_of(source, columns);
  data::DenseMatrix cells{source.size(), static_cast<std::int64_t>(columns.size()), {}};
  cells.values.assign(static_cast<std::size_t>(cells.rows * cells.cols), 0.0F);
  for (std::int64_t cell = 0; cell < cells.rows; ++cell) {
    const std::int64_t row = row_of(source, cell);
    const double scale = scale_of(source, row, target_sum);
    const auto out = cells.row(cell);
    visit_row(source.dataset->x, row, [&](std::int64_t column, float value) {
      if (place[column] >= 0) out[place[column]] = static_cast<float>(std::log1p(value * scale));
    });
  }
  return cells;
}

GeneMoments gene_moments(const data::Source& source, std::span<const std::int64_t> rows,
                         std::span<const std::int64_t> columns, double target_sum, Variability kind) {
  const std::vector<std::int64_t> place = places_of(source, columns);
  const std::size_t genes = columns.size();
  std::vector<double> scales;
  scales.reserve(rows.size());
  for (const auto cell : rows) scales.push_back(scale_of(source, row_of(source, cell), target_sum));
  const auto visit_values = [&](auto&& use) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      visit_row(source.dataset->x, row_of(source, rows[i]), [&](std::int64_t column, float value) {
        if (place[column] < 0 || value == 0) return;
        const double y = value * scales[i];
        use(static_cast<std::size_t>(place[column]), kind == Variability::dispersion ? y : std::log1p(y));
      });
  };

  GeneMoments moments{std::vector<double>(genes, 0.0), std::vector<double>(genes, 0.0), std::vector<double>(genes, 0.0)};
  const auto n = static_cast<double>(rows.size());
  std::vector<std::int64_t> non_zero(genes, 0);
  visit_values([&](std::size_t g, double value) {
    moments.mean[g] += value / n;
    ++non_zero[g];
  });
  for (std::size_t g = 0; g < genes; ++g) moments.seen[g] = static_cast<double>(non_zero[g]) / n;
  if (rows.size() < 2) return moments;
  visit_values([&](std::size_t g, double value) {
    const double difference = value - moments.mean[g];
    moments.variance[g] += difference * difference;
  });
  for (std::size_t g = 0; g < genes; ++g) {
    // The zeros that were not visited differ from the mean by the mean itself.
    moments.variance[g] += (n - static_cast<double>(non_zero[g])) * moments.mean[g] * moments.mean[g];
    moments.variance[g] /= n - 1;
  }
  return moments;
}

}  // namespace geocyte::preprocess
