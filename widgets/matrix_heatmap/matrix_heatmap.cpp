// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/matrix_heatmap/matrix_heatmap.h"

#include <QHBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/matrix_heatmap/matrix_grid.h"

namespace geocyte::widgets::matrix_heatmap {
namespace {

const QString kValues = QStringLiteral("values");
constexpr std::int64_t kMostCells = 1000000;   // beyond this a picture of cells says nothing

bool isMatrix(const ArrayView* array) {
  return array && array->shape.size() == 2 && !array->isEmpty() && array->size() <= kMostCells;
}

}  // namespace

MatrixHeatmap::MatrixHeatmap(const ViewContext& context, QWidget* parent)
    : View(context, parent), grid_(new MatrixGrid), metric_(new ChoiceButton(tr("Metric"))) {
  grid_->setObjectName(QStringLiteral("matrixGrid"));
  grid_->setAccessibleName(tr("Matrix"));
  metric_->setObjectName(QStringLiteral("matrixMetric"));
  setBody(grid_);
  titleChoices()->addWidget(metric_);
  setEmptyText(tr("No matrix yet"));
  grid_->setTooltips([this](int row, int column) { return tooltip(row, column); });
  connect(metric_, &ChoiceButton::chosen, this, [this] { rebuild(); });
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
}

void MatrixHeatmap::bind(const QHash<QString, QString>& bindings) {
  View::bind(bindings);
  gate_ = number(QStringLiteral("gate"));
  rebuild();
}

void MatrixHeatmap::setArrays(const ArrayMap& arrays) {
  arrays_ = arrays;
  rebuild();
}

void MatrixHeatmap::setGate(std::optional<double> gate) {
  gate_ = gate;
  rebuild();
}

std::optional<double> MatrixHeatmap::gate() const { return gate_; }

std::optional<double> MatrixHeatmap::number(const QString& role) const {
  bool is_number = false;
  const double value = bindings_.value(role).toDouble(&is_number);
  return is_number && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<double> MatrixHeatmap::gateOf(const QString& role) const {
  // "gate" belongs to "values", "gate2" to "values2": metrics differ in scale.
  return role == kValues ? gate_ : number(QStringLiteral("gate") + role.mid(kValues.size()));
}

void MatrixHeatmap::setMetric(const QString& role) {
  metric_->setCurrent(role);
  rebuild();
}

const ArrayView* MatrixHeatmap::array(const QString& role) const {
  const auto bound = bindings_.constFind(role);
  return bound == bindings_.constEnd() ? nullptr : arrays_.find(bound.value());
}

double MatrixHeatmap::element(const QString& role, int row, int column) const {
  const ArrayView* found = array(role);
  const GridData& cells = grid_->data();
  if (!isMatrix(found) || found->shape[0] != cells.rows || found->shape[1] != cells.columns) return std::numeric_limits<double>::quiet_NaN();
  return found->at(static_cast<std::int64_t>(row) * cells.columns + column);
}

QStringList MatrixHeatmap::namesOf(const QString& axis, std::int64_t count) const {
  const auto found = arrays_.labels.constFind(axis);
  QStringList names = found == arrays_.labels.constEnd() ? QStringList() : found->categories.mid(0, count);
  for (qsizetype i = names.size(); i < count; ++i) names << QString::number(i + 1);
  return names;
}

void MatrixHeatmap::rebuild() {
  std::vector<ChoiceButton::Choice> choices;
  for (int i = 1; i < 10; ++i) {
    const QString role = i == 1 ? kValues : kValues + QString::number(i);
    if (!bindings_.contains(role)) continue;
    const ArrayView* found = array(role);
    if (!isMatrix(found)) continue;
    QString text = found->caption.isEmpty() ? bindings_.value(role).section('/', -1).replace('_', ' ') : found->caption.section(',', 0, 0);
    choices.push_back({role, text, {}});
  }
  metric_->setChoices(choices);
  const QString role = metric_->current();
  const ArrayView* values = array(role);
  if (choices.empty() || !values) {
    grid_->setData({});
    setEmptyText(tr("No matrix yet"));
    return;
  }
  GridData cells;
  cells.rows = static_cast<int>(values->shape[0]);
  cells.columns = static_cast<int>(values->shape[1]);
  const QString labels = bindings_.value(QStringLiteral("labels"));
  const auto axis = [&](qsizetype i) { return labels.isEmpty() ? values->axes.value(i) : labels; };
  cells.row_names = namesOf(axis(0), cells.rows);
  cells.column_names = namesOf(axis(1), cells.columns);
  const ArrayView* lower = array(QStringLiteral("lower"));
  const bool has_lower = isMatrix(lower) && lower->shape == values->shape && cells.rows == cells.columns;
  const bool same_axis = cells.rows == cells.columns && cells.row_names == cells.column_names;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  cells.values.reserve(static_cast<std::size_t>(values->size()));
  for (int row = 0; row < cells.rows; ++row)
    for (int column = 0; column < cells.columns; ++column) {
      const std::int64_t at = static_cast<std::int64_t>(row) * cells.columns + column;
      double value = has_lower && row > column ? lower->at(at) : values->at(at);
      if (same_axis && row == column && value == 0) value = std::numeric_limits<double>::quiet_NaN();  // no distance to itself
      cells.values.push_back(value);
      if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
    }
  cells.scale = {gateOf(role), low <= high ? low : 0, low <= high ? high : 1};
  setCount(has_lower ? tr("lower: %1").arg(lower->caption.isEmpty() ? bindings_.value(QStringLiteral("lower")) : lower->caption) : QString());
  QStringList caption;
  if (!arrays_.caption.isEmpty()) caption << arrays_.caption;
  if (!values->caption.isEmpty()) caption << values->caption;
  if (arrays_.step >= 0) caption << tr("step %1").arg(groupedText(arrays_.step));
  if (cells.scale.gate) caption << tr("hatched: above gate %1").arg(cellText(*cells.scale.gate));
  setCaption(caption.join(QStringLiteral(" · ")));
  grid_->setData(std::move(cells));
  setEmptyText({});
  showSelection();
  scheduleRefresh();
}

void MatrixHeatmap::refresh() { grid_->update(); }

void MatrixHeatmap::selectNames(QStringList names, bool add) {
  SelectionModel* selection = context().selection;
  if (!selection) return;
  if (add)
    for (const QString& name : selection->sources()) names << name;
  names.removeDuplicates();
  const ArrayView* values = array(metric_->current());
  QString label = bindings_.value(QStringLiteral("labels"));
  if (label.isEmpty() && values) label = values->axes.value(0);
  const auto found = arrays_.labels.constFind(label);
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

QString MatrixHeatmap::tooltip(int row, int column) const {
  const GridData& cells = grid_->data();
  QStringList lines{tr("%1 – %2: %3").arg(cells.row_names.value(row), cells.column_names.value(column), exactText(cells.value(row, column)))};
  const double floor = element(QStringLiteral("floor"), row, column), ratio = element(QStringLiteral("ratio"), row, column);
  if (std::isfinite(floor)) lines << tr("noise floor %1").arg(exactText(floor));
  if (std::isfinite(ratio)) lines << tr("%1 times its floor").arg(exactText(ratio));
  if (cells.scale.gate) lines << (cells.isAboveGate(row, column) ? tr("above the gate %1") : tr("within the gate %1")).arg(exactText(*cells.scale.gate));
  return lines.join('\n');
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
