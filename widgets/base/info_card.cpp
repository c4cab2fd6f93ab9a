// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/info_card.h"

#include <QCoreApplication>
#include <QFrame>
#include <QLabel>
#include <QScreen>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets {
namespace {

constexpr int kWidth = 460, kMostHeight = 460, kMargin = 16;

QString tr(const char* text) { return QCoreApplication::translate("InfoCard", text); }

}  // namespace

QString InfoCard::html() const {
  QString text;
  const QString dim = themeColors().dim.name();
  const auto line = [&](const QString& label, const QString& words) {
    if (!words.isEmpty())
      text += QStringLiteral("<p style='margin:4px 0 0 0'><span style='color:%1'>%2</span>&nbsp; %3</p>").arg(dim, label, words.toHtmlEscaped().replace('\n', QLatin1String("<br>")));
  };
  for (const CardSection& section : sections) {
    if (sections.size() > 1 || section.title != title)
      text += QStringLiteral("<p style='margin:%1px 0 0 0'><b>%2</b></p>").arg(text.isEmpty() ? 0 : 12).arg(section.title.toHtmlEscaped());
    if (!section.what.isEmpty()) text += QStringLiteral("<p style='margin:2px 0 0 0'>%1</p>").arg(section.what.toHtmlEscaped().replace('\n', QLatin1String("<br>")));
    line(tr("Formula"), section.formula);
    line(tr("Good"), section.good);
    line(tr("Chance"), section.chance);
  }
  return text;
}

QWidget* showInfoCard(QWidget* anchor, const InfoCard& card) { return showInfoCard(anchor, card.title, card.html()); }

QWidget* showInfoCard(QWidget* anchor, const QString& title, const QString& html) {
  auto* card = new QFrame(anchor, Qt::Popup);
  card->setAttribute(Qt::WA_DeleteOnClose);
  card->setObjectName(QStringLiteral("infoCard"));
  card->setFrameShape(QFrame::NoFrame);
  card->setStyleSheet(QStringLiteral("QFrame#infoCard { background: %1; border: 1px solid %2; }").arg(themeColors().panel.name(), themeColors().line.name()));
  auto* column = new QVBoxLayout(card);
  column->setContentsMargins(kMargin, 14, kMargin, 14);
  column->setSpacing(8);
  auto* head = new QLabel(title);
  head->setFont(strongFont());
  head->setWordWrap(true);
  head->setTextFormat(Qt::PlainText);
  column->addWidget(head);
  auto* text = new QLabel(html);
  text->setTextFormat(Qt::RichText);
  text->setWordWrap(true);
  text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  text->setAccessibleName(tr("Explanation"));
  text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  const int height = text->heightForWidth(kWidth - 2 * kMargin);
  if (height > kMostHeight) {
    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("infoCardScroll"));
    scroll->setAccessibleName(tr("Explanation"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(text);
    scroll->setFixedHeight(kMostHeight);
    column->addWidget(scroll);
  } else {
    column->addWidget(text);
  }
  card->setFixedWidth(kWidth);
  card->adjustSize();
  const QRect screen = anchor->screen()->availableGeometry();
  QPoint corner = anchor->mapToGlobal(QPoint(anchor->width() - kWidth, anchor->height() + 4));
  if (corner.y() + card->height() > screen.bottom()) corner.setY(anchor->mapToGlobal(QPoint()).y() - 4 - card->height());
  corner.setX(std::clamp(corner.x(), screen.left(), std::max(screen.left(), screen.right() - kWidth)));
  card->move(corner);
  card->show();
  return card;
}

}  // namespace geocyte::widgets
