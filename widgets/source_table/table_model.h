// SPDX-License-Identifier: GPL-3.0-or-later
// The rows and columns of a SourceTable, their order, and how a cell looks.
#pragma once

#include <QAbstractTableModel>
#include <QColor>
#include <QSortFilterProxyModel>
#include <QString>
#include <QStringList>
#include <QStyledItemDelegate>

#include <optional>
#include <vector>

namespace geocyte::widgets::source_table {

inline constexpr int kCellSide = 12;     ///< room left and right of the text in a cell and in the header

/// A bound beyond which a value is bad: above it (".36", ">.36") or below it ("<.5").
struct Gate {
  double value = 0;
  bool bad_above = true;
  bool isBad(double number) const { return bad_above ? number > value : number < value; }
  /// Nothing when the text is no gate.
  static std::optional<Gate> parse(const QString& text);
};

struct TableColumn {
  QString title, help;
  std::vector<double> values;           ///< one a row; NaN = none
  std::optional<Gate> gate;
  std::vector<std::uint8_t> bad;        ///< one a row where something else than the gate has judged
  bool isJudged() const { return gate || !bad.empty(); }
  bool isBad(int row) const { return bad.empty() ? gate && gate->isBad(values[static_cast<std::size_t>(row)]) : bad[static_cast<std::size_t>(row)] != 0; }
};

struct TableContent {
  QString axis;                         ///< title of the first column
  QStringList names;                    ///< of the rows
  std::vector<QColor> colors;
  std::vector<TableColumn> columns;
};

class TableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;
  /// Rows of the same names stay: selection and scroll position are kept.
  void setContent(TableContent content);
  const TableContent& content() const { return content_; }
  double value(int row, int column) const;      ///< column counts from 1; NaN for the names
  bool isBad(int row, int column) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  QString text(int row, int column) const;
  TableContent content_;
};

/// Numbers by size, names by number parts ("P2" before "P10"); a missing value is last in both directions.
class TableOrder : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;

 protected:
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
};

class TableDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace geocyte::widgets::source_table
