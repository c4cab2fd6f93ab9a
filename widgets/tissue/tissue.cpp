// SPDX-License-Identifier: GPL-3.0-or-later
// What is shown and how the user changes it. The words: tissue_text.cpp; what lies below the points: tissue_paint.cpp.
#include "widgets/tissue/tissue.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSplitter>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <cmath>

#include "widgets/base/probe_model.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/cloud/cloud_colors.h"
#include "widgets/cloud/cloud_selection.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/theme/icons.h"
#include "widgets/tissue/probe_bar.h"

namespace geocyte::widgets::tissue {
namespace {

using cloud::ScatterCanvas;

const QString kPick = QStringLiteral("gene?"), kError = QStringLiteral("tissue/error"), kSpread = QStringLiteral("tissue/spread");
const std::array<QString, 4> kShows{QStringLiteral("predicted"), QStringLiteral("target"), QStringLiteral("beside"), QStringLiteral("overlay")};
const std::array<QString, 3> kFits{QStringLiteral("none"), QStringLiteral("rotation"), QStringLiteral("rotation_scale")};

ArrayView numbersOf(const std::vector<double>& values, const QString& axis, const QString& caption) {
  auto owner = std::make_shared<const std::vector<double>>(values);
  ArrayView view;
  view.type = ElementType::f64;
  view.data = owner->data();
  view.shape = {static_cast<std::int64_t>(owner->size())};
  view.axes = QStringList{axis};
  view.caption = caption;
  view.owner = owner;
  return view;
}

}  // namespace

Tissue::Tissue(const ViewContext& context, QWidget* parent)
    : View(context, parent), both_(new QSplitter(Qt::Horizontal)), slide_(new ChoiceButton(tr("Slide"))), places_(new ChoiceButton(tr("Places"), tr("places: "))),
      show_choice_(new ChoiceButton(tr("Show"), tr("show: "))), fit_(new ChoiceButton(tr("Alignment"), tr("fit: "))), plane_(new ChoiceButton(tr("Plane"), tr("plane: "))),
      color_(new ChoiceButton(tr("Colour"), tr("colour: "))), edges_(new QToolButton), ellipses_(new QToolButton), probe_(new ProbeBar(context.probe)) {
  canvas_ = makeCanvas(QStringLiteral("tissueCanvas"));
  second_ = makeCanvas(QStringLiteral("tissueSecond"));
  canvas_->setAccessibleName(tr("Tissue"));
  second_->setAccessibleName(tr("True tissue"));
  both_->setHandleWidth(1);
  both_->setChildrenCollapsible(false);
  both_->addWidget(canvas_);
  both_->addWidget(second_);
  both_->setSizes({1000, 1000});
  second_->hide();
  auto* body = new QWidget;
  auto* column = new QVBoxLayout(body);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(both_, 1);
  column->addWidget(probe_);
  setBody(body);

  for (ChoiceButton* choice : {slide_, places_, show_choice_, fit_, plane_, color_}) titleChoices()->addWidget(choice);
  slide_->setObjectName(QStringLiteral("tissueSlide"));
  places_->setObjectName(QStringLiteral("tissuePlaces"));
  show_choice_->setObjectName(QStringLiteral("tissueShow"));
  fit_->setObjectName(QStringLiteral("tissueFit"));
  color_->setObjectName(QStringLiteral("tissueColor"));
  slide_->setToolTip(tr("Which slide is shown"));
  places_->setToolTip(tr("Which prediction is shown: the run's, samples of it, their mean (comma and full stop)"));
  show_choice_->setToolTip(tr("Predicted (1), true (2), beside each other (3), one over the other (4)"));
  fit_->setToolTip(tr("How the prediction is laid onto the true places; mirror images are allowed"));
  show_choice_->setChoices({{kShows[0], tr("predicted"), tr("1")}, {kShows[1], tr("true"), tr("2")}, {kShows[2], tr("beside"), tr("3: predicted on the left, true on the right")},
                            {kShows[3], tr("overlay"), tr("4: a line from each true place to the predicted one")}});
  show_choice_->setCurrent(kShows[3]);
  fit_->setChoices({{kFits[0], tr("none"), tr("as the run wrote them")}, {kFits[1], tr("rotation"), tr("turned and shifted; the size is the prediction's own")},
                    {kFits[2], tr("rotation + scale"), tr("turned, shifted and scaled; the scale is printed")}});
  fit_->setCurrent(kFits[2]);
  offerPlanes();
  edges_->setObjectName(QStringLiteral("tissueEdges"));
  edges_->setIcon(themeIcon(QStringLiteral("branch"), Tone::dim));
  edges_->setIconSize({14, 14});
  edges_->setCheckable(true);
  edges_->setFocusPolicy(Qt::TabFocus);
  edges_->setAccessibleName(tr("Edges to the ten nearest cells"));
  edges_->setToolTip(tr("Edges to the ten nearest cells; strong where the true tissue has them too (E)"));
  ellipses_->setObjectName(QStringLiteral("tissueEllipses"));
  ellipses_->setIcon(themeIcon(QStringLiteral("ellipse"), Tone::dim));
  ellipses_->setIconSize({14, 14});
  ellipses_->setCheckable(true);
  ellipses_->setChecked(true);
  ellipses_->setFocusPolicy(Qt::TabFocus);
  ellipses_->setAccessibleName(tr("How far selected cells may be off"));
  ellipses_->setToolTip(tr("An ellipse about each selected cell, up to sixty: how far it may be off, and in which direction (U)"));
  auto* fit_all = new QToolButton;
  fit_all->setObjectName(QStringLiteral("tissueFitAll"));
  fit_all->setIcon(themeIcon(QStringLiteral("fit"), Tone::dim));
  fit_all->setIconSize({14, 14});
  fit_all->setFocusPolicy(Qt::TabFocus);
  fit_all->setAccessibleName(tr("Show all cells (Home), the selection (Z)"));
  fit_all->setToolTip(fit_all->accessibleName());
  titleEnd()->addWidget(ellipses_);
  titleEnd()->addWidget(edges_);
  titleEnd()->addWidget(fit_all);
  setCountBelow();
  setHeadlineLines(2);
  setEmptyText(tr("No places yet"));

  connect(fit_all, &QToolButton::clicked, canvas_, &ScatterCanvas::fitAll);
  connect(edges_, &QToolButton::toggled, this, [this] { recolor(); });
  connect(ellipses_, &QToolButton::toggled, this, [this] { recolor(); });
  connect(slide_, &ChoiceButton::chosen, this, [this] {
    rebuild();
    canvas_->fitAll();
    tellSettings();
  });
  connect(places_, &ChoiceButton::chosen, this, [this](const QString& id) {
    asked_places_ = id;
    rebuild();
    tellSettings();
  });
  connect(fit_, &ChoiceButton::chosen, this, [this] {
    rebuild();
    tellSettings();
  });
  connect(plane_, &ChoiceButton::chosen, this, [this](const QString& id) { setPlane(id); });
  connect(show_choice_, &ChoiceButton::chosen, this, [this](const QString& id) {
    setShow(static_cast<Show>(std::find(kShows.begin(), kShows.end(), id) - kShows.begin()));
    tellSettings();
  });
  connect(color_, &ChoiceButton::chosen, this, [this](const QString& id) {
    if (id == kPick) return pickGene();
    asked_color_ = id;
    recolor();
    tellSettings();
  });
  for (ScatterCanvas* canvas : {canvas_, second_}) {
    ScatterCanvas* other = canvas == canvas_ ? second_ : canvas_;
    connect(canvas, &ScatterCanvas::mapMoved, this, [this, canvas, other] {
      if (second_->isVisible()) other->setMap(canvas->map());
    });
    connect(canvas, &ScatterCanvas::orbited, this, &Tissue::orbit);
    connect(canvas, &ScatterCanvas::toolChanged, other, [canvas, other] { other->setTool(canvas->tool()); });
    connect(canvas, &ScatterCanvas::modeChanged, other, [canvas, other] { other->setMode(canvas->mode()); });
  }
  if (context.selection) connect(context.selection, &SelectionModel::changed, this, &Tissue::showSelection);
  if (context.palette) connect(context.palette, &PaletteModel::changed, this, [this] { recolor(); });
  if (context.probe) connect(context.probe, &ProbeModel::changed, this, &Tissue::followProbe);
}

ScatterCanvas* Tissue::makeCanvas(const QString& name) {
  auto* canvas = new ScatterCanvas;
  canvas->setObjectName(name);
  connect(canvas, &ScatterCanvas::areaSelected, this, [this, canvas](const QPolygonF& area, Qt::KeyboardModifiers modifiers, const QString& tool) {
    if (!context().selection) return;
    selecting_ = true;
    cloud::joinSelection(*context().selection, scene_.axis, canvas->inside(area), modifiers, slide().isEmpty() ? tool : tr("%1 in %2").arg(tool, slide()));
    selecting_ = false;
  });
  connect(canvas, &ScatterCanvas::categoryClicked, this, [this, canvas](int category, Qt::KeyboardModifiers modifiers) {
    const auto label = arrays_.labels.constFind(color_->current());
    if (!context().selection || label == arrays_.labels.constEnd()) return;
    const QString name = canvas->legend()[static_cast<std::size_t>(category)].name;
    if (!modifiers && context().selection->sources() == QStringList{name}) return context().selection->clear();   // a second click takes it back
    cloud::joinSelection(*context().selection, scene_.axis, label->maskOf({name}), modifiers, name, modifiers ? QStringList() : QStringList{name});
  });
  connect(canvas, &ScatterCanvas::cleared, this, [this] {
    if (context().selection) context().selection->clear();
  });
  canvas->setHover([this](int row) { return hover(row); });
  canvas->setUnderlay([this, canvas](QImage& image, const cloud::PlaneMap& map) { paintBelow(image, map, canvas == second_ || show_ == Show::target); });
  return canvas;
}

void Tissue::bind(const QHash<QString, QString>& bindings) {
  View::bind(bindings);
  probe_->bind(bindings);
  rebuild();
}

void Tissue::setArrays(const ArrayMap& arrays) {
  if (arrays.run != arrays_.run) asked_places_.clear();
  arrays_ = arrays;
  rebuild();
  told_ = settingsNow();                       // what changed by itself is nobody's to take back
}

void Tissue::setShow(Show show) {
  show_ = show;
  show_choice_->setCurrent(kShows[static_cast<std::size_t>(show)]);
  place();
}

void Tissue::setSlide(const QString& name) {
  slide_->setCurrent(name);
  rebuild();
}

void Tissue::setPlaces(const QString& id) {
  asked_places_ = id;
  rebuild();
}

void Tissue::setFit(Fit fit) {
  fit_->setCurrent(kFits[static_cast<std::size_t>(fit)]);
  rebuild();
}

void Tissue::setEdges(bool on) { edges_->setChecked(on); }
void Tissue::setEllipses(bool on) { ellipses_->setChecked(on); }

void Tissue::stepPlaces(int by) {
  const auto& choices = places_->choices();
  if (choices.size() < 2) return;
  const auto at = std::find_if(choices.begin(), choices.end(), [&](const ChoiceButton::Choice& choice) { return choice.id == places_->current(); });
  const auto count = static_cast<std::ptrdiff_t>(choices.size());
  setPlaces(choices[static_cast<std::size_t>(((at - choices.begin()) % count + by + count) % count)].id);
}

bool Tissue::hasEdges() const { return edges_->isChecked(); }
QString Tissue::slide() const { return slide_->current(); }
Fit Tissue::fit() const { return static_cast<Fit>(std::find(kFits.begin(), kFits.end(), fit_->current()) - kFits.begin()); }

void Tissue::followProbe() {
  // A new answer is what the user waits for: it is shown as soon as it comes.
  if (context().probe->state() == ProbeModel::State::answered && holdsPlaces(context().probe->arrays().find(probeArray(bindings_)))) asked_places_ = kProbe;
  if (context().probe->state() == ProbeModel::State::idle && asked_places_ == kProbe) asked_places_.clear();
  if (context().probe->state() != ProbeModel::State::pending) rebuild();
  told_ = settingsNow();
}

/// The menus, from what there is.
void Tissue::offer() {
  const QStringList slides = slidesOf(arrays_, bindings_);
  std::vector<ChoiceButton::Choice> choices;
  for (const QString& slide : slides) choices.push_back({slide, slide, {}});
  const bool known = slides.contains(slide_->current());
  slide_->setChoices(std::move(choices));
  if (!known) slide_->setCurrent(firstSlide(arrays_, bindings_));
  slide_->setVisible(slides.size() > 1);

  choices.clear();
  for (const PlacesChoice& one : placesChoices(arrays_, bindings_, context().probe ? context().probe->arrays() : ArrayMap())) choices.push_back({one.id, one.text, one.help});
  const bool several = choices.size() > 1;
  places_->setChoices(std::move(choices));
  places_->setVisible(several);
  if (several && !asked_places_.isEmpty()) places_->setCurrent(asked_places_);

  // Where nobody knows a true place there is nothing to lay cells onto or to hold them against.
  const bool known_places = holdsPlaces(arrays_.find(bindings_.value(QStringLiteral("target"))));
  show_choice_->setVisible(known_places || arrays_.arrays.isEmpty());
  fit_->setVisible(known_places || arrays_.arrays.isEmpty());

  const auto rows = static_cast<std::int64_t>(scene_.predicted.size());
  std::vector<ChoiceButton::Choice> colors = cloud::colorings(arrays_, scene_.axis, rows);
  if (cloud::geneBlock(arrays_, scene_.axis, rows)) {
    if (!gene_.isEmpty()) colors.push_back({QStringLiteral("gene:") + gene_, gene_, tr("expression")});
    colors.push_back({kPick, tr("a gene…"), tr("expression of a gene of the panel (G)")});
  }
  std::erase_if(colors, [](const ChoiceButton::Choice& choice) { return choice.id == QLatin1String("id"); });
  color_->setChoices(std::move(colors));
}

void Tissue::rebuild() {
  offer();
  const ArrayMap none;
  const SceneChoice choice{slide_->current(), places_->current(), fit()};
  const bool another_slide = choice.slide != made_.slide;
  scene_ = makeScene(arrays_, bindings_, context().probe ? context().probe->arrays() : none, choice);
  made_ = choice;
  arrays_.arrays.remove(kError);
  arrays_.arrays.remove(kSpread);
  if (!scene_.judged.empty()) arrays_.arrays.insert(kError, numbersOf(scene_.error, scene_.axis, tr("distance from the true place, in radii of the slide")));
  if (const ArrayView* samples = arrays_.find(bindings_.value(QStringLiteral("samples"))); holdsPlaces(samples, true) && samples->shape[1] == static_cast<std::int64_t>(scene_.predicted.size())) {
    std::vector<double> spread = spreadOf(*samples);
    for (std::size_t i = 0; i < spread.size(); ++i)
      if (!scene_.in_slide[i]) spread[i] = std::nan("");
    arrays_.arrays.insert(kSpread, numbersOf(spread, scene_.axis, tr("spread of the samples of a cell")));
  }
  offer();
  aim();
  const auto& colors = color_->choices();
  const bool asked = std::any_of(colors.begin(), colors.end(), [this](const auto& c) { return c.id == asked_color_; });
  color_->setCurrent(asked ? asked_color_ : usualColor());
  probe_->setSource(slide_->current());
  const QString with = bindings_.value(QStringLiteral("probe_with"));
  probe_->setReady(with.isEmpty() || arrays_.find(with));
  ellipses_->setVisible(knowsUncertainty());
  setEmptyText(scene_.isEmpty() ? tr("No places yet") : QString());
  if (another_slide) canvas_->forgetArea(), second_->forgetArea();
  place();
}

/// The clouds that the mode wants.
void Tissue::place() {
  const bool was_beside = second_->isVisible();
  placeClouds(animated_);
  // Both are as large and show the same extent: shown whole, they show the same part of the plane.
  if (second_->isVisible() && !was_beside) canvas_->fitAll(), second_->fitAll();
  canvas_->setCorner(scene_.isEmpty() ? QString() : show_ == Show::target ? tr("true places") : show_ == Show::overlay && !scene_.judged.empty() ? tr("predicted over true") : tr("predicted"));
  second_->setCorner(tr("true places"));
  showSelection();
}

std::vector<std::uint8_t> Tissue::selected() const {
  const SelectionModel* selection = context().selection;
  return selection && selection->axis() == scene_.axis && selection->mask().size() == scene_.predicted.size() ? selection->mask() : std::vector<std::uint8_t>();
}

void Tissue::showSelection() {
  const std::vector<std::uint8_t> mask = selected();
  canvas_->setMask(mask);
  second_->setMask(mask.size() == second_->cloud().size() ? mask : std::vector<std::uint8_t>());
  if (!selecting_) canvas_->forgetArea(), second_->forgetArea();
  recolor();
  say();
}

void Tissue::keyPressEvent(QKeyEvent* event) {
  handleKey(event);
  tellSettings();
}

void Tissue::handleKey(QKeyEvent* event) {
  if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) return View::keyPressEvent(event);
  switch (event->key()) {
    case Qt::Key_1: return setShow(Show::predicted);
    case Qt::Key_2: return setShow(Show::target);
    case Qt::Key_3: return setShow(Show::beside);
    case Qt::Key_4: return setShow(Show::overlay);
    case Qt::Key_E: return setEdges(!hasEdges());
    case Qt::Key_U: return setEllipses(!ellipses_->isChecked());
    case Qt::Key_Comma: return stepPlaces(-1);
    case Qt::Key_Period: return stepPlaces(1);
    case Qt::Key_P:
      if (scene_.dims != 3) break;
      return nextPlane();
    case Qt::Key_G:
      if (cloud::geneBlock(arrays_, scene_.axis, static_cast<std::int64_t>(scene_.predicted.size()))) return pickGene();
      break;
    default: break;
  }
  View::keyPressEvent(event);
}

void Tissue::refresh() {
  canvas_->update();
  second_->update();
}

}  // namespace geocyte::widgets::tissue
