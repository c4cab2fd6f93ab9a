// SPDX-License-Identifier: GPL-3.0-or-later
// A question to the engine about the shown run, such as "refine from this noise level", and its answer as arrays. Views ask and
// show; whoever can reach the engine listens to asked() and answers. Of questions that come while one waits only the newest is kept.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QVariantMap>

#include <optional>

#include "widgets/base/array_map.h"

namespace geocyte::widgets {

class ProbeModel : public QObject {
  Q_OBJECT
 public:
  enum class State { idle, pending, answered, failed };
  using QObject::QObject;

  /// By a view. The same question twice is asked twice: the run may have moved on.
  void ask(const QVariantMap& args);
  /// By whoever listens, for the question that waits; others are ignored.
  void answer(ArrayMap arrays);
  void fail(const QString& sentence);
  /// What the waiting question waits for: "starting an engine"; shown beside it.
  void setProgress(const QString& words);
  /// Another run is shown.
  void reset();

  State state() const { return state_; }
  const QVariantMap& args() const { return args_; }        ///< of the question that waits, or was answered last
  const ArrayMap& arrays() const { return arrays_; }       ///< of the last answer
  const QString& problem() const { return problem_; }      ///< of a failed one, one sentence
  const QString& progress() const { return progress_; }
  /// From the question to its answer.
  double seconds() const { return seconds_; }

 signals:
  void asked(const QVariantMap& args);
  void changed();

 private:
  void conclude(State state);
  State state_ = State::idle;
  QVariantMap args_;
  std::optional<QVariantMap> next_;
  ArrayMap arrays_;
  QString problem_, progress_;
  QElapsedTimer clock_;
  double seconds_ = 0;
};

}  // namespace geocyte::widgets
