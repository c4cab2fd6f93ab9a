// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/system_scheme.h"

#include <QDBusConnection>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QGuiApplication>
#include <QPalette>
#include <QStyleHints>

namespace geocyte::widgets {
namespace {

const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kGroup = QStringLiteral("org.freedesktop.appearance");
const QString kKey = QStringLiteral("color-scheme");
constexpr uint kPrefersDark = 1;

/// Older portals wrap the value in a second variant.
uint portalValue(QVariant value) {
  while (value.canConvert<QDBusVariant>()) value = value.value<QDBusVariant>().variant();
  return value.toUInt();
}

}  // namespace

SystemScheme::SystemScheme(QObject* parent) : QObject(parent) {
  dark_ = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
  const QStyleHints* hints = QGuiApplication::styleHints();
  if (hints->colorScheme() != Qt::ColorScheme::Unknown) dark_ = hints->colorScheme() == Qt::ColorScheme::Dark;
  connect(hints, &QStyleHints::colorSchemeChanged, this, [this](Qt::ColorScheme scheme) {
    if (scheme != Qt::ColorScheme::Unknown) setDark(scheme == Qt::ColorScheme::Dark);
  });
#else
  // Without a session bus (tests, bare X) asking would only start one.
  if (qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")) askPortal();
#endif
}

void SystemScheme::askPortal() {
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this,
              SLOT(onPortalSetting(QString, QString, QDBusVariant)));
  QDBusMessage question = QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
  question << kGroup << kKey;
  auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(question, 2000), this);
  connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* answered) {
    const QDBusPendingReply<QDBusVariant> reply = *answered;
    if (reply.isValid()) setDark(portalValue(reply.value().variant()) == kPrefersDark);
    answered->deleteLater();
  });
}

void SystemScheme::onPortalSetting(const QString& group, const QString& key, const QDBusVariant& value) {
  if (group == kGroup && key == kKey) setDark(portalValue(value.variant()) == kPrefersDark);
}

void SystemScheme::setDark(bool dark) {
  if (dark_ == dark) return;
  dark_ = dark;
  emit changed();
}

}  // namespace geocyte::widgets
