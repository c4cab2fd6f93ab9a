// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cloud/scatter_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QVariantAnimation>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

#include "widgets/cloud/splat.h"
#include "widgets/theme/colors.h"

namespace geocyte::widgets::cloud {
namespace {

constexpr int kGlideMs = 250;
constexpr double kMargin = 22, kReach = 8, kDragPixels = 4;

}  // namespace

ScatterCanvas::ScatterCanvas(QWidget* parent) : QWidget(parent), animation_(new QVariantAnimation(this)) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setCursor(Qt::CrossCursor);
  animation_->setDuration(kGlideMs);
  animation_->setStartValue(0.0);
  animation_->setEndValue(1.0);
  animation_->setEasingCurve(QEasingCurve::InOutCubic);
  connect(animation_, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
    const double t = value.toDouble();
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      shown_.x[i] = static_cast<float>(start_.x[i] + t * (target_.x[i] - start_.x[i]));
      shown_.y[i] = static_cast<float>(start_.y[i] + t * (target_.y[i] - start_.y[i]));
    }
    if (fitted_) {
      map_.scale = start_map_.scale * std::pow(target_map_.scale / start_map_.scale, t);
      map_.origin_x = start_map_.origin_x + t * (target_map_.origin_x - start_map_.origin_x);
      map_.origin_y = start_map_.origin_y + t * (target_map_.origin_y - start_map_.origin_y);
    }
    redraw();
  });
  connect(animation_, &QVariantAnimation::finished, this, [this] {
    shown_ = target_;
    if (fitted_) map_ = target_map_;
    redraw();
  });
}

void ScatterCanvas::setCloud(PointCloud cloud, bool y_down, bool animate) {
  animation_->stop();
  const bool glide = animate && isVisible() && cloud.size() == target_.size() && cloud.size() > 0 && y_down == map_.y_down && map_.scale > 0;
  if (cloud.size() != target_.size()) {
    order_ = drawOrder(cloud.size());
    mask_.clear();
    category_.clear();
    fitted_ = true;
    forgetArea();
  }
  start_ = glide ? shown_ : PointCloud();
  start_map_ = map_;
  target_ = std::move(cloud);
  diameter_ = pointDiameter(target_.shownCount());
  target_map_ = fitted_ ? PlaneMap::fit(target_.bounds() | extent_, drawingArea(), y_down) : map_;
  target_map_.y_down = y_down;
  hovered_ = -1;
  if (glide) {
    shown_ = start_;
    return animation_->start();
  }
  shown_ = target_;
  map_ = target_map_;
  redraw();
}

void ScatterCanvas::setCategories(std::vector<std::int32_t> category, std::vector<LegendEntry> legend, const QColor& missing, RampLegend ramp) {
  if (!category.empty() && category.size() != target_.size()) category.clear();
  category_ = std::move(category);
  legend_ = std::move(legend);
  missing_ = missing;
  ramp_ = std::move(ramp);
  redraw();
}

void ScatterCanvas::setCorner(const QString& text) {
  if (corner_ == text) return;
  corner_ = text;
  update();
}

void ScatterCanvas::setMode(Mode mode) {
  if (mode_ == mode) return;
  mode_ = mode;
  redraw();
  emit modeChanged();
}

void ScatterCanvas::setMap(const PlaneMap& map) {
  if (isAnimating()) return;
  fitted_ = false;
  map_ = target_map_ = map;
  redraw();
}

void ScatterCanvas::setUnderlay(std::function<void(QImage&, const PlaneMap&)> paint) {
  underlay_ = std::move(paint);
  redraw();
}

void ScatterCanvas::setExtent(const QRectF& extent) { extent_ = extent; }

void ScatterCanvas::setDepth(const std::vector<float>& depth) {
  const bool had = has_depth_;
  has_depth_ = !depth.empty() && depth.size() == target_.size();
  if (!has_depth_ && !had) return;
  order_ = drawOrder(target_.size());
  if (has_depth_) {
    std::erase_if(order_, [&](std::uint32_t i) { return !std::isfinite(depth[i]); });
    std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return depth[a] < depth[b]; });
  }
  redraw();
}

void ScatterCanvas::setMask(std::vector<std::uint8_t> mask) {
  if (!mask.empty() && mask.size() != target_.size()) mask.clear();
  mask_ = std::move(mask);
  redraw();
}

void ScatterCanvas::setTool(Tool tool) {
  if (tool_ == tool) return;
  tool_ = tool;
  emit toolChanged();
}

bool ScatterCanvas::isAnimating() const { return animation_->state() == QVariantAnimation::Running; }

QRectF ScatterCanvas::drawingArea() const { return QRectF(rect()).adjusted(kMargin, kMargin / 2, -kMargin, -kMargin / 2); }

void ScatterCanvas::fitAll() {
  fitted_ = true;
  target_map_ = PlaneMap::fit(target_.bounds() | extent_, drawingArea(), map_.y_down);
  if (!isAnimating()) map_ = target_map_;
  redraw();
  emit mapMoved();
}

void ScatterCanvas::fitSelection() {
  PointCloud kept;
  for (std::size_t i = 0; i < target_.size(); ++i)
    if (isKept(i)) kept.x.push_back(target_.x[i]), kept.y.push_back(target_.y[i]);
  if (mask_.empty() || kept.shownCount() == 0) return fitAll();
  fitted_ = false;
  map_ = target_map_ = PlaneMap::fit(kept.bounds(), drawingArea(), map_.y_down);
  redraw();
  emit mapMoved();
}

void ScatterCanvas::zoom(double factor, const QPointF& around) {
  const double scale = map_.scale * factor;
  if (!(scale > 1e-12 && scale < 1e12)) return;
  fitted_ = false;
  map_.origin_x = around.x() + (map_.origin_x - around.x()) * factor;
  map_.origin_y = around.y() + (map_.origin_y - around.y()) * factor;
  map_.scale = scale;
  redraw();
  emit mapMoved();
}

void ScatterCanvas::forgetArea() {
  if (area_.isEmpty()) return;
  area_.clear();
  update();
}

void ScatterCanvas::redraw() {
  stale_ = true;
  update();
}

void ScatterCanvas::paintEvent(QPaintEvent*) {
  if (stale_ || image_.isNull() || image_.devicePixelRatio() != devicePixelRatioF()) {
    stale_ = false;
    mode_ == Mode::density ? drawDensity() : drawPoints();
  }
  QPainter painter(this);
  painter.drawImage(0, 0, image_);
  painter.setRenderHint(QPainter::Antialiasing);
  if (mode_ == Mode::contours && !isAnimating()) paintContours(painter);
  paintArea(painter);
  if (hovered_ >= 0 && static_cast<std::size_t>(hovered_) < shown_.size() && !isAnimating()) {
    const auto i = static_cast<std::size_t>(hovered_);
    const int slot = category_.empty() ? -1 : category_[i];
    painter.setPen(QPen(themeColors().ink, 1.5));
    painter.setBrush(slot >= 0 && static_cast<std::size_t>(slot) < legend_.size() ? legend_[static_cast<std::size_t>(slot)].color : missing_);
    painter.drawEllipse(map_.toPixel(shown_.x[i], shown_.y[i]), diameter_, diameter_);
  }
  ramp_.title.isEmpty() ? paintLegend(painter) : paintRamp(painter);
  paintCorner(painter);
}

int ScatterCanvas::rowAt(const QPointF& pixel) const {
  int best = -1;
  double nearest = kReach * kReach;
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const double dx = map_.pixelX(shown_.x[i]) - pixel.x(), dy = map_.pixelY(shown_.y[i]) - pixel.y();
    const double distance = dx * dx + dy * dy;
    if (distance <= nearest) nearest = distance, best = static_cast<int>(i);
  }
  return best;
}

void ScatterCanvas::resizeEvent(QResizeEvent* event) {
  if (fitted_) {
    fitAll();
  } else {
    map_.origin_x += (width() - event->oldSize().width()) / 2.0;
    map_.origin_y += (height() - event->oldSize().height()) / 2.0;
  }
  redraw();
}

void ScatterCanvas::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && space_)) {
    pan_ = event->position();
    setCursor(Qt::ClosedHandCursor);
    return;
  }
  if (event->button() == Qt::RightButton && orbits_) {
    orbit_ = event->position();
    setCursor(Qt::SizeAllCursor);
    return;
  }
  if (event->button() != Qt::LeftButton) return;
  if (const int category = legendAt(event->position()); category >= 0) {
    emit categoryClicked(category, event->modifiers());
    return;
  }
  press_ = event->position();
}

void ScatterCanvas::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (pan_) {
    fitted_ = false;
    map_.origin_x += at.x() - pan_->x();
    map_.origin_y += at.y() - pan_->y();
    pan_ = at;
    redraw();
    return emit mapMoved();
  }
  if (orbit_) {
    const QPointF by = at - *orbit_;
    orbit_ = at;
    return emit orbited(by);
  }
  if (press_) {
    if (drawing_.isEmpty() && (at - *press_).manhattanLength() < kDragPixels) return;
    if (tool_ == Tool::rectangle) drawing_ = QPolygonF(QRectF(*press_, at).normalized());
    else drawing_.isEmpty() ? drawing_ << *press_ << at : drawing_ << at;
    return update();
  }
  if (!space_) setCursor(legendAt(at) >= 0 ? Qt::PointingHandCursor : Qt::CrossCursor);
  const int row = rowAt(at);
  if (row == hovered_) return;
  hovered_ = row;
  if (row >= 0 && hover_content_) HoverCard::showAt(event->globalPosition().toPoint(), hover_content_(row), this);
  else HoverCard::hideFrom(this);
  update();
}

void ScatterCanvas::mouseReleaseEvent(QMouseEvent* event) {
  if (pan_ || orbit_) {
    orbit_.reset();
    pan_.reset();
    setCursor(space_ ? Qt::OpenHandCursor : Qt::CrossCursor);
    return;
  }
  if (!press_) return;
  press_.reset();
  if (drawing_.size() < 3) {
    drawing_.clear();
    emit cleared();  // a click beside everything
    return;
  }
  QPolygonF drawn;
  drawn.swap(drawing_);
  area_.clear();
  for (const QPointF& p : drawn) area_ << map_.toData(p);
  emit areaSelected(drawn, event->modifiers(), tool_ == Tool::lasso ? tr("lasso") : tr("rectangle"));
  update();
}

void ScatterCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && legendAt(event->position()) < 0) fitAll();
}

void ScatterCanvas::wheelEvent(QWheelEvent* event) {
  zoom(std::pow(1.001, event->angleDelta().y()), event->position());
  event->accept();
}

void ScatterCanvas::leaveEvent(QEvent*) {
  hovered_ = -1;
  update();
}

void ScatterCanvas::keyPressEvent(QKeyEvent* event) {
  const auto pan = [this](double dx, double dy) {
    fitted_ = false;
    map_.origin_x += dx;
    map_.origin_y += dy;
    redraw();
    emit mapMoved();
  };
  constexpr double kPan = 40, kZoom = 1.25;
  if (orbits_ && (event->modifiers() & Qt::ShiftModifier)) {
    constexpr double kTurn = 26;   // pixels: fifteen degrees
    switch (event->key()) {
      case Qt::Key_Left: return emit orbited({-kTurn, 0});
      case Qt::Key_Right: return emit orbited({kTurn, 0});
      case Qt::Key_Up: return emit orbited({0, -kTurn});
      case Qt::Key_Down: return emit orbited({0, kTurn});
      default: break;
    }
  }
  switch (event->key()) {
    case Qt::Key_L: return setTool(Tool::lasso);
    case Qt::Key_R: return setTool(Tool::rectangle);
    case Qt::Key_Escape:
      drawing_.clear();
      press_.reset();
      emit cleared();
      return;
    case Qt::Key_D: return setMode(mode_ == Mode::density ? Mode::points : Mode::density);
    case Qt::Key_C: return setMode(mode_ == Mode::contours ? Mode::points : Mode::contours);
    case Qt::Key_S: return setMode(Mode::points);
    case Qt::Key_Z: return fitSelection();
    case Qt::Key_Home: case Qt::Key_F: return fitAll();
    case Qt::Key_Plus: case Qt::Key_Equal: return zoom(kZoom, QRectF(rect()).center());
    case Qt::Key_Minus: return zoom(1 / kZoom, QRectF(rect()).center());
    case Qt::Key_Left: return pan(kPan, 0);
    case Qt::Key_Right: return pan(-kPan, 0);
    case Qt::Key_Up: return pan(0, kPan);
    case Qt::Key_Down: return pan(0, -kPan);
    case Qt::Key_Space:
      space_ = true;
      setCursor(Qt::OpenHandCursor);
      return;
    default: QWidget::keyPressEvent(event);
  }
}

void ScatterCanvas::keyReleaseEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Space || event->isAutoRepeat()) return QWidget::keyReleaseEvent(event);
  space_ = false;
  setCursor(Qt::CrossCursor);
}

void ScatterCanvas::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) redraw();
}

bool ScatterCanvas::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int category = legendAt(help->pos());
  if (category >= 0) QToolTip::showText(help->globalPos(), tr("%1: %2 points. Click selects them, Shift adds.").arg(legend_[static_cast<std::size_t>(category)].name).arg(legend_[static_cast<std::size_t>(category)].count), this);
  else QToolTip::hideText();
  return true;
}

}  // namespace geocyte::widgets::cloud
