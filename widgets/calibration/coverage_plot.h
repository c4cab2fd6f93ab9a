// SPDX-License-Identifier: GPL-3.0-or-later
// The share of true places that circles should hold against the share that they hold, with intervals and the line where both are equal.
#pragma once

#include <QWidget>

#include <vector>

namespace geocyte::widgets::calibration {

/// Shares in [0, 1], ascending by `nominal`; `low` and `high` are empty or as long.
struct Coverage {
  std::vector<double> nominal, observed, low, high;
  double n = 0;
  bool isEmpty() const { return nominal.empty(); }
};

class CoveragePlot : public QWidget {
  Q_OBJECT
 public:
  explicit CoveragePlot(QWidget* parent = nullptr);
  void setCoverage(Coverage coverage);
  const Coverage& coverage() const { return coverage_; }
  /// The level that is read out; -1 = none.
  int current() const { return current_; }
  void setCurrent(int level);
  QPointF pointOf(int level) const;
  QRectF area() const;
  QSize minimumSizeHint() const override { return {200, 150}; }
  QSize sizeHint() const override { return {320, 260}; }

 signals:
  void currentChanged(int level);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QPointF at(double nominal, double observed) const;
  Coverage coverage_;
  int current_ = -1;
};

}  // namespace geocyte::widgets::calibration
