// SPDX-License-Identifier: GPL-3.0-or-later
// A quiet drop-down for the title line of a view: "colour: source ▾".
#pragma once

#include <QToolButton>

#include <vector>

namespace geocyte::widgets {

class ChoiceButton : public QToolButton {
  Q_OBJECT
 public:
  struct Choice {
    QString id, text, help;
  };
  /// `label` is said by screen readers; `prefix` stands before the choice ("colour: ").
  explicit ChoiceButton(const QString& label, const QString& prefix = {}, QWidget* parent = nullptr);
  /// Keeps the current choice when it is still there, else takes the first. Emits nothing.
  void setChoices(std::vector<Choice> choices);
  const std::vector<Choice>& choices() const { return choices_; }
  void setCurrent(const QString& id);
  const QString& current() const { return current_; }
  /// It may be cut with an ellipsis where a title line is narrow.
  QSize minimumSizeHint() const override;
  QSize sizeHint() const override;
  /// Without the prefix, where not all choices of a line have room for theirs.
  void setShort(bool is_short);
  bool isShort() const { return short_; }
  int prefixWidth() const;

 signals:
  /// By the user only.
  void chosen(const QString& id);

 private:
  void paintEvent(QPaintEvent* event) override;
  void rebuild();
  void showCurrent();
  QString label_, prefix_, current_;
  std::vector<Choice> choices_;
  bool short_ = false;
};

}  // namespace geocyte::widgets
