// SPDX-License-Identifier: GPL-3.0-or-later
// Runs work that touches files on a pool thread and hands its result to the GUI thread.
#pragma once

#include <QPointer>
#include <QThreadPool>

#include <functional>
#include <utility>

namespace geocyte::desktop {

/// `then(result)` is called on `receiver`'s thread, unless it is gone by then. `work` must not throw.
template <class Work, class Then>
void inBackground(QObject* receiver, Work work, Then then) {
  QThreadPool::globalInstance()->start([guard = QPointer<QObject>(receiver), work = std::move(work), then = std::move(then)]() mutable {
    auto result = work();
    if (guard) QMetaObject::invokeMethod(guard, [guard, result = std::move(result), then = std::move(then)]() mutable {
      if (guard) then(std::move(result));
    }, Qt::QueuedConnection);
  });
}

}  // namespace geocyte::desktop
