// SPDX-License-Identifier: GPL-3.0-or-later
// From which side the places are seen, and the clouds that come of it.
#include <QRectF>

#include <algorithm>
#include <array>

#include "widgets/cloud/scatter_canvas.h"
#include "widgets/controls/choice_button.h"
#include "widgets/tissue/tissue.h"

namespace geocyte::widgets::tissue {
namespace {

const std::array<QString, 4> kPlanes{QStringLiteral("xy"), QStringLiteral("xz"), QStringLiteral("yz"), QStringLiteral("free")};
constexpr double kRadiansAPixel = 0.01;

struct Seen {
  cloud::PointCloud cloud;
  std::vector<float> depth;
};

Seen seen(const Places& places, const Camera& camera) {
  Seen made;
  made.cloud.x.reserve(places.size());
  made.cloud.y.reserve(places.size());
  made.depth.reserve(places.size());
  for (const Place& place : places) {
    const Place at = camera(place);
    made.cloud.x.push_back(static_cast<float>(at[0])), made.cloud.y.push_back(static_cast<float>(at[1])), made.depth.push_back(static_cast<float>(at[2]));
  }
  return made;
}

}  // namespace

void Tissue::offerPlanes() {
  plane_->setObjectName(QStringLiteral("tissuePlane"));
  plane_->setToolTip(tr("From which side a tissue in space is seen (P); the right button turns it"));
  plane_->setChoices({{kPlanes[0], tr("x y"), tr("along z")}, {kPlanes[1], tr("x z"), tr("along y")}, {kPlanes[2], tr("y z"), tr("along x")}, {kPlanes[3], tr("turned"), tr("as you turned it: drag with the right button, or Shift and the arrows")}});
}

void Tissue::setPlane(const QString& name) {
  plane_->setCurrent(name);
  aim();
  place();
  canvas_->fitAll();
}

void Tissue::nextPlane() {
  const auto at = std::find(kPlanes.begin(), kPlanes.end(), plane_->current()) - kPlanes.begin();
  setPlane(kPlanes[static_cast<std::size_t>(at + 1) % 3]);
}

QString Tissue::plane() const { return plane_->current(); }

/// The camera of the chosen plane, about the middle of what is shown. A flat tissue is seen as it is.
void Tissue::aim() {
  const bool deep = scene_.dims == 3;
  plane_->setVisible(deep);
  for (cloud::ScatterCanvas* canvas : {canvas_, second_}) canvas->setOrbits(deep);
  if (!deep) {
    camera_ = Camera();
    return;
  }
  if (plane() == kPlanes[0]) camera_.turn = along(2).turn;
  if (plane() == kPlanes[1]) camera_.turn = along(1).turn;
  if (plane() == kPlanes[2]) camera_.turn = along(0).turn;
  ball_ = ballAround(scene_.known > 0 ? scene_.target : scene_.predicted);
  camera_.centre = ball_.centre;
}

void Tissue::orbit(const QPointF& pixels) {
  plane_->setCurrent(kPlanes[3]);
  camera_.orbit(kRadiansAPixel * pixels.x(), (scene_.y_down ? 1 : -1) * kRadiansAPixel * pixels.y());
  placeClouds(false);
  say();
}

void Tissue::placeClouds(bool animated) {
  const bool deep = scene_.dims == 3, beside = show_ == Show::beside && !scene_.isEmpty();
  const Seen predicted = seen(scene_.predicted, camera_), truth = seen(scene_.target, camera_);
  // In one frame the same place is the same pixel, whichever of the two is looked at; while it is turned the size stays.
  QRectF extent = predicted.cloud.bounds() | truth.cloud.bounds();
  if (deep && plane() == kPlanes[3]) extent |= QRectF(-ball_.radius, -ball_.radius, 2 * ball_.radius, 2 * ball_.radius);
  canvas_->setExtent(extent);
  second_->setExtent(extent);
  const Seen& first = show_ == Show::target ? truth : predicted;
  canvas_->setCloud(first.cloud, scene_.y_down, animated);
  canvas_->setDepth(deep ? first.depth : std::vector<float>());
  const bool was_beside = second_->isVisible();
  second_->setVisible(beside);
  if (!beside) return;
  second_->setCloud(truth.cloud, scene_.y_down, animated && was_beside);
  second_->setDepth(deep ? truth.depth : std::vector<float>());
}

}  // namespace geocyte::widgets::tissue
