// SPDX-License-Identifier: GPL-3.0-or-later
// Invented tissues for tests: two slides, the second one held out, and cells without places.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "widgets/base/array_map.h"
#include "widgets/tissue/places.h"

namespace geocyte::test {

inline widgets::ArrayView floatArray(std::vector<float> values, std::vector<std::int64_t> shape, QStringList axes) {
  auto owner = std::make_shared<const std::vector<float>>(std::move(values));
  widgets::ArrayView view;
  view.type = widgets::ElementType::f32;
  view.data = owner->data();
  view.shape = std::move(shape);
  view.axes = std::move(axes);
  view.owner = owner;
  return view;
}

inline widgets::LabelView labelOf(const QString& name, QStringList categories, std::vector<std::int32_t> codes) {
  return {name, std::move(categories), std::make_shared<const std::vector<std::int32_t>>(std::move(codes))};
}

/// Places on a spiral, so that no two distances are equal.
inline widgets::tissue::Places spiral(int n, double size = 1) {
  widgets::tissue::Places made;
  for (int i = 0; i < n; ++i) {
    const double angle = 2.399963 * i, radius = size * std::sqrt((i + 0.5) / n);
    made.push_back({radius * std::cos(angle), radius * std::sin(angle), 0});
  }
  return made;
}

/// Turns by `degrees`, mirrors the first axis if asked, scales, shifts.
inline widgets::tissue::Places moved(const widgets::tissue::Places& places, double degrees, double scale, bool mirrored, double dx, double dy) {
  widgets::tissue::Places made;
  const double a = degrees * 3.14159265358979323846 / 180;
  for (const auto& p : places) {
    const double x = mirrored ? -p[0] : p[0], y = p[1];
    made.push_back({dx + scale * (std::cos(a) * x - std::sin(a) * y), dy + scale * (std::sin(a) * x + std::cos(a) * y), p[2]});
  }
  return made;
}

inline widgets::ArrayView placesArray(const widgets::tissue::Places& places, int dims) {
  std::vector<float> values;
  for (const auto& place : places)
    for (int d = 0; d < dims; ++d) values.push_back(static_cast<float>(place[static_cast<std::size_t>(d)]));
  return floatArray(std::move(values), {static_cast<std::int64_t>(places.size()), dims}, {"cell", dims == 3 ? "xyz" : "xy"});
}

inline constexpr int kA = 30, kB = 40, kLoose = 10, kAll = kA + kB + kLoose;

/// Slides A (train) and B (held out) of the same spiral shape, and ten loose cells. Predicted: of A the truth itself, of B the truth
/// turned by 90 degrees and twice as large; of the loose cells somewhere.
inline widgets::ArrayMap twoSlides(int dims = 2) {
  using widgets::tissue::Place;
  using widgets::tissue::Places;
  const Place none{NAN, NAN, NAN};
  const Places a = spiral(kA), b = spiral(kB);
  Places truth = a, predicted = a;
  truth.insert(truth.end(), b.begin(), b.end());
  const Places turned = moved(b, 90, 2, false, 5, 5);
  predicted.insert(predicted.end(), turned.begin(), turned.end());
  for (int i = 0; i < kLoose; ++i) truth.push_back(none), predicted.push_back({0.1 * i, 0, 0});
  if (dims == 3)
    for (std::size_t i = 0; i < truth.size(); ++i) truth[i][2] = predicted[i][2] = 0.1 * static_cast<double>(i % 7);
  std::vector<std::int32_t> source, role, type;
  for (int i = 0; i < kAll; ++i) {
    source.push_back(i < kA ? 0 : i < kA + kB ? 1 : 2);
    role.push_back(source.back());
    type.push_back(i % 3);
  }
  widgets::ArrayMap map;
  map.step = 40;
  map.run = "made up";
  map.arrays["coordinates/predicted"] = placesArray(predicted, dims);
  map.arrays["coordinates/predicted"].caption = "drawn by hand";
  map.arrays["coordinates/target"] = placesArray(truth, dims);
  map.labels["source"] = labelOf("source", {"A", "B", "loose"}, source);
  map.labels["role"] = labelOf("role", {"train", "held_out", "to_place"}, role);
  map.labels["cell_type"] = labelOf("cell_type", {"x", "y", "z"}, type);
  return map;
}

inline QHash<QString, QString> tissueBindings() { return {{"predicted", "coordinates/predicted"}, {"target", "coordinates/target"}, {"labels", "source"}}; }

}  // namespace geocyte::test
