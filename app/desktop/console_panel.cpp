// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/console_panel.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTextBrowser>
#include <QVBoxLayout>

#include <algorithm>

#include "app/desktop/event_text.h"
#include "widgets/base/number_format.h"
#include "widgets/controls/choice_button.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

constexpr std::size_t kKept = 2000, kShown = 400;

widgets::Tone toneOf(const store::RunEvent& event) {
  const int level = levelOf(event);
  if (level == 3) return widgets::Tone::bad;
  if (level == 2) return widgets::Tone::warn;
  return isHistory(event) ? widgets::Tone::accent : widgets::Tone::dim;
}

std::string textAt(const Json& details, const char* key) {
  const auto found = details.is_object() ? details.find(key) : details.end();
  return details.is_object() && found != details.end() && found->is_string() ? found->get<std::string>().substr(0, 600) : std::string();
}

QString escaped(const std::string& text) { return QString::fromStdString(text).toHtmlEscaped(); }

}  // namespace

std::vector<AlertEntry> alertsOf(const std::vector<store::RunEvent>& events) {
  std::vector<AlertEntry> alerts;
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (event->kind != "alert") continue;
    AlertEntry alert{textAt(event->details, "id"), textAt(event->details, "severity"), textAt(event->details, "headline"), textAt(event->details, "evidence"),
                     textAt(event->details, "advice"), event->time, event->step, textAt(event->details, "state") != "cleared"};
    if (alert.headline.empty()) alert.headline = textAt(event->details, "text");
    const bool known = !alert.id.empty() && std::any_of(alerts.begin(), alerts.end(), [&](const AlertEntry& other) { return other.id == alert.id; });
    if (!known) alerts.push_back(std::move(alert));
  }
  std::stable_partition(alerts.begin(), alerts.end(), [](const AlertEntry& alert) { return alert.raised; });
  return alerts;
}

bool isHistory(const store::RunEvent& event) {
  return event.kind == "control" || event.kind == "change" || event.kind == "stage" || (event.kind == "checkpoint" && textAt(event.details, "why") == "asked");
}

int levelOf(const store::RunEvent& event) {
  if (event.kind == "error") return 3;
  if (event.kind == "alert") {
    const std::string severity = textAt(event.details, "severity");
    if (textAt(event.details, "state") == "cleared" || severity == "info") return 1;
    return severity == "bad" || severity == "alarm" || severity == "critical" || severity == "error" ? 3 : 2;
  }
  return event.kind == "snapshot" || event.kind == "checkpoint" || event.kind == "removed" ? 0 : 1;
}

ConsolePanel::ConsolePanel(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("console"));
  setAccessibleName(tr("Console"));
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  auto* title = new QLabel(tr("Console"));
  title->setFont(widgets::strongFont());
  count_ = new QLabel;
  count_->setObjectName(QStringLiteral("consoleCount"));
  count_->setFont(widgets::captionFont());
  widgets::setTone(count_, widgets::Tone::dim);
  tabs_ = new widgets::SegmentedControl(tr("Show of the run"));
  tabs_->setObjectName(QStringLiteral("consoleTabs"));
  tabs_->addSegment(QStringLiteral("log"), tr("Log"), tr("Everything that happened in this run"));
  tabs_->addSegment(QStringLiteral("alerts"), tr("Alerts"), tr("What the rules of the system complain about, and what to do"));
  tabs_->addSegment(QStringLiteral("history"), tr("History"), tr("What was asked of the engine and what was changed"));
  auto* head = new QHBoxLayout;
  head->setContentsMargins(14, 6, 14, 0);
  head->setSpacing(10);
  head->addWidget(title);
  head->addStretch(1);
  head->addWidget(tabs_);
  search_ = new QLineEdit;
  search_->setObjectName(QStringLiteral("consoleSearch"));
  search_->setPlaceholderText(tr("Search"));
  search_->setAccessibleName(tr("Search the log"));
  search_->setToolTip(tr("Shows the lines that hold this"));
  search_->setClearButtonEnabled(true);
  level_ = new widgets::ChoiceButton(tr("Level"));
  level_->setObjectName(QStringLiteral("consoleLevel"));
  level_->setChoices({{QStringLiteral("0"), tr("everything"), tr("Snapshots and checkpoints as well")},
                      {QStringLiteral("1"), tr("notes"), tr("Without snapshots and checkpoints")},
                      {QStringLiteral("2"), tr("warnings"), tr("Alerts and errors")},
                      {QStringLiteral("3"), tr("errors"), tr("Errors only")}});
  newest_ = new QPushButton(tr("Newest"));
  newest_->setObjectName(QStringLiteral("consoleNewest"));
  newest_->setAccessibleName(tr("Go to the newest line"));
  newest_->setToolTip(tr("Go to the newest line and follow"));
  widgets::setButtonKind(newest_, "link");
  newest_->hide();
  filters_ = new QWidget;
  auto* row = new QHBoxLayout(filters_);
  row->setContentsMargins(14, 6, 14, 0);
  row->setSpacing(8);
  row->addWidget(search_, 1);
  row->addWidget(level_);
  text_ = new QTextBrowser;
  text_->setObjectName(QStringLiteral("consoleText"));
  text_->setAccessibleName(tr("Events of the run, newest first"));
  text_->setToolTip(tr("What happened in this run, newest first"));
  text_->setFrameShape(QFrame::NoFrame);
  text_->setOpenLinks(false);
  text_->setFont(widgets::monoFont());
  text_->document()->setDefaultFont(widgets::monoFont());
  text_->document()->setDocumentMargin(12);
  auto* foot = new QHBoxLayout;
  foot->setContentsMargins(14, 0, 14, 6);
  foot->addWidget(count_);
  foot->addStretch(1);
  foot->addWidget(newest_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(head);
  column->addWidget(filters_);
  column->addWidget(text_, 1);
  column->addLayout(foot);
  connect(tabs_, &widgets::SegmentedControl::activated, this, &ConsolePanel::showTab);
  connect(search_, &QLineEdit::textChanged, this, &ConsolePanel::render);
  connect(level_, &widgets::ChoiceButton::chosen, this, &ConsolePanel::render);
  connect(text_->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) { newest_->setVisible(value > 0); });
  connect(newest_, &QPushButton::clicked, this, [this] { text_->verticalScrollBar()->setValue(0); });
  render();
}

QString ConsolePanel::tab() const { return tabs_->current(); }

void ConsolePanel::showTab(const QString& tab) {
  tabs_->setCurrent(tab);
  filters_->setVisible(tab == QLatin1String("log"));
  text_->verticalScrollBar()->setValue(0);
  render();
}

void ConsolePanel::setEvents(const std::vector<store::RunEvent>& events) {
  events_.assign(events.size() > kKept ? events.end() - static_cast<std::ptrdiff_t>(kKept) : events.begin(), events.end());
  render();
}

QString ConsolePanel::logHtml(bool history, int& shown) const {
  const widgets::ThemeColors& colors = widgets::themeColors();
  const QString words = search_->text().trimmed();
  const int level = level_->current().toInt();
  QString html;
  for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
    if (history ? !isHistory(*event) : levelOf(*event) < level) continue;
    const QString text = eventText(*event);
    if (text.isEmpty() || (!history && !words.isEmpty() && !text.contains(words, Qt::CaseInsensitive))) continue;
    if (++shown > static_cast<int>(kShown)) continue;
    html += QStringLiteral("<p style='margin:0 0 5px 0;color:%1'>%2&nbsp;&nbsp;%3</p>")
                .arg(widgets::toneTextColor(toneOf(*event), colors).name(), clockText(event->time), text.toHtmlEscaped());
  }
  return html;
}

QString ConsolePanel::alertsHtml(int& shown) const {
  const widgets::ThemeColors& colors = widgets::themeColors();
  QString html;
  for (const AlertEntry& alert : alertsOf(events_)) {
    ++shown;
    const bool grave = alert.severity == "bad" || alert.severity == "alarm" || alert.severity == "critical" || alert.severity == "error";
    const QColor color = !alert.raised ? colors.dim : grave ? colors.bad_text : alert.severity == "info" ? colors.ink : colors.warn_text;
    html += QStringLiteral("<p style='margin:0 0 1px 0;color:%1'>%2&nbsp;&nbsp;<b>%3</b>%4</p>")
                .arg(color.name(), clockText(alert.time), escaped(alert.headline), alert.raised ? QString() : QStringLiteral(" – ") + tr("over"));
    if (alert.raised && !alert.evidence.empty()) html += QStringLiteral("<p style='margin:0 0 1px 0;color:%1'>%2</p>").arg(colors.dim.name(), escaped(alert.evidence));
    if (alert.raised && !alert.advice.empty()) html += QStringLiteral("<p style='margin:0;color:%1'>%2</p>").arg(colors.ink.name(), escaped(alert.advice));
    html += QStringLiteral("<p style='margin:0 0 6px 0'></p>");
  }
  return html;
}

void ConsolePanel::render() {
  const QString tab = this->tab();
  int shown = 0;
  QString html = tab == QLatin1String("alerts") ? alertsHtml(shown) : logHtml(tab == QLatin1String("history"), shown);
  if (shown == 0) {
    const bool filtered = tab == QLatin1String("log") && !events_.empty();
    const QString nothing = filtered                         ? tr("No line is like that")
                            : tab == QLatin1String("alerts") ? tr("No alerts")
                            : tab == QLatin1String("history") ? tr("Nothing was asked or changed yet")
                                                              : tr("Nothing has happened yet");
    html = QStringLiteral("<p style='color:%1'>%2</p>").arg(widgets::themeColors().dim.name(), nothing);
  }
  const auto alerts = alertsOf(events_);
  const auto raised = std::count_if(alerts.begin(), alerts.end(), [](const AlertEntry& alert) { return alert.raised && alert.severity != "info"; });
  tabs_->setSegmentText(QStringLiteral("alerts"), raised ? tr("Alerts %1").arg(raised) : tr("Alerts"));
  count_->setText(shown ? tr("%1 lines").arg(widgets::groupedText(shown)) : QString());
  if (html == html_) return;
  html_ = html;
  // Someone who has scrolled down reads: what is new above must not push it away.
  QScrollBar* bar = text_->verticalScrollBar();
  const int below = bar->value() > 0 ? bar->maximum() - bar->value() : -1;
  text_->setHtml(html);
  if (below >= 0) bar->setValue(std::max(1, bar->maximum() - below));
}

void ConsolePanel::changeEvent(QEvent* event) {
  // The palette changes once while the constructor is still at work.
  if (event->type() == QEvent::PaletteChange && text_) render();
  QWidget::changeEvent(event);
}

}  // namespace geocyte::desktop
