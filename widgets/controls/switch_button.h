// SPDX-License-Identifier: GPL-3.0-or-later
// On or off, as a sliding knob with the word beside it.
#pragma once

#include <QAbstractButton>

namespace geocyte::widgets {

class SwitchButton : public QAbstractButton {
  Q_OBJECT
 public:
  explicit SwitchButton(QWidget* parent = nullptr);
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
};

}  // namespace geocyte::widgets
