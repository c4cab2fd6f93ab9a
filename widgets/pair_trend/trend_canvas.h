// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing of the pairs over the steps: axes, gate, lines, the moment that is shown, what the mouse is near.
#pragma once

#include <QStringList>
#include <QWidget>

#include <functional>
#include <optional>

#include "widgets/base/hover_card.h"
#include "widgets/pair_trend/pair_lines.h"

namespace geocyte::widgets::pair_trend {

class TrendCanvas : public QWidget {
  Q_OBJECT
 public:
  explicit TrendCanvas(QWidget* parent = nullptr);
  void setPairs(PairLines pairs);
  const PairLines& pairs() const { return pairs_; }
  void setSelectedNames(const QStringList& names);
  void setLogarithmic(bool on);
  bool isLogarithmic() const { return logarithmic_; }
  void setHover(std::function<HoverContent(int line)> content) { hover_content_ = std::move(content); }
  /// The line nearest to a pixel within 8 pixels, -1 = none.
  int lineAt(const QPointF& at) const;
  /// Where a value of a line stands.
  QPointF pointOf(int line, int moment) const;
  QSize minimumSizeHint() const override { return {160, 110}; }

 signals:
  void stepWanted(double step);         ///< the moment under a drag
  void lineActivated(int line, bool add);
  void cleared();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  QRectF area() const;
  void arrange();
  double x(double step) const;
  double y(double value) const;
  bool isSelected(const PairLine& line) const;
  void paintAxes(QPainter& painter) const;
  void paintLine(QPainter& painter, int line, const QColor& color, double width) const;

  PairLines pairs_;
  QStringList selected_;
  std::function<HoverContent(int)> hover_content_;
  std::vector<double> value_ticks_, step_ticks_;
  double low_ = 0, high_ = 1, last_step_ = 1;
  std::optional<QPointF> pressed_;      ///< where the left button went down
  bool logarithmic_ = false, brushing_ = false;
  int hover_ = -1;
};

}  // namespace geocyte::widgets::pair_trend
