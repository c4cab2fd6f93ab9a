// SPDX-License-Identifier: GPL-3.0-or-later
// A small caption over a thin bar: "CPU 92 %".
#pragma once

#include <QString>
#include <QWidget>

namespace geocyte::widgets {

class Meter : public QWidget {
  Q_OBJECT
 public:
  explicit Meter(const QString& name, QWidget* parent = nullptr);
  /// `fraction` in 0 to 1; a negative one hides the bar (not known).
  void setValue(const QString& text, double fraction);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString name_, text_;
  double fraction_ = -1;
};

}  // namespace geocyte::widgets
