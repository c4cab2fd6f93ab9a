// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/preferences.h"

#include <QDir>
#include <QSettings>
#include <QVariant>

#include <algorithm>

namespace geocyte::desktop {
namespace {
constexpr int kLayoutVersion = 1;
constexpr int kMaxRecent = 10, kMostThreads = 1024;
}  // namespace

Preferences::Preferences(const QString& file, bool remember)
    : settings_(file.isEmpty() ? std::make_unique<QSettings>(QStringLiteral("geocyte"), QStringLiteral("geocyte"))
                               : std::make_unique<QSettings>(file, QSettings::IniFormat)),
      remember_(remember) {}

Preferences::~Preferences() = default;

void Preferences::set(const QString& key, const QVariant& value) {
  if (remember_) settings_->setValue(key, value);
}

QString Preferences::theme() const {
  const QString theme = settings_->value("theme").toString();
  return theme == QLatin1String("light") || theme == QLatin1String("dark") ? theme : QStringLiteral("system");
}

void Preferences::setTheme(const QString& theme) { set("theme", theme); }

QString Preferences::runsFolder() const {
  const QString folder = settings_->value("runs_folder").toString();
  return folder.isEmpty() ? QDir::home().filePath(QStringLiteral("geocyte/runs")) : folder;
}

void Preferences::setRunsFolder(const QString& folder) { set("runs_folder", folder); }

QString Preferences::device() const {
  const QString device = settings_->value("device").toString();
  return device == QLatin1String("cpu") || device == QLatin1String("cuda") ? device : QStringLiteral("auto");
}

void Preferences::setDevice(const QString& device) { set("device", device); }

int Preferences::threads() const { return std::clamp(settings_->value("threads").toInt(), 0, kMostThreads); }

void Preferences::setThreads(int threads) { set("threads", threads); }

bool Preferences::notifies() const { return settings_->value("notify", true).toBool(); }

void Preferences::setNotifies(bool notifies) { set("notify", notifies); }

QStringList Preferences::recent() const { return settings_->value("recent").toStringList().mid(0, kMaxRecent); }

void Preferences::addRecent(const QString& path) {
  QStringList paths = recent();
  paths.removeAll(path);
  paths.prepend(path);
  set("recent", QStringList(paths.mid(0, kMaxRecent)));
}

void Preferences::removeRecent(const QString& path) {
  QStringList paths = recent();
  paths.removeAll(path);
  set("recent", paths);
}

QByteArray Preferences::windowGeometry() const { return settings_->value("window/geometry").toByteArray(); }

QByteArray Preferences::windowLayout() const {
  return settings_->value("window/layout_version").toInt() == kLayoutVersion ? settings_->value("window/layout").toByteArray() : QByteArray();
}

bool Preferences::hasForeignLayout() const { return settings_->contains("window/layout") && windowLayout().isEmpty(); }

void Preferences::setWindow(const QByteArray& geometry, const QByteArray& layout) {
  set("window/geometry", geometry);
  set("window/layout", layout);
  set("window/layout_version", kLayoutVersion);
}

}  // namespace geocyte::desktop
