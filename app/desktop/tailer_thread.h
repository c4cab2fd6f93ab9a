// SPDX-License-Identifier: GPL-3.0-or-later
// Owns the tailer and its thread. Calls are queued and return at once; the signals of tailer() arrive on the GUI thread.
#pragma once

#include <QMetaObject>
#include <QThread>

#include <utility>

#include "app/desktop/run_tailer.h"

namespace geocyte::desktop {

class TailerThread {
 public:
  TailerThread();
  ~TailerThread();
  TailerThread(const TailerThread&) = delete;
  TailerThread& operator=(const TailerThread&) = delete;

  RunTailer* tailer() const { return tailer_; }
  /// Runs `work(tailer)` on the tailer's thread.
  template <class Work>
  void post(Work&& work) {
    QMetaObject::invokeMethod(tailer_, [tailer = tailer_, work = std::forward<Work>(work)] { work(*tailer); }, Qt::QueuedConnection);
  }

 private:
  QThread thread_;
  RunTailer* tailer_;
};

}  // namespace geocyte::desktop
