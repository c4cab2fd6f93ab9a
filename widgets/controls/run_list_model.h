// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of the run list with their group headings, and how one is painted.
#pragma once

#include <QAbstractListModel>
#include <QStyledItemDelegate>

#include <vector>

#include "widgets/controls/run_list.h"

namespace geocyte::widgets {

class RunListModel : public QAbstractListModel {
  Q_OBJECT
 public:
  using QAbstractListModel::QAbstractListModel;
  /// Changed cells only are announced where the ids are the same, so that nothing flickers once a second.
  void setRows(const std::vector<RunRow>& rows);
  /// nullptr for a heading.
  const RunRow* row(const QModelIndex& index) const;
  QModelIndex indexOf(const QString& id) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;

 private:
  struct Line {
    QString heading;            ///< of a group; empty for a run
    RunRow run;
  };
  std::vector<Line> lines_;
};

class RunListDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  static constexpr int kDotArea = 34;   ///< pixels from the left that toggle visibility
};

}  // namespace geocyte::widgets
