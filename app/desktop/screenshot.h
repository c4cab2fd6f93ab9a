// SPDX-License-Identifier: GPL-3.0-or-later
// Waits until the window shows data, writes a picture of it and leaves. Used by the documentation and by tests.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

namespace geocyte::desktop {

class MainWindow;

class Screenshot : public QObject {
  Q_OBJECT
 public:
  /// Takes it of the start page at once when `of_start_page`.
  Screenshot(MainWindow& window, const QString& file, bool of_start_page);

 private:
  void look();
  void take();
  MainWindow& window_;
  QString file_;
  bool of_start_page_;
  int looks_ = 0, ready_ = 0;
  QTimer timer_;
};

}  // namespace geocyte::desktop
