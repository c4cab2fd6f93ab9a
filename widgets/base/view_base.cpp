// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/view.h"

#include <QApplication>
#include <QEvent>
#include <QFile>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPicture>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QTextStream>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <vector>

#include "widgets/controls/choice_button.h"
#include "widgets/controls/elided_label.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {
namespace {

constexpr int kFrameMs = 16;
constexpr int kMargin = 14, kTitleHeight = 36, kCaptionHeight = 26, kHeadlineHeight = 20;

QString csvField(const QString& text) {
  if (!text.contains(',') && !text.contains('"') && !text.contains('\n')) return text;
  return '"' + QString(text).replace('"', QLatin1String("\"\"")) + '"';
}

bool writeCsv(const QList<QStringList>& rows, const QString& file) {
  QSaveFile out(file);
  if (!out.open(QIODevice::WriteOnly)) return false;
  QTextStream stream(&out);
  for (const QStringList& row : rows) {
    QStringList fields;
    for (const QString& field : row) fields << csvField(field);
    stream << fields.join(',') << '\n';
  }
  stream.flush();
  return out.commit();
}

/// Where the choices of a title line stand: beside the name, or where that has no room on a line of their own below it, so that none is cut.
class ChoicesPlace : public QObject {
 public:
  ChoicesPlace(QWidget* view, QWidget* head, QHBoxLayout* line, QHBoxLayout* choices, QWidget* below)
      : QObject(view), view_(view), head_(head), below_(below), line_(line), choices_(choices) {
    below_->hide();
    for (QWidget* watched : {view, head, below}) watched->installEventFilter(this);
  }

 protected:
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest) place();
    return false;
  }

 private:
  /// What everything beside the choices needs; labels may be cut to this.
  int others() const {
    constexpr int kLabel = 110;
    int width = line_->contentsMargins().left() + line_->contentsMargins().right();
    for (int i = 0; i < line_->count(); ++i) {
      QLayoutItem* item = line_->itemAt(i);
      if (item->layout() == choices_ || item->isEmpty()) continue;
      const int wanted = item->sizeHint().width();
      width += (qobject_cast<ElidedLabel*>(item->widget()) ? std::min(wanted, std::max(kLabel, item->minimumSize().width())) : wanted) + line_->spacing();
    }
    return width;
  }
  void place() {
    if (view_->width() < 60) return;   // it has no size yet
    int wanted = choices_->sizeHint().width();
    std::vector<ChoiceButton*> buttons;
    for (int i = 0; i < choices_->count(); ++i)
      if (auto* button = qobject_cast<ChoiceButton*>(choices_->itemAt(i)->widget()); button && !button->isHidden()) buttons.push_back(button);
    for (const ChoiceButton* button : buttons) wanted += button->isShort() ? button->prefixWidth() : 0;
    const bool apart = wanted > 0 && wanted + others() > view_->width();
    const bool is_short = apart && wanted > view_->width() - 2 * kMargin;
    for (ChoiceButton* button : buttons) button->setShort(is_short);
    if (apart == apart_) return;
    apart_ = apart;
    (apart ? static_cast<QLayout*>(line_) : below_->layout())->removeItem(choices_);
    choices_->setParent(nullptr);
    if (apart) static_cast<QHBoxLayout*>(below_->layout())->insertLayout(0, choices_);
    else line_->insertLayout(1, choices_);
    below_->setVisible(apart);
  }
  QWidget *view_, *head_, *below_;
  QHBoxLayout *line_, *choices_;
  bool apart_ = false;
};

}  // namespace

View::View(const ViewContext& context, QWidget* parent) : QWidget(parent), context_(context) {
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);

  title_ = new ElidedLabel;
  title_->setObjectName(QStringLiteral("viewTitle"));
  title_->setFont(strongFont());
  count_ = new ElidedLabel;
  count_->setObjectName(QStringLiteral("viewCount"));
  count_->setFont(captionFont());
  count_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  setTone(count_, Tone::dim);
  caption_ = new ElidedLabel;
  caption_->setObjectName(QStringLiteral("viewCaption"));
  caption_->setFont(captionFont());
  setTone(caption_, Tone::dim);

  headline_ = new ElidedLabel;
  headline_->setObjectName(QStringLiteral("viewHeadline"));
  headline_->setFont(captionFont());
  headline_->setFixedHeight(kHeadlineHeight);
  headline_->setContentsMargins(kMargin, 0, kMargin, 0);

  auto* head = new QWidget;
  head->setFixedHeight(kTitleHeight);
  auto* line = new QHBoxLayout(head);
  line->setContentsMargins(kMargin, 2, kMargin, 0);
  line->setSpacing(6);
  line->addWidget(title_);
  choices_ = new QHBoxLayout;
  choices_->setSpacing(2);
  line->addLayout(choices_);
  line->addStretch(1);
  line->addWidget(count_);
  end_ = new QHBoxLayout;
  end_->setSpacing(0);
  line->addLayout(end_);
  card_button_ = new QToolButton;
  card_button_->setObjectName(QStringLiteral("viewCard"));
  card_button_->setIcon(themeIcon(QStringLiteral("info"), Tone::dim));
  card_button_->setIconSize({14, 14});
  card_button_->setFocusPolicy(Qt::TabFocus);
  card_button_->setAccessibleName(tr("What this shows"));
  card_button_->setToolTip(tr("What this shows, the formula, what is good and what chance gives (Shift+F1)"));
  card_button_->hide();
  connect(card_button_, &QToolButton::clicked, this, &View::showCard);
  line->addWidget(card_button_);

  frame_ = new QWidget;
  auto* body = new QVBoxLayout(frame_);
  body->setContentsMargins(0, 0, 0, 0);
  empty_ = new QLabel(frame_);
  empty_->setObjectName(QStringLiteral("viewEmpty"));
  empty_->setAlignment(Qt::AlignCenter);
  empty_->setWordWrap(true);
  empty_->setMargin(24);
  setTone(empty_, Tone::dim);
  body->addWidget(empty_, 1);
  empty_->hide();

  auto* foot = new QHBoxLayout;
  foot->setContentsMargins(kMargin, 0, kMargin, 0);
  caption_->setMostLines(3, kCaptionHeight);   // what a figure rests on is read, not guessed
  foot->addWidget(caption_, 1);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(head);
  auto* below = new QWidget;
  below->setObjectName(QStringLiteral("viewChoices"));
  auto* below_line = new QHBoxLayout(below);
  below_line->setContentsMargins(kMargin - 6, 0, kMargin, 2);
  below_line->addStretch(1);
  column->addWidget(below);
  new ChoicesPlace(this, head, line, choices_, below);
  column->addWidget(headline_);
  headline_->hide();
  column->addWidget(frame_, 1);
  column->addLayout(foot);
  caption_->hide();
  connect(qApp, &QApplication::focusChanged, this, [this](QWidget* old, QWidget* now) {
    if ((old && isAncestorOf(old)) != (now && isAncestorOf(now))) update(0, 0, width(), 2);
  });
}

void View::setTitle(const QString& title) {
  title_->setFullText(title);
  // The name of a view is the last thing that may be cut.
  constexpr int kLongest = 190;
  title_->setMinimumWidth(std::min(title_->sizeHint().width(), kLongest));
  setAccessibleName(title);
}

QString View::title() const { return title_->fullText(); }
void View::setTitleShown(bool shown) { title_->setVisible(shown); }
void View::setCount(const QString& text) {
  if (count_below_) setHeadline(text);
  else count_->setFullText(text);
}

QString View::count() const { return (count_below_ ? headline_ : count_)->fullText(); }
void View::setCountBelow() { count_below_ = true; }

void View::setHeadline(const QString& text) {
  headline_->setFullText(text);
  headline_->setVisible(!text.isEmpty());
}

void View::setHeadlineLines(int most) { headline_->setMostLines(most, kHeadlineHeight); }

QString View::headline() const { return headline_->fullText(); }

void View::setCaption(const QString& text) {
  caption_->setFullText(text);
  caption_->setVisible(!text.isEmpty());
}

QString View::caption() const { return caption_->fullText(); }

void View::setCard(const InfoCard& card) {
  card_ = card;
  card_button_->setVisible(!card.isEmpty());
}

void View::showCard() {
  if (!card_.isEmpty()) showInfoCard(card_button_, card_);
}

void View::setEmptyText(const QString& text) {
  empty_->setText(text);
  empty_->setVisible(!text.isEmpty());
  // The drawing makes room: it has nothing to show.
  for (int i = 0; i < frame_->layout()->count(); ++i) {
    QWidget* widget = frame_->layout()->itemAt(i)->widget();
    if (widget && widget != empty_) widget->setVisible(text.isEmpty());
  }
}

QString View::emptyText() const { return empty_->isHidden() ? QString() : empty_->text(); }

void View::setBody(QWidget* body) { static_cast<QVBoxLayout*>(frame_->layout())->insertWidget(0, body, 1); }

bool View::exportTo(const QString& file) {
  if (file.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive)) return writeCsv(table(), file);
  refresh();
  if (file.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
    QWidget* body = frame_->layout()->itemAt(0)->widget();
    QPicture picture;
    QPainter painter(&picture);
    painter.translate(body->mapTo(this, QPoint()));
    body->render(&painter, QPoint(), QRegion(), QWidget::DrawChildren);
    painter.end();
    return writeSvg(file, picture);
  }
  constexpr qreal kScale = 2;
  QImage image(size() * kScale, QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(kScale);
  image.fill(Qt::transparent);
  render(&image);
  return image.save(file);
}

bool View::writeSvg(const QString& file, const QPicture& body) {
  QSvgGenerator svg;
  svg.setFileName(file);
  svg.setSize(size());
  svg.setViewBox(rect());
  svg.setTitle(title());
  svg.setDescription(caption());
  QPainter painter;
  if (!painter.begin(&svg)) return false;
  painter.fillRect(rect(), themeColors().panel);
  painter.drawPicture(0, 0, body);
  painter.setFont(strongFont());
  painter.setPen(themeColors().ink);
  painter.drawText(QRectF(kMargin, 2, width() - 2 * kMargin, kTitleHeight), Qt::AlignLeft | Qt::AlignVCenter, title());
  painter.setFont(captionFont());
  painter.drawText(QRectF(kMargin, kTitleHeight, width() - 2 * kMargin, kHeadlineHeight), Qt::AlignLeft | Qt::AlignVCenter, headline());
  painter.setPen(themeColors().dim);
  painter.drawText(QRectF(kMargin, 2, width() - 2 * kMargin, kTitleHeight), Qt::AlignRight | Qt::AlignVCenter, count());
  painter.drawText(QRectF(kMargin, height() - kCaptionHeight, width() - 2 * kMargin, kCaptionHeight), Qt::AlignLeft | Qt::AlignVCenter, caption());
  return painter.end() && QFile::exists(file);
}

bool View::isOnScreen() const { return isVisible() && !window()->isMinimized() && !visibleRegion().isEmpty(); }

void View::scheduleRefresh() {
  dirty_ = true;
  if (isVisible()) queueRefresh();
}

void View::queueRefresh() {
  if (pending_) return;
  pending_ = true;
  QTimer::singleShot(kFrameMs, this, [this] {
    pending_ = false;
    if (!dirty_ || !isOnScreen()) return;  // it catches up when it comes into sight
    dirty_ = false;
    refresh();
  });
}

void View::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (!dirty_) return;
  dirty_ = false;
  refresh();  // at once: the first picture of a view is never an old one
}

void View::paintEvent(QPaintEvent* event) {
  QWidget::paintEvent(event);
  if (dirty_) queueRefresh();   // it was scrolled into sight
  const QWidget* focus = QApplication::focusWidget();
  if (focus && isAncestorOf(focus) && window()->testAttribute(Qt::WA_KeyboardFocusChange)) QPainter(this).fillRect(0, 0, width(), 1, themeColors().accent);  // it takes the keys
}

void View::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) scheduleRefresh();
}

}  // namespace geocyte::widgets
