// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/curve_plot.h"

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
  plot_->setPlottingHint(QCP::phFastPolylines);   // joins of short segments are not seen, but cost most of a wide line
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
    double lowest = 0, highest = 0;
    if (!log_y_) {
      if (pyramid.extremes(from_, to_, &lowest, &highest)) least = std::min(least, lowest), most = std::max(most, highest);
      return;
    }
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

}  // namespace geocyte::widgets::loss_curves
