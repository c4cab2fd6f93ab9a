// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/verdict_line.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "widgets/base/info_card.h"
#include "widgets/controls/elided_label.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {
namespace {

struct Look {
  const char* icon;
  Tone tone;
  const char* spoken;
};

Look lookOf(VerdictState state) {
  switch (state) {
    case VerdictState::good: return {"check", Tone::ok, "Good"};
    case VerdictState::warning: return {"warning", Tone::warn, "Warning"};
    case VerdictState::alarm: return {"alarm", Tone::bad, "Alarm"};
    case VerdictState::note: return {"info", Tone::accent, "Note"};
    case VerdictState::none: break;
  }
  return {"clock", Tone::dim, "Not known yet"};
}

}  // namespace

VerdictLine::VerdictLine(QWidget* parent) : QWidget(parent) {
  setFixedHeight(40);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  icon_ = new QLabel;
  icon_->setFixedSize(16, 16);
  headline_ = new ElidedLabel;
  headline_->setObjectName(QStringLiteral("verdictHeadline"));
  headline_->setFont(strongFont());
  headline_->setMostLines(2, headline_->fontMetrics().lineSpacing());
  evidence_ = new ElidedLabel;
  evidence_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  evidence_->setMostLines(2, evidence_->fontMetrics().lineSpacing());
  evidence_->setObjectName(QStringLiteral("verdictEvidence"));
  why_ = new QPushButton(tr("Why?"));
  why_->setObjectName(QStringLiteral("verdictWhy"));
  why_->setAccessibleName(tr("Why this verdict"));
  why_->setToolTip(tr("What is measured, the formula, what is good and what chance gives"));
  why_->setCursor(Qt::PointingHandCursor);
  setButtonKind(why_, "link");
  row_ = new QHBoxLayout(this);
  row_->setContentsMargins(16, 0, 14, 1);
  row_->setSpacing(8);
  row_->addWidget(icon_);
  row_->addSpacing(4);
  row_->addWidget(headline_);
  row_->addWidget(evidence_, 1);
  row_->addWidget(why_);
  connect(why_, &QPushButton::clicked, this, &VerdictLine::showCard);
  setVerdict({});
}

void VerdictLine::setVerdict(const VerdictText& verdict) {
  verdict_ = verdict;
  headline_->setFullText(verdict.headline);
  headline_->setVisible(!verdict.headline.isEmpty());
  why_->setVisible(!verdict.card.isEmpty());
  const Look look = lookOf(verdict.state);
  icon_->setAccessibleName(tr(look.spoken));
  setAccessibleName(tr(look.spoken) + QStringLiteral(": ") + verdict.headline);
  setAccessibleDescription(verdict.evidence);
  setToolTip(verdict.evidence.isEmpty() ? QString() : verdict.headline + '\n' + verdict.evidence);
  restyle();
  fitText();
}

void VerdictLine::addTrailing(QWidget* widget) { row_->addWidget(widget); }

void VerdictLine::restyle() {
  const Look look = lookOf(verdict_.state);
  icon_->setPixmap(themeIcon(QString::fromLatin1(look.icon), look.tone).pixmap(QSize(16, 16), devicePixelRatioF()));
}

void VerdictLine::fitText() {
  // The phrase wins over the evidence; a long one takes two lines, and the evidence is for the tooltip and the card then.
  const int room = width() - 16 - 14 - 16 - 40 - (why_->isVisibleTo(this) ? why_->sizeHint().width() : 0);
  headline_->setMaximumWidth(std::max(80, room));
  constexpr int kLeastEvidence = 90;
  evidence_->setFullText(room - headline_->sizeHint().width() > kLeastEvidence ? verdict_.evidence : QString());
}

void VerdictLine::showCard() {
  if (verdict_.card.isEmpty()) return;
  const QString evidence = verdict_.evidence.isEmpty() ? QString() : QStringLiteral("<p>%1</p>").arg(verdict_.evidence.toHtmlEscaped());
  showInfoCard(why_, verdict_.headline, evidence + QStringLiteral("<p>%1</p>").arg(verdict_.card));
}

void VerdictLine::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void VerdictLine::resizeEvent(QResizeEvent*) { fitText(); }

void VerdictLine::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const ThemeColors& c = themeColors();
  painter.fillRect(rect(), c.panel);
  painter.fillRect(0, height() - 1, width(), 1, c.line);
}

}  // namespace geocyte::widgets
