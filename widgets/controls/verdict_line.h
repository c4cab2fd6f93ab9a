// SPDX-License-Identifier: GPL-3.0-or-later
// The line on top of a workspace: state in one bold phrase, evidence in one sentence, "Why?" opens the card behind it.
#pragma once

#include <QString>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace geocyte::widgets {

enum class VerdictState { none, good, note, warning, alarm };

struct VerdictText {
  VerdictState state = VerdictState::none;
  QString headline, evidence;
  QString card;                 ///< rich text behind "Why?": what is measured, formula, what is good, what chance gives; "" = no link
};

class ElidedLabel;

class VerdictLine : public QWidget {
  Q_OBJECT
 public:
  explicit VerdictLine(QWidget* parent = nullptr);
  void setVerdict(const VerdictText& verdict);
  const VerdictText& verdict() const { return verdict_; }
  /// A control at the right end ("smoothing 0.6").
  void addTrailing(QWidget* widget);
  void showCard();

 protected:
  void changeEvent(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void restyle();
  void fitText();
  VerdictText verdict_;
  QLabel* icon_;
  ElidedLabel *headline_, *evidence_;
  QPushButton* why_;
  QHBoxLayout* row_;
};

}  // namespace geocyte::widgets
