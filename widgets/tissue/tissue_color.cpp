// SPDX-License-Identifier: GPL-3.0-or-later
// What the cells of a tissue are coloured by.
#include <algorithm>

#include "widgets/base/shared_models.h"
#include "widgets/cloud/cloud_colors.h"
#include "widgets/cloud/gene_picker.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/controls/choice_button.h"
#include "widgets/tissue/tissue.h"

namespace geocyte::widgets::tissue {
namespace {

using cloud::ScatterCanvas;
const QString kPickGene = QStringLiteral("gene?"), kErrorChoice = QStringLiteral("array:tissue/error");

}  // namespace

void Tissue::setColorBy(const QString& name) {
  if (name.startsWith(QLatin1String("gene:"))) gene_ = name.mid(5);
  asked_color_ = name;
  offer();
  color_->setCurrent(name);
  recolor();
}

QString Tissue::colorBy() const { return color_->current(); }

/// Of a judged run how far cells are off, or may be; before that types; never a label that is the same for all cells of the slide.
QString Tissue::usualColor() const {
  const auto& colors = color_->choices();
  const auto offered = [&](const QString& id) { return std::any_of(colors.begin(), colors.end(), [&](const auto& c) { return c.id == id; }); };
  const QString uncertainty = QStringLiteral("array:") + bindings_.value(QStringLiteral("uncertainty"));
  if (offered(uncertainty)) return offered(kErrorChoice) ? kErrorChoice : uncertainty;
  const std::vector<std::uint8_t> shown = laidOut();
  const auto tells = [&](const ChoiceButton::Choice& choice) {
    cloud::Coloring made = cloud::coloringOf(arrays_, choice.id, scene_.axis, static_cast<std::int64_t>(shown.size()), PaletteModel());
    cloud::keepShown(made, shown);
    return made.legend.size() > 1;
  };
  const auto type = std::find_if(colors.begin(), colors.end(), [&](const auto& c) { return c.id.contains(QLatin1String("type")) && tells(c); });
  const auto any = type != colors.end() ? type : std::find_if(colors.begin(), colors.end(), tells);
  return any != colors.end() ? any->id : offered(kErrorChoice) ? kErrorChoice : colors.empty() ? QString() : colors.front().id;
}

/// Rows of the slide that have a place.
std::vector<std::uint8_t> Tissue::laidOut() const {
  std::vector<std::uint8_t> shown(scene_.predicted.size(), 0);
  for (std::size_t i = 0; i < shown.size(); ++i) shown[i] = scene_.in_slide[i] && (isKnown(scene_.predicted[i]) || isKnown(scene_.target[i]));
  return shown;
}

void Tissue::recolor() {
  const PaletteModel fallback;
  const PaletteModel& colors = context().palette ? *context().palette : fallback;
  const std::vector<std::uint8_t> mask = selected(), shown = laidOut();
  for (ScatterCanvas* canvas : {canvas_, second_}) {
    cloud::Coloring made = cloud::coloringOf(arrays_, color_->current(), scene_.axis, static_cast<std::int64_t>(canvas->cloud().size()), colors);
    if (shown.size() == canvas->cloud().size()) cloud::keepShown(made, shown);
    if (made.ramp.title.isEmpty())
      for (std::size_t i = 0; i < mask.size() && i < made.codes.size(); ++i)
        if (mask[i] && made.codes[i] >= 0) made.legend[static_cast<std::size_t>(made.codes[i])].selected = true;
    canvas->setCategories(std::move(made.codes), std::move(made.legend), colors.category(-1), std::move(made.ramp));
  }
}

void Tissue::pickGene() {
  auto* picker = new cloud::GenePicker(cloud::genesOf(arrays_, scene_.axis, static_cast<std::int64_t>(scene_.predicted.size())), this);
  connect(picker, &cloud::GenePicker::picked, this, [this](const QString& gene) {
    setColorBy(QStringLiteral("gene:") + gene);
    tellSettings();
  });
  connect(picker, &QObject::destroyed, this, [this] {
    if (color_->current() == kPickGene) color_->setCurrent(color_->choices().front().id), recolor();
  });
  picker->openUnder(color_);
}

}  // namespace geocyte::widgets::tissue
