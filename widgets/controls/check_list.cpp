// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/check_list.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {
namespace {

constexpr int kMark = 16, kTurnMs = 60;
constexpr double kTurnDegrees = 24;

QString wordOf(CheckState state) {
  switch (state) {
    case CheckState::waiting: return QObject::tr("waits");
    case CheckState::running: return QObject::tr("is being checked");
    case CheckState::ok: return QObject::tr("is fine");
    case CheckState::note: return QObject::tr("has a note");
    case CheckState::failed: return QObject::tr("fails");
  }
  return {};
}

/// The mark of a row; it turns while its check is under way.
class Mark : public QWidget {
 public:
  explicit Mark(CheckState state) : state_(state) {
    setFixedSize(kMark, kMark);
    if (state != CheckState::running) return;
    auto* timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, [this] {
      angle_ = std::fmod(angle_ + kTurnDegrees, 360);
      update();
    });
    timer->start(kTurnMs);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const ThemeColors& c = themeColors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box(rect());
    switch (state_) {
      case CheckState::ok: return paintIcon(painter, QStringLiteral("check"), box, c.ok);
      case CheckState::note: return paintIcon(painter, QStringLiteral("info"), box, c.accent);
      case CheckState::failed: return paintIcon(painter, QStringLiteral("alarm"), box, c.bad);
      case CheckState::waiting:
        painter.setPen(QPen(c.faint, 1.4));
        return painter.drawEllipse(box.center(), 4, 4);
      case CheckState::running:
        painter.setPen(QPen(c.line, 2));
        painter.drawEllipse(box.center(), 5.5, 5.5);
        painter.setPen(QPen(c.accent, 2, Qt::SolidLine, Qt::RoundCap));
        painter.drawArc(QRectF(box.center() - QPointF(5.5, 5.5), QSizeF(11, 11)), static_cast<int>(-16 * angle_), 16 * 90);
    }
  }

 private:
  CheckState state_;
  double angle_ = 0;
};

QLabel* words(const QString& text, Tone tone, const QFont& font) {
  auto* label = new QLabel(text);
  label->setTextFormat(Qt::PlainText);
  label->setWordWrap(true);
  label->setFont(font);
  setTone(label, tone);
  return label;
}

}  // namespace

CheckList::CheckList(QWidget* parent) : QWidget(parent), column_(new QVBoxLayout(this)) {
  setObjectName(QStringLiteral("checkList"));
  setAccessibleName(tr("Checks"));
  column_->setContentsMargins(0, 0, 0, 0);
  column_->setSpacing(10);
}

void CheckList::setRows(const std::vector<CheckRow>& rows) {
  if (rows == rows_) return;
  for (std::size_t i = 0; i < rows.size() || i < rows_.size(); ++i) {
    if (i < rows.size() && i < rows_.size() && rows[i] == rows_[i]) continue;   // a turning mark goes on turning
    if (i < rows_.size()) {
      QLayoutItem* old = column_->takeAt(static_cast<int>(std::min(i, rows.size())));
      old->widget()->hide();
      old->widget()->deleteLater();            // its link may be what was clicked
      delete old;
    }
    if (i < rows.size()) column_->insertWidget(static_cast<int>(i), makeRow(rows[i]));
  }
  rows_ = rows;
}

QWidget* CheckList::makeRow(const CheckRow& row) {
  auto* made = new QWidget;
  made->setObjectName(QStringLiteral("check/") + row.id);
  made->setAccessibleName(tr("%1 %2").arg(row.title, wordOf(row.state)));
  made->setAccessibleDescription(QStringList{row.text, row.hint}.join(' ').trimmed());
  auto* line = new QHBoxLayout(made);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(10);
  line->addWidget(new Mark(row.state), 0, Qt::AlignTop);
  auto* column = new QVBoxLayout;
  column->setSpacing(1);
  column->addWidget(words(row.title, row.state == CheckState::waiting ? Tone::dim : Tone::ink, strongFont()));
  if (!row.text.isEmpty()) {
    QLabel* text = words(row.text, row.state == CheckState::failed ? Tone::bad : Tone::dim, textFont());
    text->setObjectName(QStringLiteral("checkText/") + row.id);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(text);
  }
  if (!row.hint.isEmpty()) column->addWidget(words(row.hint, Tone::ink, textFont()));
  if (!row.link.isEmpty()) {
    auto* link = new QPushButton(row.link);
    link->setObjectName(QStringLiteral("checkLink/") + row.id);
    link->setAccessibleName(row.link);
    link->setToolTip(row.text);
    setButtonKind(link, "link");
    link->setCursor(Qt::PointingHandCursor);
    connect(link, &QPushButton::clicked, this, [this, id = row.id] { emit linkClicked(id); });
    column->addWidget(link, 0, Qt::AlignLeft);
  }
  line->addLayout(column, 1);
  return made;
}

}  // namespace geocyte::widgets
