// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tissue/scene.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "widgets/base/number_format.h"

namespace geocyte::widgets::tissue {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr int kMostLayouts = 10;
constexpr std::int64_t kMostSamples = 64;
const QString kPredicted = QStringLiteral("predicted"), kTarget = QStringLiteral("target"), kSamples = QStringLiteral("samples"), kMean = QStringLiteral("mean"),
              kSample = QStringLiteral("sample:");

const ArrayView* bound(const ArrayMap& arrays, const QHash<QString, QString>& bindings, const QString& role) {
  const auto name = bindings.constFind(role);
  return name == bindings.constEnd() ? nullptr : arrays.find(name.value());
}

const ArrayView* probed(const ArrayMap& probe, const QHash<QString, QString>& bindings) {
  const ArrayView* array = probe.find(probeArray(bindings));
  return holdsPlaces(array) ? array : nullptr;
}

struct Chosen {
  Places places;
  int dims = 2;
  QString caption, axis;
  bool y_down = false;
};

std::optional<Chosen> choose(const ArrayMap& arrays, const QHash<QString, QString>& bindings, const ArrayMap& probe, const QString& id) {
  const auto made = [](const ArrayView& array, Places places, const QString& axis) {
    return Chosen{std::move(places), dimensionsOf(array), array.caption, axis, array.role == QLatin1String("coordinates")};
  };
  if (id == kMean || id.startsWith(kSample)) {
    const ArrayView* samples = bound(arrays, bindings, kSamples);
    if (!holdsPlaces(samples, true)) return {};
    const std::int64_t k = id == kMean ? 0 : id.mid(kSample.size()).toLongLong() - 1;
    if (k < 0 || k >= samples->shape[0]) return {};
    return made(*samples, id == kMean ? meanOf(*samples) : sampleOf(*samples, k), samples->axes.value(1, QStringLiteral("cell")));
  }
  const ArrayView* array = id == kProbe ? probed(probe, bindings) : bound(arrays, bindings, id.isEmpty() ? kPredicted : id);
  if (!holdsPlaces(array)) return {};
  return made(*array, placesOf(*array), array->axes.value(0, QStringLiteral("cell")));
}

const LabelView* slideLabel(const ArrayMap& arrays, const QHash<QString, QString>& bindings, std::size_t rows) {
  const auto label = arrays.labels.constFind(bindings.value(QStringLiteral("labels"), QStringLiteral("source")));
  return label != arrays.labels.constEnd() && label->codes && label->codes->size() == rows ? &label.value() : nullptr;
}

/// One byte a category: it has a known place in one of the arrays.
std::vector<std::uint8_t> hasPlaces(const LabelView& label, std::initializer_list<const ArrayView*> arrays) {
  std::vector<std::uint8_t> has(static_cast<std::size_t>(label.categories.size()), 0);
  for (const ArrayView* array : arrays) {
    if (!holdsPlaces(array) || static_cast<std::size_t>(array->shape[0]) != label.codes->size()) continue;
    const auto dims = array->shape[1];
    for (std::size_t i = 0; i < label.codes->size(); ++i) {
      const std::int32_t code = (*label.codes)[i];
      if (code < 0 || static_cast<std::size_t>(code) >= has.size() || has[static_cast<std::size_t>(code)]) continue;
      has[static_cast<std::size_t>(code)] = std::isfinite(array->at(static_cast<std::int64_t>(i) * dims));
    }
  }
  return has;
}

double radiusOf(const Places& places) {
  Place mean{0, 0, 0};
  double n = 0, sum = 0;
  for (const Place& place : places) {
    if (!isKnown(place)) continue;
    ++n;
    for (std::size_t k = 0; k < 3; ++k) mean[k] += place[k];
  }
  if (n == 0) return 1;
  for (double& value : mean) value /= n;
  for (const Place& place : places)
    if (isKnown(place)) sum += std::pow(distance(place, mean), 2);
  return sum > 0 ? std::sqrt(sum / n) : 1;
}

}  // namespace

QString probeArray(const QHash<QString, QString>& bindings) { return bindings.value(kProbe, QStringLiteral("coordinates/probe")); }

SharedNeighbours Scene::shared(const std::vector<std::uint8_t>& mask) const {
  std::vector<std::uint8_t> of;
  if (mask.size() == in_slide.size())
    for (const std::size_t row : judged) of.push_back(mask[row]);
  return sharedNeighbours(near_predicted, near_target, k, of);
}

QStringList slidesOf(const ArrayMap& arrays, const QHash<QString, QString>& bindings) {
  const ArrayView *predicted = bound(arrays, bindings, kPredicted), *target = bound(arrays, bindings, kTarget);
  const ArrayView* rows = holdsPlaces(predicted) ? predicted : target;
  const LabelView* label = holdsPlaces(rows) ? slideLabel(arrays, bindings, static_cast<std::size_t>(rows->shape[0])) : nullptr;
  QStringList names;
  if (!label) return names;
  const std::vector<std::uint8_t> has = hasPlaces(*label, {predicted, target});
  for (qsizetype c = 0; c < label->categories.size(); ++c)
    if (has[static_cast<std::size_t>(c)]) names << label->categories[c];
  return names;
}

QString firstSlide(const ArrayMap& arrays, const QHash<QString, QString>& bindings) {
  const QStringList slides = slidesOf(arrays, bindings);
  if (slides.isEmpty()) return {};
  const ArrayView* target = bound(arrays, bindings, kTarget);
  const ArrayView* rows = holdsPlaces(target) ? target : bound(arrays, bindings, kPredicted);
  const LabelView* label = slideLabel(arrays, bindings, static_cast<std::size_t>(rows->shape[0]));
  const std::vector<std::uint8_t> known = hasPlaces(*label, {target});
  const auto role = arrays.labels.constFind(QStringLiteral("role"));
  const qsizetype held_out = role == arrays.labels.constEnd() ? -1 : std::max(role->categories.indexOf(QStringLiteral("held out")), role->categories.indexOf(QStringLiteral("held_out")));
  if (held_out >= 0 && role->codes && role->codes->size() == static_cast<std::size_t>(label->categories.size()))   // one a slide
    for (std::size_t c = 0; c < known.size(); ++c)
      if (known[c] && (*role->codes)[c] == held_out) return label->categories.value(static_cast<qsizetype>(c));
  if (held_out >= 0 && role->codes && role->codes->size() == label->codes->size())   // one a cell
    for (std::size_t i = 0; i < role->codes->size(); ++i)
      if (const std::int32_t code = (*label->codes)[i]; (*role->codes)[i] == held_out && code >= 0 && static_cast<std::size_t>(code) < known.size() && known[static_cast<std::size_t>(code)])
        return label->categories.value(code);
  for (qsizetype c = label->categories.size() - 1; c >= 0; --c)
    if (known[static_cast<std::size_t>(c)]) return label->categories[c];
  return slides.first();
}

std::vector<PlacesChoice> placesChoices(const ArrayMap& arrays, const QHash<QString, QString>& bindings, const ArrayMap& probe) {
  std::vector<PlacesChoice> choices;
  for (int i = 1; i < kMostLayouts; ++i) {
    const QString role = i == 1 ? kPredicted : kPredicted + QString::number(i);
    const ArrayView* array = bound(arrays, bindings, role);
    if (holdsPlaces(array)) choices.push_back({role, bindings.value(role).section('/', -1).replace('_', ' '), array->caption});
  }
  if (const ArrayView* samples = bound(arrays, bindings, kSamples); holdsPlaces(samples, true)) {
    const std::int64_t count = std::min(samples->shape[0], kMostSamples);
    choices.push_back({kMean, QStringLiteral("mean of %1 samples").arg(samples->shape[0]), samples->caption});
    for (std::int64_t k = 1; k <= count; ++k) choices.push_back({kSample + QString::number(k), QStringLiteral("sample %1").arg(k), samples->caption});
  }
  if (const ArrayView* answer = probed(probe, bindings)) choices.push_back({kProbe, QStringLiteral("refined on demand"), answer->caption});
  return choices;
}

Scene makeScene(const ArrayMap& arrays, const QHash<QString, QString>& bindings, const ArrayMap& probe, const SceneChoice& choice) {
  Scene scene;
  const ArrayView* target = bound(arrays, bindings, kTarget);
  std::optional<Chosen> chosen = choose(arrays, bindings, probe, choice.places);
  const bool has_target = holdsPlaces(target);
  if (!chosen && !has_target) return scene;
  const std::size_t rows = chosen ? chosen->places.size() : static_cast<std::size_t>(target->shape[0]);
  scene.axis = chosen ? chosen->axis : target->axes.value(0, scene.axis);
  scene.dims = chosen ? chosen->dims : dimensionsOf(*target);
  scene.y_down = chosen ? chosen->y_down : target->role == QLatin1String("coordinates");
  scene.method = chosen ? chosen->caption : target->caption;
  scene.predicted = chosen ? std::move(chosen->places) : Places(rows, Place{kNone, kNone, kNone});
  scene.target = has_target && static_cast<std::size_t>(target->shape[0]) == rows ? placesOf(*target) : Places(rows, Place{kNone, kNone, kNone});
  if (has_target) scene.dims = std::max(scene.dims, dimensionsOf(*target));

  scene.in_slide.assign(rows, 1);
  if (const LabelView* label = slideLabel(arrays, bindings, rows); label && !choice.slide.isEmpty()) scene.in_slide = label->maskOf({choice.slide});
  scene.fit = fitOnto(scene.predicted, scene.target, scene.in_slide, scene.dims, choice.fit);
  scene.error.assign(rows, kNone);
  for (std::size_t i = 0; i < rows; ++i) {
    Place &predicted = scene.predicted[i], &truth = scene.target[i];
    if (!scene.in_slide[i]) {
      predicted = truth = {kNone, kNone, kNone};
      continue;
    }
    ++scene.cells;
    scene.known += isKnown(truth);
    if (!isKnown(predicted)) continue;
    ++scene.placed;
    if (scene.fit.n > 0) predicted = scene.fit(predicted);
    if (isKnown(truth)) scene.judged.push_back(i);
  }
  scene.unit = radiusOf(scene.known > 0 ? scene.target : scene.predicted);
  for (const std::size_t i : scene.judged) scene.error[i] = distance(scene.predicted[i], scene.target[i]) / scene.unit;
  scene.k = std::clamp(static_cast<int>(scene.judged.size()) - 1, 0, kNeighbours);
  if (scene.k > 0) {
    scene.near_predicted = nearest(scene.predicted, scene.judged, scene.k);
    scene.near_target = nearest(scene.target, scene.judged, scene.k);
  }
  return scene;
}

}  // namespace geocyte::widgets::tissue
