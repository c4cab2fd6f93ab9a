// SPDX-License-Identifier: GPL-3.0-or-later
// How the window is put together and closed. What it opens: main_window_open.cpp; what it shows of a run: main_window_run.cpp.
#include "app/desktop/main_window.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QUndoStack>
#include <QVBoxLayout>

#include "app/desktop/ablate_page.h"
#include "app/desktop/command_palette.h"
#include "app/desktop/config_panel.h"
#include "app/desktop/console_panel.h"
#include "app/desktop/new_run_page.h"
#include "app/desktop/run_bar.h"
#include "app/desktop/start_page.h"
#include "app/desktop/view_export.h"
#include "app/desktop/view_host.h"
#include "app/desktop/view_undo.h"
#include "widgets/base/chart_controls.h"
#include "widgets/controls/banner.h"
#include "widgets/controls/run_list.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/controls/status_pill.h"
#include "widgets/controls/timeline_strip.h"
#include "widgets/controls/toast.h"
#include "widgets/controls/verdict_line.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

constexpr int kRunsWidth = 258, kConfigWidth = 318, kLeastDock = 262,   // a form is cut below that
               kStatusHeight = 26;
constexpr QSize kSmallest{1100, 700};

/// A dock with one underlined word as its title, as wide as the design asks until the user drags its border.
QDockWidget* makeDock(const QString& name, const QString& title, QWidget* content, int width) {
  auto* dock = new QDockWidget(title);
  dock->setObjectName(name);
  dock->setAccessibleName(title);
  dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable);
  auto* word = new QLabel(title);
  word->setFont(widgets::strongFont());
  word->setObjectName(name + QStringLiteral("Title"));
  word->setStyleSheet(QStringLiteral("border: none; border-bottom: 2px solid palette(highlight); padding: 8px 0 6px 0;"));
  auto* head = new QWidget;
  head->setBackgroundRole(QPalette::Base);
  head->setAutoFillBackground(true);
  auto* row = new QHBoxLayout(head);
  row->setContentsMargins(14, 0, 14, 0);
  row->addWidget(word);
  row->addStretch(1);
  dock->setTitleBarWidget(head);
  content->setMinimumWidth(std::min(width, kLeastDock));
  dock->setWidget(content);
  dock->setProperty("wanted_width", width);
  return dock;
}

}  // namespace

MainWindow::MainWindow(std::vector<config::SystemSpec> specs, Preferences& preferences, widgets::Theme& theme)
    : preferences_(preferences), theme_(theme), workbench_(std::move(specs)), actions_(this) {
  setObjectName(QStringLiteral("mainWindow"));
  setAcceptDrops(true);
  setMinimumSize(kSmallest);
  toasts_ = new widgets::Toasts(this);
  run_bar_ = new RunBar(workbench_.specs(), actions_);
  setMenuWidget(run_bar_);
  buildProductMenu();
  buildCentre();
  buildDocks();
  buildBottom();
  connectActions();
  connectWorkbench();
  connectConfiguration();
  connectCare();
  connectAblate();
  workbench_.palette()->setDark(theme_.isDark());
  connect(&theme_, &widgets::Theme::changed, this, [this](bool dark) { workbench_.palette()->setDark(dark); });
  restoreWindow();
  refreshRun();
  showStartPage();
}

MainWindow::~MainWindow() {
  // Pages and docks go after this; what their last words would refresh is gone by then.
  qApp->disconnect(this);
  for (QObject* speaker : {static_cast<QObject*>(new_run_), static_cast<QObject*>(config_), static_cast<QObject*>(new_run_->undoStack()),
                           static_cast<QObject*>(config_->undoStack()), static_cast<QObject*>(view_undo_->stack()), static_cast<QObject*>(run_list_), static_cast<QObject*>(run_bar_)})
    speaker->disconnect(this);
}

void MainWindow::buildCentre() {
  const widgets::ViewContext context = workbench_.viewContext();
  start_page_ = new StartPage(actions_);
  for (const config::SystemSpec& spec : workbench_.specs())
    for (const config::PresetSpec& preset : spec.presets)
      if (preset.id == "demo") start_page_->setDemoSummary(QString::fromStdString(preset.summary));
  start_page_->setRecent(preferences_.recent());
  connect(start_page_, &StartPage::recentChosen, this, &MainWindow::open);

  verdict_ = new widgets::VerdictLine;
  verdict_->setObjectName(QStringLiteral("verdict"));
  chart_controls_ = new widgets::ChartControls(workbench_.charts());
  verdict_->addTrailing(chart_controls_);
  banner_ = new widgets::Banner;
  banner_->setObjectName(QStringLiteral("banner"));
  console_ = new ConsolePanel;
  view_undo_ = new ViewUndo(context, this);
  monitor_ = new ViewHost(ViewHost::Layout::board, context);
  monitor_->setObjectName(QStringLiteral("monitor"));
  monitor_->setCompanion(console_);
  align_ = new ViewHost(ViewHost::Layout::pairs, context);
  align_->setObjectName(QStringLiteral("align"));
  spatial_ = new ViewHost(ViewHost::Layout::focus, context);
  spatial_->setObjectName(QStringLiteral("spatial"));
  for (ViewHost* host : hosts()) connect(host, &ViewHost::viewMade, view_undo_, &ViewUndo::watch);
  connect(&workbench_, &Workbench::currentChanged, view_undo_, &ViewUndo::clear);
  workspaces_ = new QStackedWidget;
  workspaces_->addWidget(monitor_);
  workspaces_->addWidget(makeAlignPage());
  workspaces_->addWidget(spatial_);
  ablate_ = new AblatePage(workbench_);
  workspaces_->addWidget(ablate_);
  auto* run_page = new QWidget;
  auto* column = new QVBoxLayout(run_page);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(banner_);
  column->addWidget(verdict_);
  column->addWidget(workspaces_, 1);
  pages_ = new QStackedWidget;
  pages_->addWidget(start_page_);
  pages_->addWidget(run_page);
  new_run_ = new NewRunPage(workbench_.specs());
  pages_->addWidget(new_run_);
  setCentralWidget(pages_);
}

void MainWindow::buildDocks() {
  run_list_ = new widgets::RunList;
  run_list_->setObjectName(QStringLiteral("runList"));
  run_list_->setAccessibleName(tr("Runs"));
  run_list_->setEmptyText(tr("No runs in this folder yet"));
  runs_dock_ = makeDock(QStringLiteral("runsDock"), tr("Runs"), run_list_, kRunsWidth);
  addDockWidget(Qt::LeftDockWidgetArea, runs_dock_);
  config_ = new ConfigPanel(workbench_.specs());
  config_dock_ = makeDock(QStringLiteral("configDock"), tr("Config"), config_, kConfigWidth);
  addDockWidget(Qt::RightDockWidgetArea, config_dock_);
  for (QDockWidget* dock : {runs_dock_, config_dock_}) resizeDocks({dock}, {dock->property("wanted_width").toInt()}, Qt::Horizontal);
}

void MainWindow::buildBottom() {
  timeline_ = new widgets::TimelineStrip(workbench_.cursor());
  timeline_->setObjectName(QStringLiteral("timeline"));
  timeline_->setAccessibleName(tr("Timeline"));
  timeline_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  timeline_bar_ = new QToolBar(tr("Timeline"));
  timeline_bar_->setObjectName(QStringLiteral("timelineBar"));
  timeline_bar_->setMovable(false);
  timeline_bar_->setContextMenuPolicy(Qt::PreventContextMenu);
  timeline_bar_->setStyleSheet(QStringLiteral("QToolBar { border: none; border-top: 1px solid palette(mid); padding: 0; margin: 0; spacing: 0; }"));
  timeline_bar_->addWidget(timeline_);
  addToolBar(Qt::BottomToolBarArea, timeline_bar_);

  const auto label = [](const char* name) {
    auto* made = new QLabel;
    made->setObjectName(QString::fromLatin1(name));
    made->setFont(widgets::captionFont());
    widgets::setTone(made, widgets::Tone::dim);
    return made;
  };
  alerts_ = new QPushButton;
  alerts_->setObjectName(QStringLiteral("alertBadge"));
  alerts_->setToolTip(tr("What the rules of the system complain about; click to read what to do"));
  alerts_->setIcon(widgets::themeIcon(QStringLiteral("warning"), widgets::Tone::warn));
  alerts_->setIconSize({12, 12});
  widgets::setButtonKind(alerts_, "link");
  alerts_->setStyleSheet(QStringLiteral("min-height: 18px; padding: 0 4px;"));
  alerts_->hide();
  connect(alerts_, &QPushButton::clicked, this, [this] {
    setWorkspace(QStringLiteral("monitor"));
    console_->showTab(QStringLiteral("alerts"));
  });
  engine_state_ = new widgets::StatusPill;
  engine_state_->setObjectName(QStringLiteral("engineState"));
  engine_state_->setAccessibleName(tr("State of the engine"));
  selection_text_ = label("selectionText");
  share_text_ = label("shareText");
  place_text_ = label("placeText");
  hint_text_ = label("hintText");
  hint_text_->setText(tr("%1 all commands").arg(actions_.palette->shortcut().toString(QKeySequence::NativeText)));
  auto* left = new QWidget;
  auto* row = new QHBoxLayout(left);
  row->setContentsMargins(14, 0, 0, 0);
  row->setSpacing(20);
  for (QWidget* widget : {static_cast<QWidget*>(engine_state_), static_cast<QWidget*>(alerts_), static_cast<QWidget*>(selection_text_), static_cast<QWidget*>(share_text_)}) row->addWidget(widget);
  row->addStretch(1);
  statusBar()->setSizeGripEnabled(false);
  statusBar()->setFixedHeight(kStatusHeight);
  statusBar()->addWidget(left, 1);
  statusBar()->addPermanentWidget(place_text_);
  statusBar()->addPermanentWidget(hint_text_);
  hint_text_->setContentsMargins(14, 0, 10, 0);
}

void MainWindow::buildProductMenu() {
  QMenu* menu = run_bar_->productMenu();
  menu->addActions({actions_.start_page, actions_.configure, actions_.open_data, actions_.open_folder, actions_.diagnose_matrix, actions_.tissue_from, actions_.apply_data});
  menu->addSeparator();
  QMenu* theme = menu->addMenu(tr("Theme"));
  theme->addActions({actions_.theme_system, actions_.theme_light, actions_.theme_dark});
  QMenu* show = menu->addMenu(tr("Show"));
  show->addActions({actions_.runs_dock, actions_.config_dock, actions_.timeline});
  show->addSeparator();
  show->addAction(actions_.reset_layout);
  menu->addActions({actions_.export_view, actions_.export_all, actions_.view_table});
  menu->addSeparator();
  menu->addActions({actions_.undo, actions_.redo});
  menu->addAction(actions_.preferences);
  menu->addSeparator();
  menu->addActions({actions_.palette, actions_.shortcuts, actions_.about});
  menu->addSeparator();
  menu->addAction(actions_.quit);
}

void MainWindow::connectActions() {
  const auto on = [this](QAction* action, auto work) { connect(action, &QAction::triggered, this, work); };
  on(actions_.start, [this] {
    if (isConfiguring()) startDraft();
    else startPreset(run_bar_->preset());
  });
  on(actions_.pause, [this] {
    const RunRecord* run = workbench_.current();
    if (run) workbench_.order(run->status.state == store::RunState::paused ? QStringLiteral("unpause") : QStringLiteral("pause"));
  });
  on(actions_.stop, [this] { workbench_.order(QStringLiteral("stop")); });
  on(actions_.stop_stage, [this] { workbench_.order(QStringLiteral("stop_at_stage_end")); });
  on(actions_.force, [this] {
    const auto answer = QMessageBox::question(this, tr("End the engine by force"), tr("End the engine at once? What it did since its last checkpoint is lost; the curves stay."));
    if (answer == QMessageBox::Yes) workbench_.forceEnd();
  });
  on(actions_.discard, [this] {
    const auto answer = QMessageBox::question(this, tr("Stop and discard"), tr("Stop this run without a checkpoint? Its curves stay, its model is lost."));
    if (answer == QMessageBox::Yes) workbench_.order(QStringLiteral("discard"));
  });
  on(actions_.checkpoint, [this] { workbench_.order(QStringLiteral("checkpoint")); });
  on(actions_.resume, [this] { workbench_.resumeFromCheckpoint(); });
  on(actions_.demo, [this] {
    for (const config::SystemSpec& spec : workbench_.specs())
      for (const config::PresetSpec& preset : spec.presets)
        if (preset.id == "demo") return startPreset(QString::fromStdString(spec.id + "/demo"));
    toasts_->show(widgets::Tone::bad, tr("This build has no demo preset."));
  });
  on(actions_.open_data, [this] {
    const QStringList files = QFileDialog::getOpenFileNames(this, tr("Open data"), {}, tr("Expression data (*.h5ad *.tsv *.tsv.gz *.csv *.csv.gz);;Table of a grid (ablation.json);;All files (*)"));
    if (files.size() == 1 && files.front().endsWith(QLatin1String(".json"))) open(files.front());
    else openData(files);
  });
  on(actions_.open_folder, [this] {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open runs folder"), preferences_.runsFolder());
    if (!folder.isEmpty()) open(folder);
  });
  on(actions_.start_page, [this] { showStartPage(); });
  on(actions_.monitor, [this] { setWorkspace(QStringLiteral("monitor")); });
  on(actions_.align, [this] { setWorkspace(QStringLiteral("align")); });
  on(actions_.spatial, [this] { setWorkspace(QStringLiteral("spatial")); });
  on(actions_.ablate, [this] { setWorkspace(QStringLiteral("ablate")); });
  on(actions_.live, [this] { workbench_.cursor()->setLive(); });
  on(actions_.timeline, [this] { timeline_bar_->setVisible(actions_.timeline->isChecked() && showsOneRun()); });
  on(actions_.runs_dock, [this] { runs_dock_->setVisible(actions_.runs_dock->isChecked() && !isOnStartPage()); });
  on(actions_.config_dock, [this] { config_dock_->setVisible(actions_.config_dock->isChecked() && showsOneRun()); });
  on(actions_.export_view, [this] {
    widgets::View* view = focusedView();
    if (!view) return;
    const QString file = QFileDialog::getSaveFileName(this, tr("Export %1").arg(view->title()), {}, tr("Picture (*.png *.svg);;Table (*.csv)"));
    if (!file.isEmpty() && !view->exportTo(file)) toasts_->show(widgets::Tone::bad, tr("%1 could not be written.").arg(file));
  });
  on(actions_.export_all, [this] {
    const std::vector<widgets::View*> views = shownViews();
    if (views.empty()) return;
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Export all views into a folder"));
    if (folder.isEmpty()) return;
    const ExportReport report = exportAll(views, folder);
    toasts_->show(report.failed.isEmpty() ? widgets::Tone::ok : widgets::Tone::bad,
                  report.failed.isEmpty() ? tr("%1 files written: each view as PNG, SVG and CSV.").arg(report.written) : tr("%1 could not be written.").arg(report.failed.first()));
  });
  on(actions_.view_table, [this] {
    if (widgets::View* view = focusedView()) showTable(*view, this);
  });
  on(actions_.view_card, [this] {
    if (widgets::View* view = focusedView()) view->showCard();
  });
  on(actions_.open_log, [this] { openRunFile(QStringLiteral("log.txt")); });
  on(actions_.show_folder, [this] { openRunFile({}); });
  const auto themed = [&](QAction* action, widgets::ThemeChoice choice) {
    action->setChecked(theme_.choice() == choice);
    on(action, [this, choice] {
      theme_.setChoice(choice);
      preferences_.setTheme(widgets::themeChoiceText(choice));
    });
  };
  themed(actions_.theme_system, widgets::ThemeChoice::system);
  themed(actions_.theme_light, widgets::ThemeChoice::light);
  themed(actions_.theme_dark, widgets::ThemeChoice::dark);
  on(actions_.palette, [this] { CommandPalette(actions_.all, this).exec(); });
  on(actions_.shortcuts, [this] { ShortcutSheet(actions_.all, this).exec(); });
  on(actions_.about, [this] {
    QMessageBox::about(this, tr("About Geocyte"),
                       tr("<b>Geocyte %1</b><p>Trains geometry-aware single-cell models and shows live what they learn.</p>"
                          "<p>Free software under the GNU General Public License, version 3 or later.</p>").arg(QApplication::applicationVersion()));
  });
  on(actions_.quit, [this] { close(); });
  connect(run_bar_->workspaces(), &widgets::SegmentedControl::activated, this, &MainWindow::setWorkspace);
}

bool MainWindow::isOnStartPage() const { return pages_->currentIndex() == 0; }

void MainWindow::showStartPage() {
  pages_->setCurrentIndex(0);
  new_run_->setActive(false);
  run_bar_->setQuiet(true);
  start_page_->setFocus();
  for (QWidget* widget : {static_cast<QWidget*>(runs_dock_), static_cast<QWidget*>(config_dock_), static_cast<QWidget*>(timeline_bar_)}) widget->hide();
  refreshRun();
}

void MainWindow::showWorkspace() {
  pages_->setCurrentIndex(1);
  new_run_->setActive(false);
  run_bar_->setQuiet(false);
  run_list_->setFocus();
  runs_dock_->setVisible(actions_.runs_dock->isChecked());
  config_dock_->setVisible(actions_.config_dock->isChecked() && showsOneRun());
  timeline_bar_->setVisible(actions_.timeline->isChecked() && showsOneRun());
  refreshRun();
}

void MainWindow::restoreWindow() {
  resize(QGuiApplication::primaryScreen()->availableSize() * 0.8);
  if (const QByteArray geometry = preferences_.windowGeometry(); !geometry.isEmpty()) restoreGeometry(geometry);
  first_layout_ = saveState();
  const QByteArray layout = preferences_.windowLayout();
  const bool foreign = preferences_.hasForeignLayout() || (!layout.isEmpty() && !restoreState(layout));
  if (foreign) toasts_->show(widgets::Tone::accent, tr("The panels stand where they were at first: their last places were saved by another version."));
}

void MainWindow::closeEvent(QCloseEvent* event) {
  // The start page hides the docks; their places are remembered as they are beside a run.
  if (pages_->currentIndex() == 1) preferences_.setWindow(saveGeometry(), saveState());
  event->accept();
}

}  // namespace geocyte::desktop
