// SPDX-License-Identifier: GPL-3.0-or-later
// Four small charts over one logarithmic axis of noise, each with the line that it is judged by.
#pragma once

#include <QWidget>

#include <vector>

#include "widgets/skill_panel/skill_levels.h"

namespace geocyte::widgets::skill_panel {

class SkillPlot : public QWidget {
  Q_OBJECT
 public:
  explicit SkillPlot(QWidget* parent = nullptr);
  void setLevels(SkillLevels levels);
  const SkillLevels& levels() const { return levels_; }
  /// The level that is read out; -1 = none.
  int current() const { return current_; }
  void setCurrent(int level);
  /// Where a value of chart 0 to 3 at a level is drawn (its ratio, F ratio, scale, refined error).
  QPointF pointOf(int chart, int level) const;
  int charts() const { return static_cast<int>(charts_.size()); }
  QRectF areaOf(int chart) const;
  QSize minimumSizeHint() const override { return {220, 240}; }
  QSize sizeHint() const override { return {360, 520}; }

 signals:
  void currentChanged(int level);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Chart {
    QString title, line_name, second_name;
    const std::vector<double>*values = nullptr, *second = nullptr, *low = nullptr, *high = nullptr;
    double gate = 0;
    bool has_gate = false;
    double from = 0, to = 1;                   ///< of the values' axis
    std::vector<double> ticks;
    QRectF area;
  };
  void arrange();
  void fitAxis(Chart& chart) const;
  double x(const Chart& chart, double sigma) const;
  double y(const Chart& chart, double value) const;
  void paintChart(QPainter& painter, const Chart& chart, bool with_sigmas) const;
  void paintSigmas(QPainter& painter, const Chart& chart) const;
  void paintLine(QPainter& painter, const Chart& chart, const std::vector<double>& values, const QColor& color, bool dashed) const;
  int levelAt(const QPointF& at) const;
  SkillLevels levels_;
  std::vector<Chart> charts_;
  int current_ = -1, columns_ = 1;
};

}  // namespace geocyte::widgets::skill_panel
