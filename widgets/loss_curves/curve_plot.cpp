// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/curve_plot.h"

#include <QDateTime>
#include <QMouseEvent>
#include <QPointer>
#include <QWheelEvent>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/loss_curves/axis_choice.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::loss_curves {
namespace {

const QString kCurveLayer = QStringLiteral("curves");
constexpr double kFree = 0.2;              // of the step axis, in follow mode
constexpr double kGhost = 0.25;            // how strong the raw curve is beside the smoothed one
constexpr double kOutlier = 4;             // raw values this many times the smoothed range do not stretch the axis
constexpr double kDragPixels = 5;

}  // namespace

/// Chance, flags, missing values, legend: change with the data.
class CurvePlot::StaticLayer : public QCPLayerable {
 public:
  StaticLayer(QCustomPlot* plot, const CurvePlot* owner) : QCPLayerable(plot, QStringLiteral("axes")), owner_(owner) {}

 protected:
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }
  void draw(QCPPainter* painter) override { owner_->paintStatic(*painter); }

 private:
  const CurvePlot* owner_;
};

/// Cross-hair and zoom rectangle: change with the mouse, on a buffer of their own.
class CurvePlot::HoverLayer : public QCPLayerable {
 public:
  HoverLayer(QCustomPlot* plot, const CurvePlot* owner) : QCPLayerable(plot, QStringLiteral("overlay")), owner_(owner) {}

 protected:
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }
  void draw(QCPPainter* painter) override { owner_->paintHover(*painter); }

 private:
  const CurvePlot* owner_;
};

CurvePlot::CurvePlot(Crosshair* crosshair) : plot_(new QCustomPlot), crosshair_(crosshair) {
  plot_->setInteractions(QCP::Interactions());
  plot_->setFocusPolicy(Qt::StrongFocus);
  plot_->setMouseTracking(true);
  plot_->setMinimumSize(120, 90);
  plot_->axisRect()->setAutoMargins(QCP::msLeft);
  plot_->axisRect()->setMinimumMargins(QMargins(44, 12, 22, 26));
  plot_->axisRect()->setMargins(QMargins(44, 12, 22, 26));
  plot_->addLayer(kCurveLayer, plot_->layer(QStringLiteral("main")));
  new StaticLayer(plot_, this);
  new HoverLayer(plot_, this);
  plot_->installEventFilter(this);
  connect(plot_, &QCustomPlot::mousePress, this, &CurvePlot::onPress);
  connect(plot_, &QCustomPlot::mouseMove, this, &CurvePlot::onMove);
  connect(plot_, &QCustomPlot::mouseRelease, this, &CurvePlot::onRelease);
  connect(plot_, &QCustomPlot::mouseWheel, this, &CurvePlot::onWheel);
  connect(plot_, &QCustomPlot::mouseDoubleClick, this, [this] {
    drag_from_.reset();
    setFollow(true);
    emit changed();
  });
  if (crosshair_) connect(crosshair_, &Crosshair::changed, this, &CurvePlot::redrawHover);
}

CurvePlot::~CurvePlot() = default;

void CurvePlot::setLines(const std::vector<Curve>& curves, bool color_by_tag) {
  std::vector<std::unique_ptr<CurveLine>> kept;
  for (const Curve& curve : curves) {
    const auto same = [&](const std::unique_ptr<CurveLine>& line) {
      return line && line->curve().run == curve.run && line->curve().tag == curve.tag;
    };
    const auto found = std::find_if(lines_.begin(), lines_.end(), same);
    if (found == lines_.end()) {
      kept.push_back(std::make_unique<CurveLine>(curve, smoothing_, unit_));
      kept.back()->setUnit(counted_);
    } else {
      (*found)->update(curve);
      kept.push_back(std::move(*found));
    }
  }
  lines_ = std::move(kept);
  by_tag_ = color_by_tag;
  double newest = 0;
  for (const auto& line : lines_) newest = std::max(newest, line->lastStep());
  unit_ = smoothingUnitFor(newest);
  for (const auto& line : lines_) line->setSmoothing(smoothing_, unit_);
}

void CurvePlot::setSmoothing(double amount) {
  smoothing_ = std::clamp(amount, 0.0, 0.99);
  for (const auto& line : lines_) line->setSmoothing(smoothing_, unit_);
}

void CurvePlot::setUnit(StepUnit unit) {
  if (unit == counted_) return;
  counted_ = unit;
  for (const auto& line : lines_) line->setUnit(unit);
  follow_ = true;
  from_ = 0;
  to_ = 0;
}

void CurvePlot::setOutliers(Outliers outliers) { outliers_ = outliers; }

/// Positions of marks and of the cross-hair are those of the topmost curve.
double CurvePlot::axisOf(double step) const { return lines_.empty() ? step : lines_.back()->axisOf(step); }
double CurvePlot::stepAt(double position) const { return lines_.empty() ? std::round(position) : lines_.back()->stepAt(position); }

void CurvePlot::setLogX(bool on) { log_x_ = on; }
void CurvePlot::setLogY(bool on) { log_y_ = on; }
void CurvePlot::setFollow(bool on) { follow_ = on; }

void CurvePlot::setStepRange(double from, double to) {
  if (!(from < to) || !std::isfinite(from) || !std::isfinite(to)) return;
  from_ = from;
  to_ = to;
  follow_ = false;
}

void CurvePlot::zoom(double factor, double around_step) {
  double from = around_step - (around_step - from_) * factor, to = around_step + (to_ - around_step) * factor;
  if (log_x_ && around_step > 0) {
    from = around_step * std::pow(std::max(from_, 1.0) / around_step, factor);
    to = around_step * std::pow(to_ / around_step, factor);
  }
  if (to - from > 1e-6 && to - from < 1e15) setStepRange(std::max(0.0, from), to);
}

double CurvePlot::centreStep() const { return log_x_ ? std::sqrt(std::max(1.0, from_) * to_) : (from_ + to_) / 2; }

bool CurvePlot::isEmpty() const {
  return std::all_of(lines_.begin(), lines_.end(),
                     [](const auto& line) { return line->raw().size() == 0 && line->raw().missing().empty(); });
}

void CurvePlot::style() {
  const ThemeColors& c = themeColors();
  plot_->setBackground(QBrush(c.panel));
  for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) {
    axis->setBasePen(Qt::NoPen);
    axis->setTickPen(Qt::NoPen);
    axis->setSubTickPen(Qt::NoPen);
    axis->setTickLabelColor(c.dim);
    axis->setTickLabelFont(captionFont());
    axis->setTickLabelPadding(6);
    axis->setTickLength(0, 0);
    axis->grid()->setSubGridVisible(false);
    axis->grid()->setZeroLinePen(Qt::NoPen);
    axis->grid()->setAntialiased(false);
  }
  plot_->yAxis->grid()->setPen(QPen(c.line, 1));
  plot_->xAxis->grid()->setVisible(false);
}

void CurvePlot::setStepAxis() {
  if (follow_) {
    double newest = 0, oldest = INFINITY;
    for (const auto& line : lines_) newest = std::max(newest, line->last());
    for (const auto& line : lines_)
      if (line->first() > 0) oldest = std::min(oldest, line->first());
    from_ = counted_ == StepUnit::clock && oldest < newest ? oldest : 0;
    if (counted_ != StepUnit::step) {
      const double free = to_ >= newest && (newest - from_) > 0.5 * (to_ - from_) ? to_ : newest + kFree * (newest - from_);
      to_ = std::max(free, from_ + 1e-6);
    } else {
      // The axis is stretched only when the curves have reached its end, then by a quarter: labels stay where they are.
      const bool fits = to_ >= newest && (newest >= to_ * 0.5 || to_ == total_steps_);
      double to = fits ? to_ : newest / (1 - kFree);
      if (total_steps_ > 0 && newest <= total_steps_) to = fits && to <= total_steps_ ? to : std::min(to, total_steps_);
      if (total_steps_ > 0 && newest >= total_steps_ * (1 - kFree)) to = std::max(newest, total_steps_);
      to_ = std::max(1.0, to);
    }
  }
  const bool log = log_x_ && counted_ != StepUnit::clock;     // the logarithm of a date means nothing
  const double least = counted_ == StepUnit::step ? 1.0 : std::max(1e-5, to_ * 1e-4);
  const double from = log ? std::max(least, from_) : from_;
  const int ticks = std::clamp(plot_->width() / 90, 2, 8);
  plot_->xAxis->setScaleType(log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  plot_->xAxis->setRange(from, std::max(to_, from + (counted_ == StepUnit::step ? from * 0.001 : 1e-6)));
  if (counted_ == StepUnit::clock) setClockTicks(plot_->xAxis, ticks);
  else if (counted_ == StepUnit::hours && !log) setHourTicks(plot_->xAxis, ticks);
  else setStepTicks(plot_->xAxis, log, ticks);
}

void CurvePlot::setValueAxis() {
  plot_->yAxis->setScaleType(log_y_ ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  double low = INFINITY, high = -INFINITY, raw_low = INFINITY, raw_high = -INFINITY;
  const auto widen = [this](const BucketPyramid& pyramid, double& least, double& most) {
    for (const Point& p : pyramid.sample(from_, to_, std::max(50, plot_->width()))) {
      if (p.step < from_ || p.step > to_ || (log_y_ && p.value <= 0)) continue;
      least = std::min(least, p.value);
      most = std::max(most, p.value);
    }
  };
  for (const auto& line : lines_) {
    widen(line->smooth(), low, high);
    widen(line->raw(), raw_low, raw_high);
  }
  if (!(low <= high)) low = log_y_ ? 0.1 : 0, high = raw_high = log_y_ ? 10 : 1, raw_low = low;
  const auto size = [this](double a, double b) { return log_y_ ? std::log10(b / a) : b - a; };
  clipped_ = outliers_ == Outliers::clip && size(raw_low, raw_high) > kOutlier * size(low, high) && size(low, high) > 0;
  if (!clipped_) low = raw_low, high = raw_high;
  if (chance_ && (!log_y_ || *chance_ > 0)) low = std::min(low, *chance_), high = std::max(high, *chance_);
  if (log_y_) {
    if (high / low < 1.5) low /= 2, high *= 2;
    return setLogValueTicks(plot_->yAxis, low / 1.15, high * 1.15);
  }
  if (low >= 0 && low < 0.45 * high) low = 0;  // near enough to zero that the eye wants it on the picture
  if (high - low < 1e-12 * std::max(1.0, std::abs(high))) low -= 0.5 * std::max(1e-6, std::abs(low)), high += 0.5 * std::max(1e-6, std::abs(high));
  setValueTicks(plot_->yAxis, roundedAxis(low, high));
}

void CurvePlot::fillGraphs() {
  while (mains_.size() > lines_.size()) {
    plot_->removeGraph(mains_.back());
    plot_->removeGraph(ghosts_.back());
    mains_.pop_back();
    ghosts_.pop_back();
  }
  while (mains_.size() < lines_.size()) {
    ghosts_.push_back(plot_->addGraph());
    mains_.push_back(plot_->addGraph());
    mains_.back()->setLayer(kCurveLayer);   // above every ghost
    for (QCPGraph* graph : {ghosts_.back(), mains_.back()}) {
      graph->setAdaptiveSampling(false);  // the pyramid has done that, and keeps the spikes
      graph->setAntialiased(true);
    }
  }
  const int columns = std::max(50, plot_->axisRect()->width());
  const auto fill = [&](QCPGraph* graph, const BucketPyramid& pyramid, int wanted) {
    const std::vector<Point> points = pyramid.sample(from_, to_, wanted);
    QVector<double> keys, values;
    keys.reserve(static_cast<qsizetype>(points.size()));
    values.reserve(static_cast<qsizetype>(points.size()));
    for (const Point& p : points) {
      if ((plot_->xAxis->scaleType() == QCPAxis::stLogarithmic && p.step <= 0) || (log_y_ && p.value <= 0)) continue;
      keys.push_back(p.step);
      values.push_back(p.value);
    }
    graph->setData(keys, values, true);
  };
  const QColor panel = themeColors().panel;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const Curve& curve = lines_[i]->curve();
    const bool ghost = smoothing_ > 0;
    // Dashes along a raw, jagged curve are noise: the ghost is solid.
    ghosts_[i]->setVisible(ghost);
    ghosts_[i]->setPen(QPen(mixed(panel, curve.color, kGhost), 1));
    QPen pen(curve.color, curve.baseline ? 2.0 : 1.75, curve.baseline ? Qt::CustomDashLine : Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
    if (curve.baseline) pen.setDashPattern({3.5, 1.5});
    mains_[i]->setPen(pen);
    // A dense ghost is a band of vertical strokes: smooth edges cost much there and show nothing. The smoothed curve has
    // no spikes to lose, so half the columns do.
    if (ghost) fill(ghosts_[i], lines_[i]->raw(), columns);
    ghosts_[i]->setAntialiased(ghosts_[i]->dataCount() <= columns);
    fill(mains_[i], lines_[i]->smooth(), ghost ? columns / 2 : columns);
    // A single sample makes no line.
    const bool lone = lines_[i]->smooth().size() == 1;
    mains_[i]->setScatterStyle(lone ? QCPScatterStyle(QCPScatterStyle::ssDisc, curve.color, curve.color, 5) : QCPScatterStyle());
  }
}

void CurvePlot::replot(bool now) {
  style();
  setStepAxis();
  setValueAxis();
  fillGraphs();
  plot_->replot(now ? QCustomPlot::rpImmediateRefresh : QCustomPlot::rpQueuedRefresh);
}

bool CurvePlot::renderTo(QPainter& painter, const QRect& target) {
  replot(true);
  painter.save();
  painter.translate(target.topLeft());
  const QPicture picture = [&] {
    QPicture recorded;
    QCPPainter recorder(&recorded);
    recorder.setMode(QCPPainter::pmVectorized);
    recorder.setMode(QCPPainter::pmNoCaching);
    plot_->toPainter(&recorder, target.width(), target.height());
    return recorded;
  }();
  painter.drawPicture(0, 0, picture);
  painter.restore();
  return true;
}

PlotFrame CurvePlot::frame() const {
  return {QRectF(plot_->axisRect()->rect()), [this](double step) { return plot_->xAxis->coordToPixel(step); },
          [this](double value) { return plot_->yAxis->coordToPixel(value); }};
}

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

void CurvePlot::redrawHover() {
  if (plot_->isVisible()) plot_->layer(QStringLiteral("overlay"))->replot();
}

void CurvePlot::onPress(QMouseEvent* event) {
  const bool pans = event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && (event->modifiers() & Qt::ShiftModifier));
  if (pans) pan_from_ = event->position();
  else if (event->button() == Qt::LeftButton) drag_from_ = event->position().x();
}

void CurvePlot::onMove(QMouseEvent* event) {
  const QPointF at = event->position();
  if (pan_from_) {
    const double shift = plot_->xAxis->pixelToCoord(pan_from_->x()) - plot_->xAxis->pixelToCoord(at.x());
    pan_from_ = at;
    setStepRange(from_ + shift, to_ + shift);
    emit changed();
    return;
  }
  if (drag_from_) drag_to_ = std::clamp(at.x(), frame().area.left(), frame().area.right());
  hover_y_ = at.y();
  hovered_ = true;
  if (!crosshair_) return redrawHover();
  const double position = plot_->xAxis->pixelToCoord(at.x()), step = stepAt(position);
  if (position < from_ || position > to_) crosshair_->clear();
  else if (crosshair_->isActive() && crosshair_->step() == step) redrawHover();
  else crosshair_->setStep(step);
}

void CurvePlot::onRelease(QMouseEvent* event) {
  pan_from_.reset();
  if (drag_from_ && std::abs(event->position().x() - *drag_from_) > kDragPixels) {
    const double a = plot_->xAxis->pixelToCoord(*drag_from_), b = plot_->xAxis->pixelToCoord(event->position().x());
    setStepRange(std::max(0.0, std::min(a, b)), std::max(a, b));
    emit changed();
  }
  drag_from_.reset();
  drag_to_.reset();
  redrawHover();
}

void CurvePlot::onWheel(QWheelEvent* event) {
  zoom(std::pow(0.999, event->angleDelta().y()), plot_->xAxis->pixelToCoord(event->position().x()));
  event->accept();
  emit changed();
}

bool CurvePlot::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Leave) {
    hovered_ = false;
    if (crosshair_) crosshair_->clear();
    redrawHover();
  }
  if (event->type() == QEvent::Resize) emit changed();
  return QObject::eventFilter(watched, event);
}

}  // namespace geocyte::widgets::loss_curves
