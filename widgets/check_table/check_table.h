// SPDX-License-Identifier: GPL-3.0-or-later
// Gates and guards: each with its number and interval, the bound it is held against, whether it passes, and the pair or source that is
// worst. What nobody has judged yet is listed as well. A click selects the worst everywhere; "i" opens the card of the row.
//
// Bindings: "check1" … ids of checks in the order they are shown, "title1" … their names until they are judged; "labels" the label that the
// worst are categories of. The checks come with the arrays (ArrayMap::checks).
#pragma once

#include "widgets/base/view.h"

class QScrollArea;

namespace geocyte::widgets::check_table {

class CheckRows;

class CheckTable : public View {
  Q_OBJECT
 public:
  explicit CheckTable(const ViewContext& context, QWidget* parent = nullptr);

  void bind(const QHash<QString, QString>& bindings) override;
  void setArrays(const ArrayMap& arrays) override;
  void setReference(const ArrayMap& arrays) override;
  QList<QStringList> table() const override;
  CheckRows* rows() const { return rows_; }
  /// What the row is, how it is judged and what it says now.
  InfoCard cardOfRow(int row) const;

 protected:
  void refresh() override;

 private:
  void rebuild();
  void select(int row);
  void hover(int row, const QPoint& at);
  void showSelection();
  ArrayMap arrays_, reference_;
  CheckRows* rows_;
  QScrollArea* scroll_;
};

}  // namespace geocyte::widgets::check_table
