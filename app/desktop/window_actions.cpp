// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/window_actions.h"

#include <QAction>
#include <QActionGroup>
#include <QKeySequence>
#include <QWidget>

namespace geocyte::desktop {

QAction* WindowActions::add(const char* name, const QString& text, const QString& help, const QList<QKeySequence>& keys) {
  auto* action = new QAction(text, window_);
  action->setObjectName(QString::fromLatin1(name));
  action->setToolTip(keys.isEmpty() ? help : QStringLiteral("%1 (%2)").arg(help, keys.first().toString(QKeySequence::NativeText)));
  action->setStatusTip(help);
  action->setShortcuts(keys);
  window_->addAction(action);
  all.push_back(action);
  return action;
}

WindowActions::WindowActions(QWidget* window) : window_(window) {
  const auto tr = [](const char* text) { return QObject::tr(text); };
  start = add("actionStart", tr("Start"), tr("Train the chosen preset in a new run"), {Qt::Key_F5});
  pause = add("actionPause", tr("Pause"), tr("Pause the run, or go on with it"), {Qt::Key_F6});
  stop = add("actionStop", tr("Stop and keep"), tr("Finish the step, write a checkpoint and stop"), {Qt::Key_F7});
  stop_stage = add("actionStopStage", tr("Stop at the end of the stage"), tr("Go on to the end of the stage, then stop and keep the run"), {Qt::SHIFT | Qt::Key_F7});
  force = add("actionForce", tr("End the engine by force…"), tr("For an engine that does not answer: what it did since the last checkpoint is lost"));
  discard = add("actionDiscard", tr("Stop and discard…"), tr("Stop without a checkpoint"));
  checkpoint = add("actionCheckpoint", tr("Checkpoint"), tr("Write a checkpoint at the next step"), {Qt::Key_F8});
  resume = add("actionResume", tr("Resume from checkpoint"), tr("Start an engine that goes on from the last checkpoint of this run"));
  demo = add("actionDemo", tr("Try the demo tissue"), tr("Train on a simulated tissue with known truth"), {Qt::CTRL | Qt::Key_D});
  configure = add("actionConfigure", tr("New run…"), tr("Configure a run before it is started"), {QKeySequence::New});
  undo = add("actionUndo", tr("Undo"), tr("Take back the last change of the configuration"), {Qt::CTRL | Qt::Key_Z});
  redo = add("actionRedo", tr("Redo"), tr("Make the change again"), {Qt::CTRL | Qt::SHIFT | Qt::Key_Z});
  apply = add("actionApply", tr("Apply at next step"), tr("Tell the running engine the changed parameters"), {Qt::CTRL | Qt::Key_Return, Qt::CTRL | Qt::Key_Enter});
  open_data = add("actionOpenData", tr("Open data…"), tr("Look at .h5ad or .tsv files and train on them"), {QKeySequence::Open});
  diagnose_matrix = add("actionMatrix", tr("Diagnose a matrix…"), tr("Paste distances between sources and read what they say"));
  diagnosis = add("actionDiagnosis", tr("Diagnosis of the sources"), tr("What was found about the sources of this run before training"));
  open_folder = add("actionOpenFolder", tr("Open runs folder…"), tr("List the runs of a folder, ours or TensorBoard's"), {Qt::CTRL | Qt::SHIFT | Qt::Key_O});
  start_page = add("actionStartPage", tr("Start page"), tr("Go back to the start page"), {Qt::CTRL | Qt::Key_0});
  monitor = add("actionMonitor", tr("Monitor"), tr("Is it learning, which term dominates, when is it done"), {Qt::CTRL | Qt::Key_1});
  align = add("actionAlign", tr("Align"), tr("Which sources still differ, and who is the outlier"), {Qt::CTRL | Qt::Key_2});
  spatial = add("actionSpatial", tr("Spatial"), tr("Has the predicted tissue the true shape, and is the refiner worth anything"), {Qt::CTRL | Qt::Key_3});
  ablate = add("actionAblate", tr("Ablate"), tr("Which ingredient of a grid matters, by how much, with what certainty"), {Qt::CTRL | Qt::Key_4});
  live = add("actionLive", tr("Go to the newest step"), tr("Show what the run learns now"), {Qt::Key_End});
  timeline = add("actionTimeline", tr("Show timeline"), tr("Show or hide the strip of steps"), {Qt::CTRL | Qt::Key_T});
  runs_dock = add("actionRuns", tr("Show runs"), tr("Show or hide the list of runs"), {Qt::CTRL | Qt::Key_R});
  config_dock = add("actionConfig", tr("Show parameters"), tr("Show or hide the parameters of the run"), {Qt::CTRL | Qt::Key_P});
  export_view = add("actionExport", tr("Export view…"), tr("Write the view that has the focus as a picture or table"), {Qt::CTRL | Qt::Key_E});
  export_all = add("actionExportAll", tr("Export all views…"), tr("Write every view of the workspace as picture, vector drawing and table"), {Qt::CTRL | Qt::SHIFT | Qt::Key_E});
  view_table = add("actionViewTable", tr("View as table"), tr("Show what the view with the focus draws as rows of numbers"), {Qt::Key_F9});
  view_card = add("actionViewCard", tr("What this view shows"), tr("Open the card of the view that has the focus"), {Qt::SHIFT | Qt::Key_F1});
  open_log = add("actionLog", tr("Open log"), tr("Read the log file of the run"), {Qt::CTRL | Qt::Key_L});
  show_folder = add("actionFolder", tr("Show run folder"), tr("Open the folder of the run in the file manager"));
  edit_marks = add("actionMarks", tr("Name, tags and notes…"), tr("Say what this run is in your own words"), {Qt::CTRL | Qt::SHIFT | Qt::Key_R});
  tissue_from = add("actionTissueFrom", tr("Rebuild a tissue with this encoder…"), tr("Configure a run that sees cells through the encoder of this one and learns where they lie"));
  apply_data = add("actionApplyData", tr("Apply to new data…"), tr("Embed or place cells that this run has not seen"), {Qt::CTRL | Qt::SHIFT | Qt::Key_A});
  trash = add("actionTrash", tr("Move to trash"), tr("Take this run out of the list; it can be brought back"));
  theme_system = add("actionThemeSystem", tr("Theme of the desktop"), tr("Light or dark as the desktop asks"));
  theme_light = add("actionThemeLight", tr("Light theme"), tr("Dark ink on light panels"));
  theme_dark = add("actionThemeDark", tr("Dark theme"), tr("Light ink on dark panels"));
  palette = add("actionPalette", tr("All commands…"), tr("Find a command by its name"), {Qt::CTRL | Qt::SHIFT | Qt::Key_P});
  shortcuts = add("actionShortcuts", tr("Keyboard shortcuts"), tr("All keys on one sheet"), {Qt::Key_F1});
  preferences = add("actionPreferences", tr("Preferences…"), tr("Runs folder, theme, device, threads, messages"), {Qt::CTRL | Qt::Key_Comma});
  reset_layout = add("actionResetLayout", tr("Reset workspace"), tr("Put the panels back where they were at first"));
  about = add("actionAbout", tr("About Geocyte"), tr("Version and licence"));
  quit = add("actionQuit", tr("Close window"), tr("Close the window; running engines go on"), {QKeySequence::Quit});

  auto* themes = new QActionGroup(window);
  for (QAction* action : {theme_system, theme_light, theme_dark}) {
    action->setCheckable(true);
    themes->addAction(action);
  }
  for (QAction* action : {timeline, runs_dock, config_dock}) {
    action->setCheckable(true);
    action->setChecked(true);
  }
}

}  // namespace geocyte::desktop
