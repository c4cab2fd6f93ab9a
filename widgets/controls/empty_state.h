// SPDX-License-Identifier: GPL-3.0-or-later
// What stands where there is nothing yet: one line, one hint, optional buttons.
#pragma once

#include <QWidget>

#include <functional>

class QHBoxLayout;
class QLabel;

namespace geocyte::widgets {

class EmptyState : public QWidget {
  Q_OBJECT
 public:
  explicit EmptyState(QWidget* parent = nullptr);
  void setText(const QString& title, const QString& hint = {});
  void addAction(const QString& text, bool primary, std::function<void()> action);

 private:
  QLabel *title_, *hint_;
  QHBoxLayout* actions_;
};

}  // namespace geocyte::widgets
