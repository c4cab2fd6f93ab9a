// SPDX-License-Identifier: GPL-3.0-or-later
// What is looked at before something starts: one row a check with its mark, what was found, and what to do where it fails.
#pragma once

#include <QHash>
#include <QString>
#include <QWidget>

#include <vector>

class QVBoxLayout;

namespace geocyte::widgets {

enum class CheckState { waiting, running, ok, note, failed };

struct CheckRow {
  QString id, title;
  CheckState state = CheckState::waiting;
  QString text;                 ///< what was found: "6 sources, 8 510 cells"
  QString hint;                 ///< what to do about it
  QString link;                 ///< words of a link below, "" = none
  bool operator==(const CheckRow&) const = default;
};

class CheckList : public QWidget {
  Q_OBJECT
 public:
  explicit CheckList(QWidget* parent = nullptr);
  void setRows(const std::vector<CheckRow>& rows);
  const std::vector<CheckRow>& rows() const { return rows_; }

 signals:
  void linkClicked(const QString& id);

 private:
  QWidget* makeRow(const CheckRow& row);
  std::vector<CheckRow> rows_;
  QVBoxLayout* column_;
};

}  // namespace geocyte::widgets
