// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/struct_model.h"

#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>

#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

namespace geocyte::widgets {
namespace {

bool isNumeric(const Field& field) { return field.type == FieldType::integer || field.type == FieldType::number; }

}  // namespace

void StructModel::setRows(const QVariantList& rows) {
  if (rows.size() == rows_.size() && !rows.isEmpty()) {   // the current cell and the scroll position stay
    rows_ = rows;
    emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    return;
  }
  beginResetModel();
  rows_ = rows;
  endResetModel();
}

QVariant StructModel::value(const QModelIndex& index) const {
  const Field& field = column(index.column());
  return rows_.value(index.row()).toMap().value(field.path, field.default_value);
}

int StructModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
int StructModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(field_.fields.size()); }

QVariant StructModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const Field& field = column(index.column());
  const bool is_switch = field.type == FieldType::boolean;
  switch (role) {
    case Qt::DisplayRole: case Qt::EditRole: return is_switch ? QVariant() : fieldText(field, value(index));
    case Qt::CheckStateRole: return is_switch ? QVariant(value(index).toBool() ? Qt::Checked : Qt::Unchecked) : QVariant();
    case Qt::TextAlignmentRole: return QVariant::fromValue<int>(Qt::AlignVCenter | (isNumeric(field) ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::FontRole: return isNumeric(field) || field.type == FieldType::path ? monoFont() : textFont();
    case Qt::ToolTipRole: return is_switch ? field.help : QStringList{fieldText(field, value(index)), field.help}.join('\n').trimmed();
    case Qt::AccessibleTextRole: return field.label() + QStringLiteral(": ") + fieldText(field, value(index));
    default: return {};
  }
}

QVariant StructModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (section < 0) return {};
  if (orientation == Qt::Vertical) return role == Qt::DisplayRole ? QVariant(section + 1) : QVariant();
  const Field& field = column(section);
  if (role == Qt::DisplayRole) return field.label();
  if (role == Qt::ToolTipRole) return fieldTip(field);
  if (role == Qt::TextAlignmentRole) return QVariant::fromValue<int>(Qt::AlignVCenter | (isNumeric(field) ? Qt::AlignRight : Qt::AlignLeft));
  return {};
}

Qt::ItemFlags StructModel::flags(const QModelIndex& index) const {
  const Qt::ItemFlags shown = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
  if (!index.isValid() || read_only_) return shown;
  return shown | (column(index.column()).type == FieldType::boolean ? Qt::ItemIsUserCheckable : Qt::ItemIsEditable);
}

bool StructModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (!index.isValid() || read_only_ || (role != Qt::EditRole && role != Qt::CheckStateRole)) return false;
  const Field& field = column(index.column());
  const ParsedField parsed = role == Qt::CheckStateRole ? ParsedField{value.toInt() == Qt::Checked, {}} : parseField(field, value.toString());
  if (!parsed.error.isEmpty()) {
    emit refused(tr("Row %1, %2: %3").arg(index.row() + 1).arg(field.label(), parsed.error));
    return false;
  }
  QVariantMap row = rows_[index.row()].toMap();
  if (row.value(field.path, field.default_value) == parsed.value) return true;
  row.insert(field.path, parsed.value);
  rows_[index.row()] = row;
  emit dataChanged(index, index);
  emit edited();
  return true;
}

void StructDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  // Of a path the end tells files apart.
  if (static_cast<const StructModel*>(index.model())->column(index.column()).type == FieldType::path) option->textElideMode = Qt::ElideLeft;
}

QWidget* StructDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex& index) const {
  const Field& field = static_cast<const StructModel*>(index.model())->column(index.column());
  QWidget* editor = nullptr;
  if (field.type == FieldType::choice) {
    auto* combo = new QComboBox(parent);
    for (const QString& choice : field.choices) combo->addItem(choice.isEmpty() ? tr("(none)") : choice, choice);
    // Choosing is all there is to do in it: it commits at once.
    connect(combo, &QComboBox::activated, this, [this, combo] {
      auto* self = const_cast<StructDelegate*>(this);
      emit self->commitData(combo);
      emit self->closeEditor(combo);
    });
    editor = combo;
  } else {
    auto* line = new QLineEdit(parent);
    line->setProperty("numeric", isNumeric(field) || field.type == FieldType::path);
    if (isNumeric(field)) line->setAlignment(Qt::AlignRight);
    if (field.type == FieldType::path) {
      QAction* browse = line->addAction(themeIcon(QStringLiteral("folder"), Tone::dim), QLineEdit::TrailingPosition);
      browse->setToolTip(tr("Choose a file"));
      connect(browse, &QAction::triggered, this, [this, line] {
        const QString chosen = QFileDialog::getOpenFileName(line, tr("Choose a file"), QFileInfo(line->text()).path());
        if (chosen.isEmpty()) return;
        line->setText(chosen);
        auto* self = const_cast<StructDelegate*>(this);
        emit self->commitData(line);
        emit self->closeEditor(line);
      });
    }
    editor = line;
  }
  editor->setObjectName(QStringLiteral("cell/") + field.path);
  editor->setAccessibleName(field.label());
  editor->setToolTip(fieldTip(field));
  return editor;
}

void StructDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
  const auto* model = static_cast<const StructModel*>(index.model());
  if (auto* combo = qobject_cast<QComboBox*>(editor)) combo->setCurrentIndex(combo->findData(model->value(index)));
  else if (auto* line = qobject_cast<QLineEdit*>(editor)) line->setText(index.data(Qt::EditRole).toString());
}

void StructDelegate::setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const {
  if (auto* combo = qobject_cast<QComboBox*>(editor)) model->setData(index, combo->currentData(), Qt::EditRole);
  else if (auto* line = qobject_cast<QLineEdit*>(editor)) model->setData(index, line->text(), Qt::EditRole);
}

}  // namespace geocyte::widgets
