// SPDX-License-Identifier: GPL-3.0-or-later
// The tailer on a thread of its own.
#pragma once

#include "app/desktop/run_tailer.h"
#include "app/desktop/worker_thread.h"

namespace geocyte::desktop {

class TailerThread : public WorkerThread<RunTailer> {
 public:
  TailerThread() : WorkerThread(QStringLiteral("tailer")) {}
  RunTailer* tailer() const { return worker(); }
};

}  // namespace geocyte::desktop
