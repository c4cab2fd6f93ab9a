// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/array_map.h"

#include <limits>

#include <QObject>

#include "widgets/base/number_format.h"

namespace geocyte::widgets {

std::int64_t ArrayView::size() const {
  if (shape.empty()) return 0;
  std::int64_t product = 1;
  for (const std::int64_t extent : shape) {
    if (extent <= 0) return 0;
    if (product > std::numeric_limits<std::int64_t>::max() / extent) return 0;  // no such memory exists: treat as broken
    product *= extent;
  }
  return product;
}

double ArrayView::at(std::int64_t i) const {
  switch (type) {
    case ElementType::f32: return static_cast<const float*>(data)[i];
    case ElementType::f64: return static_cast<const double*>(data)[i];
    case ElementType::i32: return static_cast<const std::int32_t*>(data)[i];
    case ElementType::i64: return static_cast<double>(static_cast<const std::int64_t*>(data)[i]);
    case ElementType::u8: return static_cast<const std::uint8_t*>(data)[i];
  }
  return std::numeric_limits<double>::quiet_NaN();
}

std::vector<std::uint8_t> LabelView::maskOf(const QStringList& names) const {
  std::vector<std::uint8_t> mask;
  if (!codes) return mask;
  mask.reserve(codes->size());
  for (const std::int32_t code : *codes) mask.push_back(code >= 0 && code < categories.size() && names.contains(categories[code]));
  return mask;
}

QString ArrayMap::stepText() const {
  if (step < 0) return {};
  return weights_of < 0 || weights_of == step ? QObject::tr("step %1").arg(groupedText(step)) : QObject::tr("step %1, the best of %2").arg(groupedText(weights_of), groupedText(step));
}

const ArrayView* ArrayMap::find(const QString& name) const {
  const auto found = arrays.constFind(name);
  return found == arrays.constEnd() ? nullptr : &found.value();
}

}  // namespace geocyte::widgets
