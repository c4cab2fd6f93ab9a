// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/config_editor.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QUndoCommand>
#include <QVBoxLayout>

#include <algorithm>

#include "app/desktop/yaml_highlighter.h"
#include "engine/core/error.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

constexpr int kTypingMs = 450, kTextStep = 1;

}  // namespace

/// The whole draft before and after: of the text, or of another preset. What is typed in one go is one step.
class DraftChange : public QUndoCommand {
 public:
  DraftChange(ConfigEditor* editor, RunDraft before, RunDraft after, const QString& what, bool typed)
      : editor_(editor), before_(std::move(before)), after_(std::move(after)), typed_(typed) {
    setText(what);
  }
  int id() const override { return typed_ ? kTextStep : -1; }
  bool mergeWith(const QUndoCommand* next) override {
    after_ = static_cast<const DraftChange*>(next)->after_;
    return true;
  }
  void undo() override { give(before_); }
  void redo() override { give(after_); }

 private:
  void give(const RunDraft& draft) {
    if (editor_) editor_->take(draft);
  }
  QPointer<ConfigEditor> editor_;
  RunDraft before_, after_;
  bool typed_;
};

ConfigEditor::ConfigEditor(const std::vector<config::SystemSpec>& specs, QWidget* parent)
    : QWidget(parent), specs_(specs), pages_(new QStackedWidget), form_(new widgets::ConfigForm), text_(new QPlainTextEdit), text_problem_(new QLabel) {
  setObjectName(QStringLiteral("configEditor"));
  form_tabs_ = makeTabs("configTabs");
  text_tabs_ = makeTabs("textTabs");
  form_->addCorner(form_tabs_);
  text_->setObjectName(QStringLiteral("configText"));
  text_->setAccessibleName(tr("Configuration as YAML"));
  text_->setToolTip(tr("What differs from the preset, as a configuration file would say it"));
  text_->setFont(widgets::monoFont());
  text_->document()->setDefaultFont(widgets::monoFont());
  text_->setLineWrapMode(QPlainTextEdit::NoWrap);
  text_->setTabChangesFocus(true);
  new YamlHighlighter(text_->document());
  text_problem_->setObjectName(QStringLiteral("configTextProblem"));
  text_problem_->setWordWrap(true);
  text_problem_->setTextFormat(Qt::PlainText);
  widgets::setTone(text_problem_, widgets::Tone::bad);
  text_problem_->hide();

  auto* text_page = new QWidget;
  text_page->setBackgroundRole(QPalette::Base);
  text_page->setAutoFillBackground(true);
  auto* head = new QHBoxLayout;
  auto* what = new QLabel(tr("As a file"));
  widgets::setTone(what, widgets::Tone::dim);
  head->addWidget(what, 1);
  head->addWidget(text_tabs_);
  auto* column = new QVBoxLayout(text_page);
  column->setContentsMargins(14, 10, 14, 10);
  column->setSpacing(8);
  column->addLayout(head);
  column->addWidget(text_, 1);
  column->addWidget(text_problem_);
  pages_->addWidget(form_);
  pages_->addWidget(text_page);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(pages_);

  typing_.setSingleShot(true);
  typing_.setInterval(kTypingMs);
  connect(&typing_, &QTimer::timeout, this, &ConfigEditor::readText);
  connect(text_, &QPlainTextEdit::textChanged, this, [this] {
    if (!writing_) typing_.start();
  });
  connect(form_, &widgets::ConfigForm::valueChanged, this, [this](const QString& path, const QVariant& value) {
    if (!spec_) return;
    for (const config::Parameter& parameter : spec_->parameters)
      if (parameter.path == path.toStdString()) config::set(draft_.options, parameter.path, jsonOf(parameter, value));
    writeText();
    emit edited();
  });
  connect(form_, &widgets::ConfigForm::validityChanged, this, &ConfigEditor::validityChanged);
}

widgets::SegmentedControl* ConfigEditor::makeTabs(const char* name) {
  auto* tabs = new widgets::SegmentedControl(tr("Show the configuration as"));
  tabs->setObjectName(QString::fromLatin1(name));
  tabs->addSegment(QStringLiteral("form"), tr("Form"), tr("Edit the parameters field by field"));
  tabs->addSegment(QStringLiteral("text"), tr("YAML"), tr("Edit the configuration as text"));
  tabs->setCurrent(QStringLiteral("form"));
  connect(tabs, &widgets::SegmentedControl::activated, this, [this](const QString& id) { showText(id == QLatin1String("text")); });
  return tabs;
}

void ConfigEditor::showText(bool text) {
  if (typing_.isActive()) readText();
  pages_->setCurrentIndex(text ? 1 : 0);
  for (widgets::SegmentedControl* tabs : {form_tabs_, text_tabs_}) tabs->setCurrent(text ? QStringLiteral("text") : QStringLiteral("form"));
  if (text) text_->setFocus();
}

void ConfigEditor::setDraft(const config::SystemSpec* spec, RunDraft draft) {
  spec_ = spec;
  draft_ = std::move(draft);
  typing_.stop();
  showModel();
  writeText();
}

void ConfigEditor::setRuns(const RunChoices& runs) {
  if (runs == runs_) return;
  runs_ = runs;
  if (!spec_) return;
  for (const config::Parameter& parameter : spec_->parameters)
    if (!parameter.run_of.empty()) form_->setChoices(QString::fromStdString(parameter.path), runs_.value(QString::fromStdString(parameter.run_of)));
}

void ConfigEditor::showModel() {
  form_->setModel(spec_ ? fieldModelOf(spec_->parameters, draft_.options, draft_.base, baseName(draft_), runs_) : widgets::FieldModel());
}

void ConfigEditor::take(const RunDraft& draft) {
  const auto spec = std::find_if(specs_.begin(), specs_.end(), [&](const config::SystemSpec& s) { return s.id == draft.system.toStdString(); });
  spec_ = spec == specs_.end() ? nullptr : &*spec;
  draft_ = draft;
  showModel();
  // While it is typed, the text is the user's own; anything else is written out anew.
  if (!text_->hasFocus() || pages_->currentIndex() == 0) writeText();
  emit edited();
}

void ConfigEditor::replaceDraft(const RunDraft& after, const QString& what) {
  auto* step = new DraftChange(this, draft_, after, what, false);
  if (undo_) return undo_->push(step);
  step->redo();
  delete step;
}

void ConfigEditor::writeText() {
  typing_.stop();
  std::string text;
  if (spec_) text = access_ == widgets::FormAccess::all ? yamlOf(spec_->parameters, draft_) : config::to_yaml(draft_.options);
  setTextProblem({});
  const QString written = QString::fromStdString(text);
  if (written == text_->toPlainText()) return;
  writing_ = true;
  text_->setPlainText(written);
  writing_ = false;
}

void ConfigEditor::readText() {
  typing_.stop();
  if (!spec_ || access_ != widgets::FormAccess::all) return;
  RunDraft read;
  try {
    read = draftFromYaml(specs_, text_->toPlainText().toStdString(), draft_);
  } catch (const Error& error) {
    return setTextProblem(QString::fromStdString(error.hint().empty() ? error.message() : error.message() + ". " + error.hint()));
  }
  setTextProblem({});
  if (read.system == draft_.system && read.preset == draft_.preset && read.options == draft_.options) return;
  auto* step = new DraftChange(this, draft_, read, tr("Text of the configuration"), true);
  if (undo_) return undo_->push(step);
  step->redo();
  delete step;
}

void ConfigEditor::setTextProblem(const QString& problem) {
  if (text_problem_->text() == problem) return;
  text_problem_->setText(problem);
  text_problem_->setVisible(!problem.isEmpty());
  emit validityChanged();
}

void ConfigEditor::setAccess(widgets::FormAccess access) {
  if (access_ == access && form_->access() == access) return;
  access_ = access;
  form_->setAccess(access);
  text_->setReadOnly(access != widgets::FormAccess::all);
  text_->setToolTip(access == widgets::FormAccess::all ? tr("What differs from the preset, as a configuration file would say it") : tr("All parameters of the run"));
  writeText();
}

void ConfigEditor::setUndoStack(QUndoStack* stack) {
  undo_ = stack;
  form_->setUndoStack(stack);
}

QString ConfigEditor::problem() const {
  if (!text_problem_->text().isEmpty()) return text_problem_->text();
  for (const widgets::Field& field : form_->model().fields)
    if (const QString error = form_->errors().value(field.path); !error.isEmpty()) return QStringLiteral("%1: %2").arg(field.label(), error);
  return {};
}

}  // namespace geocyte::desktop
