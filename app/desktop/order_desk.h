// SPDX-License-Identifier: GPL-3.0-or-later
// Orders to engines (pause, stop, set …), on a thread of their own: a request is a small file, and a person who pauses must not wait
// for whatever the tailer reads. While a request waits its answer is looked for every 8 ms.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

#include <string>
#include <vector>

#include "app/desktop/run_messages.h"
#include "engine/core/json.h"

namespace geocyte::desktop {

class OrderDesk : public QObject {
  Q_OBJECT
 public:
  /// Called on the thread it lives on.
  void begin();
  /// pause, unpause, stop, stop_at_stage_end, discard, checkpoint, snapshot, set. reported() follows twice: written, and answered.
  void order(const QString& path, const QString& command, const Json& args = Json::object());

 signals:
  void reported(geocyte::desktop::CommandReport report);

 private:
  struct Order {
    QString run, command;
    std::string id;
    qint64 sent_ms = 0, looked_ms = 0;         ///< when it was written; when its engine was last looked for
  };
  void look();
  /// An answer, or a reason why there will be none, was reported.
  bool isDecided(Order& order, qint64 now);

  QTimer* timer_ = nullptr;
  std::vector<Order> orders_;
};

}  // namespace geocyte::desktop
