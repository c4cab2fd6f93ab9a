// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/empty_state.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {

EmptyState::EmptyState(QWidget* parent) : QWidget(parent) {
  title_ = new QLabel;
  title_->setFont(strongFont());
  hint_ = new QLabel;
  setTone(hint_, Tone::dim);
  for (QLabel* label : {title_, hint_}) {
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
  }
  actions_ = new QHBoxLayout;
  actions_->setSpacing(8);
  actions_->addStretch(1);
  actions_->addStretch(1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(24, 24, 24, 24);
  column->setSpacing(8);
  column->addStretch(2);
  column->addWidget(title_);
  column->addWidget(hint_);
  column->addSpacing(4);
  column->addLayout(actions_);
  column->addStretch(3);
}

void EmptyState::setText(const QString& title, const QString& hint) {
  title_->setText(title);
  hint_->setText(hint);
  title_->setVisible(!title.isEmpty());
  hint_->setVisible(!hint.isEmpty());
  setAccessibleName(title);
  setAccessibleDescription(hint);
}

void EmptyState::addAction(const QString& text, bool primary, std::function<void()> action) {
  auto* button = new QPushButton(text);
  button->setObjectName(QStringLiteral("emptyAction%1").arg(actions_->count() - 2));
  button->setAccessibleName(text);
  button->setToolTip(text);
  if (primary) setButtonKind(button, "primary");
  connect(button, &QPushButton::clicked, this, [action = std::move(action)] { action(); });
  actions_->insertWidget(actions_->count() - 1, button);
}

}  // namespace geocyte::widgets
