// SPDX-License-Identifier: GPL-3.0-or-later
// What is selected: how many rows of each source, of each type. A tick on each bar is the share that an even selection
// would take. "Keep…" gives the selection a name and has it written into the run (K).
//
// Bindings: "labels" the label that comes first; the others follow by themselves, as many as there is room for.
#pragma once

#include "widgets/base/view.h"

class QToolButton;

namespace geocyte::widgets::selection_counts {

class CategoryBars;

class SelectionCounts : public View {
  Q_OBJECT
 public:
  explicit SelectionCounts(const ViewContext& context, QWidget* parent = nullptr);

  void bind(const QHash<QString, QString>& bindings) override;
  void setArrays(const ArrayMap& arrays) override;
  QList<QStringList> table() const override;
  CategoryBars* bars() const { return bars_; }
  /// Asks for a name in a small popup; without a selection nothing happens.
  void askName();

 protected:
  void refresh() override;
  void resizeEvent(QResizeEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void rebuild();
  QStringList labelsShown() const;
  void select(int block, int row, bool add);

  CategoryBars* bars_;
  QToolButton* keep_;
  ArrayMap arrays_;
};

}  // namespace geocyte::widgets::selection_counts
