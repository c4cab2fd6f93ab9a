// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/config_form.h"

#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QUndoCommand>
#include <QVBoxLayout>

#include <algorithm>

#include "widgets/controls/field_row.h"
#include "widgets/controls/group_heading.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {

/// One committed change. The form may be gone or show other fields by the time it is undone: then nothing happens.
class FieldChange : public QUndoCommand {
 public:
  FieldChange(ConfigForm* form, const Field& field, QVariant after)
      : form_(form), path_(field.path), before_(field.value), after_(std::move(after)) {
    setText(QObject::tr("%1: %2").arg(field.label(), fieldText(field, after_)));
  }
  void undo() override { apply(before_); }
  void redo() override { apply(after_); }

 private:
  void apply(const QVariant& value) {
    if (form_) form_->apply(path_, value);
  }
  QPointer<ConfigForm> form_;
  QString path_;
  QVariant before_, after_;
};

ConfigForm::ConfigForm(QWidget* parent) : QWidget(parent), search_(new QLineEdit), scroll_(new QScrollArea), nothing_(new QLabel) {
  setObjectName(QStringLiteral("configForm"));
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  search_->setObjectName(QStringLiteral("configSearch"));
  search_->setPlaceholderText(tr("Search parameters"));
  search_->setAccessibleName(tr("Search parameters"));
  search_->setToolTip(tr("Words of a name, path, group or explanation"));
  search_->setClearButtonEnabled(true);
  scroll_->setObjectName(QStringLiteral("configScroll"));
  scroll_->setAccessibleName(tr("Parameters"));
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setWidgetResizable(true);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  nothing_->setObjectName(QStringLiteral("configNothing"));
  nothing_->setWordWrap(true);
  nothing_->setContentsMargins(0, 12, 14, 0);
  setTone(nothing_, Tone::dim);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(14, 10, 0, 0);
  column->setSpacing(6);
  top_ = new QHBoxLayout;
  top_->setContentsMargins(0, 0, 14, 0);
  top_->setSpacing(8);
  top_->addWidget(search_, 1);
  column->addLayout(top_);
  column->addWidget(nothing_);
  column->addWidget(scroll_, 1);
  connect(search_, &QLineEdit::textChanged, this, &ConfigForm::filter);
  rebuild();
}

ConfigForm::~ConfigForm() = default;

bool ConfigForm::hasSameFields(const FieldModel& model) const {
  return model.base == model_.base && std::equal(model.fields.begin(), model.fields.end(), model_.fields.begin(), model_.fields.end(), [](const Field& a, const Field& b) {
    return a.path == b.path && a.type == b.type && a.title == b.title && a.help == b.help && a.group == b.group && a.unit == b.unit &&
           a.default_value == b.default_value && a.minimum == b.minimum && a.maximum == b.maximum && a.choices == b.choices &&
           a.fields.size() == b.fields.size() && a.live == b.live && a.nullable == b.nullable && a.only_with == b.only_with;
  });
}

void ConfigForm::setModel(FieldModel model) {
  const bool same = !model_.fields.empty() && hasSameFields(model);
  model_ = std::move(model);
  if (!same) return rebuild();
  // The same fields in the same order: a row a field.
  for (const Field& field : model_.fields)
    if (FieldRow* shown = row(field.path); shown->field().value != field.value || !shown->error().isEmpty()) {
      shown->setOuterError({});
      shown->setValue(field.value);
    }
  filter();
  checkValidity();
}

void ConfigForm::rebuild() {
  groups_.clear();
  rows_.clear();
  auto* content = new QWidget;
  content->setBackgroundRole(QPalette::Base);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 8, 12);
  column->setSpacing(1);
  QStringList names;
  for (const Field& field : model_.fields)
    if (!names.contains(field.group)) names << field.group;
  for (const QString& name : names) {
    auto* heading = new GroupHeading(name);
    heading->setOpen(open_.value(name, name != QLatin1String("Advanced")));
    connect(heading, &GroupHeading::toggled, this, [this, name](bool open) {
      open_.insert(name, open);
      filter();
    });
    column->addWidget(heading);
    groups_.push_back({name, heading});
    for (const Field& field : model_.fields) {
      if (field.group != name) continue;
      auto* made = new FieldRow(field, model_.base);
      made->setIndented(governorOf(model_, field.path) != nullptr);
      column->addWidget(made);
      rows_.push_back(made);
      connect(made, &FieldRow::committed, this, [this, path = field.path](const QVariant& value) { commit(path, value); });
      connect(made, &FieldRow::errorChanged, this, &ConfigForm::checkValidity);
    }
  }
  column->addStretch(1);
  // A row may be the one that asked for this by its signal: the old ones go when it has returned.
  if (QWidget* old = scroll_->takeWidget()) {
    old->hide();
    old->deleteLater();
  }
  scroll_->setWidget(content);
  search_->setEnabled(!rows_.empty());
  setAccess(access_);
  filter();
  checkValidity();
}

FieldRow* ConfigForm::row(const QString& path) const {
  const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const FieldRow* r) { return r->field().path == path; });
  return found == rows_.end() ? nullptr : *found;
}

QVariant ConfigForm::value(const QString& path) const {
  const Field* field = model_.find(path);
  return field ? field->value : QVariant();
}

bool ConfigForm::setValue(const QString& path, const QVariant& value) {
  Field* field = model_.find(path);
  if (!field || !fieldError(*field, value).isEmpty()) return false;
  field->value = value;
  row(path)->setValue(value);
  if (field->type == FieldType::boolean || field->type == FieldType::choice) filter();   // what depends on it comes or goes
  countChanges();
  return true;
}

void ConfigForm::setChoices(const QString& path, const QStringList& choices) {
  Field* field = model_.find(path);
  if (!field || field->type != FieldType::path || field->choices == choices) return;
  field->choices = choices;
  row(path)->setChoices(choices);
}

void ConfigForm::commit(const QString& path, const QVariant& value) {
  const Field* field = model_.find(path);
  if (!field || field->value == value) return;
  if (undo_) undo_->push(new FieldChange(this, *field, value));   // push() applies it
  else apply(path, value);
}

void ConfigForm::apply(const QString& path, const QVariant& value) {
  if (!setValue(path, value)) return;
  row(path)->setOuterError({});   // it spoke of the value before
  emit valueChanged(path, value);
}

void ConfigForm::setErrors(const QHash<QString, QString>& errors) {
  for (FieldRow* shown : rows_) shown->setOuterError(errors.value(shown->field().path));
}

QHash<QString, QString> ConfigForm::errors() const {
  QHash<QString, QString> all;
  for (const FieldRow* shown : rows_)
    if (!shown->error().isEmpty()) all.insert(shown->field().path, shown->error());
  return all;
}

void ConfigForm::checkValidity() {
  const bool valid = isValid();
  if (valid == was_valid_) return;
  was_valid_ = valid;
  emit validityChanged(valid);
}

void ConfigForm::setAccess(FormAccess access) {
  access_ = access;
  for (FieldRow* shown : rows_) shown->setReadOnly(access == FormAccess::none || (access == FormAccess::live && !shown->field().live));
}

void ConfigForm::setSearch(const QString& words) { search_->setText(words); }

void ConfigForm::reveal(const QString& path) {
  FieldRow* shown = row(path);
  if (!shown) return;
  if (isClosed(shown->field().group)) setGroupOpen(shown->field().group, true);
  if (shown->isHidden()) search_->clear();
  shown->show();   // a field whose switch is off may still be asked for
  scroll_->ensureWidgetVisible(shown);
  shown->target()->setFocus(Qt::OtherFocusReason);
}

void ConfigForm::setStaged(const QStringList& paths) {
  for (FieldRow* shown : rows_) shown->setStaged(paths.contains(shown->field().path));
}

void ConfigForm::addCorner(QWidget* widget) { top_->addWidget(widget); }

void ConfigForm::setGroupOpen(const QString& name, bool open) {
  for (const Group& group : groups_)
    if (group.name == name) group.heading->setOpen(open);
}

bool ConfigForm::isClosed(const QString& name) const {
  return std::any_of(groups_.begin(), groups_.end(), [&](const Group& group) { return group.name == name && !group.heading->isOpen(); });
}

int ConfigForm::changes() const {
  return static_cast<int>(std::count_if(model_.fields.begin(), model_.fields.end(), [](const Field& field) { return field.isChanged(); }));
}

void ConfigForm::countChanges() {
  for (const Group& group : groups_)
    group.heading->setChanges(static_cast<int>(std::count_if(model_.fields.begin(), model_.fields.end(), [&](const Field& field) {
      return field.group == group.name && field.isChanged();
    })));
}

void ConfigForm::filter() {
  const QString words = search_->text();
  const bool searching = !words.trimmed().isEmpty();
  QStringList used;
  FieldRow* before = nullptr;   // the visible row above
  for (FieldRow* shown : rows_) {
    const Field& field = shown->field();
    const bool hit = shown->matches(words);
    if (hit) used << field.group;
    const Field* governor = governorOf(model_, field.path);
    const bool rests = governor && !governor->value.toBool() && shown->error().isEmpty();
    const bool visible = hit && (searching || (!rests && !isClosed(field.group)));
    const QString reason = idleReason(model_, field);
    if (visible && before && before->idle() == reason && before->field().group == field.group) before->setIdle(reason, false);
    shown->setIdle(reason, visible);
    shown->setVisible(visible);
    if (visible) before = shown;
  }
  for (const Group& group : groups_) group.heading->setVisible(used.contains(group.name));
  nothing_->setText(rows_.empty() ? tr("There are no parameters to show.") : tr("No parameter matches “%1”.").arg(words));
  nothing_->setVisible(used.isEmpty());
  countChanges();
}

}  // namespace geocyte::widgets
