// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/choice_button.h"

#include <QActionGroup>
#include <QMenu>

#include <algorithm>

#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {

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
  setText(prefix_ + text + (choices_.size() > 1 ? QStringLiteral(" ▾") : QString()));
  setAccessibleName(label_ + QStringLiteral(": ") + text);
  for (QAction* action : menu()->actions()) action->setChecked(action->data().toString() == current_);
}

}  // namespace geocyte::widgets
