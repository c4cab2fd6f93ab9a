// SPDX-License-Identifier: GPL-3.0-or-later
// "step 12 340 / 20 000" on the left, "118 it/s · 1 min 5 s left" on the right, a thin bar below.
#pragma once

#include <QString>
#include <QWidget>

#include <cstdint>

namespace geocyte::widgets {

class ProgressStrip : public QWidget {
  Q_OBJECT
 public:
  explicit ProgressStrip(QWidget* parent = nullptr);
  /// total 0 = unknown: the bar stays empty. `right` is free text: rate and time left.
  void setProgress(std::int64_t step, std::int64_t total, const QString& right);
  /// Instead of numbers, before the first step: "starting engine".
  void setMessage(const QString& text);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString left_, right_;
  double fraction_ = 0;
};

}  // namespace geocyte::widgets
