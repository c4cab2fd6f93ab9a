// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/tailer_thread.h"

namespace geocyte::desktop {

TailerThread::TailerThread() : tailer_(new RunTailer) {
  thread_.setObjectName(QStringLiteral("tailer"));
  tailer_->moveToThread(&thread_);
  QObject::connect(&thread_, &QThread::started, tailer_, &RunTailer::begin);
  QObject::connect(&thread_, &QThread::finished, tailer_, &QObject::deleteLater);
  thread_.start();
}

TailerThread::~TailerThread() {
  thread_.quit();
  thread_.wait();
}

}  // namespace geocyte::desktop
