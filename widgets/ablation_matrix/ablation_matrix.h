// SPDX-License-Identifier: GPL-3.0-or-later
// What each ingredient of a grid changes: one slot a cell and score with mean ± sd over seeds and the difference to the baseline with its 95 %
// interval, one score over two factors, or what each factor changes over all settings of the others and which two do not add up. Colours are symmetric about the baseline; what is not sure is weak and says so. Plain tools and
// chance stand apart below. A click or Enter opens a cell; the column that was touched last is the score that everything is about.
//
// It is given its content (setContent); arrays and curves mean nothing to it. Keys: see ablation_grid.h; P changes the form, M opens the scores.
#pragma once

#include <QHash>

#include "widgets/ablation_matrix/arrangement.h"
#include "widgets/base/view.h"

class QToolButton;

namespace geocyte::widgets {
class ChoiceButton;
}

namespace geocyte::widgets::ablation_matrix {

class AblationGrid;

/// All cells with all scores; one score over two factors; what factors change over all settings of the others.
enum class Form { cells, pivot, effects };

class AblationMatrix : public View {
  Q_OBJECT
 public:
  explicit AblationMatrix(const ViewContext& context, QWidget* parent = nullptr);

  void setContent(Content content);
  const Content& content() const { return content_; }
  /// The score that is looked at; "" = there is none.
  const QString& score() const { return score_; }
  void setScore(const QString& id);
  /// The cell that is shown in full beside; -1 = none. By code: says nothing.
  void setOpened(int row);
  int opened() const;
  Form form() const { return form_; }
  /// One that the grid does not have becomes `cells`.
  void setForm(Form form);
  /// The cell before or after the open one, in the order of the lines.
  void step(int direction);
  AblationGrid* grid() const { return grid_; }
  QString markdown() const;
  QString latex() const;

  QList<QStringList> table() const override;
  /// .md and .tex beside what every view writes.
  bool exportTo(const QString& file) override;

 signals:
  void scoreChosen(const QString& id);
  void cellOpened(int row);                    ///< by the user; a tool has no more to show
  void cellClosed();
  void copied(const QString& what);
  void unwritable(const QString& file);

 protected:
  void refresh() override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  std::vector<Form> forms() const;
  void buildChoices();
  void buildMenu();
  void fillChoices();
  void rearrange();
  void hover(int row, int score, const QPoint& at);
  void saveAs(const QString& ending, const QString& kind);
  void sortBy(int score);
  Content content_;
  QString score_;
  Order order_;
  PivotChoice choice_;
  Form form_ = Form::cells;
  AblationGrid* grid_;
  ChoiceButton *form_choice_, *score_choice_, *rows_choice_, *columns_choice_;
  std::vector<ChoiceButton*> only_;            ///< of the other factors, in a pivot
  QToolButton* menu_;
};

}  // namespace geocyte::widgets::ablation_matrix
