// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/command_line.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace geocyte::desktop {
namespace {

constexpr const char* kHelp = R"(Usage: geocyte [options] [PATH]

Trains geometry-aware single-cell models and shows live what they learn.
PATH is a run, a folder of runs, a grid (its folder or ablation.json), a TensorBoard folder, a data file (.h5ad, .tsv, .tsv.gz) or a configuration (.yaml).

  --open PATH         the same as PATH
  --start PRESET      train a preset at once, e.g. gems/demo
  --configure PRESET  configure a new run from a preset, e.g. gems/seed or user/mine
  --runs DIR          folder that runs are written to and listed from
  --theme THEME       light, dark or system
  --size WxH          size of the window, e.g. 1600x1000
  --scale S           device pixels a pixel, e.g. 2
  --screenshot FILE   write a picture as soon as the data are shown, then leave
  --workspace NAME    what to show: monitor, align, spatial, ablate or start
  --help              this text
  --version           version of the program
)";

CommandLine failure(const QString& sentence) {
  CommandLine line;
  line.action = CommandLine::Action::error;
  line.error = sentence;
  return line;
}

/// "" when the value was taken, else what is wrong with it.
QString takeOption(CommandLine& line, const QString& name, const QString& value) {
  const auto oneOf = [&](QString& target, const QStringList& allowed) {
    if (!allowed.contains(value)) return QStringLiteral("--%1 is %2, not '%3'").arg(name, allowed.join(QStringLiteral(" or ")), value);
    target = value;
    return QString();
  };
  if (name == QLatin1String("open")) line.open = value;
  else if (name == QLatin1String("start")) line.start = value;
  else if (name == QLatin1String("configure")) line.configure = value;
  else if (name == QLatin1String("runs")) line.runs = value;
  else if (name == QLatin1String("screenshot")) line.screenshot = value;
  else if (name == QLatin1String("theme")) return oneOf(line.theme, {"light", "dark", "system"});
  else if (name == QLatin1String("workspace")) return oneOf(line.workspace, {"monitor", "align", "spatial", "ablate", "start"});
  else if (name == QLatin1String("size")) {
    static const QRegularExpression kSize(QStringLiteral("^(\\d{3,5})x(\\d{3,5})$"));
    const auto match = kSize.match(value);
    if (!match.hasMatch()) return QStringLiteral("--size is WIDTHxHEIGHT in pixels such as 1600x1000, not '%1'").arg(value);
    line.size = QSize(match.captured(1).toInt(), match.captured(2).toInt());
  } else {
    bool ok = false;
    line.scale = value.toDouble(&ok);
    if (!ok || !(line.scale >= 0.5 && line.scale <= 4)) return QStringLiteral("--scale is a number from 0.5 to 4, not '%1'").arg(value);
  }
  return {};
}

}  // namespace

QString helpText() { return QString::fromLatin1(kHelp); }

CommandLine parseCommandLine(const QStringList& arguments) {
  static const QStringList kNames{"open", "start", "configure", "runs", "screenshot", "theme", "workspace", "size", "scale"};
  CommandLine line;
  for (int i = 0; i < arguments.size(); ++i) {
    const QString& argument = arguments[i];
    if (argument == QLatin1String("--help") || argument == QLatin1String("-h")) {
      line.action = CommandLine::Action::help;
      return line;
    }
    if (argument == QLatin1String("--version")) {
      line.action = CommandLine::Action::version;
      return line;
    }
    if (!argument.startsWith(QLatin1Char('-'))) {
      if (!line.open.isEmpty()) return failure(QStringLiteral("one thing can be opened at a time: '%1' or '%2'").arg(line.open, argument));
      line.open = argument;
      continue;
    }
    const int equals = argument.indexOf(QLatin1Char('='));
    const QString name = argument.mid(2, equals < 0 ? -1 : equals - 2);
    if (!argument.startsWith(QLatin1String("--")) || !kNames.contains(name))
      return failure(QStringLiteral("there is no option '%1'; `geocyte --help` lists them").arg(argument));
    if (equals < 0 && i + 1 >= arguments.size()) return failure(QStringLiteral("--%1 needs a value").arg(name));
    const QString value = equals < 0 ? arguments[++i] : argument.mid(equals + 1);
    if (value.isEmpty()) return failure(QStringLiteral("--%1 needs a value").arg(name));
    if (const QString wrong = takeOption(line, name, value); !wrong.isEmpty()) return failure(wrong);
  }
  if (!line.open.isEmpty() && !QFileInfo::exists(line.open))
    return failure(QStringLiteral("there is nothing at '%1' to open").arg(line.open));
  if (!line.open.isEmpty() && !line.start.isEmpty()) return failure(QStringLiteral("either --open or --start, not both"));
  if (!line.configure.isEmpty() && !line.start.isEmpty()) return failure(QStringLiteral("either --configure or --start, not both"));
  return line;
}

}  // namespace geocyte::desktop
