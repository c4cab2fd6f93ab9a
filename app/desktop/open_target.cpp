// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/open_target.h"

#include <QFileInfo>

#include "app/desktop/system_specs.h"
#include "engine/core/error.h"
#include "engine/jobs/grid_report.h"
#include "engine/store/run_layout.h"

namespace geocyte::desktop {

OpenTarget classify(const QString& path, const std::vector<config::SystemSpec>& specs) {
  using Kind = OpenTarget::Kind;
  const QFileInfo info(path);
  OpenTarget target;
  target.path = info.absoluteFilePath();
  if (!info.exists()) {
    target.problem = QStringLiteral("There is nothing at %1.").arg(path);
    return target;
  }
  const std::filesystem::path place(target.path.toStdString());
  const auto text = [](const std::filesystem::path& path) { return QString::fromStdString(path.string()); };
  if (info.isDir()) {
    const bool has_curves = store::is_run_directory(place) || !store::event_file_names(place).empty();
    target.kind = has_curves ? Kind::run : Kind::runs_folder;
    if (const auto grid = has_curves ? jobs::grid_of_run(place) : jobs::find_grid(place)) target.grid = text(*grid);
    if (!has_curves && !target.grid.isEmpty()) target.kind = Kind::grid;
    return target;
  }
  const QString suffix = info.suffix().toLower();
  if (suffix == QLatin1String("json")) {
    target.kind = Kind::grid;
    target.grid = target.path;
    return target;
  }
  if (suffix != QLatin1String("yaml") && suffix != QLatin1String("yml")) {
    target.kind = Kind::data;
    return target;
  }
  try {
    const config::ResolvedRun run = config::resolve_run(specs, target.path.toStdString(), {});
    target.kind = Kind::configuration;
    target.system = QString::fromStdString(run.system->id);
  } catch (const Error& error) {
    target.problem = QString::fromUtf8(error.what());
  }
  return target;
}

}  // namespace geocyte::desktop
