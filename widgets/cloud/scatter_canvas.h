// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing of a cloud and what the mouse does in it. It knows pixels, rows and categories, no arrays and no models.
#pragma once

#include <QImage>
#include <QPolygonF>
#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

#include "widgets/base/hover_card.h"
#include "widgets/cloud/point_cloud.h"

class QVariantAnimation;

namespace geocyte::widgets::cloud {

struct LegendEntry {
  QString name;
  QColor color;
  std::size_t count = 0;
  bool selected = false;        ///< some of it is selected
};

/// In place of the list of categories where a number colours the points; an empty title = none.
struct RampLegend {
  QString title, low, high;
};

enum class Tool { lasso, rectangle };
/// Points as they are; how densely they lie; the outlines that hold 30, 60 and 90 % of each category.
enum class Mode { points, density, contours };

struct SplatStyle;

class ScatterCanvas : public QWidget {
  Q_OBJECT
 public:
  explicit ScatterCanvas(QWidget* parent = nullptr);

  /// With `animate` the points of the same rows glide to their new places.
  void setCloud(PointCloud cloud, bool y_down, bool animate);
  void setCategories(std::vector<std::int32_t> category, std::vector<LegendEntry> legend, const QColor& missing, RampLegend ramp = {});
  /// A name in the upper left corner, where two clouds stand side by side.
  void setCorner(const QString& text);
  void setMode(Mode mode);
  Mode mode() const { return mode_; }
  /// Shows the same part of the plane as another canvas.
  void setMap(const PlaneMap& map);
  /// Drawn on the empty ground below the points, `map` in device pixels; never while points glide. An empty function draws nothing.
  void setUnderlay(std::function<void(QImage& image, const PlaneMap& map)> paint);
  /// Shows at least this part of the plane when all is shown; what is drawn below the points may reach beyond them.
  void setExtent(const QRectF& extent);
  /// How near to the eye a row is: near ones lie over far ones, are larger and stronger. Empty = all in one plane.
  void setDepth(const std::vector<float>& depth);
  /// The right button and Shift with the arrows turn the cloud: orbited() says by how many pixels.
  void setOrbits(bool on) { orbits_ = on; }
  /// One byte a row; empty = nothing selected.
  void setMask(std::vector<std::uint8_t> mask);
  /// Said beside the mouse while it is near a point.
  void setHover(std::function<HoverContent(int row)> content) { hover_content_ = std::move(content); }
  void setTool(Tool tool);
  Tool tool() const { return tool_; }
  void fitAll();
  void zoom(double factor, const QPointF& around);
  /// Shows the selected rows as large as they fit; all without a selection.
  void fitSelection();
  /// The outline of the last lasso stays until something else is selected.
  void forgetArea();

  const PointCloud& cloud() const { return target_; }
  const std::vector<LegendEntry>& legend() const { return legend_; }
  double diameter() const { return diameter_; }
  const RampLegend& ramp() const { return ramp_; }
  const QString& corner() const { return corner_; }
  PlaneMap map() const { return map_; }
  bool isAnimating() const;
  std::vector<std::uint8_t> inside(const QPolygonF& area) const { return pointsInside(target_, map_, area, size()); }
  /// The shown row nearest to a pixel within 8 pixels; -1 = none.
  int rowAt(const QPointF& pixel) const;
  QRectF legendRect(int category) const;
  /// Below the legend: how many it leaves out, and that one colour may be of several.
  QString legendNote() const;
  QSize minimumSizeHint() const override { return {160, 140}; }

 signals:
  void areaSelected(const QPolygonF& area, Qt::KeyboardModifiers modifiers, const QString& tool);
  void categoryClicked(int category, Qt::KeyboardModifiers modifiers);
  void cleared();
  void toolChanged();
  void modeChanged();
  void mapMoved();              ///< by the user
  void orbited(const QPointF& pixels);

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
  void drawDensity();
  void drawLayers(const SplatStyle& style, const QColor& panel, const PlaneMap& map, const std::vector<std::uint8_t>& mask, bool wanted);
  void paintContours(QPainter& painter) const;
  void paintRamp(QPainter& painter) const;
  void paintCorner(QPainter& painter) const;
  bool isKept(std::size_t row) const { return mask_.empty() || mask_[row] != 0; }
  void paintLegend(QPainter& painter) const;
  void paintArea(QPainter& painter) const;
  QRectF drawingArea() const;
  int legendAt(const QPointF& at) const;
  int legendShown() const;
  bool coloursRepeat() const;

  PointCloud target_, shown_, start_;   ///< where the points go, are, came from
  PlaneMap map_, start_map_, target_map_;
  std::vector<std::uint32_t> order_;
  std::vector<std::int32_t> category_;
  std::vector<LegendEntry> legend_;
  QColor missing_;
  RampLegend ramp_;
  QString corner_;
  std::vector<std::uint8_t> mask_;
  std::function<HoverContent(int)> hover_content_;
  std::function<void(QImage&, const PlaneMap&)> underlay_;
  QRectF extent_;
  double diameter_ = 5;                 ///< of a point, logical pixels
  QVariantAnimation* animation_;
  QImage image_;
  bool has_depth_ = false, orbits_ = false;
  bool stale_ = true, fitted_ = true, space_ = false;
  Tool tool_ = Tool::lasso;
  Mode mode_ = Mode::points;
  QPolygonF drawing_;                   ///< in pixels, while the button is down
  QPolygonF area_;                      ///< the last one, in data coordinates
  std::optional<QPointF> press_, pan_, orbit_;
  int hovered_ = -1;
};

}  // namespace geocyte::widgets::cloud
