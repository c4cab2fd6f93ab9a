// SPDX-License-Identifier: GPL-3.0-or-later
// The heading of a group of fields: a chevron that opens and closes it, its name, and how many of its fields are changed.
#pragma once

#include <QAbstractButton>

namespace geocyte::widgets {

class GroupHeading : public QAbstractButton {
  Q_OBJECT
 public:
  explicit GroupHeading(const QString& name, QWidget* parent = nullptr);
  bool isOpen() const { return isChecked(); }
  void setOpen(bool open) { setChecked(open); }
  /// Shown at the right while it is not 0.
  void setChanges(int changes);
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void describe();
  int changes_ = 0;
};

}  // namespace geocyte::widgets
