// SPDX-License-Identifier: GPL-3.0-or-later
// Scalars of several runs for the curve views. Points are appended only; a series is shared, never copied.
#pragma once

#include <QColor>
#include <QHash>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <memory>
#include <vector>

namespace geocyte::widgets {

struct Series {
  std::vector<double> steps, values;    ///< ascending steps; values may be NaN
  std::vector<double> seconds;          ///< when each was written, since 1970; may be shorter: not known
};

struct Curve {
  QString run, name, tag;               ///< name: of the run, for the read-out
  QColor color;
  bool baseline = false;                ///< drawn thick and dashed
  std::shared_ptr<const Series> series;
};

struct Mark {
  double step = 0;
  QString kind, text;                   ///< "change", "checkpoint", "alert"
};

struct CurveSet {
  QHash<QString, std::vector<Curve>> by_tag;   ///< "loss/total" -> one curve a visible run
  QHash<QString, double> chance;               ///< tag -> dashed line
  std::vector<Mark> marks;
  double total_steps = 0;                      ///< of the current run, for follow mode
  bool ended = false;                          ///< no engine works on the current run: what is not there will not come
};

/// Tags of the set that a binding names ("loss/total", "loss/a, loss/b", "weighted/*"): in the binding's order, patterns sorted.
QStringList boundTags(const QString& binding, const CurveSet& curves);

}  // namespace geocyte::widgets
