// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/array_bridge.h"

#include <algorithm>
#include <utility>

#include "widgets/base/number_format.h"

namespace geocyte::desktop {
namespace {

using Codes = std::vector<std::int32_t>;
constexpr std::int64_t kMostCategories = 65536;   // ids of an axis that become names: sources, genes

widgets::ElementType typeOf(DType type) {
  switch (type) {
    case DType::f32: return widgets::ElementType::f32;
    case DType::f64: return widgets::ElementType::f64;
    case DType::i32: return widgets::ElementType::i32;
    case DType::i64: return widgets::ElementType::i64;
    case DType::u8: return widgets::ElementType::u8;
  }
  return widgets::ElementType::u8;
}

/// Which rows of `axis` the arrays of the snapshot have; nullptr = all of them.
const NamedArray* subsetOf(const LoadedSnapshot& snapshot, const store::Axis& axis) {
  for (const auto& part : snapshot.parts)
    for (const NamedArray& array : part->arrays)
      if (array.role == "row_index" && array.axes.size() == 1 && array.axes[0] == axis.name && array.size() < axis.size() && array.bytes) return &array;
  return nullptr;
}

/// The codes of the rows in `subset`; rows that do not exist are missing. Without a subset the axis' own memory is shared.
std::shared_ptr<const Codes> codesOf(const std::shared_ptr<const std::vector<store::Axis>>& axes, const store::AxisLabels& labels, const NamedArray* subset) {
  if (!subset) return {axes, &labels.codes};
  auto codes = std::make_shared<Codes>();
  codes->reserve(static_cast<std::size_t>(subset->size()));
  for (const double row : subset->to_double())
    codes->push_back(row >= 0 && row < static_cast<double>(labels.codes.size()) ? labels.codes[static_cast<std::size_t>(row)] : -1);
  return codes;
}

QStringList textsOf(const std::vector<std::string>& texts) {
  QStringList list;
  list.reserve(static_cast<qsizetype>(texts.size()));
  for (const std::string& text : texts) list.push_back(QString::fromStdString(text));
  return list;
}

void addAxis(const LoadedSnapshot& snapshot, const store::Axis& axis, widgets::ArrayMap& map) {
  const NamedArray* subset = subsetOf(snapshot, axis);
  for (const store::AxisLabels& labels : axis.labels) {
    widgets::LabelView view;
    view.name = QString::fromStdString(labels.name);
    view.categories = textsOf(labels.categories);
    view.codes = codesOf(snapshot.axes, labels, subset);
    // Cells and sources may both have a "role": the first axis is the one that clouds are coloured by.
    if (!map.labels.contains(view.name)) map.labels.insert(view.name, view);
  }
  for (const NamedArray& array : axis.arrays) map.arrays.insert(QString::fromStdString(axis.name + "/" + array.name), viewOf(array));
}

widgets::CheckView checkOf(const store::Check& check, const store::Snapshot& part) {
  widgets::CheckView view;
  view.id = QString::fromStdString(check.id);
  view.kind = QString::fromStdString(check.kind);
  view.title = QString::fromStdString(check.title);
  view.rule = QString::fromStdString(check.rule);
  view.value = check.value;
  if (check.low) view.low = *check.low;
  if (check.high) view.high = *check.high;
  if (check.bound) view.bound = *check.bound;
  if (check.passes) view.passes = *check.passes ? 1 : 0;
  view.n = check.n;
  view.worst = textsOf(check.worst);
  view.counts = check.counts;
  view.at_end = part.part == "evaluation";
  view.step = part.step;
  return view;
}

/// Training and the evaluation judge the same things: the newest answer counts, of one step that of the evaluation.
void addChecks(const store::Snapshot& part, widgets::ArrayMap& map) {
  for (const store::Check& check : part.checks) {
    widgets::CheckView view = checkOf(check, part);
    const auto known = std::find_if(map.checks.begin(), map.checks.end(), [&](const widgets::CheckView& other) { return other.id == view.id; });
    if (known == map.checks.end()) map.checks.push_back(std::move(view));
    else if (std::pair(view.step, view.at_end) >= std::pair(known->step, known->at_end)) *known = std::move(view);
  }
}

}  // namespace

widgets::ArrayView viewOf(const NamedArray& array) {
  widgets::ArrayView view;
  view.type = typeOf(array.dtype);
  view.shape = array.shape;
  view.axes = textsOf(array.axes);
  view.role = QString::fromStdString(array.role);
  view.units = QString::fromStdString(array.units);
  view.caption = QString::fromStdString(array.caption);
  // A shape that promises more than the buffer holds would make a view read beyond its end.
  const std::size_t needed = static_cast<std::size_t>(std::max<std::int64_t>(array.size(), 0)) * size_of(array.dtype);
  if (array.bytes && array.bytes->size() >= needed) {
    view.data = array.bytes->data();
    view.owner = array.bytes;
  }
  return view;
}

widgets::ArrayHistory historyOf(const LoadedHistory& history, const QString& run_name) {
  widgets::ArrayHistory made;
  made.run = run_name;
  QHash<QString, widgets::LabelView> labels;
  if (history.axes)
    for (const store::Axis& axis : *history.axes) {
      for (const store::AxisLabels& one : axis.labels)
        if (one.categories.size() <= kMostCategories) labels.insert(QString::fromStdString(one.name), {QString::fromStdString(one.name), textsOf(one.categories), nullptr});
      const QString name = QString::fromStdString(axis.name);
      if (axis.size() <= kMostCategories && !labels.contains(name)) labels.insert(name, {name, textsOf(axis.ids), nullptr});
    }
  for (const auto& moment : history.moments) {
    widgets::ArrayMap map;
    map.step = moment->step;
    map.run = run_name;
    map.labels = labels;
    for (const NamedArray& array : moment->arrays) map.arrays.insert(QString::fromStdString(array.name), viewOf(array));
    made.moments.push_back(std::move(map));
  }
  return made;
}

widgets::ArrayMap arrayMapOf(const LoadedSnapshot& snapshot, const QString& run_name) {
  widgets::ArrayMap map;
  map.step = snapshot.step;
  map.run = run_name;
  if (snapshot.axes)
    for (const store::Axis& axis : *snapshot.axes) addAxis(snapshot, axis, map);
  // An axis that no label names, such as "source" in a run without cells, gives its row names as categories.
  if (snapshot.axes)
    for (const store::Axis& axis : *snapshot.axes) {
      const QString name = QString::fromStdString(axis.name);
      if (axis.size() <= kMostCategories && axis.name != "cell" && !map.labels.contains(name)) map.labels.insert(name, {name, textsOf(axis.ids), nullptr});
    }
  if (snapshot.axes && snapshot.selections)
    for (const SavedSelection& kept : *snapshot.selections)
      for (const store::Axis& axis : *snapshot.axes) {
        if (QString::fromStdString(axis.name) != kept.axis) continue;
        const store::AxisLabels labels{{}, kept.codes, {}};
        const NamedArray* subset = subsetOf(snapshot, axis);
        const QString name = QStringLiteral("kept: ") + kept.name;
        map.labels.insert(name, {name, {kept.name}, subset ? codesOf(snapshot.axes, labels, subset) : std::shared_ptr<const Codes>(snapshot.selections, &kept.codes)});
      }
  for (const auto& part : snapshot.parts) {
    addChecks(*part, map);
    const auto weights = part->attributes.find(store::kWeightsOf);
    if (part->step == snapshot.step && weights != part->attributes.end() && weights->is_number_integer()) map.weights_of = weights->get<std::int64_t>();
  }
  for (const auto& part : snapshot.parts)
    for (const NamedArray& array : part->arrays) {
      widgets::ArrayView view = viewOf(array);
      // A derived array may be older than the moment that is shown: its caption says which step it belongs to.
      if (part->step != snapshot.step && !view.caption.isEmpty()) view.caption += QStringLiteral(" · of step %1").arg(widgets::groupedText(part->step));
      map.arrays.insert(QString::fromStdString(array.name), std::move(view));
    }
  return map;
}

}  // namespace geocyte::desktop
