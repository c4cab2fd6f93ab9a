// SPDX-License-Identifier: GPL-3.0-or-later
// The plot of a tile: which curves, which ranges, how they look, what the mouse does.
#pragma once

#include <QObject>
#include <QPointF>

#include <memory>
#include <optional>
#include <vector>

#include "widgets/loss_curves/curve_line.h"
#include "widgets/loss_curves/curve_painter.h"

class QCPGraph;
class QCPLayerable;
class QCPPainter;
class QCustomPlot;
class QMouseEvent;
class QWheelEvent;

namespace geocyte::widgets {
class Crosshair;
}

namespace geocyte::widgets::loss_curves {

class CurvePlot : public QObject {
  Q_OBJECT
 public:
  explicit CurvePlot(Crosshair* crosshair);
  ~CurvePlot() override;

  void setLines(const std::vector<Curve>& curves, bool color_by_tag);
  void setMarks(std::vector<Mark> marks) { marks_ = std::move(marks); }
  void setChance(std::optional<double> chance) { chance_ = chance; }
  void setTotalSteps(double total) { total_steps_ = total; }
  void setSmoothing(double amount);
  void setUnit(StepUnit unit);
  void setOutliers(Outliers outliers);
  void setLogX(bool on);
  void setLogY(bool on);
  void setFollow(bool on);
  void setStepRange(double from, double to);
  void zoom(double factor, double around_step);
  /// Samples, ranges, colours, then draws. `now`: at once, for export and tests.
  void replot(bool now = false);
  bool renderTo(QPainter& painter, const QRect& target);

  double smoothing() const { return smoothing_; }
  double smoothingUnit() const { return unit_; }
  bool logX() const { return log_x_; }
  bool logY() const { return log_y_; }
  bool follow() const { return follow_; }
  bool isEmpty() const;
  const std::vector<std::unique_ptr<CurveLine>>& lines() const { return lines_; }
  QString nameInTile(const QString& tag) const;
  std::vector<ReadOutRow> rowsAt(double step) const;
  StepUnit unit() const { return counted_; }
  double axisOf(double step) const;
  double stepAt(double position) const;
  /// Values in the shown range that lie beyond the value axis.
  std::size_t beyondCount() const;
  QCustomPlot* widget() const { return plot_; }
  double centreStep() const;

 signals:
  void changed();               ///< follow or range changed by the mouse: ask for a refresh

 private:
  class StaticLayer;
  class HoverLayer;
  PlotFrame frame() const;
  void style();
  void setStepAxis();
  void setValueAxis();
  void fillGraphs();
  void paintStatic(QPainter& painter) const;
  void paintEdges(QPainter& painter, const PlotFrame& at) const;
  QString headAt(double step) const;
  void paintHover(QPainter& painter) const;
  void onPress(QMouseEvent* event);
  void onMove(QMouseEvent* event);
  void onRelease(QMouseEvent* event);
  void onWheel(QWheelEvent* event);
  bool eventFilter(QObject* watched, QEvent* event) override;
  void redrawHover();

  QCustomPlot* plot_;           ///< owned by the view it is put into
  Crosshair* crosshair_;
  std::vector<std::unique_ptr<CurveLine>> lines_;
  std::vector<QCPGraph*> ghosts_, mains_;
  std::vector<Mark> marks_;
  std::optional<double> chance_, drag_from_, drag_to_;
  std::optional<QPointF> pan_from_;
  StepUnit counted_ = StepUnit::step;
  Outliers outliers_ = Outliers::clip;
  bool clipped_ = false;
  double smoothing_ = 0.6, unit_ = 1, total_steps_ = 0;
  double from_ = 0, to_ = 1;    ///< the steps that are shown
  bool log_x_ = false, log_y_ = false, follow_ = true, hovered_ = false, by_tag_ = false;
  double hover_y_ = 0;
};

}  // namespace geocyte::widgets::loss_curves
