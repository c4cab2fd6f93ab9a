// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/banner.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {
namespace {
constexpr double kTint = 0.1;
}

Banner::Banner(QWidget* parent) : QWidget(parent) {
  icon_ = new QLabel;
  icon_->setFixedSize(16, 16);
  what_ = new QLabel;
  what_->setObjectName(QStringLiteral("bannerWhat"));
  what_->setFont(strongFont());
  why_ = new QLabel;
  why_->setObjectName(QStringLiteral("bannerWhy"));
  for (QLabel* label : {what_, why_}) {
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  }
  auto* text = new QVBoxLayout;
  text->setSpacing(2);
  text->addWidget(what_);
  text->addWidget(why_);
  actions_ = new QHBoxLayout;
  actions_->setSpacing(8);
  close_ = new QToolButton;
  close_->setObjectName(QStringLiteral("bannerClose"));
  close_->setIcon(themeIcon(QStringLiteral("close"), Tone::dim));
  close_->setAccessibleName(tr("Close this message"));
  close_->setToolTip(tr("Close this message"));
  connect(close_, &QToolButton::clicked, this, [this] {
    hide();
    emit dismissed();
  });
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(16, 10, 12, 11);
  row->setSpacing(12);
  row->addWidget(icon_, 0, Qt::AlignTop);
  row->addLayout(text, 1);
  row->addLayout(actions_);
  row->addWidget(close_);
  hide();
}

void Banner::showMessage(Tone tone, const QString& what, const QString& why, const QString& next) {
  tone_ = tone;
  what_->setText(what);
  why_->setText(next.isEmpty() ? why : why.isEmpty() ? next : why + ' ' + next);
  why_->setVisible(!why_->text().isEmpty());
  while (QLayoutItem* item = actions_->takeAt(0)) {
    if (item->widget()) item->widget()->deleteLater();
    delete item;
  }
  setAccessibleName(what);
  setAccessibleDescription(why_->text());
  restyle();
  show();
}

void Banner::addAction(const QString& text, std::function<void()> action) {
  auto* button = new QPushButton(text);
  button->setObjectName(QStringLiteral("bannerAction%1").arg(actions_->count()));
  button->setAccessibleName(text);
  button->setToolTip(text);
  connect(button, &QPushButton::clicked, this, [action = std::move(action)] { action(); });
  actions_->addWidget(button, 0, Qt::AlignVCenter);
}

QString Banner::message() const { return isHidden() ? QString() : what_->text(); }

void Banner::restyle() {
  const QString icon = tone_ == Tone::bad ? QStringLiteral("alarm") : tone_ == Tone::warn ? QStringLiteral("warning") : QStringLiteral("info");
  icon_->setPixmap(themeIcon(icon, tone_).pixmap(QSize(16, 16), devicePixelRatioF()));
  update();
}

void Banner::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void Banner::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.fillRect(rect(), mixed(c.panel, toneColor(tone_, c), kTint));
  painter.fillRect(0, 0, 3, height(), toneColor(tone_, c));
  painter.fillRect(0, height() - 1, width(), 1, c.line);
}

}  // namespace geocyte::widgets
