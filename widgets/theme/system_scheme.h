// SPDX-License-Identifier: GPL-3.0-or-later
// Does the desktop ask for dark windows? Qt 6.5 answers by itself; before that the freedesktop settings portal does
// (org.freedesktop.appearance, color-scheme), and without one the platform's own palette.
#pragma once

#include <QObject>

class QDBusVariant;

namespace geocyte::widgets {

class SystemScheme : public QObject {
  Q_OBJECT
 public:
  /// Make it before the application's palette is changed.
  explicit SystemScheme(QObject* parent);
  bool isDark() const { return dark_; }

 signals:
  void changed();

 private slots:
  void onPortalSetting(const QString& group, const QString& key, const QDBusVariant& value);

 private:
  void setDark(bool dark);
  void askPortal();
  bool dark_ = false;
};

}  // namespace geocyte::widgets
