// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/choice_button.h"

#include <QActionGroup>
#include <QMenu>
#include <QStyleOptionToolButton>
#include <QStylePainter>

#include <algorithm>

#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {
namespace {

constexpr int kLeastText = 104;   // pixels of text that are left at least, where there are so many
const QString kArrow = QStringLiteral(" ▾");

}  // namespace

ChoiceButton::ChoiceButton(const QString& label, const QString& prefix, QWidget* parent)
    : QToolButton(parent), label_(label), prefix_(prefix) {
  setButtonKind(this, "choice");
  setFont(captionFont());
  setPopupMode(QToolButton::InstantPopup);
  setToolButtonStyle(Qt::ToolButtonTextOnly);
  setFocusPolicy(Qt::TabFocus);
  setToolTip(label);
  setMenu(new QMenu(this));
  menu()->setToolTipsVisible(true);
  hide();
}

void ChoiceButton::setChoices(std::vector<Choice> choices) {
  const auto same = [](const Choice& a, const Choice& b) { return a.id == b.id && a.text == b.text && a.help == b.help; };
  const bool unchanged = std::equal(choices.begin(), choices.end(), choices_.begin(), choices_.end(), same);
  if (!unchanged) {
    choices_ = std::move(choices);
    rebuild();
  }
  const bool still = std::any_of(choices_.begin(), choices_.end(), [this](const Choice& c) { return c.id == current_; });
  if (!still) current_ = choices_.empty() ? QString() : choices_.front().id;
  showCurrent();
}

void ChoiceButton::setCurrent(const QString& id) {
  if (std::none_of(choices_.begin(), choices_.end(), [&](const Choice& c) { return c.id == id; })) return;
  current_ = id;
  showCurrent();
}

int ChoiceButton::prefixWidth() const {
  constexpr int kRounding = 4;   // words and arrow are measured apart when they are cut
  return std::max(0, fontMetrics().horizontalAdvance(prefix_) - kRounding);
}

void ChoiceButton::setShort(bool is_short) {
  if (is_short == short_) return;
  short_ = is_short;
  updateGeometry();
  update();
}

QSize ChoiceButton::sizeHint() const {
  const QSize whole = QToolButton::sizeHint();
  return short_ ? QSize(whole.width() - prefixWidth(), whole.height()) : whole;
}

QSize ChoiceButton::minimumSizeHint() const {
  const QSize whole = QToolButton::sizeHint();
  const int text = fontMetrics().horizontalAdvance(this->text()), choice = fontMetrics().horizontalAdvance(this->text().mid(prefix_.size()));
  return {whole.width() - text + std::min(choice, kLeastText), whole.height()};
}

void ChoiceButton::paintEvent(QPaintEvent*) {
  QStylePainter painter(this);
  QStyleOptionToolButton option;
  initStyleOption(&option);
  const int room = width() - (QToolButton::sizeHint().width() - fontMetrics().horizontalAdvance(text()));
  if (fontMetrics().horizontalAdvance(text()) > room) {
    // What is chosen says more than what it is a choice of: the tooltip says that.
    const QString choice = text().mid(prefix_.size());
    const bool has_arrow = choice.endsWith(kArrow);
    const QString words = has_arrow ? choice.chopped(kArrow.size()) : choice;
    option.text = fontMetrics().elidedText(words, Qt::ElideRight, room - (has_arrow ? fontMetrics().horizontalAdvance(kArrow) : 0)) + (has_arrow ? kArrow : QString());
  }
  painter.drawComplexControl(QStyle::CC_ToolButton, option);
}

void ChoiceButton::rebuild() {
  menu()->clear();
  auto* group = new QActionGroup(menu());
  for (const Choice& choice : choices_) {
    QAction* action = menu()->addAction(choice.text);
    action->setCheckable(true);
    action->setData(choice.id);
    action->setToolTip(choice.help.isEmpty() ? choice.text : choice.help);
    group->addAction(action);
    connect(action, &QAction::triggered, this, [this, id = choice.id] {
      if (id == current_) return;
      setCurrent(id);
      emit chosen(id);
    });
  }
}

void ChoiceButton::showCurrent() {
  // A menu of one says nothing: it is plain text then, and nothing at all without choices.
  setVisible(!choices_.empty());
  setEnabled(choices_.size() > 1);
  QString text;
  for (const Choice& choice : choices_)
    if (choice.id == current_) text = choice.text;
  setText(prefix_ + text + (choices_.size() > 1 ? kArrow : QString()));
  setAccessibleName(label_ + QStringLiteral(": ") + text);
  for (QAction* action : menu()->actions()) action->setChecked(action->data().toString() == current_);
}

}  // namespace geocyte::widgets
