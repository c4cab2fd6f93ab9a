// SPDX-License-Identifier: GPL-3.0-or-later
// A named array of one axis, as a view is given it.
#pragma once

#include <memory>
#include <vector>

#include "widgets/base/array_map.h"

namespace geocyte::test {

inline widgets::ArrayView rowOfNumbers(std::vector<double> values, const QString& axis, const QString& caption = {}) {
  auto owner = std::make_shared<const std::vector<double>>(std::move(values));
  widgets::ArrayView view;
  view.type = widgets::ElementType::f64;
  view.data = owner->data();
  view.shape = {static_cast<std::int64_t>(owner->size())};
  view.axes = QStringList{axis};
  view.caption = caption;
  view.owner = owner;
  return view;
}

}  // namespace geocyte::test
