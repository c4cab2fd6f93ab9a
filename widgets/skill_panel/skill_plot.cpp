// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/skill_panel/skill_plot.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/rounded_axis.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::skill_panel {
namespace {

constexpr double kLeft = 48, kRight = 16, kTitle = 22, kGap = 12, kSigmas = 22, kWidest = 560, kLeastPlot = 30;

void include(const std::vector<double>* values, double& low, double& high) {
  if (!values) return;
  for (const double v : *values)
    if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
}

}  // namespace

SkillPlot::SkillPlot(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("skillPlot"));
  setAccessibleName(tr("Skill by noise: four charts over the noise level"));
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
}

void SkillPlot::setLevels(SkillLevels levels) {
  levels_ = std::move(levels);
  if (current_ >= static_cast<int>(levels_.size())) current_ = -1;
  arrange();
  update();
}

void SkillPlot::setCurrent(int level) {
  if (level < -1 || level >= static_cast<int>(levels_.size()) || level == current_) return;
  current_ = level;
  update();
  emit currentChanged(level);
}

void SkillPlot::arrange() {
  charts_.clear();
  const auto add = [this](const QString& title, const std::vector<double>& values) -> Chart* {
    if (values.empty()) return nullptr;
    Chart chart;
    chart.title = title;
    chart.values = &values;
    charts_.push_back(chart);
    return &charts_.back();
  };
  const auto gate = [](Chart* chart, const QString& name) {
    chart->gate = 1;
    chart->has_gate = true;
    chart->line_name = name;
  };
  if (Chart* chart = add(tr("Loss / doing nothing"), levels_.ratio)) {
    gate(chart, tr("doing nothing"));
    if (!levels_.ratio_low.empty() && !levels_.ratio_high.empty()) chart->low = &levels_.ratio_low, chart->high = &levels_.ratio_high;
  }
  if (Chart* chart = add(tr("Size of the correction / right size"), levels_.f_ratio)) gate(chart, tr("right size"));
  if (Chart* chart = add(tr("Scale of the estimate"), levels_.scale)) {
    gate(chart, tr("true scale"));
    if (!levels_.ceiling.empty()) chart->second = &levels_.ceiling, chart->second_name = tr("honest ceiling");
  }
  if (Chart* chart = add(tr("Error after refining"), levels_.refined); chart && !levels_.generator.empty()) chart->second = &levels_.generator, chart->second_name = tr("generator");
  if (charts_.empty()) return;
  // As tall and narrow: one below the other; wide: side by side in pairs.
  columns_ = width() > kWidest && width() > height() && charts_.size() > 1 ? 2 : 1;
  // Where not all can be read, the first (is there skill?) and the last (what comes of it?) stay; the view as table has all.
  const int fitting = std::max(1, static_cast<int>((height() - kSigmas) / (kTitle + kGap + kLeastPlot))) * columns_;
  while (static_cast<int>(charts_.size()) > std::max(fitting, 2)) charts_.erase(charts_.begin() + 1);
  const int rows = (static_cast<int>(charts_.size()) + columns_ - 1) / columns_;
  const double cell_width = static_cast<double>(width()) / columns_, cell_height = (height() - kSigmas) / static_cast<double>(rows);
  for (std::size_t i = 0; i < charts_.size(); ++i) {
    const int row = static_cast<int>(i) / columns_, column = static_cast<int>(i) % columns_;
    charts_[i].area = QRectF(column * cell_width + kLeft, row * cell_height + kTitle, cell_width - kLeft - kRight, std::max(10.0, cell_height - kTitle - kGap));
    fitAxis(charts_[i]);
  }
}

void SkillPlot::fitAxis(Chart& chart) const {
  double low = chart.has_gate ? chart.gate : INFINITY, high = chart.has_gate ? chart.gate : -INFINITY;
  for (const std::vector<double>* values : {chart.values, chart.second, chart.low, chart.high}) include(values, low, high);
  if (!(low <= high)) low = 0, high = 1;
  const double room = std::max({1e-3, 0.02 * std::max(std::abs(low), std::abs(high)), 0.08 * (high - low)});
  const RoundedAxis axis = roundedAxis(std::max(0.0, low - room), high + room);
  chart.from = axis.low, chart.to = axis.high;
  chart.ticks.clear();
  const bool is_low = chart.area.height() < 70;
  for (int i = 0; axis.low + i * axis.step <= axis.high + 0.01 * axis.step && i < 12; ++i)
    if (!is_low || i == 0 || axis.low + (i + 1) * axis.step > axis.high + 0.01 * axis.step) chart.ticks.push_back(axis.low + i * axis.step);
}

QRectF SkillPlot::areaOf(int chart) const { return charts_[static_cast<std::size_t>(chart)].area; }

double SkillPlot::x(const Chart& chart, double sigma) const {
  const double low = levels_.sigma.front(), high = levels_.sigma.back(), inset = 8;
  const double share = high > low ? std::log(sigma / low) / std::log(high / low) : 0.5;
  return chart.area.left() + inset + (chart.area.width() - 2 * inset) * share;
}

double SkillPlot::y(const Chart& chart, double value) const { return chart.area.bottom() - chart.area.height() * (value - chart.from) / (chart.to - chart.from); }

QPointF SkillPlot::pointOf(int chart, int level) const {
  const Chart& one = charts_[static_cast<std::size_t>(chart)];
  return {x(one, levels_.sigma[static_cast<std::size_t>(level)]), y(one, (*one.values)[static_cast<std::size_t>(level)])};
}

void SkillPlot::paintLine(QPainter& painter, const Chart& chart, const std::vector<double>& values, const QColor& color, bool dashed) const {
  QPainterPath path;
  bool down = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      down = false;
      continue;
    }
    const QPointF at(x(chart, levels_.sigma[i]), y(chart, values[i]));
    down ? path.lineTo(at) : path.moveTo(at);
    down = true;
  }
  QPen pen(color, dashed ? 1.25 : 1.75, dashed ? Qt::CustomDashLine : Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
  if (dashed) pen.setDashPattern({4, 3});
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(path);
}

void SkillPlot::paintChart(QPainter& painter, const Chart& chart, bool with_sigmas) const {
  const ThemeColors& c = themeColors();
  const QFontMetricsF metrics(captionFont());
  painter.setFont(captionFont());
  for (const double tick : chart.ticks) {
    const double at = std::round(y(chart, tick)) + 0.5;
    painter.setPen(QPen(c.line, 1));
    painter.drawLine(QPointF(chart.area.left(), at), QPointF(chart.area.right(), at));
    painter.setPen(c.dim);
    painter.drawText(QRectF(chart.area.left() - kLeft, at - 9, kLeft - 8, 18), Qt::AlignRight | Qt::AlignVCenter, axisText(tick));
  }
  if (current_ >= 0) {
    const double at = std::round(x(chart, levels_.sigma[static_cast<std::size_t>(current_)])) + 0.5;
    painter.setPen(QPen(c.faint, 1));
    painter.drawLine(QPointF(at, chart.area.top()), QPointF(at, chart.area.bottom()));
  }
  // The line of no effect is the point of the chart: in ink, named.
  const double title_room = chart.area.width() + kLeft - 14;
  QString named;
  if (chart.has_gate) {
    const double at = std::round(y(chart, chart.gate)) + 0.5;
    painter.setPen(QPen(c.ink, 1));
    painter.drawLine(QPointF(chart.area.left(), at), QPointF(chart.area.right(), at));
  }
  painter.setPen(c.ink);
  const double title_width = std::min(metrics.horizontalAdvance(chart.title) + 2, title_room);
  painter.drawText(QRectF(chart.area.left() - kLeft + 14, chart.area.top() - kTitle, title_width, kTitle - 4), Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(chart.title, Qt::ElideRight, title_width));
  QStringList names;
  const double left = chart.area.left() - kLeft + 14 + title_width + 10, room = chart.area.right() - left;
  if (chart.second) names << tr("- - %1").arg(chart.second_name);
  // The title names what 1 is already: where there is no room the dashed line alone is explained.
  if (chart.has_gate)
    if (const QString line = tr("— 1 = %1").arg(chart.line_name); metrics.horizontalAdvance((QStringList{line} + names).join(QStringLiteral("   "))) <= room) names.prepend(line);
  if (QString legend = names.join(QStringLiteral("   ")); room > 60) {
    painter.setPen(c.dim);
    painter.drawText(QRectF(left, chart.area.top() - kTitle, room, kTitle - 4), Qt::AlignRight | Qt::AlignVCenter, metrics.elidedText(legend, Qt::ElideRight, room));
  }
  if (chart.second) paintLine(painter, chart, *chart.second, c.dim, true);
  paintLine(painter, chart, *chart.values, mixed(c.panel, c.accent, 0.55), false);
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const double value = (*chart.values)[i];
    if (!std::isfinite(value)) continue;
    const QPointF at(x(chart, levels_.sigma[i]), y(chart, value));
    const bool by_interval = chart.low != nullptr;
    const Level level = by_interval ? skill_panel::levelAt(levels_, i) : Level::unknown;
    // Filled = better than doing nothing, hollow = no different, crossed = worse: readable without colour.
    const QColor color = !by_interval ? c.accent : level == Level::skill ? c.ok : level == Level::harm ? c.bad : c.dim;
    painter.setPen(QPen(color, 1.5));
    if (by_interval && std::isfinite((*chart.low)[i]) && std::isfinite((*chart.high)[i])) {
      const double low = y(chart, (*chart.low)[i]), high = y(chart, (*chart.high)[i]);
      painter.drawLine(QPointF(at.x(), low), QPointF(at.x(), high));
      for (const double end : {low, high}) painter.drawLine(QPointF(at.x() - 3, end), QPointF(at.x() + 3, end));
    }
    const double r = static_cast<int>(i) == current_ ? 4.5 : 3.5;
    painter.setBrush(!by_interval || level == Level::skill ? color : c.panel);
    painter.drawEllipse(at, r, r);
    if (level == Level::harm) {
      painter.drawLine(at + QPointF(-2.2, -2.2), at + QPointF(2.2, 2.2));
      painter.drawLine(at + QPointF(-2.2, 2.2), at + QPointF(2.2, -2.2));
    }
  }
  if (with_sigmas) paintSigmas(painter, chart);
}

void SkillPlot::paintSigmas(QPainter& painter, const Chart& chart) const {
  const QFontMetricsF metrics(captionFont());
  painter.setPen(themeColors().dim);
  double last = chart.area.left() - kLeft + 4;
  const double top = chart.area.bottom() + 6;
  for (const double sigma : levels_.sigma) {
    const QString text = axisText(sigma);
    const double width = metrics.horizontalAdvance(text) + 2, at = x(chart, sigma) - width / 2;
    if (at < last + 6 || at + width > chart.area.right() + kRight) continue;
    painter.drawText(QRectF(at, top, width, 16), Qt::AlignCenter, text);
    last = at + width;
  }
  painter.drawText(QRectF(chart.area.left() - kLeft + 14, top, 14, 16), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("σ"));
}

void SkillPlot::paintEvent(QPaintEvent*) {
  if (charts_.empty()) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto count = static_cast<int>(charts_.size());
  for (int i = 0; i < count; ++i) paintChart(painter, charts_[static_cast<std::size_t>(i)], i + columns_ >= count);
}

void SkillPlot::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  arrange();
}

int SkillPlot::levelAt(const QPointF& at) const {
  int best = -1;
  double nearest = 24;
  for (const Chart& chart : charts_) {
    if (!chart.area.adjusted(-10, -kTitle, 10, kSigmas).contains(at)) continue;
    for (std::size_t i = 0; i < levels_.size(); ++i)
      if (const double off = std::abs(x(chart, levels_.sigma[i]) - at.x()); off < nearest) nearest = off, best = static_cast<int>(i);
  }
  return best;
}

void SkillPlot::mouseMoveEvent(QMouseEvent* event) { setCurrent(levelAt(event->position())); }

void SkillPlot::leaveEvent(QEvent* event) {
  QWidget::leaveEvent(event);
  setCurrent(-1);
}

void SkillPlot::keyPressEvent(QKeyEvent* event) {
  const auto last = static_cast<int>(levels_.size()) - 1;
  switch (event->key()) {
    case Qt::Key_Left: return setCurrent(current_ < 0 ? last : std::max(0, current_ - 1));
    case Qt::Key_Right: return setCurrent(std::min(last, current_ + 1));
    case Qt::Key_Escape: return setCurrent(-1);
    default: QWidget::keyPressEvent(event);
  }
}

}  // namespace geocyte::widgets::skill_panel
