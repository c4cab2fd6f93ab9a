// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/diagnosis_sheet.h"

#include <QEvent>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {
namespace {

constexpr int kWidest = 860, kRowHeight = 26, kIcon = 16;

QLabel* paragraph(const QString& text, Tone tone) {
  auto* label = new QLabel(text);
  label->setWordWrap(true);
  label->setTextFormat(Qt::PlainText);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  setTone(label, tone);
  return label;
}

/// A shape beside the colour: a state must not be told by colour alone.
void showIcon(QLabel* label, VerdictState state) {
  const bool grave = state == VerdictState::warning || state == VerdictState::alarm;
  const char* name = state == VerdictState::alarm ? "alarm" : grave ? "warning" : state == VerdictState::good ? "check" : "info";
  const Tone tone = state == VerdictState::alarm ? Tone::bad : grave ? Tone::warn : state == VerdictState::good ? Tone::ok : Tone::dim;
  label->setPixmap(themeIcon(QString::fromLatin1(name), tone).pixmap(QSize(kIcon, kIcon), label->devicePixelRatioF()));
  label->setFixedWidth(kIcon + 8);
  label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
}

}  // namespace

DiagnosisSheet::DiagnosisSheet(QWidget* parent) : QScrollArea(parent) {
  setObjectName(QStringLiteral("diagnosisSheet"));
  setAccessibleName(tr("Diagnosis of the sources"));
  setFrameShape(QFrame::NoFrame);
  setWidgetResizable(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* page = new QWidget;
  page->setBackgroundRole(QPalette::Base);
  page->setAutoFillBackground(true);
  auto* content = new QWidget;
  content->setMaximumWidth(kWidest);
  column_ = new QVBoxLayout(content);
  column_->setContentsMargins(24, 20, 24, 24);
  column_->setSpacing(6);
  auto* middle = new QHBoxLayout(page);
  middle->setContentsMargins(0, 0, 0, 0);
  middle->addStretch(1);
  middle->addWidget(content, 100);
  middle->addStretch(1);

  icon_ = new QLabel;
  headline_ = new QLabel;
  headline_->setObjectName(QStringLiteral("diagnosisHeadline"));
  headline_->setFont(brandFont());
  headline_->setStyleSheet(QStringLiteral("font-size: %1px; font-weight: 600;").arg(kBrandPixels + 2));
  headline_->setWordWrap(true);
  headline_->setTextFormat(Qt::PlainText);
  auto* head = new QHBoxLayout;
  head->setSpacing(0);
  head->addWidget(icon_, 0, Qt::AlignTop);
  head->addWidget(headline_, 1);
  column_->addLayout(head);
  evidence_ = paragraph({}, Tone::ink);
  evidence_->setObjectName(QStringLiteral("diagnosisEvidence"));
  column_->addWidget(evidence_);
  why_ = paragraph({}, Tone::dim);
  column_->addWidget(why_);
  column_->addSpacing(10);

  table_ = new QTableWidget;
  table_->setObjectName(QStringLiteral("diagnosisTable"));
  table_->setAccessibleName(tr("The sources before training"));
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionMode(QAbstractItemView::NoSelection);
  table_->setFocusPolicy(Qt::TabFocus);
  table_->setShowGrid(false);
  table_->setFrameShape(QFrame::NoFrame);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(kRowHeight);
  table_->horizontalHeader()->setFont(captionFont());
  table_->horizontalHeader()->setHighlightSections(false);
  table_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  column_->addWidget(table_);
  method_ = paragraph({}, Tone::dim);
  method_->setObjectName(QStringLiteral("diagnosisMethod"));
  method_->setFont(captionFont());
  column_->addWidget(method_);
  column_->addSpacing(10);
  findings_ = new QVBoxLayout;
  findings_->setSpacing(12);
  column_->addLayout(findings_);
  column_->addStretch(1);
  setWidget(page);
}

void DiagnosisSheet::setDiagnosis(const DiagnosisText& text) {
  text_ = text;
  rebuild();
}

void DiagnosisSheet::setPicture(QWidget* picture) {
  delete picture_;
  picture_ = picture;
  if (picture) column_->insertWidget(column_->indexOf(method_) + 1, picture);
}

void DiagnosisSheet::rebuild() {
  showIcon(icon_, text_.call.state);
  headline_->setText(text_.call.headline);
  evidence_->setText(text_.call.evidence);
  evidence_->setVisible(!text_.call.evidence.isEmpty());
  why_->setText(text_.call.card);
  why_->setVisible(!text_.call.card.isEmpty());
  QStringList caption{text_.about, text_.method};
  caption.removeAll({});
  method_->setText(caption.join(QStringLiteral(" · ")));
  method_->setVisible(!caption.isEmpty());
  fillTable();
  while (QLayoutItem* item = findings_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  for (const VerdictText& finding : text_.findings) {
    auto* box = new QWidget;
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(0);
    grid->setVerticalSpacing(1);
    grid->setColumnStretch(1, 1);
    auto* icon = new QLabel;
    showIcon(icon, finding.state);
    QLabel* headline = paragraph(finding.headline, Tone::ink);
    headline->setFont(strongFont());
    grid->addWidget(icon, 0, 0, Qt::AlignTop);
    grid->addWidget(headline, 0, 1);
    if (!finding.evidence.isEmpty()) grid->addWidget(paragraph(finding.evidence, Tone::ink), 1, 1);
    if (!finding.card.isEmpty()) grid->addWidget(paragraph(finding.card, Tone::dim), 2, 1);
    findings_->addWidget(box);
  }
}

void DiagnosisSheet::fillTable() {
  table_->setVisible(!text_.rows.isEmpty() && text_.columns.size() > 1);
  table_->clear();
  table_->setColumnCount(static_cast<int>(text_.columns.size()));
  table_->setRowCount(static_cast<int>(text_.rows.size()));
  table_->setHorizontalHeaderLabels(text_.columns);
  for (int r = 0; r < table_->rowCount(); ++r)
    for (int c = 0; c < table_->columnCount(); ++c) {
      auto* item = new QTableWidgetItem(text_.rows[r].value(c));
      const bool outlier = text_.outliers.contains(text_.rows[r].value(0));
      item->setFont(c == 0 ? (outlier ? strongFont() : textFont()) : monoFont());
      item->setTextAlignment(c == 0 ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
      if (outlier) item->setForeground(themeColors().warn_text);
      if (outlier && c == 0) {
        item->setText(item->text() + QStringLiteral("  ▲"));
        item->setToolTip(tr("The outlier source"));
      }
      table_->setItem(r, c, item);
    }
  for (int c = 0; c < table_->columnCount(); ++c)
    if (QTableWidgetItem* header = table_->horizontalHeaderItem(c)) header->setTextAlignment(c == 0 ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  if (table_->columnCount() > 0) table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
  table_->setFixedHeight(table_->horizontalHeader()->sizeHint().height() + kRowHeight * table_->rowCount() + 2);
}

void DiagnosisSheet::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange && findings_) rebuild();
  QScrollArea::changeEvent(event);
}

}  // namespace geocyte::widgets
