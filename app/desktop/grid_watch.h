// SPDX-License-Identifier: GPL-3.0-or-later
// Follows the table of a grid on a thread of its own: one look a second at ablation.json, read when it was replaced. A file that cannot be read
// is one sentence, told once; what was read before stays.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "app/desktop/system_specs.h"   // before the grid, which knows specs too
#include "app/desktop/worker_thread.h"
#include "engine/jobs/grid_effects.h"
#include "engine/jobs/grid_report.h"

namespace geocyte::desktop {

struct GridNews {
  QString file;                                ///< ablation.json
  QString runs;                                ///< folder of its runs; "" = there is none
  std::shared_ptr<const jobs::GridReport> report;   ///< nullptr = it could not be read
  std::map<std::string, std::vector<jobs::GridEffect>> effects;   ///< by score; made here, where no window waits
  QString problem;                             ///< why, one sentence
};

class GridWatch : public QObject {
  Q_OBJECT
 public:
  void begin();
  /// "" = none.
  void watch(const QString& file);

 signals:
  void told(std::shared_ptr<const geocyte::desktop::GridNews> news);

 private:
  using Stamp = std::tuple<std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;   ///< inode, size, seconds and nanoseconds of its time
  void look();
  static Stamp stampOf(const QString& file);
  QString file_;
  Stamp seen_{};
  bool looked_ = false;
  QTimer* timer_ = nullptr;
};

using GridWatchThread = WorkerThread<GridWatch>;

}  // namespace geocyte::desktop

Q_DECLARE_METATYPE(std::shared_ptr<const geocyte::desktop::GridNews>)
