// SPDX-License-Identifier: GPL-3.0-or-later
// A failure or a warning across the workspace: what happened, why, what to do next, and buttons that do it.
#pragma once

#include <QWidget>

#include <functional>

#include "widgets/theme/colors.h"

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace geocyte::widgets {

class Banner : public QWidget {
  Q_OBJECT
 public:
  explicit Banner(QWidget* parent = nullptr);
  /// Shows it. Tone warn or bad (accent: a note).
  void showMessage(Tone tone, const QString& what, const QString& why, const QString& next = {});
  /// Buttons of this message; cleared by the next showMessage().
  void addAction(const QString& text, std::function<void()> action);
  QString message() const;

 signals:
  void dismissed();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void restyle();
  Tone tone_ = Tone::bad;
  QLabel *icon_, *what_, *why_;
  QHBoxLayout* actions_;
  QToolButton* close_;
};

}  // namespace geocyte::widgets
