// SPDX-License-Identifier: GPL-3.0-or-later
// The rows behind a StructTable and the editors of its cells.
#pragma once

#include <QAbstractTableModel>
#include <QStyledItemDelegate>
#include <QVariantList>

#include "widgets/base/field_model.h"

namespace geocyte::widgets {

class StructModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  explicit StructModel(const Field& field, QObject* parent = nullptr) : QAbstractTableModel(parent), field_(field) {}
  void setRows(const QVariantList& rows);
  const QVariantList& rows() const { return rows_; }
  void setReadOnly(bool read_only) { read_only_ = read_only; }
  const Field& column(int index) const { return field_.fields[static_cast<std::size_t>(index)]; }
  QVariant value(const QModelIndex& index) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  /// `value` is text as typed (EditRole) or a check state; false with refused() when it cannot be taken.
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 signals:
  void edited();
  void refused(const QString& error);

 private:
  Field field_;
  QVariantList rows_;
  bool read_only_ = false;
};

class StructDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;
  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  void setEditorData(QWidget* editor, const QModelIndex& index) const override;
  void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override;
};

}  // namespace geocyte::widgets
