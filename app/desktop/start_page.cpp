// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/start_page.h"

#include <QAction>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/desktop/window_actions.h"
#include "widgets/controls/elided_label.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

constexpr int kColumnWidth = 560, kShownRecent = 5;

QPushButton* actionButton(QAction* action, const char* name, const char* icon, bool primary) {
  auto* button = new QPushButton(QLatin1Char(' ') + action->text());
  button->setObjectName(QString::fromLatin1(name));
  button->setAccessibleName(action->text());
  button->setToolTip(action->toolTip());
  button->setIcon(widgets::themeIcon(icon, primary ? widgets::Tone::on_accent : widgets::Tone::ink));
  button->setStyleSheet(QStringLiteral("min-height: %1px;").arg(primary ? 40 : 32));
  button->setCursor(Qt::PointingHandCursor);
  if (primary) widgets::setButtonKind(button, "primary");
  QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
  return button;
}

}  // namespace

/// A dashed outline that says what may be dropped.
class StartPage::DropZone : public QWidget {
 public:
  DropZone() {
    setObjectName(QStringLiteral("dropZone"));
    setAccessibleName(tr("Drop zone"));
    setToolTip(tr("Files and folders can be dropped anywhere on the window"));
    setMinimumHeight(72);
  }
  void setHighlight(bool on) {
    highlight_ = on;
    update();
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const widgets::ThemeColors& colors = widgets::themeColors();
    QPen pen(highlight_ ? colors.accent : colors.faint, 1, Qt::DashLine);
    pen.setDashPattern({4, 4});
    painter.setPen(pen);
    if (highlight_) painter.setBrush(colors.selected_row);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    painter.setPen(colors.dim);
    painter.setFont(widgets::textFont());
    painter.drawText(rect(), Qt::AlignCenter, tr("Drop .h5ad, .tsv, a run, a folder of runs or a configuration here"));
  }

 private:
  bool highlight_ = false;
};

StartPage::StartPage(const WindowActions& actions, QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("startPage"));
  setAccessibleName(tr("Start page"));
  setFocusPolicy(Qt::StrongFocus);
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);

  auto* mark = new QLabel;
  mark->setPixmap(widgets::productIcon().pixmap(56, 56));
  mark->setAccessibleName(tr("Geocyte"));
  auto* name = new QLabel(QStringLiteral("Geocyte"));
  QFont big = widgets::strongFont();
  big.setPixelSize(28);
  name->setFont(big);
  name->setStyleSheet(QStringLiteral("font-size: 28px; font-weight: 600;"));
  auto* what = new QLabel(tr("Train geometry-aware single-cell models and watch what they learn."));
  widgets::setTone(what, widgets::Tone::dim);
  auto* words = new QVBoxLayout;
  words->setSpacing(2);
  words->addWidget(name);
  words->addWidget(what);
  auto* head = new QHBoxLayout;
  head->setSpacing(16);
  head->addWidget(mark);
  head->addLayout(words, 1);

  auto* demo = actionButton(actions.demo, "tryDemo", "play", true);
  summary_ = new QLabel;
  summary_->setObjectName(QStringLiteral("demoSummary"));
  summary_->setWordWrap(true);
  widgets::setTone(summary_, widgets::Tone::dim);
  auto* others = new QHBoxLayout;
  others->setSpacing(8);
  others->addWidget(actionButton(actions.configure, "newRun", "settings", false), 1);
  others->addWidget(actionButton(actions.open_data, "openData", "data", false), 1);
  others->addWidget(actionButton(actions.open_folder, "openFolder", "folder", false), 1);
  drop_ = new DropZone;

  recent_title_ = new QLabel(tr("RECENT"));
  recent_title_->setFont(widgets::captionFont());
  widgets::setTone(recent_title_, widgets::Tone::dim);
  recent_ = new QVBoxLayout;
  recent_->setSpacing(0);

  auto* column = new QWidget;
  column->setMaximumWidth(kColumnWidth);
  column->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  auto* lines = new QVBoxLayout(column);
  lines->setContentsMargins(24, 32, 24, 32);
  lines->setSpacing(8);
  lines->addLayout(head);
  lines->addSpacing(24);
  lines->addWidget(demo);
  lines->addWidget(summary_);
  lines->addSpacing(12);
  lines->addLayout(others);
  lines->addSpacing(4);
  lines->addWidget(drop_);
  lines->addSpacing(20);
  lines->addWidget(recent_title_);
  lines->addLayout(recent_);

  auto* content = new QWidget;
  auto* centre = new QHBoxLayout(content);
  centre->addStretch(1);
  auto* vertical = new QVBoxLayout;
  vertical->addStretch(2);
  vertical->addWidget(column);
  vertical->addStretch(3);
  centre->addLayout(vertical, 8);
  centre->addStretch(1);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setWidget(content);
  scroll->setAccessibleName(tr("Start page"));
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(scroll);
  setRecent({});
}

void StartPage::setDemoSummary(const QString& text) { summary_->setText(text); }

void StartPage::setRecent(const QStringList& paths) {
  while (QLayoutItem* item = recent_->takeAt(0)) {
    item->widget()->deleteLater();
    delete item;
  }
  recent_title_->setVisible(!paths.isEmpty());
  for (const QString& path : paths.mid(0, kShownRecent)) {
    const QFileInfo info(path);
    auto* button = new QPushButton;
    button->setObjectName(QStringLiteral("recent"));
    button->setText(info.fileName());
    button->setIcon(widgets::themeIcon("clock", widgets::Tone::dim));
    button->setToolTip(path);
    button->setAccessibleName(tr("Open %1").arg(path));
    button->setStyleSheet(QStringLiteral("text-align: left; padding: 0 8px;"));
    widgets::setButtonKind(button, "flat");
    auto* place = new widgets::ElidedLabel(info.path());
    place->setFont(widgets::captionFont());
    widgets::setTone(place, widgets::Tone::dim);
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(button);
    line->addWidget(place, 1);
    connect(button, &QPushButton::clicked, this, [this, path] { emit recentChosen(path); });
    recent_->addWidget(row);
  }
}

void StartPage::setDropHighlight(bool on) { drop_->setHighlight(on); }

}  // namespace geocyte::desktop
