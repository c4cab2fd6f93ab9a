// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/toast.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>
#include <QWidget>

#include <algorithm>

#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {
namespace {

constexpr int kShownMs = 6000, kMost = 3, kMargin = 16, kSpacing = 8, kWidth = 360;

class ToastBox : public QWidget {
 public:
  ToastBox(Tone tone, QWidget* host) : QWidget(host), tone_(tone) {}

 protected:
  void paintEvent(QPaintEvent*) override {
    const ThemeColors& c = themeColors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(mixed(c.line, toneColor(tone_, c), 0.6), 1));
    painter.setBrush(c.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
  }

 private:
  Tone tone_;
};

}  // namespace

Toasts::Toasts(QWidget* host) : QObject(host), host_(host) { host->installEventFilter(this); }

void Toasts::show(Tone tone, const QString& text, const QString& action_text, std::function<void()> action) {
  auto* box = new ToastBox(tone, host_);
  box->setObjectName(QStringLiteral("toast"));
  box->setAccessibleName(text);
  auto* icon = new QLabel;
  const char* name = tone == Tone::bad ? "alarm" : tone == Tone::warn ? "warning" : tone == Tone::ok ? "check" : "info";
  icon->setPixmap(themeIcon(QString::fromLatin1(name), tone).pixmap(QSize(16, 16), host_->devicePixelRatioF()));
  auto* label = new QLabel(text);
  label->setTextFormat(Qt::PlainText);
  label->setWordWrap(true);
  auto* close = new QToolButton;
  close->setObjectName(QStringLiteral("toastClose"));
  close->setIcon(themeIcon(QStringLiteral("close"), Tone::dim));
  close->setAccessibleName(tr("Close this message"));
  close->setToolTip(tr("Close this message"));
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(12, 8, 8, 8);
  row->setSpacing(10);
  row->addWidget(icon, 0, Qt::AlignVCenter);
  row->addWidget(label, 1);
  if (!action_text.isEmpty()) {
    auto* link = new QPushButton(action_text);
    link->setObjectName(QStringLiteral("toastAction"));
    link->setAccessibleName(action_text);
    link->setToolTip(action_text);
    setButtonKind(link, "link");
    connect(link, &QPushButton::clicked, box, [box, action = std::move(action)] {
      if (action) action();
      box->deleteLater();
    });
    row->addWidget(link);
  }
  row->addWidget(close);
  connect(close, &QToolButton::clicked, box, &QWidget::deleteLater);
  connect(box, &QObject::destroyed, this, &Toasts::arrange);
  if (tone != Tone::bad) QTimer::singleShot(kShownMs, box, &QWidget::deleteLater);

  shown_.push_back(box);
  if (count() > kMost) {
    // The oldest passing message goes first; an error only when there are errors alone.
    const auto passing = std::find_if(shown_.begin(), shown_.end(), [](const QPointer<QWidget>& shown) {
      return shown && shown->property("stays").toBool() == false;
    });
    QPointer<QWidget> oldest = passing != shown_.end() && *passing != box ? *passing : shown_.front();
    shown_.erase(std::find(shown_.begin(), shown_.end(), oldest));
    if (oldest) oldest->deleteLater();
  }
  box->setProperty("stays", tone == Tone::bad);
  arrange();
  box->show();
  box->raise();
}

int Toasts::count() const {
  return static_cast<int>(std::count_if(shown_.begin(), shown_.end(), [](const QPointer<QWidget>& w) { return !w.isNull(); }));
}

bool Toasts::eventFilter(QObject* watched, QEvent* event) {
  if (watched == host_ && event->type() == QEvent::Resize) arrange();
  return QObject::eventFilter(watched, event);
}

void Toasts::arrange() {
  shown_.erase(std::remove_if(shown_.begin(), shown_.end(), [](const QPointer<QWidget>& w) { return w.isNull(); }), shown_.end());
  int bottom = host_->height() - kMargin;
  for (auto it = shown_.rbegin(); it != shown_.rend(); ++it) {
    QWidget* box = *it;
    const int width = std::min(kWidth, host_->width() - 2 * kMargin);
    box->setFixedWidth(width);
    const int height = box->hasHeightForWidth() ? box->heightForWidth(width) : box->sizeHint().height();
    box->setGeometry(host_->width() - kMargin - width, bottom - height, width, height);
    bottom -= height + kSpacing;
  }
}

}  // namespace geocyte::widgets
