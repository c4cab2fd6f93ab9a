// SPDX-License-Identifier: GPL-3.0-or-later
// How the window cares for runs and for itself: names, tags, notes and trash; the end of a run; preferences and layout.
#include <QAction>
#include <QDockWidget>
#include <QPushButton>
#include <QToolBar>

#include "app/desktop/background.h"
#include "app/desktop/console_panel.h"
#include "app/desktop/main_window.h"
#include "app/desktop/notifier.h"
#include "app/desktop/preferences_dialog.h"
#include "app/desktop/run_marks_dialog.h"
#include "engine/core/log.h"
#include "engine/store/run_health.h"
#include "widgets/controls/run_list.h"
#include "widgets/controls/toast.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

struct KnownMarks {
  store::UserMarks marks;
  QString notes;
};

}  // namespace

void MainWindow::connectCare() {
  connect(actions_.preferences, &QAction::triggered, this, &MainWindow::showPreferences);
  connect(actions_.reset_layout, &QAction::triggered, this, &MainWindow::resetLayout);
  connect(actions_.edit_marks, &QAction::triggered, this, [this] { editMarks(workbench_.runs()->current()); });
  connect(actions_.trash, &QAction::triggered, this, [this] { trashRuns({workbench_.runs()->current()}); });
  connect(run_list_, &widgets::RunList::renameRequested, this, &MainWindow::editMarks);
  connect(run_list_, &widgets::RunList::removeRequested, this, &MainWindow::trashRuns);
  connect(&workbench_.library(), &RunLibrary::ended, this, &MainWindow::tellEnd);
  connect(&workbench_, &Workbench::trashed, this, [this](const TrashReport& report) {
    if (!report.problem.isEmpty()) return toasts_->show(widgets::Tone::bad, tr("“%1” stays: %2").arg(report.name, report.problem));
    toasts_->show(widgets::Tone::ok, tr("“%1” is in the trash of this folder.").arg(report.name), tr("Undo"), [this, report] { workbench_.restore(report); });
    if (!workbench_.current() && !isConfiguring()) showStartPage();
  });
}

void MainWindow::refreshAlerts() {
  const RunRecord* run = workbench_.current();
  int raised = 0;
  for (const AlertEntry& alert : run ? alertsOf(run->events) : std::vector<AlertEntry>()) {
    if (!alert.raised || alert.severity == "info") continue;
    ++raised;
    // Spoken of once, and only while it is news: an old run is not full of surprises.
    constexpr std::int64_t kNewsMs = 20'000;
    const QString key = QStringLiteral("%1 %2 %3").arg(run->info.path, QString::fromStdString(alert.id), QString::fromStdString(alert.time));
    if (told_alerts_.contains(key) || utc_now_ms() - store::utc_ms_of(alert.time) > kNewsMs) continue;
    told_alerts_ << key;
    const bool grave = alert.severity == "bad" || alert.severity == "alarm" || alert.severity == "critical" || alert.severity == "error";
    toasts_->show(grave ? widgets::Tone::bad : widgets::Tone::warn, QString::fromStdString(alert.headline), tr("What to do"), [this] { alerts_->click(); });
  }
  alerts_->setVisible(raised > 0);
  alerts_->setText(raised == 1 ? tr("1 alert") : tr("%1 alerts").arg(raised));
  alerts_->setAccessibleName(alerts_->text());
}

void MainWindow::editMarks(const QString& path) {
  const RunRecord* run = workbench_.library().find(path);
  if (!run || run->info.foreign) return;
  inBackground(this, [place = std::filesystem::path(path.toStdString())] {
    return KnownMarks{store::read_user_marks(place), QString::fromStdString(store::read_notes(place))};
  }, [this, path, original = run->info.original](const KnownMarks& known) {
    auto* dialog = new RunMarksDialog(original, known.marks, known.notes, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, path] { workbench_.mark(path, dialog->marks(), dialog->notes()); });
    dialog->open();
  });
}

void MainWindow::trashRuns(const QStringList& paths) {
  for (const QString& path : paths) {
    const RunRecord* run = workbench_.library().find(path);
    if (!run || run->info.foreign) continue;
    if (run->isAlive()) toasts_->show(widgets::Tone::warn, tr("“%1” is still being trained: stop it first.").arg(run->info.name));
    else workbench_.trash(path);
  }
}

void MainWindow::tellEnd(const QString& path) {
  const RunRecord* run = workbench_.library().find(path);
  if (!run) return;
  const bool well = run->has_status && run->health != store::Health::lost && run->status.state != store::RunState::failed && run->problem.isEmpty();
  QString text = run->stateText();
  if (run->status.best) text += tr(" · best %1 at step %2").arg(QString::number(run->status.best->value, 'g', 4)).arg(run->status.best->step);
  if (!isActiveWindow() && preferences_.notifies()) notifyDesktop(run->info.name, text);
  const bool shown = path == workbench_.runs()->current() && !isConfiguring();
  toasts_->show(well ? widgets::Tone::ok : widgets::Tone::warn, QStringLiteral("%1: %2").arg(run->info.name, text), shown ? QString() : tr("Show"), [this, path] { open(path); });
}

void MainWindow::showPreferences() {
  auto* dialog = new PreferencesDialog(preferences_, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  const auto wear = [this](const QString& theme) {
    theme_.setChoice(widgets::themeChoice(theme));
    for (QAction* action : {actions_.theme_system, actions_.theme_light, actions_.theme_dark}) action->setChecked(false);
    (theme == QLatin1String("light") ? actions_.theme_light : theme == QLatin1String("dark") ? actions_.theme_dark : actions_.theme_system)->setChecked(true);
  };
  connect(dialog, &PreferencesDialog::themeTried, this, wear);
  connect(dialog, &QDialog::accepted, this, [this, wear, before = preferences_.runsFolder()] {
    wear(preferences_.theme());
    if (preferences_.runsFolder() != before) openFolder(preferences_.runsFolder());
  });
  dialog->open();
}

void MainWindow::resetLayout() {
  restoreState(first_layout_);
  for (QAction* action : {actions_.runs_dock, actions_.config_dock, actions_.timeline}) action->setChecked(true);
  resizeDocks({runs_dock_, config_dock_}, {runs_dock_->property("wanted_width").toInt(), config_dock_->property("wanted_width").toInt()}, Qt::Horizontal);
  if (isOnStartPage()) return showStartPage();
  if (isConfiguring()) return configure();
  showWorkspace();
}

}  // namespace geocyte::desktop
