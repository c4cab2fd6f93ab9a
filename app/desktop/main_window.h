// SPDX-License-Identifier: GPL-3.0-or-later
// The window: run bar, list of runs, verdict, workspaces, parameters, timeline, status. Puts widgets around a Workbench.
#pragma once

#include <QHash>
#include <QMainWindow>
#include <QStringList>

#include <functional>
#include <memory>

#include "app/desktop/grid_watch.h"
#include "app/desktop/open_target.h"
#include "app/desktop/preferences.h"
#include "app/desktop/window_actions.h"
#include "app/desktop/workbench.h"

class QDockWidget;
class QLabel;
class QPushButton;
class QStackedWidget;
class QToolBar;
class QUndoStack;

namespace geocyte::widgets {
class Banner;
class ChartControls;
class View;
class RunList;
class StatusPill;
class Theme;
class TimelineStrip;
class Toasts;
class VerdictLine;
}

namespace geocyte::desktop {

class AblatePage;
class ConfigPanel;
class ConsolePanel;
class NewRunPage;
struct RunDraft;
class RunBar;
class DiagnosisPanel;
class ViewUndo;
class StartPage;
class ViewHost;

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  MainWindow(std::vector<config::SystemSpec> specs, Preferences& preferences, widgets::Theme& theme);
  ~MainWindow() override;

  /// A run, a runs folder, data or a configuration; found out in the background.
  void open(const QString& path);
  /// Trains a preset such as "gems/demo" or "user/mine" in the runs folder.
  void startPreset(const QString& preset);
  /// Shows the page on which a new run is configured, with the draft that was left there or one of the chosen preset.
  void configure();
  void configure(const RunDraft& draft);
  void configurePreset(const QString& preset);
  /// A new run that sees cells through the encoder of the run in `path`.
  void configureTissue(const QString& path);
  void openFolder(const QString& folder);
  /// Lists a folder behind the start page; a run in it that is still going is shown at once.
  void attachToLiving(const QString& folder);
  void showStartPage();
  /// The table of a grid, with the runs of the grid; it is followed from now on.
  void openGrid(const QString& file);
  AblatePage* ablate() const { return ablate_; }
  /// "monitor", "align", "spatial" or "ablate".
  void setWorkspace(const QString& workspace);
  QString workspace() const;
  bool isOnStartPage() const;
  bool isConfiguring() const;
  /// Not the start page, not a new run, not the many runs of a grid.
  bool showsOneRun() const;
  /// Asks for cells that the run in `path` has not seen, and takes them through what it has learned.
  void applyToNewData(const QString& path, const QString& file = {});
  /// A checkpoint of it holds what can be applied.
  bool canApply(const RunRecord& run) const;
  /// A checkpoint of it holds what another system asks for.
  bool canEncode(const RunRecord& run) const;
  QHash<QString, QStringList> encoders() const;   ///< folders of runs by system
  Workbench& workbench() { return workbench_; }
  /// True when the shown workspace draws data of the shown run, or the page of a new run has finished its checks.
  bool showsData() const;

 signals:
  /// The table of a grid could not be read: one sentence.
  void gridRefused(const QString& sentence);

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void buildCentre();
  QWidget* makeAlignPage();
  void connectAblate();
  void onGrid(const std::shared_ptr<const GridNews>& news);
  /// Follows the table of the grid that a run belongs to; "" = there is none, and what was followed goes.
  void followGrid(const QString& file);
  void showFirstRun();
  void comparePictures(const QString& run, const QString& baseline_run);
  void buildDocks();
  void buildBottom();
  void buildProductMenu();
  void connectConfiguration();
  void connectCare();
  void editMarks(const QString& path);
  void trashRuns(const QStringList& paths);
  void showPreferences();
  void resetLayout();
  void tellEnd(const QString& path);
  /// Leaves the page of the new run for the shown run, or for the start page where there is none.
  void leaveConfiguration();
  void startDraft();
  void launch(jobs::JobSpec job, const QString& system);
  QUndoStack* undoStack() const;
  void connectActions();
  void connectWorkbench();
  /// Calls `then(number of runs)` once, when the folder that is opened next was read.
  void whenRead(std::function<void(int)> then);
  void applyTarget(const OpenTarget& target);
  void openData(const QStringList& files);
  void showWorkspace();
  std::vector<widgets::View*> shownViews() const;
  std::vector<ViewHost*> hosts() const { return {monitor_, align_, spatial_}; }   ///< in the order of workspaces_; Ablate comes after them
  /// The view that has the focus, else the first one.
  widgets::View* focusedView() const;
  void raiseWorkspace();
  void restoreWindow();
  void refreshRun();                           ///< run bar, verdict, banner, status bar, actions
  void refreshActions();
  void refreshVerdict();
  void refreshBanner();
  void refreshList();
  void refreshPlans();
  void refreshTimeline();
  void refreshCurves();
  void refreshDiagnosis();
  void refreshAlerts();
  void showDiagnosis();
  void showRunMenu(const QString& path, const QPoint& at);
  void openRunFile(const QString& name);

  Preferences& preferences_;
  widgets::Theme& theme_;
  Workbench workbench_;
  WindowActions actions_;
  RunBar* run_bar_;
  QStackedWidget *pages_, *workspaces_;
  StartPage* start_page_;
  NewRunPage* new_run_;
  widgets::VerdictLine* verdict_;
  widgets::Banner* banner_;
  widgets::ChartControls* chart_controls_;
  ViewHost *monitor_, *align_, *spatial_;
  widgets::VerdictLine* before_training_;      ///< what was found about the sources, above the views of Align
  DiagnosisPanel* diagnosis_;                  ///< the same in full, until there is a first snapshot
  QStackedWidget* align_pages_;
  AblatePage* ablate_;
  QString grid_file_;                          ///< that is followed
  bool grid_raised_ = false;                   ///< it was asked for by name: its workspace is shown as soon as it is read
  ConsolePanel* console_;
  QDockWidget *runs_dock_, *config_dock_;
  widgets::RunList* run_list_;
  ConfigPanel* config_;
  QToolBar* timeline_bar_;
  widgets::TimelineStrip* timeline_;
  widgets::StatusPill* engine_state_;
  QLabel *selection_text_, *share_text_, *place_text_, *hint_text_;
  widgets::Toasts* toasts_;
  ViewUndo* view_undo_;
  QPushButton* alerts_;                        ///< how many alerts are raised; a click shows them
  QStringList told_alerts_;                    ///< that a toast has spoken of
  QString banner_key_;                         ///< what the banner says now, so that a dismissed one stays away
  QString wanted_workspace_ = QStringLiteral("monitor");   ///< shown whenever the run has views for it
  QByteArray first_layout_;
  bool has_arrays_ = false;
  GridWatchThread grid_watch_{QStringLiteral("grid")};   ///< last: it stops before anything it reports to is gone
};

}  // namespace geocyte::desktop
