// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tissue/places.h"

#include <cmath>
#include <limits>

namespace geocyte::widgets::tissue {
namespace {

constexpr double kNowhere = std::numeric_limits<double>::quiet_NaN();

Places rowsOf(const ArrayView& array, std::int64_t first, std::int64_t rows) {
  const std::int64_t dims = array.shape.back();
  Places made(static_cast<std::size_t>(rows), Place{0, 0, 0});
  for (std::int64_t i = 0; i < rows; ++i) {
    Place& place = made[static_cast<std::size_t>(i)];
    for (std::int64_t k = 0; k < dims; ++k) place[static_cast<std::size_t>(k)] = array.at((first + i) * dims + k);
    if (!isKnown(place)) place = {kNowhere, kNowhere, kNowhere};
  }
  return made;
}

}  // namespace

bool isKnown(const Place& place) { return std::isfinite(place[0]) && std::isfinite(place[1]) && std::isfinite(place[2]); }

double distance(const Place& a, const Place& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }

bool holdsPlaces(const ArrayView* array, bool samples) {
  const std::size_t wanted = samples ? 3 : 2;
  return array && array->shape.size() == wanted && (array->shape.back() == 2 || array->shape.back() == 3) && !array->isEmpty();
}

int dimensionsOf(const ArrayView& places) { return static_cast<int>(places.shape.back()); }

Places placesOf(const ArrayView& array) { return rowsOf(array, 0, array.shape[0]); }

Places sampleOf(const ArrayView& samples, std::int64_t k) { return rowsOf(samples, k * samples.shape[1], samples.shape[1]); }

Places meanOf(const ArrayView& samples) {
  Places sum(static_cast<std::size_t>(samples.shape[1]), Place{0, 0, 0});
  std::vector<double> count(sum.size(), 0);
  for (std::int64_t k = 0; k < samples.shape[0]; ++k) {
    const Places one = sampleOf(samples, k);
    for (std::size_t i = 0; i < sum.size(); ++i) {
      if (!isKnown(one[i])) continue;
      ++count[i];
      for (std::size_t d = 0; d < 3; ++d) sum[i][d] += one[i][d];
    }
  }
  for (std::size_t i = 0; i < sum.size(); ++i)
    for (double& value : sum[i]) value = count[i] > 0 ? value / count[i] : kNowhere;
  return sum;
}

std::vector<double> spreadOf(const ArrayView& samples) {
  const Places mean = meanOf(samples);
  std::vector<double> sum(mean.size(), 0), count(mean.size(), 0);
  for (std::int64_t k = 0; k < samples.shape[0]; ++k) {
    const Places one = sampleOf(samples, k);
    for (std::size_t i = 0; i < mean.size(); ++i) {
      if (!isKnown(one[i])) continue;
      ++count[i];
      sum[i] += std::pow(distance(one[i], mean[i]), 2);
    }
  }
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = count[i] > 1 ? std::sqrt(sum[i] / (count[i] - 1)) : kNowhere;
  return sum;
}

}  // namespace geocyte::widgets::tissue
