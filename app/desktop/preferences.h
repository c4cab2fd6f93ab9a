// SPDX-License-Identifier: GPL-3.0-or-later
// What the window remembers between launches: theme, runs folder, what new runs compute on, recent places, geometry.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <memory>

class QSettings;

namespace geocyte::desktop {

class Preferences {
 public:
  /// `file` "" = the user's own; `remember` false = read only (screenshots leave no trace).
  explicit Preferences(const QString& file = {}, bool remember = true);
  ~Preferences();

  QString theme() const;                       ///< "system", "light", "dark"
  void setTheme(const QString& theme);
  QString runsFolder() const;                  ///< never empty; the folder may not exist yet
  void setRunsFolder(const QString& folder);
  QString device() const;                      ///< "auto", "cpu", "cuda": of new runs whose configuration leaves it open
  void setDevice(const QString& device);
  int threads() const;                         ///< 0 = all
  void setThreads(int threads);
  bool notifies() const;                       ///< whether the desktop tells the end of a run
  void setNotifies(bool notifies);
  /// Newest first, at most ten. Paths may have vanished meanwhile.
  QStringList recent() const;
  void addRecent(const QString& path);
  void removeRecent(const QString& path);
  QByteArray windowGeometry() const;
  /// Empty when it was written by another layout version.
  QByteArray windowLayout() const;
  /// There was a layout, but of another version, so that the default one is shown.
  bool hasForeignLayout() const;
  void setWindow(const QByteArray& geometry, const QByteArray& layout);

 private:
  void set(const QString& key, const QVariant& value);
  std::unique_ptr<QSettings> settings_;
  bool remember_;
};

}  // namespace geocyte::desktop
