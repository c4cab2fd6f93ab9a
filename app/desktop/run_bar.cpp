// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/run_bar.h"

#include <QAction>
#include <QDateTime>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QThread>

#include <algorithm>
#include <cmath>

#include <unistd.h>

#include "app/desktop/number_text.h"
#include "app/desktop/preset_menu.h"
#include "app/desktop/window_actions.h"
#include "widgets/controls/meter.h"
#include "widgets/controls/progress_strip.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

QString withArrow(const QString& text) { return text + QStringLiteral(" ▾"); }

double machineBytes() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

QPushButton* RunBar::button(const char* name, const QString& text, const QString& tip) {
  auto* made = new QPushButton(text, this);
  made->setObjectName(QString::fromLatin1(name));
  made->setAccessibleName(text);
  made->setToolTip(tip);
  made->setIconSize({14, 14});
  made->setFocusPolicy(Qt::TabFocus);
  return made;
}

RunBar::RunBar(const std::vector<config::SystemSpec>& specs, const WindowActions& actions, QWidget* parent)
    : QWidget(parent), specs_(specs), actions_(actions) {
  setObjectName(QStringLiteral("runBar"));
  setAccessibleName(tr("Run bar"));
  setFixedHeight(44);
  product_ = button("product", QStringLiteral("Geocyte"), tr("Open data or runs, theme, help"));
  product_->setFont(widgets::brandFont());
  product_->setStyleSheet(QStringLiteral("QPushButton { font-size: %1px; font-weight: 600; padding: 0 6px; }").arg(widgets::kBrandPixels));
  widgets::setButtonKind(product_, "flat");
  product_menu_ = new QMenu(product_);
  product_->setMenu(product_menu_);

  system_button_ = button("system", {}, tr("Which system to train"));
  system_menu_ = new QMenu(system_button_);
  system_button_->setMenu(system_menu_);
  preset_button_ = button("preset", {}, tr("Which preset Start trains"));
  preset_menu_ = new QMenu(preset_button_);
  preset_button_->setMenu(preset_menu_);
  // Presets may be saved while the window is open, by others too: the menu is made anew when it is asked for.
  connect(preset_menu_, &QMenu::aboutToShow, this, &RunBar::rebuildMenus);
  configure_ = button("configure", {}, actions.configure->toolTip());
  configure_->setAccessibleName(actions.configure->text());
  configure_->setIcon(widgets::themeIcon("settings"));
  configure_->setStyleSheet(QStringLiteral("padding: 0 7px;"));
  connect(configure_, &QPushButton::clicked, actions.configure, &QAction::trigger);

  primary_ = button("primary", tr("Start"), actions.start->toolTip());
  widgets::setButtonKind(primary_, "primary");
  primary_->setMinimumWidth(88);
  stop_ = button("stop", withArrow(tr("Stop")), tr("Stop the run and keep or discard it"));
  auto* stop_menu = new QMenu(stop_);
  stop_menu->addActions({actions.stop, actions.stop_stage, actions.discard});
  stop_menu->addSeparator();
  stop_menu->addAction(actions.force);
  stop_->setMenu(stop_menu);
  stop_->setIcon(widgets::themeIcon("stop"));
  resume_ = button("resume", tr("Resume"), actions.resume->toolTip());
  resume_->setIcon(widgets::themeIcon("play"));
  resume_->hide();
  connect(resume_, &QPushButton::clicked, actions.resume, &QAction::trigger);
  checkpoint_ = button("checkpoint", tr("Checkpoint"), actions.checkpoint->toolTip());
  checkpoint_->setIcon(widgets::themeIcon("checkpoint"));
  connect(checkpoint_, &QPushButton::clicked, actions.checkpoint, &QAction::trigger);
  connect(primary_, &QPushButton::clicked, this, [this] {
    (primary_->property("starts").toBool() ? actions_.start : actions_.pause)->trigger();
  });

  progress_ = new widgets::ProgressStrip(this);
  progress_->setObjectName(QStringLiteral("progress"));
  progress_->setAccessibleName(tr("Progress"));
  progress_->setToolTip(tr("Steps done, steps a second, time left"));
  progress_->setMaximumWidth(330);
  workspaces_ = new widgets::SegmentedControl(tr("Workspace"), this);
  workspaces_->setObjectName(QStringLiteral("workspaces"));
  workspaces_->addSegment(QStringLiteral("monitor"), tr("Monitor"), actions.monitor->toolTip());
  workspaces_->addSegment(QStringLiteral("align"), tr("Align"), actions.align->toolTip());
  workspaces_->addSegment(QStringLiteral("spatial"), tr("Spatial"), actions.spatial->toolTip());
  workspaces_->addSegment(QStringLiteral("ablate"), tr("Ablate"), actions.ablate->toolTip());
  cpu_ = new widgets::Meter(tr("CPU"), this);
  cpu_->setObjectName(QStringLiteral("meterCpu"));
  cpu_->setToolTip(tr("Processor time of the engine, of all cores of this machine"));
  memory_ = new widgets::Meter(tr("RAM"), this);
  memory_->setObjectName(QStringLiteral("meterMemory"));
  memory_->setToolTip(tr("Memory of the engine"));

  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(6, 0, 12, 1);
  row->setSpacing(8);
  for (QWidget* widget : {static_cast<QWidget*>(product_), static_cast<QWidget*>(system_button_), static_cast<QWidget*>(preset_button_),
                          static_cast<QWidget*>(configure_), static_cast<QWidget*>(primary_), static_cast<QWidget*>(stop_), static_cast<QWidget*>(resume_),
                          static_cast<QWidget*>(checkpoint_)})
    row->addWidget(widget);
  row->addSpacing(8);
  row->addWidget(progress_, 3);
  row->addStretch(1);
  row->addWidget(workspaces_);
  row->addSpacing(4);
  row->addWidget(cpu_);
  row->addWidget(memory_);

  if (!specs_.empty()) setPreset(QString::fromStdString(specs_.front().id), {});
  rebuildMenus();
  showRun(nullptr);
  showLoad({});
}

void RunBar::rebuildMenus() {
  system_menu_->clear();
  for (const config::SystemSpec& spec : specs_) {
    const QString id = QString::fromStdString(spec.id);
    QAction* action = system_menu_->addAction(QString::fromStdString(spec.title.empty() ? spec.id : spec.title));
    action->setToolTip(QString::fromStdString(spec.summary));
    connect(action, &QAction::triggered, this, [this, id] { setPreset(id, {}), emit presetChosen(system_, preset_); });
  }
  for (const config::SystemSpec& spec : specs_)
    if (QString::fromStdString(spec.id) == system_) fillPresetMenu(preset_menu_, spec, [this](const QString& preset) { setPreset(system_, preset), emit presetChosen(system_, preset_); });
}

QString RunBar::preset() const { return preset_; }

void RunBar::setPreset(const QString& system, const QString& preset) {
  system_ = system;
  preset_ = preset;
  const auto spec = std::find_if(specs_.begin(), specs_.end(), [&](const config::SystemSpec& s) { return s.id == system.toStdString(); });
  if (preset_.isEmpty() && spec != specs_.end() && !spec->presets.empty()) {
    const auto demo = std::find_if(spec->presets.begin(), spec->presets.end(), [](const config::PresetSpec& p) { return p.id == "demo"; });
    preset_ = QString::fromStdString(spec->id + "/" + (demo == spec->presets.end() ? spec->presets.front() : *demo).id);
  }
  rebuildMenus();
  showChoice();
}

void RunBar::showChoice() {
  system_button_->setText(withArrow(system_));
  const QString shown = preset_ == system_ ? tr("defaults") : preset_.startsWith(system_ + '/') ? preset_.section('/', 1) : QFileInfo(preset_).fileName();
  preset_button_->setText(withArrow(shown.isEmpty() ? tr("no preset") : shown));
  system_button_->setAccessibleName(tr("System: %1").arg(system_));
  preset_button_->setAccessibleName(tr("Preset: %1").arg(shown));
}

void RunBar::showRun(const RunRecord* run) {
  const bool alive = run && run->isAlive();
  const bool paused = alive && run->status.state == store::RunState::paused;
  const bool pending = run && !run->pending.isEmpty();
  primary_->setProperty("starts", !alive);
  QString text = !alive ? tr("Start") : paused ? tr("Resume") : tr("Pause");
  if (pending && run->pending == QLatin1String("pause")) text = tr("Pausing…");
  if (pending && run->pending == QLatin1String("unpause")) text = tr("Resuming…");
  primary_->setText(text);
  primary_->setAccessibleName(text);
  primary_->setToolTip(alive ? actions_.pause->toolTip() : actions_.start->toolTip());
  primary_->setIcon(widgets::themeIcon(!alive || paused ? "play" : "pause", widgets::Tone::on_accent));
  primary_->setEnabled(alive ? actions_.pause->isEnabled() : actions_.start->isEnabled());
  stop_->setEnabled(actions_.stop->isEnabled() || actions_.force->isEnabled());
  stop_->setText(pending && run->pending == QLatin1String("stop") ? tr("Stopping…") : withArrow(tr("Stop")));
  checkpoint_->setEnabled(actions_.checkpoint->isEnabled());
  showStopOrResume(run && actions_.resume->isEnabled());

  if (!run || run->info.foreign || !run->has_status) {
    progress_->setMessage(run ? run->stateText() : QString());
    return;
  }
  const store::Status& status = run->status;
  constexpr qint64 kLongMs = 2000;
  if (pending && alive && QDateTime::currentMSecsSinceEpoch() - run->pending_since_ms > kLongMs) {
    progress_->setMessage(tr("%1: the engine finishes its step").arg(run->pending));
    return;
  }
  if (status.step == 0 && alive) {
    progress_->setMessage(QString::fromStdString(status.message).isEmpty() ? tr("starting the engine") : QString::fromStdString(status.message));
    return;
  }
  QStringList right;
  if (alive && status.state == store::RunState::running) {
    right << rateText(status.rate);
    if (status.eta_s && *status.eta_s >= 1) right << tr("%1 left").arg(durationText(*status.eta_s));
  } else {
    right << run->stateText().section(QStringLiteral(" at step"), 0, 0);
  }
  right.removeAll({});
  progress_->setProgress(status.step, status.total_steps, right.join(QStringLiteral(" · ")));
}

void RunBar::showStopOrResume(bool can_resume) {
  stop_->setVisible(!quiet_ && !can_resume);
  resume_->setVisible(!quiet_ && can_resume);
}

void RunBar::showDraft(const QString& obstacle) {
  showRun(nullptr);
  primary_->setEnabled(obstacle.isEmpty());
  primary_->setToolTip(obstacle.isEmpty() ? actions_.start->toolTip() : obstacle);
  progress_->setMessage(tr("new run, not started"));
}

void RunBar::showLoad(const EngineLoad& load) {
  const double cores = std::max(1, QThread::idealThreadCount());
  const bool cpu = load.cpu_percent >= 0, memory = load.rss_bytes >= 0;
  cpu_->setVisible(cpu || memory);
  memory_->setVisible(cpu || memory);
  cpu_->setValue(cpu ? QStringLiteral("%1 %").arg(std::lround(load.cpu_percent / cores)) : QStringLiteral("–"), cpu ? load.cpu_percent / 100 / cores : -1);
  memory_->setValue(memory ? memoryText(load.rss_bytes) : QStringLiteral("–"), memory ? load.rss_bytes / machineBytes() : -1);
}

void RunBar::setQuiet(bool quiet) {
  for (QWidget* widget : {static_cast<QWidget*>(system_button_), static_cast<QWidget*>(preset_button_), static_cast<QWidget*>(configure_), static_cast<QWidget*>(primary_),
                          static_cast<QWidget*>(stop_), static_cast<QWidget*>(checkpoint_), static_cast<QWidget*>(progress_),
                          static_cast<QWidget*>(workspaces_)})
    widget->setVisible(!quiet);
  quiet_ = quiet;
  if (quiet) resume_->hide();
  if (quiet) showLoad({});
}

void RunBar::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const widgets::ThemeColors& colors = widgets::themeColors();
  painter.fillRect(rect(), colors.panel);
  painter.fillRect(0, height() - 1, width(), 1, colors.line);
}

}  // namespace geocyte::desktop
