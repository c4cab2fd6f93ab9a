// SPDX-License-Identifier: GPL-3.0-or-later
// Owns a worker and the thread it lives on. Calls are queued and return at once; the worker's signals arrive on the GUI thread.
// The worker has a slot or function begin(), called first on its thread.
#pragma once

#include <QMetaObject>
#include <QString>
#include <QThread>

#include <utility>

namespace geocyte::desktop {

template <class Worker>
class WorkerThread {
 public:
  explicit WorkerThread(const QString& name) : worker_(new Worker) {
    thread_.setObjectName(name);
    worker_->moveToThread(&thread_);
    QObject::connect(&thread_, &QThread::started, worker_, &Worker::begin);
    QObject::connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
    thread_.start();
  }
  ~WorkerThread() {
    thread_.quit();
    thread_.wait();
  }
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;

  Worker* worker() const { return worker_; }
  /// Runs `work(worker)` on the worker's thread.
  template <class Work>
  void post(Work&& work) {
    QMetaObject::invokeMethod(worker_, [worker = worker_, work = std::forward<Work>(work)] { work(*worker); }, Qt::QueuedConnection);
  }

 private:
  QThread thread_;
  Worker* worker_;
};

}  // namespace geocyte::desktop
