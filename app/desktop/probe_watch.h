// SPDX-License-Identifier: GPL-3.0-or-later
// Probes that were sent to a run and wait for their answer. On the tailer's thread.
#pragma once

#include <QElapsedTimer>
#include <QString>
#include <QStringList>

#include <memory>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/store/run_reader.h"

namespace geocyte::desktop {

class ProbeWatch {
 public:
  struct Outcome {
    QString run;
    std::shared_ptr<const store::Snapshot> answer;   ///< nullptr when there is none
    QString problem;                                 ///< then one sentence
  };
  /// Writes the request; an older one of this run that still waits is taken back. Throws Error{storage} or Error{bad_data}.
  void send(const QString& run, const Json& args);
  /// Whether somebody lives who can answer: an engine that trains the run, or one that serves it.
  static bool isServed(const QString& run);
  /// Those that were answered, refused or have waited too long since the last look.
  std::vector<Outcome> look();
  /// Takes back what waits.
  void withdraw(const QString& run);
  /// Runs whose question has waited for another second while nobody lives who would answer it.
  QStringList unserved();
  bool isEmpty() const { return waiting_.empty(); }

 private:
  struct Waiting {
    QString run;
    std::string id;
    QElapsedTimer since;
    qint64 looked_ms = 0;
  };
  std::vector<Waiting> waiting_;
};

}  // namespace geocyte::desktop
