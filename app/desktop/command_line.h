// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of the window, read before Qt starts, so that `--help` works without a display.
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>

namespace geocyte::desktop {

struct CommandLine {
  enum class Action { run, help, version, error };
  Action action = Action::run;
  QString error;                ///< one sentence, when action == error
  QString open;                 ///< run, runs folder, data file or configuration
  QString start;                ///< preset to train: "gems/demo"
  QString configure;            ///< preset to configure a new run from
  QString runs;                 ///< runs folder, "" = the one of the preferences
  QString theme;                ///< "light", "dark", "system", "" = the one of the preferences
  QString screenshot;           ///< picture to write, "" = none
  QString workspace;            ///< "monitor", "align", "spatial", "ablate", "start", "" = decide by what is open
  QSize size;                   ///< of the window; invalid = remembered
  double scale = 0;             ///< device pixels a pixel, 0 = of the screen
};

/// `arguments` without the program's name.
CommandLine parseCommandLine(const QStringList& arguments);
QString helpText();

}  // namespace geocyte::desktop
