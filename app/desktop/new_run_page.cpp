// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/new_run_page.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/desktop/config_editor.h"
#include "app/desktop/preset_menu.h"
#include "app/desktop/save_preset_dialog.h"
#include "engine/core/error.h"
#include "widgets/base/number_format.h"
#include "widgets/controls/elided_label.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

constexpr int kFormWidth = 680, kChecksWidth = 360, kSide = 24, kTitlePixels = 20;

QPushButton* button(const char* name, const QString& text, const QString& tip) {
  auto* made = new QPushButton(text);
  made->setObjectName(QString::fromLatin1(name));
  made->setAccessibleName(text);
  made->setToolTip(tip);
  return made;
}

QLabel* caption(const QString& text) {
  auto* made = new QLabel(text);
  made->setFont(widgets::captionFont());
  widgets::setTone(made, widgets::Tone::dim);
  return made;
}

/// A panel with a line at its left edge.
class SidePanel : public QWidget {
 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.fillRect(rect(), widgets::themeColors().panel);
    painter.fillRect(0, 0, 1, height(), widgets::themeColors().line);
  }
};

}  // namespace

NewRunPage::NewRunPage(const std::vector<config::SystemSpec>& specs, QWidget* parent) : QWidget(parent), specs_(specs), editor_(new ConfigEditor(specs)) {
  setObjectName(QStringLiteral("newRunPage"));
  setAccessibleName(tr("New run"));
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  editor_->setUndoStack(&undo_);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(buildLeft(), 1);
  row->addWidget(buildRight());
  connect(editor_, &ConfigEditor::edited, this, [this] {
    showHead();
    checkSoon();
  });
  connect(editor_, &ConfigEditor::validityChanged, this, [this] {
    if (!editor_->isValid()) preflight_.cancel();
    else if (!preflight_.report()) checkSoon();
    showReport();
  });
  connect(&preflight_, &Preflight::changed, this, &NewRunPage::showReport);
  showReport();
}

QWidget* NewRunPage::buildLeft() {
  title_ = new QLabel(tr("New run"));
  QFont big = widgets::strongFont();
  big.setPixelSize(kTitlePixels);
  title_->setFont(big);
  title_->setStyleSheet(QStringLiteral("font-size: %1px; font-weight: 600;").arg(kTitlePixels));
  title_->setObjectName(QStringLiteral("newRunTitle"));
  auto* close = new QToolButton;
  close->setObjectName(QStringLiteral("newRunClose"));
  close->setIcon(widgets::themeIcon(QStringLiteral("close"), widgets::Tone::dim));
  close->setAccessibleName(tr("Leave the new run"));
  close->setToolTip(tr("Back to the runs; the draft is kept (Ctrl+N)"));
  connect(close, &QToolButton::clicked, this, &NewRunPage::closed);
  summary_ = new QLabel;
  summary_->setObjectName(QStringLiteral("newRunSummary"));
  summary_->setWordWrap(true);
  summary_->setTextFormat(Qt::PlainText);
  widgets::setTone(summary_, widgets::Tone::dim);
  name_ = new QLineEdit;
  name_->setObjectName(QStringLiteral("newRunName"));
  name_->setAccessibleName(tr("Name of the run"));
  name_->setToolTip(tr("Your word for the run, shown in the list of runs"));
  name_->setMaxLength(120);
  connect(name_, &QLineEdit::textEdited, this, [this](const QString& text) { editor_->setName(text.trimmed()); });
  auto* name_label = new QLabel(tr("Name"));
  name_label->setBuddy(name_);

  auto* left = new QWidget;
  left->setMaximumWidth(kFormWidth + 2 * kSide);
  auto* head = new QHBoxLayout;
  head->setSpacing(12);
  head->addWidget(title_, 1);
  head->addWidget(close);
  auto* naming = new QHBoxLayout;
  naming->setSpacing(12);
  naming->addWidget(name_label);
  naming->addWidget(name_, 1);
  auto* top = new QVBoxLayout;
  top->setContentsMargins(kSide, 20, kSide, 0);
  top->setSpacing(6);
  top->addLayout(head);
  top->addWidget(summary_);
  top->addSpacing(8);
  top->addLayout(naming);
  auto* column = new QVBoxLayout(left);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addLayout(top);
  auto* inset = new QHBoxLayout;   // the form has margins of its own
  inset->setContentsMargins(kSide - 14, 0, kSide - 14, 0);
  inset->addWidget(editor_);
  column->addLayout(inset, 1);

  auto* middle = new QWidget;
  auto* centre = new QHBoxLayout(middle);
  centre->setContentsMargins(0, 0, 0, 0);
  centre->addStretch(1);
  centre->addWidget(left, 100);
  centre->addStretch(1);
  return middle;
}

QWidget* NewRunPage::buildRight() {
  auto* heading = new QLabel(tr("Before it starts"));
  heading->setFont(widgets::strongFont());
  again_ = button("checkAgain", tr("Check again"), tr("Try the configuration once more"));
  widgets::setButtonKind(again_, "link");
  connect(again_, &QPushButton::clicked, this, [this] {
    if (preflight_.isRunning()) preflight_.cancel();
    else preflight_.checkNow();
  });
  auto* head = new QHBoxLayout;
  head->addWidget(heading, 1);
  head->addWidget(again_);
  checks_ = new widgets::CheckList;
  connect(checks_, &widgets::CheckList::linkClicked, this, [this](const QString& id) {
    if (id == QLatin1String("identical") && preflight_.report()) emit openRunRequested(preflight_.report()->identical_run);
  });
  sources_title_ = caption(tr("SOURCES"));
  sources_ = new QWidget;
  sources_->setObjectName(QStringLiteral("foundSources"));
  auto* content = new QWidget;
  content->setBackgroundRole(QPalette::Base);
  auto* found = new QVBoxLayout(content);
  found->setContentsMargins(0, 0, 8, 8);
  found->setSpacing(8);
  found->addWidget(checks_);
  found->addSpacing(8);
  found->addWidget(sources_title_);
  found->addWidget(sources_);
  found->addStretch(1);
  auto* scroll = new QScrollArea;
  scroll->setObjectName(QStringLiteral("checksScroll"));
  scroll->setAccessibleName(tr("Checks"));
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setWidget(content);
  reason_ = new QLabel;
  reason_->setObjectName(QStringLiteral("startReason"));
  reason_->setWordWrap(true);
  reason_->setTextFormat(Qt::PlainText);
  start_ = button("startRun", tr("Start training"), tr("Train this configuration in a new run (F5)"));
  start_->setIcon(widgets::themeIcon(QStringLiteral("play"), widgets::Tone::on_accent));
  start_->setStyleSheet(QStringLiteral("min-height: 34px;"));
  widgets::setButtonKind(start_, "primary");
  connect(start_, &QPushButton::clicked, this, &NewRunPage::startRequested);
  save_ = button("savePreset", tr("Save as preset…"), tr("Keep this configuration under a name of your own"));
  connect(save_, &QPushButton::clicked, this, &NewRunPage::savePreset);
  auto* panel = new SidePanel;
  panel->setFixedWidth(kChecksWidth);
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(20, 20, 20, 16);
  column->setSpacing(10);
  column->addLayout(head);
  column->addSpacing(4);
  column->addWidget(scroll, 1);
  column->addWidget(reason_);
  column->addWidget(start_);
  column->addWidget(save_);
  return panel;
}

const RunDraft& NewRunPage::draft() const { return editor_->draft(); }

void NewRunPage::setDraft(const RunDraft& draft) {
  undo_.clear();
  has_draft_ = true;
  const config::SystemSpec* spec = nullptr;
  for (const config::SystemSpec& one : specs_)
    if (one.id == draft.system.toStdString()) spec = &one;
  editor_->setDraft(spec, draft);
  name_->setText(draft.name);
  showHead();
  checkSoon();
}

bool NewRunPage::choosePreset(const QString& preset) {
  if (preset == draft().preset && has_draft_) return true;
  try {
    RunDraft next = draftOf(specs_, preset);
    next.name = draft().name;
    if (!has_draft_) setDraft(next);
    else editor_->replaceDraft(next, tr("Preset %1").arg(preset));
    return true;
  } catch (const Error& error) {
    reason_->setText(QString::fromUtf8(error.what()));
    return false;
  }
}

void NewRunPage::setRunsFolder(const QString& folder) {
  if (runs_folder_ == folder) return;
  runs_folder_ = folder;
  checkSoon();
}

void NewRunPage::setActive(bool active) {
  active_ = active;
  if (!active) preflight_.cancel();
  else if (stale_ || !preflight_.report()) checkSoon();
}

jobs::JobSpec NewRunPage::job() const {
  jobs::JobSpec job = editor_->spec() ? jobOf(editor_->spec()->parameters, draft()) : jobs::JobSpec();
  job.runs = runs_folder_.toStdString();
  return job;
}

void NewRunPage::checkSoon() {
  stale_ = true;
  if (active_ && has_draft_ && editor_->isValid()) {
    stale_ = false;
    preflight_.check(job());
  }
  showReport();
}

void NewRunPage::showHead() {
  const QString preset = draft().preset;
  const PresetWords words = wordsOf(specs_, preset);
  title_->setText(tr("New run · %1").arg(words.title));
  summary_->setText(words.summary);
  summary_->setVisible(!words.summary.isEmpty());
  name_->setPlaceholderText(words.title);
  if (preset != shown_preset_) emit presetChanged(draft().system, preset);
  shown_preset_ = preset;
}

QString NewRunPage::obstacle() const {
  if (!has_draft_) return tr("There is nothing to start yet.");
  if (!editor_->isValid()) return editor_->problem();
  if (const auto& report = preflight_.report(); report && !report->failed.isEmpty()) return tr("The check “%1” fails.").arg(report->failed);
  return {};
}

void NewRunPage::showReport() {
  const auto& report = preflight_.report();
  auto rows = report ? report->checks : openChecks(preflight_.isRunning());
  const int changes = editor_->form()->changes();
  if (!editor_->isValid()) {
    rows.front().state = widgets::CheckState::failed;
    rows.front().text = editor_->problem();
  } else if (changes > 0) {
    const QString changed = changes == 1 ? tr("1 change of the %1").arg(baseName(draft())) : tr("%1 changes of the %2").arg(changes).arg(baseName(draft()));
    rows.front().text = rows.front().text.isEmpty() ? changed : QStringLiteral("%1 · %2").arg(rows.front().text, changed);
  }
  checks_->setRows(rows);
  showSources(report ? report->sources : std::vector<FoundSource>());
  again_->setText(preflight_.isRunning() ? tr("Cancel") : tr("Check again"));
  again_->setEnabled(has_draft_ && editor_->isValid());
  const QString obstacle = this->obstacle();
  const bool looking = preflight_.isRunning();
  reason_->setText(!obstacle.isEmpty() ? obstacle : looking ? tr("The checks are under way; starting does not wait for them.") : QString());
  reason_->setVisible(!reason_->text().isEmpty());
  widgets::setTone(reason_, obstacle.isEmpty() ? widgets::Tone::dim : widgets::Tone::bad);
  start_->setEnabled(obstacle.isEmpty());
  start_->setToolTip(obstacle.isEmpty() ? tr("Train this configuration in a new run (F5)") : obstacle);
  save_->setEnabled(has_draft_ && editor_->isValid());
  emit readinessChanged();
}

/// Slides that are kept from training, of a system that keeps any: those the draft names, else the last one.
QStringList NewRunPage::heldOut(const std::vector<FoundSource>& sources) const {
  const Json* names = config::find(draft().options, "held_out.sources");
  if (!names || !names->is_array()) return {};
  QStringList held;
  for (const Json& name : *names)
    if (name.is_string()) held << QString::fromStdString(name.get<std::string>());
  for (auto source = sources.rbegin(); held.isEmpty() && source != sources.rend(); ++source)
    if (source->modality == QLatin1String("st")) held << source->name;
  return held;
}

void NewRunPage::showSources(const std::vector<FoundSource>& sources) {
  sources_title_->setVisible(!sources.empty());
  qDeleteAll(sources_->findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
  delete sources_->layout();
  auto* grid = new QGridLayout(sources_);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(14);
  grid->setVerticalSpacing(4);
  grid->setColumnStretch(0, 1);
  int row = 0;
  const QStringList held_out = heldOut(sources);
  for (const FoundSource& source : sources) {
    auto* name = new widgets::ElidedLabel(source.name);
    auto* cells = new QLabel(widgets::groupedText(source.cells));
    cells->setFont(widgets::monoFont());
    auto* kind = caption(source.modality == QLatin1String("st") ? tr("spots") : tr("cells"));
    auto* labels = caption(source.labels.isEmpty() ? tr("no types") : source.labels);
    grid->addWidget(name, row, 0);
    grid->addWidget(cells, row, 1, Qt::AlignRight);
    grid->addWidget(kind, row, 2);
    grid->addWidget(labels, row, 3);
    if (held_out.contains(source.name)) {
      auto* role = caption(tr("held out"));
      role->setToolTip(tr("Training never sees where its cells lie: it is what the run is judged on"));
      widgets::setTone(role, widgets::Tone::accent);
      grid->addWidget(role, row, 4);
    }
    ++row;
  }
}

void NewRunPage::savePreset() {
  SavePresetDialog dialog(*editor_->spec(), draft(), this);
  if (dialog.exec() == QDialog::Accepted) emit presetSaved(dialog.saved());
}

}  // namespace geocyte::desktop
