// SPDX-License-Identifier: GPL-3.0-or-later
// What a tissue view shows, without any widget: the cells of one slide, where they are predicted and where they are, one laid onto the
// other, how far off each is and which neighbours are shared. The same for the plane and for space.
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <memory>
#include <vector>

#include "widgets/base/array_map.h"
#include "widgets/tissue/alignment.h"
#include "widgets/tissue/neighbours.h"
#include "widgets/tissue/places.h"

namespace geocyte::widgets::tissue {

inline const QString kProbe = QStringLiteral("probe");   ///< the choice of places that were refined on demand

constexpr int kNeighbours = 10;

struct SceneChoice {
  QString slide;                        ///< a category of the label that tells slides apart; "" = all cells
  QString places;                       ///< "predicted", "predicted2" … a role; "mean"; "sample:3"; "probe"
  Fit fit = Fit::rotation_scale;
  bool operator==(const SceneChoice&) const = default;
};

struct Scene {
  QString axis = QStringLiteral("cell");
  int dims = 2;
  bool y_down = false;
  std::vector<std::uint8_t> in_slide;   ///< one byte a row
  Places predicted, target;             ///< of all rows; not known outside of the slide; predicted in the frame of the target
  std::vector<double> error;            ///< distance between the two in radii of the target; NaN where one is not known
  Similarity fit;
  double unit = 1;                      ///< radius of the target (or, without one, of the prediction): root mean squared distance from the mean
  QString method;                       ///< caption of the array
  std::int64_t cells = 0, placed = 0, known = 0;   ///< of the slide: all, with a predicted, with a true place
  std::vector<std::size_t> judged;      ///< rows with both
  int k = 0;                            ///< of the neighbours below
  std::vector<std::int32_t> near_predicted, near_target;   ///< positions in `judged`
  bool isEmpty() const { return predicted.empty() && target.empty(); }
  /// Over the judged rows with a set byte of `mask` (one a row; empty = all).
  SharedNeighbours shared(const std::vector<std::uint8_t>& mask) const;
};

/// Names of the label that tells slides apart, in its order, those with at least one predicted or true place.
QStringList slidesOf(const ArrayMap& arrays, const QHash<QString, QString>& bindings);
/// The first one that training did not see, where the run says so (label "role"); else the last with true places; else the first.
QString firstSlide(const ArrayMap& arrays, const QHash<QString, QString>& bindings);
/// What can be asked for as `places`, with a name and a caption each.
struct PlacesChoice {
  QString id, text, help;
};
std::vector<PlacesChoice> placesChoices(const ArrayMap& arrays, const QHash<QString, QString>& bindings, const ArrayMap& probe);

/// Which array of an answer to a probe has the places: the binding "probe", else "coordinates/probe".
QString probeArray(const QHash<QString, QString>& bindings);

/// Empty when the map holds no places under the bound names. `probe`: the answer to a probe, which may be empty.
Scene makeScene(const ArrayMap& arrays, const QHash<QString, QString>& bindings, const ArrayMap& probe, const SceneChoice& choice);

}  // namespace geocyte::widgets::tissue
