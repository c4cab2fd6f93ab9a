// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QDir>

#include <cstdio>

#include "app/desktop/command_line.h"
#include "app/desktop/main_window.h"
#include "app/desktop/screenshot.h"
#include "app/desktop/system_specs.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace {

constexpr const char* kVersion = GEOCYTE_VERSION;
constexpr int kUsage = 2;

using geocyte::desktop::CommandLine;

/// Without a display Qt would abort; a picture needs none.
bool hasDisplay() { return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY") || qEnvironmentVariableIsSet("QT_QPA_PLATFORM"); }

void openWhatWasAsked(geocyte::desktop::MainWindow& window, geocyte::desktop::Preferences& preferences, const CommandLine& line) {
  const bool start_page = line.workspace == QLatin1String("start");
  if (!line.workspace.isEmpty() && !start_page) window.setWorkspace(line.workspace);
  const QString runs = line.runs.isEmpty() ? preferences.runsFolder() : QDir(line.runs).absolutePath();
  if (!line.open.isEmpty()) {
    window.workbench().openFolder(runs);
    window.open(line.open);
  } else if (!line.start.isEmpty()) {
    window.workbench().openFolder(runs);
    window.startPreset(line.start);
  } else if (!line.configure.isEmpty()) {
    window.workbench().openFolder(runs);
    window.configurePreset(line.configure);
  } else if (start_page) {
    window.workbench().openFolder(runs);
  } else if (!line.runs.isEmpty()) {
    window.openFolder(runs);
  } else {
    window.attachToLiving(runs);
  }
}

}  // namespace

int main(int argc, char** argv) {
  QStringList arguments;
  for (int i = 1; i < argc; ++i) arguments << QString::fromLocal8Bit(argv[i]);
  const CommandLine line = geocyte::desktop::parseCommandLine(arguments);
  switch (line.action) {
    case CommandLine::Action::help: std::fputs(qPrintable(geocyte::desktop::helpText()), stdout); return 0;
    case CommandLine::Action::version: std::printf("geocyte %s\n", kVersion); return 0;
    case CommandLine::Action::error: std::fprintf(stderr, "geocyte: %s\n", qPrintable(line.error)); return kUsage;
    case CommandLine::Action::run: break;
  }
  if (!hasDisplay()) {
    if (line.screenshot.isEmpty()) {
      std::fputs("geocyte: there is no display to open a window on; `geocyte-engine train --preset gems/demo` trains in the terminal\n", stderr);
      return kUsage;
    }
    qputenv("QT_QPA_PLATFORM", "offscreen");
  }
  if (line.scale > 0) qputenv("QT_SCALE_FACTOR", QByteArray::number(line.scale));

  QApplication app(argc, argv);
  QApplication::setApplicationName(QStringLiteral("geocyte"));
  QApplication::setApplicationDisplayName(QStringLiteral("Geocyte"));
  QApplication::setApplicationVersion(QString::fromLatin1(kVersion));
  QGuiApplication::setDesktopFileName(QStringLiteral("geocyte"));
  QApplication::setWindowIcon(geocyte::widgets::productIcon());

  geocyte::desktop::Preferences preferences({}, line.screenshot.isEmpty());
  geocyte::widgets::Theme theme(geocyte::widgets::themeChoice(line.theme.isEmpty() ? preferences.theme() : line.theme));
  geocyte::desktop::MainWindow window(geocyte::plugins::all_specs(), preferences, theme);
  if (line.size.isValid()) window.resize(line.size);
  window.show();
  openWhatWasAsked(window, preferences, line);
  std::unique_ptr<geocyte::desktop::Screenshot> screenshot;
  if (!line.screenshot.isEmpty())
    screenshot = std::make_unique<geocyte::desktop::Screenshot>(window, line.screenshot, line.workspace == QLatin1String("start"));
  return QApplication::exec();
}
