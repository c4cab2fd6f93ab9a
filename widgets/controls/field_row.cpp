// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/field_row.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/controls/elided_label.h"
#include "widgets/controls/field_editor.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {
namespace {

constexpr int kReset = 24, kResetIcon = 14, kBolt = 12, kIndent = 17;
const char kBare[] = "QToolButton { padding: 0; }";   // the icon keeps its size in a small button

/// "" where the label names it already: "Counts per cell" are counts.
QString unitToSay(const Field& field) {
  const QStringList words = field.label().toLower().split(QLatin1Char(' '));
  return words.contains(field.unit.toLower()) ? QString() : field.unit;
}

/// The live mark; an icon that follows the theme needs a button, which here takes neither focus nor clicks.
QToolButton* bolt(const Field& field) {
  auto* mark = new QToolButton;
  mark->setObjectName(QStringLiteral("live/") + field.path);
  mark->setAccessibleName(QObject::tr("%1 is live").arg(field.label()));
  mark->setToolTip(QObject::tr("Changes at the next step of a running run"));
  mark->setIcon(themeIcon(QStringLiteral("bolt"), Tone::dim));
  mark->setIconSize(QSize(kBolt, kBolt));
  mark->setFixedSize(kBolt + 4, kBolt + 4);
  mark->setStyleSheet(QStringLiteral("QToolButton { border: none; padding: 0; background: transparent; }"));
  mark->setFocusPolicy(Qt::NoFocus);
  return mark;
}

}  // namespace

FieldRow::FieldRow(const Field& field, const QString& base, QWidget* parent)
    : QWidget(parent), field_(field), base_(base), editor_(makeFieldEditor(field, this)) {
  setObjectName(QStringLiteral("row/") + field.path);
  error_ = new QLabel;
  error_->setObjectName(QStringLiteral("error/") + field.path);
  error_->setFont(captionFont());
  error_->setWordWrap(true);
  setTone(error_, Tone::bad);
  idle_note_ = new QLabel;
  idle_note_->setObjectName(QStringLiteral("idle/") + field.path);
  idle_note_->setFont(captionFont());
  idle_note_->setWordWrap(true);
  setTone(idle_note_, Tone::dim);
  QWidget* target = editor_->target();
  target->setObjectName(QStringLiteral("field/") + field.path);
  target->setAccessibleName(unitToSay(field).isEmpty() ? field.label() : tr("%1 in %2").arg(field.label(), unitToSay(field)));
  target->setToolTip(fieldTip(field, base));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 1, 0, 1);
  column->setSpacing(1);
  column->addWidget(head());
  if (editor_->isWide()) column->addWidget(editor_);
  column->addWidget(idle_note_);
  column->addWidget(error_);
  label_->setBuddy(target);
  editor_->setValue(field.value);
  connect(editor_, &FieldEditor::committed, this, [this](const QVariant& value) {
    setOwnError({});
    emit committed(value);
  });
  connect(editor_, &FieldEditor::refused, this, &FieldRow::setOwnError);
  connect(editor_, &FieldEditor::reverted, this, [this] { setOwnError({}); });
  showState();
}

QWidget* FieldRow::head() {
  auto* head = new QWidget;
  auto* line = new QHBoxLayout(head);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(4);
  dot_ = new QLabel(QStringLiteral("●"));
  label_ = new ElidedLabel(field_.label());
  label_->setToolTip(fieldTip(field_, base_));
  reset_ = new QToolButton;
  reset_->setObjectName(QStringLiteral("reset/") + field_.path);
  reset_->setAccessibleName(tr("Reset %1").arg(field_.label()));
  reset_->setIcon(themeIcon(QStringLiteral("reset"), Tone::dim));
  reset_->setIconSize(QSize(kResetIcon, kResetIcon));
  reset_->setFixedSize(kReset, kReset);
  reset_->setStyleSheet(QLatin1String(kBare));
  const QString text = fieldText(field_, field_.default_value);
  reset_->setToolTip(tr("Back to the %1: %2").arg(base_.isEmpty() ? tr("default") : base_, text.isEmpty() ? tr("empty") : text));
  QSizePolicy keeps_room = reset_->sizePolicy();
  keeps_room.setRetainSizeWhenHidden(true);   // fields stay in one column
  reset_->setSizePolicy(keeps_room);
  connect(reset_, &QToolButton::clicked, this, [this] {
    editor_->setValue(field_.default_value);
    setOwnError({});
    emit committed(field_.default_value);
  });
  line->addWidget(dot_);
  line->addWidget(label_);
  if (!unitToSay(field_).isEmpty()) {
    auto* unit = new QLabel(unitToSay(field_));
    unit->setObjectName(QStringLiteral("unit/") + field_.path);
    unit->setFont(captionFont());
    setTone(unit, Tone::dim);
    line->addWidget(unit);
  }
  if (field_.live) line->addWidget(bolt(field_));
  line->addStretch(1);
  if (!editor_->isWide()) line->addWidget(editor_);
  line->addWidget(reset_);
  return head;
}

QWidget* FieldRow::target() const { return editor_->target(); }

void FieldRow::setValue(const QVariant& value) {
  field_.value = value;
  editor_->setValue(value);
  setOwnError({});
  showState();
}

void FieldRow::setReadOnly(bool read_only) {
  read_only_ = read_only;
  editor_->setReadOnly(read_only_ || !idle_.isEmpty());
  showState();
}

void FieldRow::setChoices(const QStringList& choices) {
  field_.choices = choices;
  editor_->setChoices(choices);
}

void FieldRow::setIdle(const QString& reason, bool said) {
  if (idle_ == reason && says_idle_ == said) return;
  idle_ = reason;
  says_idle_ = said;
  editor_->setReadOnly(read_only_ || !idle_.isEmpty());
  const QString tip = idle_.isEmpty() ? fieldTip(field_, base_) : fieldTip(field_, base_) + QLatin1String("\n\n") + idle_;
  label_->setToolTip(tip);
  editor_->target()->setToolTip(tip);
  showState();
}

void FieldRow::setIndented(bool indented) { layout()->setContentsMargins(indented ? kIndent : 0, 1, 0, 1); }

void FieldRow::setStaged(bool staged) {
  if (staged_ == staged) return;
  staged_ = staged;
  showState();
}

void FieldRow::setOwnError(const QString& error) {
  if (own_error_ == error) return;
  own_error_ = error;
  showState();
  emit errorChanged();
}

void FieldRow::setOuterError(const QString& error) {
  if (outer_error_ == error) return;
  outer_error_ = error;
  showState();
  emit errorChanged();
}

void FieldRow::showState() {
  dot_->setVisible(field_.isChanged() || staged_);
  setTone(dot_, staged_ ? Tone::warn : Tone::accent);
  dot_->setToolTip(staged_ ? tr("Changed here; the engine has not been told yet") : tr("Differs from the %1").arg(base_.isEmpty() ? tr("default") : base_));
  reset_->setVisible(field_.isChanged() && !read_only_ && idle_.isEmpty());
  setTone(label_, idle_.isEmpty() ? Tone::ink : Tone::dim);
  idle_note_->setText(idle_);
  idle_note_->setVisible(says_idle_ && !idle_.isEmpty());
  error_->setText(error());
  error_->setVisible(!error().isEmpty());
  editor_->setInvalid(!error().isEmpty());
  editor_->target()->setAccessibleDescription(!error().isEmpty() ? error() : idle_.isEmpty() ? field_.help : idle_);
}

bool FieldRow::matches(const QString& words) const {
  const QString text = QStringList{field_.title, field_.path, field_.help, field_.group}.join('\n');
  for (const QString& word : words.split(' ', Qt::SkipEmptyParts))
    if (!text.contains(word, Qt::CaseInsensitive)) return false;
  return true;
}

}  // namespace geocyte::widgets
