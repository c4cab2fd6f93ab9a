// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing of a cloud and what the mouse does in it. It knows pixels, rows and categories, no arrays and no models.
#pragma once

#include <QImage>
#include <QPolygonF>
#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

#include "widgets/scatter/point_cloud.h"

class QVariantAnimation;

namespace geocyte::widgets::scatter {

struct LegendEntry {
  QString name;
  QColor color;
  std::size_t count = 0;
  bool selected = false;        ///< some of it is selected
};

enum class Tool { lasso, rectangle };

class ScatterCanvas : public QWidget {
  Q_OBJECT
 public:
  explicit ScatterCanvas(QWidget* parent = nullptr);

  /// With `animate` the points of the same rows glide to their new places.
  void setCloud(PointCloud cloud, bool y_down, bool animate);
  void setCategories(std::vector<std::int32_t> category, std::vector<LegendEntry> legend, const QColor& missing);
  /// One byte a row; empty = nothing selected.
  void setMask(std::vector<std::uint8_t> mask);
  void setTooltips(std::function<QString(int row)> text) { tooltip_ = std::move(text); }
  void setTool(Tool tool);
  Tool tool() const { return tool_; }
  void fitAll();
  void zoom(double factor, const QPointF& around);
  /// The outline of the last lasso stays until something else is selected.
  void forgetArea();

  const PointCloud& cloud() const { return target_; }
  const std::vector<LegendEntry>& legend() const { return legend_; }
  PlaneMap map() const { return map_; }
  bool isAnimating() const;
  std::vector<std::uint8_t> inside(const QPolygonF& area) const { return pointsInside(target_, map_, area, size()); }
  /// The shown row nearest to a pixel within 8 pixels; -1 = none.
  int rowAt(const QPointF& pixel) const;
  QRectF legendRect(int category) const;
  QSize minimumSizeHint() const override { return {160, 140}; }

 signals:
  void areaSelected(const QPolygonF& area, Qt::KeyboardModifiers modifiers, const QString& tool);
  void categoryClicked(int category, Qt::KeyboardModifiers modifiers);
  void cleared();
  void toolChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void changeEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  void redraw();
  void drawPoints();
  void paintLegend(QPainter& painter) const;
  void paintArea(QPainter& painter) const;
  QRectF drawingArea() const;
  int legendAt(const QPointF& at) const;
  int legendShown() const;

  PointCloud target_, shown_, start_;   ///< where the points go, are, came from
  PlaneMap map_, start_map_, target_map_;
  std::vector<std::uint32_t> order_;
  std::vector<std::int32_t> category_;
  std::vector<LegendEntry> legend_;
  QColor missing_;
  std::vector<std::uint8_t> mask_;
  std::function<QString(int)> tooltip_;
  QVariantAnimation* animation_;
  QImage image_;
  bool stale_ = true, fitted_ = true, space_ = false;
  Tool tool_ = Tool::lasso;
  QPolygonF drawing_;                   ///< in pixels, while the button is down
  QPolygonF area_;                      ///< the last one, in data coordinates
  std::optional<QPointF> press_, pan_;
  int hovered_ = -1;
};

}  // namespace geocyte::widgets::scatter
