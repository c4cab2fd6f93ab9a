// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pair_trend/pair_trend.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QToolButton>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/pair_trend/trend_canvas.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets::pair_trend {
namespace {

const QString kValues = QStringLiteral("values");
constexpr int kMostMetrics = 12;

QString roleOf(int number) { return number == 1 ? kValues : kValues + QString::number(number); }

}  // namespace

PairTrend::PairTrend(const ViewContext& context, QWidget* parent)
    : View(context, parent), canvas_(new TrendCanvas), metric_(new ChoiceButton(tr("Metric"))), log_(new QToolButton) {
  metric_->setParent(this);
  canvas_->setObjectName(QStringLiteral("trendCanvas"));
  canvas_->setAccessibleName(tr("Pairs over training"));
  metric_->setObjectName(QStringLiteral("trendMetric"));
  log_->setObjectName(QStringLiteral("trendLog"));
  log_->setText(tr("log y"));
  log_->setCheckable(true);
  log_->setFont(captionFont());
  log_->setFocusPolicy(Qt::TabFocus);
  log_->setAccessibleName(tr("Logarithmic value axis"));
  log_->setToolTip(tr("Logarithmic value axis (L)"));
  setButtonKind(log_, "choice");
  setBody(canvas_);
  // Where the matrix chooses for both, the caption names the metric.
  if (!context.metric) titleChoices()->addWidget(metric_);
  titleEnd()->addWidget(log_);
  setEmptyText(tr("The first matrix comes with the first snapshot"));
  canvas_->setHover([this](int line) { return hover(line); });
  connect(log_, &QToolButton::toggled, this, &PairTrend::setLogarithmic);
  connect(metric_, &ChoiceButton::chosen, this, &PairTrend::shareMetric);
  connect(canvas_, &TrendCanvas::lineActivated, this, &PairTrend::select);
  connect(canvas_, &TrendCanvas::stepWanted, this, [this](double wanted) {
    TimeCursor* cursor = this->context().cursor;
    const std::vector<double>& steps = canvas_->pairs().steps;
    if (!cursor || steps.empty()) return;
    const auto nearest = std::min_element(steps.begin(), steps.end(), [wanted](double a, double b) { return std::abs(a - wanted) < std::abs(b - wanted); });
    if (*nearest >= steps.back()) cursor->setLive();
    else cursor->setStep(std::llround(*nearest));
  });
  connect(canvas_, &TrendCanvas::cleared, this, [this] {
    if (this->context().selection) this->context().selection->clear();
  });
  if (context.selection) connect(context.selection, &SelectionModel::changed, this, &PairTrend::showSelection);
  if (context.metric) connect(context.metric, &SharedChoice::changed, this, &PairTrend::followMetric);
}

void PairTrend::bind(const QHash<QString, QString>& bindings) {
  View::bind(bindings);
  rebuild();
}

void PairTrend::setArrays(const ArrayMap& arrays) {
  arrays_ = arrays;
  rebuild();
}

QStringList PairTrend::historyNames() const {
  QStringList names;
  for (int i = 1; i <= kMostMetrics; ++i)
    if (bindings_.contains(roleOf(i))) names << bindings_.value(roleOf(i));
  return names;
}

void PairTrend::setHistory(const ArrayHistory& history) {
  history_ = history;
  rebuild();
}

QString PairTrend::bound(const char* what, const QString& role) const { return bindings_.value(QLatin1String(what) + role.mid(kValues.size())); }

void PairTrend::setMetric(const QString& role) {
  metric_->setCurrent(role);
  shareMetric();
}

void PairTrend::shareMetric() {
  rebuild();
  if (context().metric) context().metric->set(bindings_.value(metric_->current()));
}

void PairTrend::followMetric() {
  for (const ChoiceButton::Choice& choice : metric_->choices())
    if (bindings_.value(choice.id) == context().metric->value() && choice.id != metric_->current()) {
      metric_->setCurrent(choice.id);
      rebuild();
    }
}

void PairTrend::setLogarithmic(bool on) {
  log_->setChecked(on);
  canvas_->setLogarithmic(on);
}

void PairTrend::rebuild() {
  std::vector<ChoiceButton::Choice> choices;
  for (int i = 1; i <= kMostMetrics; ++i) {
    const QString role = roleOf(i), array = bindings_.value(role);
    const auto has = [&](const ArrayMap& map) { return map.find(array) != nullptr; };
    const auto found = std::find_if(history_.moments.rbegin(), history_.moments.rend(), has);
    if (array.isEmpty() || found == history_.moments.rend()) continue;
    const QString caption = found->find(array)->caption.section(',', 0, 0), named = bound("name", role);
    choices.push_back({role, !named.isEmpty() ? named : !caption.isEmpty() ? caption : array.section('/', -1).replace('_', ' '), {}});
  }
  metric_->setChoices(choices);
  if (context().metric) metric_->hide();
  const QString role = metric_->current();
  bool is_number = false;
  const double gate = bound("gate", role).toDouble(&is_number);
  PairLines pairs = linesOf(history_, bindings_.value(role), bindings_.value(QStringLiteral("labels")), is_number ? std::optional(gate) : std::nullopt, static_cast<double>(arrays_.step));
  const bool empty = pairs.lines.empty();
  const auto failing = std::count_if(pairs.lines.begin(), pairs.lines.end(), [](const PairLine& line) { return line.fails; });
  setCount(empty || !pairs.gate ? QString() : tr("gate %1").arg(axisText(*pairs.gate)));
  QStringList caption;
  if (!empty && context().metric)
    for (const ChoiceButton::Choice& choice : choices)
      if (choice.id == role) caption << choice.text;
  if (!empty) caption << tr("%1 pairs at %2 moments").arg(pairs.lines.size()).arg(pairs.steps.size());
  if (!empty && pairs.gate) caption << (failing == 0 ? tr("all within the gate") : tr("orange: the %1 beyond the gate").arg(failing));
  setCaption(caption.join(QStringLiteral(" · ")));
  canvas_->setPairs(std::move(pairs));
  setEmptyText(empty ? tr("The first matrix comes with the first snapshot") : QString());
  showSelection();
  scheduleRefresh();
}

void PairTrend::refresh() { canvas_->update(); }

void PairTrend::select(int line, bool add) {
  SelectionModel* selection = context().selection;
  if (!selection || line < 0 || static_cast<std::size_t>(line) >= canvas_->pairs().lines.size()) return;
  const PairLine& pair = canvas_->pairs().lines[static_cast<std::size_t>(line)];
  QStringList names{pair.first, pair.second};
  if (add) names = selection->sources() + names;
  names.removeDuplicates();
  QString label = bindings_.value(QStringLiteral("labels"));
  if (label.isEmpty())
    if (const ArrayView* values = arrays_.find(bindings_.value(metric_->current()))) label = values->axes.value(0);
  const auto found = arrays_.labels.constFind(label);
  selection->select(bindings_.value(QStringLiteral("axis"), QStringLiteral("cell")), found == arrays_.labels.constEnd() ? std::vector<std::uint8_t>() : found->maskOf(names),
                    names.join(tr(" and ")), names);
}

void PairTrend::showSelection() { canvas_->setSelectedNames(context().selection ? context().selection->sources() : QStringList()); }

HoverContent PairTrend::hover(int line) const {
  const PairLines& pairs = canvas_->pairs();
  HoverContent said;
  if (line < 0 || static_cast<std::size_t>(line) >= pairs.lines.size()) return said;
  const PairLine& pair = pairs.lines[static_cast<std::size_t>(line)];
  said.title = pair.name();
  const auto add = [&](std::size_t moment) { said.rows.append({tr("step %1").arg(groupedText(std::llround(pairs.steps[moment]))), exactText(pair.values[moment])}); };
  add(0);
  const int now = pairs.shownIndex();
  if (now > 0 && static_cast<std::size_t>(now) + 1 < pairs.steps.size()) add(static_cast<std::size_t>(now));
  if (pairs.steps.size() > 1) add(pairs.steps.size() - 1);
  if (pairs.gate) {
    said.rows.append({tr("gate"), exactText(*pairs.gate)});
    for (std::size_t m = 0; m < pair.values.size(); ++m) {
      const bool stays = std::all_of(pair.values.begin() + static_cast<std::ptrdiff_t>(m), pair.values.end(), [&](double v) { return v <= *pairs.gate; });
      if (stays) {
        said.notes << tr("within the gate since step %1").arg(groupedText(std::llround(pairs.steps[m])));
        break;
      }
    }
    if (said.notes.isEmpty()) said.notes << tr("beyond the gate");
  }
  return said;
}

void PairTrend::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_L) return setLogarithmic(!canvas_->isLogarithmic());
  if (event->key() == Qt::Key_Escape && context().selection) return context().selection->clear();
  View::keyPressEvent(event);
}

QList<QStringList> PairTrend::table() const {
  const PairLines& pairs = canvas_->pairs();
  QList<QStringList> rows{{tr("step")}};
  for (const PairLine& line : pairs.lines) rows[0] << line.name();
  for (std::size_t m = 0; m < pairs.steps.size(); ++m) {
    QStringList row{QString::number(std::llround(pairs.steps[m]))};
    for (const PairLine& line : pairs.lines) row << (std::isfinite(line.values[m]) ? exactText(line.values[m]) : QString());
    rows << row;
  }
  return rows;
}

}  // namespace geocyte::widgets::pair_trend
