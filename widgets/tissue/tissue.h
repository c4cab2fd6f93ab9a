// SPDX-License-Identifier: GPL-3.0-or-later
// A tissue from above: where the cells of a slide are predicted, where they are, both beside each other, or the one over the other with
// a line from each true place to the predicted one. Drawn on the CPU by the cloud of widgets/cloud.
//
// Bindings: "predicted" (cells, 2 or 3), "predicted2", "predicted3" … further predictions; "target" true places; "samples" (samples,
// cells, 2 or 3) several answers, shown one by one or as their mean; "labels" = the label that tells slides apart.
// "probe_sigma", "probe_low", "probe_high": numbers; the first one makes a slider that asks the engine to refine from that noise.
// "probe_with": an array without which there is nothing that could refine.
// A tissue in three dimensions is seen along one of its axes or turned freely: right button, or Shift and the arrows.
// "uncertainty": (cells) error to be expected of a place; selected cells, up to sixty, have an ellipse of that size, of the form that the samples have.
// "off_tissue": (cells) how unlike the training tissue a cell is, said beside the mouse above 1.
// Keys: 1 predicted, 2 true, 3 beside, 4 overlay; E edges to the ten nearest, U ellipses, comma and full stop the answer before and after, G a gene,
// P the next plane, and those of the cloud (widgets/cloud).
// What is selected here is selected everywhere; the numbers in the headline are then those of the selection.
#pragma once

#include <QPolygonF>

#include <optional>
#include <vector>

#include "widgets/base/hover_card.h"
#include "widgets/base/view.h"
#include "widgets/tissue/camera.h"
#include "widgets/tissue/scene.h"

class QImage;
class QSplitter;
class QToolButton;

namespace geocyte::widgets {
class ChoiceButton;
}
namespace geocyte::widgets::cloud {
class ScatterCanvas;
struct PlaneMap;
}

namespace geocyte::widgets::tissue {

class ProbeBar;

/// In the picture: half axes in the unit of the places, angle in radians from the x axis towards the y axis.
struct Ellipse {
  Place middle{0, 0, 0};
  double longer = 0, shorter = 0, angle = 0;
};

enum class Show { predicted, target, beside, overlay };

class Tissue : public View {
  Q_OBJECT
 public:
  explicit Tissue(const ViewContext& context, QWidget* parent = nullptr);

  void bind(const QHash<QString, QString>& bindings) override;
  void setArrays(const ArrayMap& arrays) override;
  /// A row a cell of the slide: name, predicted and true place, error, true neighbours that are found.
  QList<QStringList> table() const override;
  /// "colour", "view", "fit", "slide", "answer": the user's choices, as settingChanged() tells them.
  void applySetting(const QString& key, const QVariant& value) override;

  void setShow(Show show);
  Show shows() const { return show_; }
  void setSlide(const QString& name);
  QString slide() const;
  void setPlaces(const QString& id);    ///< "predicted", "mean", "sample:3", "probe"
  void setFit(Fit fit);
  Fit fit() const;
  void setColorBy(const QString& name); ///< "cell_type", "array:tissue/error", "gene:EPCAM"
  QString colorBy() const;
  void setPlane(const QString& name);   ///< "xy", "xz", "yz", "free"; of a tissue in three dimensions only
  QString plane() const;
  const Camera& camera() const { return camera_; }
  void setEdges(bool on);
  bool hasEdges() const;
  void setEllipses(bool on);
  /// How far the place of a row may be off; none where nobody knows.
  std::optional<Ellipse> ellipseOf(std::size_t row) const;
  /// The answer after (1) or before (-1) the one shown: predicted, mean, samples …
  void stepPlaces(int by);
  void setAnimated(bool on) { animated_ = on; }
  const Scene& scene() const { return scene_; }
  cloud::ScatterCanvas* canvas() const { return canvas_; }
  cloud::ScatterCanvas* secondCanvas() const { return second_; }
  ProbeBar* probeBar() const { return probe_; }
  HoverContent hover(int row) const;

 protected:
  void refresh() override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  cloud::ScatterCanvas* makeCanvas(const QString& name);
  void handleKey(QKeyEvent* event);
  QHash<QString, QString> settingsNow() const;
  void tellSettings();
  void offer();
  void rebuild();
  void place();
  void offerPlanes();
  void nextPlane();
  void aim();
  void orbit(const QPointF& pixels);
  void placeClouds(bool animated);
  void recolor();
  QString usualColor() const;
  std::vector<std::uint8_t> laidOut() const;
  void showSelection();
  void say();
  void pickGene();
  void followProbe();
  std::vector<std::uint8_t> selected() const;   ///< one byte a row; empty = nothing of these cells
  QPointF pixel(const cloud::PlaneMap& map, const Place& place) const;
  void paintBelow(QImage& image, const cloud::PlaneMap& map, bool of_target) const;
  void paintEdges(QImage& image, const cloud::PlaneMap& map, bool of_target) const;
  bool knowsUncertainty() const;
  void paintEllipses(QImage& image, const cloud::PlaneMap& map) const;
  void paintLines(QImage& image, const cloud::PlaneMap& map) const;
  QString neighbourText() const;
  QString fitText() const;

  QSplitter* both_;
  cloud::ScatterCanvas *canvas_, *second_;
  ChoiceButton *slide_, *places_, *show_choice_, *fit_, *plane_, *color_;
  QToolButton *edges_, *ellipses_;
  ProbeBar* probe_;
  ArrayMap arrays_;
  Scene scene_;
  SceneChoice made_;                           ///< what scene_ shows
  Show show_ = Show::overlay;
  Camera camera_;
  Ball ball_;                                  ///< around what is shown
  QString gene_, asked_places_;
  QHash<QString, QString> told_;               ///< settings as settingChanged() said last
  QString asked_color_;                        ///< the user's word; holds for the runs that are shown after this one, too
  bool animated_ = true, selecting_ = false;
};

}  // namespace geocyte::widgets::tissue
