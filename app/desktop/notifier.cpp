// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/notifier.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCall>
#include <QStringList>
#include <QVariantMap>

namespace geocyte::desktop {

void notifyDesktop(const QString& title, const QString& text) {
  const QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  QDBusMessage message = QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("/org/freedesktop/Notifications"),
                                                        QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("Notify"));
  constexpr int kUntilTheDesktopSaysSo = -1;
  message << QStringLiteral("Geocyte") << 0u << QStringLiteral("geocyte") << title << text << QStringList() << QVariantMap() << kUntilTheDesktopSaysSo;
  bus.asyncCall(message);
}

}  // namespace geocyte::desktop
