// SPDX-License-Identifier: GPL-3.0-or-later
// Asks geocyte-engine something and gets JSON back, in a process of its own: a file that breaks the reader breaks only that, and
// the window never waits. The process ends with this object.
#pragma once

#include <QObject>
#include <QStringList>

#include "engine/core/json.h"

class QProcess;

namespace geocyte::desktop {

struct EngineAnswer {
  int exit_code = -1;           ///< -1 = it could not be started or did not leave by itself
  Json json;                    ///< what it printed; null where it printed none
  QString problem, hint;        ///< one sentence, and what to do; "" when it went well
  /// Both as sentences: "There is no folder a. Give the folder of a run."
  QString words() const;
  bool ok() const { return exit_code == 0 && problem.isEmpty(); }
};

class EngineCall : public QObject {
  Q_OBJECT
 public:
  /// Starts at once. `arguments` without "--json"; `program` "" = the engine that belongs to this window; `input` is what it reads.
  explicit EngineCall(const QStringList& arguments, QObject* parent = nullptr, const QString& program = {}, const QByteArray& input = {});
  ~EngineCall() override;
  /// Asks the process to end as Ctrl+C does: it cleans up and finished() follows.
  void stop();

 signals:
  /// A line of its progress or its notes, as it comes.
  void said(const QString& line);
  /// Once, from the event loop.
  void finished(const geocyte::desktop::EngineAnswer& answer);

 private:
  void conclude(bool crashed);
  void hear();
  QProcess* process_;
  QByteArray errors_;           ///< all that it wrote beside its answer
  qsizetype heard_ = 0;         ///< of it that was passed on
  bool done_ = false;
};

}  // namespace geocyte::desktop

Q_DECLARE_METATYPE(geocyte::desktop::EngineAnswer)
