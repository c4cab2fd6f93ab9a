// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/console_panel.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "app/desktop/event_text.h"
#include "widgets/base/number_format.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

constexpr std::size_t kKept = 300;

widgets::Tone toneOf(const std::string& kind) {
  if (kind == "error") return widgets::Tone::bad;
  if (kind == "alert") return widgets::Tone::warn;
  if (kind == "change" || kind == "control") return widgets::Tone::accent;
  return widgets::Tone::dim;
}

}  // namespace

ConsolePanel::ConsolePanel(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("console"));
  setAccessibleName(tr("Console"));
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  auto* title = new QLabel(tr("Console"));
  title->setFont(widgets::strongFont());
  count_ = new QLabel;
  count_->setFont(widgets::captionFont());
  widgets::setTone(count_, widgets::Tone::dim);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(14, 9, 14, 0);
  head->addWidget(title);
  head->addStretch(1);
  head->addWidget(count_);
  text_ = new QTextBrowser;
  text_->setObjectName(QStringLiteral("consoleText"));
  text_->setAccessibleName(tr("Events of the run, newest first"));
  text_->setToolTip(tr("What happened in this run, newest first"));
  text_->setFrameShape(QFrame::NoFrame);
  text_->setOpenLinks(false);
  text_->setFont(widgets::monoFont());
  text_->document()->setDefaultFont(widgets::monoFont());
  text_->document()->setDocumentMargin(12);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(head);
  column->addWidget(text_, 1);
  render();
}

void ConsolePanel::setEvents(const std::vector<store::RunEvent>& events) {
  events_.assign(events.size() > kKept ? events.end() - static_cast<std::ptrdiff_t>(kKept) : events.begin(), events.end());
  render();
}

void ConsolePanel::render() {
  const widgets::ThemeColors& colors = widgets::themeColors();
  QString html;
  int shown = 0;
  for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
    const QString text = eventText(*event);
    if (text.isEmpty()) continue;
    ++shown;
    html += QStringLiteral("<p style='margin:0 0 5px 0;color:%1'>%2&nbsp;&nbsp;%3</p>")
                .arg(widgets::toneTextColor(toneOf(event->kind), colors).name(), clockText(event->time), text.toHtmlEscaped());
  }
  text_->setHtml(shown ? html : QStringLiteral("<p style='color:%1'>%2</p>").arg(colors.dim.name(), tr("Nothing has happened yet")));
  count_->setText(shown ? tr("%1 events").arg(widgets::groupedText(shown)) : QString());
}

void ConsolePanel::changeEvent(QEvent* event) {
  // The palette changes once while the constructor is still at work.
  if (event->type() == QEvent::PaletteChange && text_) render();
  QWidget::changeEvent(event);
}

}  // namespace geocyte::desktop
