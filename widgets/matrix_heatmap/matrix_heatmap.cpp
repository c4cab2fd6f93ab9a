// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/matrix_heatmap/matrix_heatmap.h"

#include <QHBoxLayout>
#include <QKeyEvent>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/reference_choice.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/matrix_heatmap/matrix_grid.h"

namespace geocyte::widgets::matrix_heatmap {
namespace {

const QString kValues = QStringLiteral("values");
constexpr int kMostMetrics = 12;

QString roleOf(int number) { return number == 1 ? kValues : kValues + QString::number(number); }

}  // namespace

MatrixHeatmap::MatrixHeatmap(const ViewContext& context, QWidget* parent)
    : View(context, parent), grid_(new MatrixGrid), metric_(new ChoiceButton(tr("Metric"))), against_(new ReferenceChoice(context)) {
  grid_->setObjectName(QStringLiteral("matrixGrid"));
  grid_->setAccessibleName(tr("Matrix"));
  metric_->setObjectName(QStringLiteral("matrixMetric"));
  setBody(grid_);
  setHeadlineLines(2);
  titleChoices()->addWidget(metric_);
  titleEnd()->addWidget(against_);
  setEmptyText(tr("No matrix yet"));
  grid_->setHover([this](int row, int column) { return hover(row, column); });
  connect(metric_, &ChoiceButton::chosen, this, &MatrixHeatmap::shareMetric);
  connect(grid_, &MatrixGrid::cellActivated, this, [this](int row, int column, bool add) {
    const GridData& cells = grid_->data();
    selectNames({cells.row_names.value(row), cells.column_names.value(column)}, add);
  });
  connect(grid_, &MatrixGrid::labelActivated, this, [this](int index, bool is_row, bool add) {
    const GridData& cells = grid_->data();
    selectNames({is_row ? cells.row_names.value(index) : cells.column_names.value(index)}, add);
  });
  connect(grid_, &MatrixGrid::cleared, this, [this] {
    if (this->context().selection) this->context().selection->clear();
  });
  if (context.selection) connect(context.selection, &SelectionModel::changed, this, &MatrixHeatmap::showSelection);
  if (context.metric) connect(context.metric, &SharedChoice::changed, this, &MatrixHeatmap::followMetric);
  if (context.reference) connect(context.reference, &Reference::changed, this, &MatrixHeatmap::rebuild);
}

void MatrixHeatmap::bind(const QHash<QString, QString>& bindings) {
  View::bind(bindings);
  gate_ = gateOf(kValues);
  rebuild();
}

void MatrixHeatmap::setArrays(const ArrayMap& arrays) {
  arrays_ = arrays;
  rebuild();
}

void MatrixHeatmap::setReference(const ArrayMap& arrays) {
  reference_ = arrays;
  rebuild();
}

QStringList MatrixHeatmap::historyNames() const {
  QStringList names;
  for (int i = 1; i <= kMostMetrics; ++i)
    if (bindings_.contains(roleOf(i))) names << bindings_.value(roleOf(i));
  return names;
}

void MatrixHeatmap::setHistory(const ArrayHistory& history) {
  history_ = history;
  against_->setMoments(arrays_.step, history_.moments.empty() ? -1 : history_.moments.front().step);
}

void MatrixHeatmap::setGate(std::optional<double> gate) {
  gate_ = gate;
  rebuild();
}

std::optional<double> MatrixHeatmap::gate() const { return gate_; }

QString MatrixHeatmap::bound(const char* what, const QString& role) const {
  // "gate" belongs to "values", "gate2" to "values2": metrics differ in scale.
  return bindings_.value(QLatin1String(what) + role.mid(kValues.size()));
}

std::optional<double> MatrixHeatmap::gateOf(const QString& role) const {
  bool is_number = false;
  const double value = bound("gate", role).toDouble(&is_number);
  return is_number && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

QString MatrixHeatmap::label() const { return bindings_.value(QStringLiteral("labels")); }

MetricParts MatrixHeatmap::partsOf(const QString& role) const {
  MetricParts parts;
  parts.values = bindings_.value(role);
  parts.label = label();
  parts.gate = bound("gate", role);
  parts.pass = bound("pass", role);
  parts.lower = bindings_.value(QStringLiteral("lower"));
  bool is_number = false;
  const double reach = bound("reach", role).toDouble(&is_number);
  if (is_number && reach > 1) parts.reach = reach;
  return parts;
}

void MatrixHeatmap::setMetric(const QString& role) {
  metric_->setCurrent(role);
  shareMetric();
}

void MatrixHeatmap::shareMetric() {
  rebuild();
  if (context().metric) context().metric->set(bindings_.value(metric_->current()));
}

void MatrixHeatmap::followMetric() {
  for (const ChoiceButton::Choice& choice : metric_->choices())
    if (bindings_.value(choice.id) == context().metric->value() && choice.id != metric_->current()) {
      metric_->setCurrent(choice.id);
      rebuild();
    }
}

QString MatrixHeatmap::metricName(const QString& role) const {
  const QString named = bound("name", role), array = bindings_.value(role);
  if (!named.isEmpty()) return named;
  const ArrayView* found = arrays_.find(array);
  return found && !found->caption.isEmpty() ? found->caption.section(',', 0, 0) : array.section('/', -1).replace('_', ' ');
}

void MatrixHeatmap::rebuild() {
  std::vector<ChoiceButton::Choice> choices;
  for (int i = 1; i <= kMostMetrics; ++i) {
    const QString role = roleOf(i);
    if (bindings_.contains(role) && isMatrix(arrays_.find(bindings_.value(role)))) choices.push_back({role, metricName(role), {}});
  }
  metric_->setChoices(choices);
  const QString role = metric_->current();
  const ArrayView* values = arrays_.find(bindings_.value(role));
  if (choices.empty() || !values) {
    content_ = {};
    grid_->setData({});
    setEmptyText(tr("No matrix yet"));
    setHeadline({});
    return;
  }
  const bool compares = context().reference && context().reference->isSet() && !reference_.arrays.isEmpty();
  content_ = contentOf(arrays_, partsOf(role), role == kValues ? gate_ : gateOf(role), compares ? &reference_ : nullptr);
  against_->setMoments(arrays_.step, history_.moments.empty() ? -1 : history_.moments.front().step);
  describe(*values);
  grid_->setData(content_.cells);
  setEmptyText({});
  showSelection();
  scheduleRefresh();
}

void MatrixHeatmap::describe(const ArrayView& values) {
  setHeadline(summaryText(content_));
  const ArrayView* lower = arrays_.find(bindings_.value(QStringLiteral("lower")));
  const bool compares = context().reference && context().reference->isSet();
  setCount(lower && content_.has_lower && !compares ? tr("lower: %1").arg(lower->caption.isEmpty() ? bindings_.value(QStringLiteral("lower")) : lower->caption) : QString());
  QStringList caption;
  if (!arrays_.caption.isEmpty()) caption << arrays_.caption;
  if (!values.caption.isEmpty()) caption << values.caption;
  if (arrays_.step >= 0) caption << arrays_.stepText();
  if (compares && content_.has_lower) caption << tr("lower triangle: %1, step %2").arg(context().reference->name(), groupedText(reference_.step));
  if (compares && !content_.has_lower) caption << tr("%1 has no such matrix").arg(context().reference->name());
  setCaption(caption.join(QStringLiteral(" · ")));
}

void MatrixHeatmap::refresh() { grid_->update(); }

void MatrixHeatmap::selectNames(QStringList names, bool add) {
  SelectionModel* selection = context().selection;
  if (!selection) return;
  if (add)
    for (const QString& name : selection->sources()) names << name;
  names.removeDuplicates();
  const ArrayView* values = arrays_.find(bindings_.value(metric_->current()));
  const QString name = label().isEmpty() && values ? values->axes.value(0) : label();
  const auto found = arrays_.labels.constFind(name);
  std::vector<std::uint8_t> mask;
  if (found != arrays_.labels.constEnd()) mask = found->maskOf(names);
  const QString reason = names.join(tr(" and "));
  selection->select(bindings_.value(QStringLiteral("axis"), QStringLiteral("cell")), std::move(mask), reason, names);
}

void MatrixHeatmap::showSelection() {
  const SelectionModel* selection = context().selection;
  const QStringList names = selection ? selection->sources() : QStringList();
  grid_->setSelectedNames(names);
  const GridData& cells = grid_->data();
  const auto shows = [&](int row, int column) {
    return row >= 0 && column >= 0 && names.contains(cells.row_names.value(row)) && names.contains(cells.column_names.value(column));
  };
  if (names.isEmpty() && selection && selection->count() == 0 && !grid_->hasFocus()) return grid_->setFocusCell(-1, -1);
  if (names.size() == 2 && !shows(grid_->focusRow(), grid_->focusColumn())) {
    const int first = static_cast<int>(cells.row_names.indexOf(names[0])), second = static_cast<int>(cells.column_names.indexOf(names[1]));
    if (first >= 0 && second >= 0) grid_->setFocusCell(std::min(first, second), std::max(first, second));
  }
}

HoverContent MatrixHeatmap::hover(int row, int column) const {
  const GridData& cells = content_.cells;
  HoverContent said;
  if (row < 0 || column < 0 || row >= cells.rows || column >= cells.columns || !std::isfinite(cells.value(row, column))) return said;
  const QString a = cells.row_names.value(row), b = cells.column_names.value(column), role = metric_->current(), name = bindings_.value(role);
  const bool lower = row > column && content_.has_lower && context().reference && context().reference->isSet();
  const ArrayMap& map = lower ? reference_ : arrays_;
  const auto value = [&](const QString& array) { return array.isEmpty() ? std::nan("") : pairValue(map, array, label(), a, b); };
  const auto add = [&](const QString& title, double number) {
    if (std::isfinite(number)) said.rows.append({title, exactText(number)});
  };
  said.title = tr("%1 – %2").arg(a, b);
  said.rows.append({metricName(role), exactText(cells.value(row, column))});
  const double low = value(name + QStringLiteral("_low")), high = value(name + QStringLiteral("_high"));
  if (std::isfinite(low) && std::isfinite(high)) said.rows.append({tr("95 % interval"), tr("%1 to %2").arg(exactText(low), exactText(high))});
  add(tr("sampling alone gives"), value(bound("floor", role)));
  add(tr("times its floor"), value(bound("ratio", role)));
  const auto pair = [&](const ArrayMap& at) { return pairValue(at, name, label(), a, b); };
  if (!lower) {
    for (std::size_t i = history_.moments.size(); i-- > 0;)
      if (history_.moments[i].step < arrays_.step && std::isfinite(pair(history_.moments[i]))) {
        const double change = cells.value(row, column) - pair(history_.moments[i]);
        said.rows.append({tr("since step %1").arg(groupedText(history_.moments[i].step)), (change >= 0 ? QStringLiteral("+") : QString()) + exactText(change)});
        break;
      }
  }
  if (context().reference && context().reference->isSet() && content_.is_symmetric) {
    const double other = lower ? pair(arrays_) : pair(reference_);
    add(lower ? tr("now, step %1").arg(groupedText(arrays_.step)) : context().reference->name(), other);
  }
  // One metric must not stand alone: a small distance beside a high AUC is no alignment.
  for (const ChoiceButton::Choice& choice : metric_->choices())
    if (choice.id != role) add(choice.text, value(bindings_.value(choice.id)));
  if (cells.isJudged(row, column))
    said.notes << (cells.gateAt(row, column) && !content_.has_verdicts
                       ? (cells.isAboveGate(row, column) ? tr("above the gate %1") : tr("within the gate %1")).arg(exactText(*cells.gateAt(row, column)))
                       : cells.isAboveGate(row, column) ? tr("fails its gate") : tr("passes its gate"));
  if (lower) said.notes << tr("of %1").arg(context().reference->name());
  for (const ArrayMap& moment : history_.moments) {
    said.curve.push_back(pair(moment));
    if (moment.step == arrays_.step) said.curve_now = static_cast<int>(said.curve.size()) - 1;
  }
  said.curve_gate = cells.scale.gate;
  if (said.curve.size() > 1) said.curve_name = tr("steps %1 to %2").arg(groupedText(history_.moments.front().step), groupedText(history_.moments.back().step));
  return said;
}

void MatrixHeatmap::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_B) return against_->toggle();
  if (event->key() == Qt::Key_M && metric_->choices().size() > 1) {
    const auto& choices = metric_->choices();
    const auto at = std::find_if(choices.begin(), choices.end(), [this](const auto& c) { return c.id == metric_->current(); });
    return setMetric(at == choices.end() || at + 1 == choices.end() ? choices.front().id : (at + 1)->id);
  }
  View::keyPressEvent(event);
}

QList<QStringList> MatrixHeatmap::table() const {
  const GridData& cells = grid_->data();
  QList<QStringList> rows{QStringList{QString()} + cells.column_names};
  for (int row = 0; row < cells.rows; ++row) {
    QStringList line{cells.row_names.value(row)};
    for (int column = 0; column < cells.columns; ++column)
      line << (std::isfinite(cells.value(row, column)) ? exactText(cells.value(row, column)) : QString());
    rows << line;
  }
  return rows;
}

}  // namespace geocyte::widgets::matrix_heatmap
