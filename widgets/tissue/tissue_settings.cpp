// SPDX-License-Identifier: GPL-3.0-or-later
// The user's choices as settings that can be taken back. What changes by itself (another run has other slides) is not told.
#include <algorithm>
#include <utility>

#include "widgets/cloud/scatter_canvas.h"
#include "widgets/controls/choice_button.h"
#include "widgets/tissue/tissue.h"

namespace geocyte::widgets::tissue {
namespace {

const QString kColour = QStringLiteral("colour"), kView = QStringLiteral("view"), kFit = QStringLiteral("fit"), kSlide = QStringLiteral("slide"), kAnswer = QStringLiteral("answer");

/// Which of the choices has this id; the first for an unknown one.
int placeOf(const ChoiceButton& button, const QString& id) {
  const auto& choices = button.choices();
  const auto found = std::find_if(choices.begin(), choices.end(), [&](const ChoiceButton::Choice& choice) { return choice.id == id; });
  return found == choices.end() ? 0 : static_cast<int>(found - choices.begin());
}

}  // namespace

QHash<QString, QString> Tissue::settingsNow() const {
  return {{kColour, asked_color_}, {kView, show_choice_->current()}, {kFit, fit_->current()}, {kSlide, slide_->current()}, {kAnswer, asked_places_}};
}

void Tissue::tellSettings() {
  const QHash<QString, QString> now = settingsNow(), before = std::exchange(told_, now);
  for (auto one = now.cbegin(); one != now.cend(); ++one)
    if (before.contains(one.key()) && before[one.key()] != one.value()) emit settingChanged(one.key(), before[one.key()], one.value());
}

void Tissue::applySetting(const QString& key, const QVariant& value) {
  const QString id = value.toString();
  if (key == kColour) {
    asked_color_ = id;                         // "" = as usual
    if (id.startsWith(QLatin1String("gene:"))) gene_ = id.mid(5);
    rebuild();
  } else if (key == kView) {
    setShow(static_cast<Show>(placeOf(*show_choice_, id)));
  } else if (key == kFit) {
    setFit(static_cast<Fit>(placeOf(*fit_, id)));
  } else if (key == kSlide) {
    setSlide(id);
    canvas_->fitAll();
  } else if (key == kAnswer) {
    setPlaces(id);
  }
  told_ = settingsNow();
}

}  // namespace geocyte::widgets::tissue
