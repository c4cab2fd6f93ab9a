// SPDX-License-Identifier: GPL-3.0-or-later
// The strip below the workspaces: the steps of the run as an axis with snapshots, checkpoints and flags. Dragging, the
// arrow keys and the play button move the shared time cursor; "Live" returns to the newest step.
#pragma once

#include <QPointer>
#include <QWidget>

#include <optional>
#include <vector>

#include "widgets/base/curve_set.h"

class QTimer;
class QToolButton;

namespace geocyte::widgets {

class TimeCursor;

struct TimelineData {
  double total_steps = 0;               ///< 0 = as far as the run has come
  double step = 0;                      ///< newest step
  std::vector<double> snapshots;        ///< ascending: where the cursor can stand
  std::vector<Mark> marks;              ///< kinds "checkpoint", "change", "alert"
  bool ended = false;                   ///< no engine adds steps: the newest is the last, and nothing is live
};

class TimelineStrip : public QWidget {
  Q_OBJECT
 public:
  explicit TimelineStrip(TimeCursor* cursor, QWidget* parent = nullptr);
  void setData(TimelineData data);
  const TimelineData& data() const { return data_; }
  bool isPlaying() const;
  void setPlaying(bool playing);
  /// Moves to the neighbouring snapshot (or checkpoint).
  void stepBy(int direction, bool checkpoints = false);
  /// Where a step stands, in widget coordinates.
  double xOfStep(double step) const;
  QSize sizeHint() const override { return {600, 58}; }
  QSize minimumSizeHint() const override { return {240, 58}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  bool event(QEvent* event) override;

 private:
  double stepAtX(double x) const;
  double lastStep() const;
  double shownStep() const;
  void scrubTo(double x);
  void restyle();
  std::optional<QString> textAt(const QPoint& at) const;
  TimelineData data_;
  QPointer<TimeCursor> cursor_;
  QToolButton *play_, *live_;
  QTimer* timer_;
};

}  // namespace geocyte::widgets
