// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/config_panel.h"

#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QSet>
#include <QStyle>
#include <QVBoxLayout>

#include "app/desktop/system_specs.h"
#include "engine/core/error.h"
#include "widgets/controls/elided_label.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

constexpr int kFieldWidth = 104;

QString titleOf(const config::Parameter& parameter) {
  return QString::fromStdString(parameter.title.empty() ? parameter.path : parameter.title);
}

QString tipOf(const config::Parameter& parameter, const QString& value) {
  QStringList lines{QStringLiteral("%1 = %2").arg(QString::fromStdString(parameter.path), value)};
  if (!parameter.help.empty()) lines << QString::fromStdString(parameter.help);
  if (parameter.minimum || parameter.maximum)
    lines << QStringLiteral("from %1 to %2").arg(parameter.minimum ? QString::number(*parameter.minimum) : QStringLiteral("−∞"),
                                                 parameter.maximum ? QString::number(*parameter.maximum) : QStringLiteral("∞"));
  lines << QStringLiteral("default: %1").arg(fieldText(parameter, &parameter.default_value));
  if (parameter.live) lines << QStringLiteral("can be changed while the run goes on");
  return lines.join('\n');
}

}  // namespace

QString fieldText(const config::Parameter& parameter, const Json* value) {
  if (!value || value->is_null()) return parameter.nullable ? QStringLiteral("auto") : QStringLiteral("–");
  if (value->is_boolean()) return value->get<bool>() ? QStringLiteral("on") : QStringLiteral("off");
  if (value->is_string()) return QString::fromStdString(value->get<std::string>());
  if (value->is_number_float()) return QString::number(value->get<double>(), 'g', 6);
  if (value->is_array() && !value->empty() && value->front().is_object())
    return value->size() == 1 ? QStringLiteral("1 entry") : QStringLiteral("%1 entries").arg(value->size());
  if (value->is_array() && value->empty()) return QStringLiteral("none");
  return QString::fromStdString(value->dump(-1, ' ', false, Json::error_handler_t::replace)).replace(',', QLatin1String(", "));
}

ConfigPanel::ConfigPanel(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("configPanel"));
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  search_ = new QLineEdit;
  search_->setObjectName(QStringLiteral("configSearch"));
  search_->setPlaceholderText(tr("Search parameters"));
  search_->setAccessibleName(tr("Search parameters"));
  search_->setToolTip(tr("Part of a name, path or explanation"));
  search_->setClearButtonEnabled(true);
  connect(search_, &QLineEdit::textChanged, this, &ConfigPanel::filter);
  scroll_ = new QScrollArea;
  scroll_->setObjectName(QStringLiteral("configScroll"));
  scroll_->setAccessibleName(tr("Parameters"));
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setWidgetResizable(true);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  note_ = new QLabel;
  note_->setWordWrap(true);
  note_->setFont(widgets::captionFont());
  widgets::setTone(note_, widgets::Tone::dim);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(14, 10, 0, 10);
  column->setSpacing(8);
  auto* top = new QHBoxLayout;
  top->setContentsMargins(0, 0, 14, 0);
  top->addWidget(search_);
  column->addLayout(top);
  column->addWidget(scroll_, 1);
  note_->setContentsMargins(0, 0, 14, 0);
  column->addWidget(note_);
  setOptions(nullptr, {});
}

void ConfigPanel::setOptions(const config::Schema* schema, const Json& options) {
  if (scroll_->widget() && schema == schema_ && options == shown_) return;
  schema_ = schema;
  shown_ = options;
  rows_.clear();
  auto* content = new QWidget;
  content->setBackgroundRole(QPalette::Base);
  auto* grid = new QGridLayout(content);
  grid->setContentsMargins(0, 0, 14, 8);
  grid->setHorizontalSpacing(6);
  grid->setVerticalSpacing(4);
  grid->setColumnStretch(1, 1);
  const bool usable = schema && options.is_object() && !options.empty();
  if (usable) {
    QStringList groups;
    for (const config::Parameter& parameter : *schema)
      if (const QString group = QString::fromStdString(parameter.group); !groups.contains(group)) groups << group;
    for (const QString& group : groups) {
      auto* heading = new QLabel(group.toUpper());
      heading->setFont(widgets::captionFont());
      heading->setContentsMargins(0, 10, 0, 2);
      widgets::setTone(heading, widgets::Tone::dim);
      grid->addWidget(heading, grid->rowCount(), 0, 1, 3);
      for (const config::Parameter& parameter : *schema)
        if (QString::fromStdString(parameter.group) == group) addRow(grid, parameter, options, heading);
    }
  }
  grid->setRowStretch(grid->rowCount(), 1);
  note_->setText(usable ? tr("A dot marks what differs from the default. Parameters marked live in their tooltip change at the next step.") : tr("No parameters are known for this run."));
  scroll_->setWidget(content);
  search_->setEnabled(usable);
  filter(search_->text());
  setEditable(editable_);
}

void ConfigPanel::addRow(QGridLayout* grid, const config::Parameter& parameter, const Json& options, QLabel* heading) {
  const Json* value = config::find(options, parameter.path);
  const bool differs = value && *value != parameter.default_value;
  const QString title = titleOf(parameter), tip = tipOf(parameter, fieldText(parameter, value));
  const int row = grid->rowCount();
  auto* dot = new QLabel(differs ? QStringLiteral("●") : QString());
  dot->setFixedWidth(10);
  dot->setToolTip(differs ? tr("differs from the default") : QString());
  widgets::setTone(dot, widgets::Tone::accent);
  auto* label = new widgets::ElidedLabel(title);
  label->setToolTip(tip);
  auto* field = new QLineEdit(fieldText(parameter, value));
  field->setObjectName(QStringLiteral("field/") + QString::fromStdString(parameter.path));
  field->setAccessibleName(parameter.unit.empty() ? title : QStringLiteral("%1 in %2").arg(title, QString::fromStdString(parameter.unit)));
  field->setToolTip(tip);
  field->setProperty("numeric", true);
  field->setProperty("shown", field->text());
  const bool words = parameter.type == config::ParameterType::path || parameter.type == config::ParameterType::text;
  field->setAlignment(words ? Qt::AlignLeft : Qt::AlignRight);   // the beginning of a path says most
  field->setCursorPosition(0);
  field->setFixedWidth(kFieldWidth);
  label->setBuddy(field);
  connect(field, &QLineEdit::editingFinished, this, [this, field, &parameter] { commit(field, parameter); });
  grid->addWidget(dot, row, 0);
  grid->addWidget(label, row, 1);
  grid->addWidget(field, row, 2);
  rows_.push_back({title + ' ' + QString::fromStdString(parameter.path) + ' ' + QString::fromStdString(parameter.help), field, {dot, label, field}, heading, parameter.live});
}

void ConfigPanel::commit(QLineEdit* field, const config::Parameter& parameter) {
  const QString text = field->text().trimmed(), before = field->property("shown").toString();
  if (field->isReadOnly() || text == before) return;
  QString wrong;
  try {
    Json options = shown_;
    const QString yaml = text == QLatin1String("on") ? QStringLiteral("true") : text == QLatin1String("off") ? QStringLiteral("false") : text;
    config::apply_assignment(options, parameter.path + "=" + yaml.toStdString());
    config::validate(*schema_, options);
    emit changed(QString::fromStdString(parameter.path), *config::find(options, parameter.path));
  } catch (const Error& error) {
    wrong = QString::fromStdString(error.message());
  }
  field->setProperty("invalid", !wrong.isEmpty());
  field->setToolTip(wrong.isEmpty() ? tipOf(parameter, text) : wrong);
  field->style()->unpolish(field);
  field->style()->polish(field);
  if (wrong.isEmpty()) field->setProperty("shown", text);
}

void ConfigPanel::setEditable(bool editable) {
  editable_ = editable;
  for (const Row& row : rows_) row.field->setReadOnly(!(editable && row.live));
}

void ConfigPanel::filter(const QString& words) {
  QSet<QLabel*> used;
  for (const Row& row : rows_) {
    const bool hit = row.text.contains(words.trimmed(), Qt::CaseInsensitive);
    for (QWidget* widget : row.widgets) widget->setVisible(hit);
    if (hit) used.insert(row.heading);
  }
  for (const Row& row : rows_) row.heading->setVisible(used.contains(row.heading));
}

}  // namespace geocyte::desktop
