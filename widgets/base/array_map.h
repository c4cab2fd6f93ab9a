// SPDX-License-Identifier: GPL-3.0-or-later
// What a view draws: named, typed, shaped spans. The memory belongs to somebody else and is kept alive by `owner`.
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

namespace geocyte::widgets {

enum class ElementType { f32, f64, i32, i64, u8 };

struct ArrayView {
  ElementType type = ElementType::f32;
  const void* data = nullptr;
  std::vector<std::int64_t> shape;      ///< row-major
  QStringList axes;                     ///< one a dimension
  QString role, units, caption;
  std::shared_ptr<const void> owner;

  std::int64_t size() const;
  bool isEmpty() const { return size() == 0 || !data; }
  /// Element i as double, whatever the type is.
  double at(std::int64_t i) const;
};

/// Names of categories ("P2_ST1", …) and one code a row; -1 = missing.
struct LabelView {
  QString name;
  QStringList categories;
  std::shared_ptr<const std::vector<std::int32_t>> codes;
  /// One byte a row: 1 where its category is among `names`. Empty without codes.
  std::vector<std::uint8_t> maskOf(const QStringList& names) const;
};

/// A number that is held against a bound, as it was judged at a step.
struct CheckView {
  QString id, kind, title, rule;        ///< "guards/types"; "gate", "guard", "mixing"; for people; the bound in words
  double value = NAN, low = NAN, high = NAN, bound = NAN;   ///< NaN = there is none
  int passes = -1;                      ///< 1 or 0; -1 = not judged
  std::int64_t n = 0;
  QStringList worst;                    ///< the source or the two sources that are farthest from passing
  bool counts = false;                  ///< value and bound are numbers of things
  bool at_end = false;                  ///< by the evaluation, not while training
  std::int64_t step = -1;
};

struct ArrayMap {
  QHash<QString, ArrayView> arrays;
  QHash<QString, LabelView> labels;     ///< of the axes in use: "source", "cell_type"
  std::vector<CheckView> checks;        ///< of each the newest answer
  std::int64_t step = -1;
  std::int64_t weights_of = -1;         ///< the step whose weights these are of, where a run ended on its best one
  QString run, caption;                 ///< run: its name
  const ArrayView* find(const QString& name) const;
  /// "step 500", "step 300, the best of 500", "" before the first.
  QString stepText() const;
};

/// Some arrays of one run at all moments that were kept, oldest first.
struct ArrayHistory {
  QString run;
  std::vector<ArrayMap> moments;
};

}  // namespace geocyte::widgets
