// SPDX-License-Identifier: GPL-3.0-or-later
// What a plot draws over its curves, and the values at a step.
#include <QDateTime>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/loss_curves/curve_plot.h"

namespace geocyte::widgets::loss_curves {

/// "vicreg", or "loss/vicreg" where the tile shows "val/vicreg" as well.
QString CurvePlot::nameInTile(const QString& tag) const {
  const QString name = tag.section('/', -1);
  for (const auto& line : lines_)
    if (line->curve().tag != tag && line->curve().tag.section('/', -1) == name) return QString(tag).replace('_', ' ');
  return QString(name).replace('_', ' ');
}

std::vector<ReadOutRow> CurvePlot::rowsAt(double step) const {
  std::vector<ReadOutRow> rows;
  const double at = axisOf(step);
  const bool several = by_tag_ && std::any_of(lines_.begin(), lines_.end(), [this](const auto& line) { return line->curve().run != lines_.front()->curve().run; });
  for (const auto& line : lines_) {
    const Point* smooth = line->smooth().nearest(at);
    const Point* raw = line->raw().nearest(at);
    if (!smooth || at > line->last() + 0.02 * (to_ - from_)) continue;
    const Curve& curve = line->curve();
    const QString of_run = several ? QStringLiteral(" · ") + curve.name : QString();
    rows.push_back({by_tag_ ? nameInTile(curve.tag) + of_run : curve.name, exactText(smooth->value),
                    smoothing_ > 0 ? exactText(raw->value) : QString(), curve.color, smooth->value});
  }
  return rows;
}

void CurvePlot::paintStatic(QPainter& painter) const {
  const PlotFrame at = frame();
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  if (chance_) paintChance(painter, at, *chance_);
  const PlotFrame by_step{at.area, [this, &at](double step) { return at.x(axisOf(step)); }, at.y};
  paintMarks(painter, by_step, marks_);
  for (const auto& line : lines_) paintMissing(painter, at, line->raw().missing(), line->curve().color);
  paintEdges(painter, at);
  if (by_tag_) {
    std::vector<ReadOutRow> names;
    for (const auto& line : lines_) {
      const QString name = nameInTile(line->curve().tag);
      if (std::none_of(names.begin(), names.end(), [&](const ReadOutRow& row) { return row.name == name; })) names.push_back({name, {}, {}, line->curve().color, 0});
    }
    std::vector<QPointF> points;
    for (const auto& line : lines_) {
      const std::vector<Point> shown = line->smooth().sample(from_, to_, 200);
      for (std::size_t i = 0; i < shown.size(); ++i) {
        const QPointF here(at.x(shown[i].step), at.y(shown[i].value));
        points.push_back(here);
        // Sparse curves are long strokes: points along them count as well.
        if (i == 0 || shown.size() >= 60) continue;
        const QPointF before(at.x(shown[i - 1].step), at.y(shown[i - 1].value));
        for (int k = 1; k < 8; ++k) points.push_back(before + (here - before) * (k / 8.0));
      }
    }
    paintLegend(painter, at, names, points);
  }
  painter.restore();
}

void CurvePlot::paintHover(QPainter& painter) const {
  const PlotFrame at = frame();
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  if (drag_from_ && drag_to_) paintSelection(painter, at, *drag_from_, *drag_to_);
  if (crosshair_ && crosshair_->isActive() && !isEmpty()) {
    std::vector<ReadOutRow> rows = rowsAt(crosshair_->step());
    if (hovered_)
      std::stable_sort(rows.begin(), rows.end(), [&](const ReadOutRow& a, const ReadOutRow& b) {
        return std::abs(at.y(a.value) - hover_y_) < std::abs(at.y(b.value) - hover_y_);
      });
    paintCrosshair(painter, at, axisOf(crosshair_->step()), headAt(crosshair_->step()), rows, hovered_);
  }
  painter.restore();
}

QString CurvePlot::headAt(double step) const {
  QString head = QStringLiteral("step ") + groupedText(std::llround(step));
  if (counted_ == StepUnit::hours) head += QStringLiteral(" · %1 h").arg(QString::number(axisOf(step), 'f', 3));
  if (counted_ == StepUnit::clock) head += QStringLiteral(" · ") + QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(1000 * axisOf(step))).toString(QStringLiteral("HH:mm:ss"));
  return head;
}

std::size_t CurvePlot::beyondCount() const {
  if (!clipped_) return 0;
  std::size_t count = 0;
  const QCPRange range = plot_->yAxis->range();
  for (const auto& line : lines_)
    for (const Point& p : line->raw().points())
      count += p.step >= from_ && p.step <= to_ && (p.value > range.upper || (p.value < range.lower && !(log_y_ && p.value <= 0)));
  return count;
}

void CurvePlot::paintEdges(QPainter& painter, const PlotFrame& at) const {
  const QCPRange range = plot_->yAxis->range();
  const int columns = std::max(50, plot_->axisRect()->width());
  for (const auto& line : lines_) {
    std::vector<double> above, below, never;
    for (const Point& p : line->raw().sample(from_, to_, columns)) {
      if (p.step < from_ || p.step > to_) continue;
      if (log_y_ && p.value <= 0) never.push_back(p.step);
      else if (clipped_ && p.value > range.upper) above.push_back(p.step);
      else if (clipped_ && p.value < range.lower) below.push_back(p.step);
    }
    paintRug(painter, at, never, line->curve().color);
    paintBeyond(painter, at, above, below, line->curve().color);
  }
  if (const std::size_t count = beyondCount(); count > 0) paintBadge(painter, at, tr("%1 beyond the axis (O shows all)").arg(groupedText(static_cast<std::int64_t>(count))));
}

}  // namespace geocyte::widgets::loss_curves
