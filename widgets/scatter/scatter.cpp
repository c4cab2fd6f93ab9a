// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scatter/scatter.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSplitter>
#include <QToolButton>

#include <algorithm>
#include <utility>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/cloud/cloud_colors.h"
#include "widgets/cloud/cloud_selection.h"
#include "widgets/cloud/gene_picker.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/theme/icons.h"

namespace geocyte::widgets::scatter {

using namespace cloud;

namespace {

const QString kColour = QStringLiteral("colour"), kLayout = QStringLiteral("layout"), kSecond = QStringLiteral("second cloud");   // settings
const QString kPoints = QStringLiteral("points"), kNone = QStringLiteral("none"), kReference = QStringLiteral("reference"), kPick = QStringLiteral("gene?");

bool isPlane(const ArrayView* array) { return array && array->shape.size() == 2 && array->shape[1] >= 2 && !array->isEmpty(); }

/// "embedding/umap" -> "UMAP"; a name that is a word keeps its own form.
QString layoutName(const QString& array) {
  const QString last = array.section('/', -1);
  return last.size() <= 5 ? last.toUpper() : QString(last).replace('_', ' ');
}

PointCloud cloudOf(const ArrayView& points) {
  const std::int64_t rows = points.shape[0], columns = points.shape[1];
  PointCloud cloud;
  cloud.x.resize(static_cast<std::size_t>(rows));
  cloud.y.resize(static_cast<std::size_t>(rows));
  for (std::int64_t i = 0; i < rows; ++i) {
    cloud.x[static_cast<std::size_t>(i)] = static_cast<float>(points.at(i * columns));
    cloud.y[static_cast<std::size_t>(i)] = static_cast<float>(points.at(i * columns + 1));
  }
  return cloud;
}

void markLegend(const std::vector<std::uint8_t>& mask, const std::vector<std::int32_t>& codes, std::vector<LegendEntry>* legend) {
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask[i] && codes[i] >= 0) (*legend)[static_cast<std::size_t>(codes[i])].selected = true;
}

QToolButton* smallButton(const QString& icon, const QString& name, const QString& help) {
  auto* button = new QToolButton;
  button->setObjectName(name);
  button->setIcon(themeIcon(icon, Tone::dim));
  button->setIconSize({14, 14});
  button->setFocusPolicy(Qt::TabFocus);
  button->setAccessibleName(help);
  button->setToolTip(help);
  return button;
}

}  // namespace

Scatter::Scatter(const ViewContext& context, QWidget* parent)
    : View(context, parent), both_(new QSplitter(Qt::Horizontal)), layout_(new ChoiceButton(tr("Layout"))), color_(new ChoiceButton(tr("Colour"), tr("colour: "))),
      beside_(new ChoiceButton(tr("Beside it"), tr("beside: "))) {
  canvas_ = makeCanvas(QStringLiteral("scatterCanvas"));
  second_ = makeCanvas(QStringLiteral("scatterSecond"));
  canvas_->setAccessibleName(tr("Cloud of points"));
  second_->setAccessibleName(tr("Second cloud of points"));
  layout_->setObjectName(QStringLiteral("scatterLayout"));
  color_->setObjectName(QStringLiteral("scatterColor"));
  beside_->setObjectName(QStringLiteral("scatterBeside"));
  beside_->setToolTip(tr("Show a second cloud beside it (Ctrl+\\)"));
  both_->setHandleWidth(1);
  both_->setChildrenCollapsible(false);
  both_->addWidget(canvas_);
  both_->addWidget(second_);
  both_->setSizes({1000, 1000});
  second_->hide();
  setBody(both_);
  titleChoices()->addWidget(layout_);
  titleChoices()->addWidget(color_);
  titleChoices()->addWidget(beside_);
  QToolButton* tool = smallButton(QStringLiteral("lasso"), QStringLiteral("scatterTool"), tr("Select by lasso (L) or rectangle (R)"));
  QToolButton* fit = smallButton(QStringLiteral("fit"), QStringLiteral("scatterFit"), tr("Show all points (Home), the selection (Z)"));
  titleEnd()->addWidget(tool);
  titleEnd()->addWidget(fit);
  setCountBelow();
  setEmptyText(tr("No embedding yet"));
  connect(fit, &QToolButton::clicked, canvas_, &ScatterCanvas::fitAll);
  connect(tool, &QToolButton::clicked, this, [this] { canvas_->setTool(canvas_->tool() == Tool::lasso ? Tool::rectangle : Tool::lasso); });
  for (ScatterCanvas* canvas : {canvas_, second_}) {
    ScatterCanvas* other = canvas == canvas_ ? second_ : canvas_;
    connect(canvas, &ScatterCanvas::toolChanged, this, [canvas, other, tool] {
      other->setTool(canvas->tool());
      tool->setIcon(themeIcon(canvas->tool() == Tool::lasso ? QStringLiteral("lasso") : QStringLiteral("select-rect"), Tone::dim));
    });
    connect(canvas, &ScatterCanvas::modeChanged, this, [this, canvas, other] {
      other->setMode(canvas->mode());
      showCount();
    });
    // The same layout beside itself, or a step of the same run, whose layouts are turned onto each other.
    connect(canvas, &ScatterCanvas::mapMoved, this, [this, canvas, other] {
      const Reference* reference = this->context().reference;
      const bool linked = beside() != kReference || (reference && this->context().runs && reference->run() == this->context().runs->current());
      if (second_->isVisible() && linked) other->setMap(canvas->map());
    });
  }
  connect(layout_, &ChoiceButton::chosen, this, [this] {
    rebuild();
    tellSettings();
  });
  connect(color_, &ChoiceButton::chosen, this, [this](const QString& id) {
    id == kPick ? pickGene(false) : recolor();
    tellSettings();
  });
  connect(beside_, &ChoiceButton::chosen, this, [this](const QString& id) {
    id == kPick ? pickGene(true) : rebuildSecond();
    tellSettings();
  });
  if (context.selection) connect(context.selection, &SelectionModel::changed, this, &Scatter::showSelection);
  if (context.palette) connect(context.palette, &PaletteModel::changed, this, [this] { recolor(); });
}

ScatterCanvas* Scatter::makeCanvas(const QString& name) {
  auto* canvas = new ScatterCanvas;
  canvas->setObjectName(name);
  connect(canvas, &ScatterCanvas::areaSelected, this, [this, canvas](const QPolygonF& area, Qt::KeyboardModifiers modifiers, const QString& tool) { applyArea(canvas, area, modifiers, tool); });
  connect(canvas, &ScatterCanvas::categoryClicked, this, [this, canvas](int category, Qt::KeyboardModifiers modifiers) { selectCategory(canvas, category, modifiers); });
  connect(canvas, &ScatterCanvas::cleared, this, [this] {
    if (context().selection) context().selection->clear();
  });
  canvas->setHover([this, canvas](int row) { return canvas == canvas_ || sameRows() || beside() != kReference ? hover(row) : HoverContent(); });
  return canvas;
}

void Scatter::bind(const QHash<QString, QString>& bindings) {
  View::bind(bindings);
  rebuild();
}

void Scatter::setArrays(const ArrayMap& arrays) {
  arrays_ = arrays;
  rebuild();
}

void Scatter::setReference(const ArrayMap& arrays) {
  const bool was = !reference_.arrays.isEmpty(), is = !arrays.arrays.isEmpty();
  reference_ = arrays;
  rebuild();
  // What is compared is shown beside as long as it is compared.
  if (is && !was) setBeside(kReference);
}

void Scatter::setLayoutRole(const QString& role) {
  layout_->setCurrent(role);
  rebuild();
}

void Scatter::setColorBy(const QString& name) {
  if (name.startsWith(QLatin1String("gene:"))) gene_ = name.mid(5);
  offerColors(static_cast<std::int64_t>(canvas_->cloud().size()));
  color_->setCurrent(name);
  recolor();
}

void Scatter::tellSettings() {
  const auto tell = [this](const QString& key, QString& told, const QString& now) {
    if (told == now || now == kPick) return;
    const QString before = std::exchange(told, now);
    emit settingChanged(key, before, now);
  };
  tell(kColour, told_color_, color_->current());
  tell(kLayout, told_layout_, layout_->current());
  tell(kSecond, told_beside_, beside());
}

void Scatter::applySetting(const QString& key, const QVariant& value) {
  if (key == kColour) setColorBy(value.toString());
  else if (key == kLayout) setLayoutRole(value.toString());
  else if (key == kSecond) setBeside(value.toString());
  told_color_ = color_->current();
  told_layout_ = layout_->current();
  told_beside_ = beside();
}

QString Scatter::colorBy() const { return color_->current(); }

void Scatter::setBeside(const QString& what) {
  if (what.startsWith(QLatin1String("gene:"))) second_gene_ = what.mid(5);
  offerColors(static_cast<std::int64_t>(canvas_->cloud().size()));
  beside_->setCurrent(what.isEmpty() ? kNone : what);
  rebuildSecond();
}

QString Scatter::beside() const { return beside_->current() == kNone ? QString() : beside_->current(); }
void Scatter::setAnimated(bool on) { animated_ = on; }

const ArrayView* Scatter::array(const QString& role) const {
  const auto bound = bindings_.constFind(role);
  return bound == bindings_.constEnd() ? nullptr : arrays_.find(bound.value());
}

void Scatter::offerColors(std::int64_t rows) {
  std::vector<ChoiceButton::Choice> colors = colorings(arrays_, axis_, rows), besides{{kNone, tr("–"), tr("one cloud")}};
  const bool has_genes = geneBlock(arrays_, axis_, rows) != nullptr;
  besides.insert(besides.end(), colors.begin(), colors.end());
  const auto genes = [&](std::vector<ChoiceButton::Choice>& choices, const QString& gene) {
    if (!has_genes) return;
    if (!gene.isEmpty()) choices.push_back({QStringLiteral("gene:") + gene, gene, tr("expression")});
    choices.push_back({kPick, tr("a gene…"), tr("expression of a gene of the panel (G)")});
  };
  genes(colors, gene_);
  genes(besides, second_gene_);
  if (!reference_.arrays.isEmpty() && context().reference) besides.push_back({kReference, context().reference->name(), tr("what the shown moment is held against")});
  color_->setChoices(std::move(colors));
  beside_->setChoices(std::move(besides));
}

void Scatter::rebuild() {
  std::vector<ChoiceButton::Choice> layouts;
  for (int i = 1; i < 10; ++i) {
    const QString role = i == 1 ? kPoints : kPoints + QString::number(i);
    if (isPlane(array(role))) layouts.push_back({role, layoutName(bindings_.value(role)), array(role)->caption});
  }
  // The layout asked for first wins as soon as it comes, unless the user chose another one.
  const bool first_now = !layouts.empty() && layouts.front().id == kPoints;
  const bool was_missing = std::none_of(layout_->choices().begin(), layout_->choices().end(), [](const auto& c) { return c.id == kPoints; });
  layout_->setChoices(layouts);
  if (first_now && was_missing) layout_->setCurrent(kPoints);
  const ArrayView* points = array(layout_->current());
  if (layouts.empty() || !points) {
    canvas_->setCloud({}, false, false);
    second_->setCloud({}, false, false);
    setCount({});
    setEmptyText(tr("No embedding yet"));
    return;
  }
  axis_ = points->axes.value(0, QStringLiteral("cell"));
  const bool first_labels = color_->choices().empty();
  offerColors(points->shape[0]);
  if (first_labels) {
    color_->setCurrent(bindings_.value(QStringLiteral("labels"), QStringLiteral("source")));
    told_color_ = color_->current();
  }
  if (told_layout_.isEmpty() || was_missing) told_layout_ = layout_->current();

  setEmptyText({});
  canvas_->setCloud(cloudOf(*points), points->role == QLatin1String("coordinates"), animated_);
  QStringList caption;
  if (arrays_.step >= 0) caption << arrays_.stepText();
  if (const QString hidden = hiddenText(); !hidden.isEmpty()) caption << hidden;
  if (!points->caption.isEmpty()) caption << points->caption;
  else if (!arrays_.caption.isEmpty()) caption << arrays_.caption;
  setCaption(caption.join(QStringLiteral(" · ")));
  rebuildSecond();
}

void Scatter::rebuildSecond() {
  const QString what = beside();
  const ArrayView* points = what == kReference ? reference_.find(bindings_.value(layout_->current())) : array(layout_->current());
  const bool shows = !what.isEmpty() && what != kPick && isPlane(points);
  if (shows) {
    last_beside_ = what;
    const bool was_shown = second_->isVisible();
    second_->setCloud(cloudOf(*points), points->role == QLatin1String("coordinates"), animated_ && was_shown);
  }
  second_->setVisible(shows);
  second_->setMode(canvas_->mode());
  if (shows && what != kReference) second_->setMap(canvas_->map());
  canvas_->setCorner(!shows ? QString() : what == kReference ? tr("step %1").arg(groupedText(arrays_.step)) : QString(color_->text()).remove(QStringLiteral(" ▾")).remove(tr("colour: ")));
  second_->setCorner(!shows ? QString() : what == kReference ? (context().reference && context().reference->step() >= 0 ? context().reference->name()
      : tr("%1, step %2").arg(context().reference ? context().reference->name() : QString(), groupedText(reference_.step))) : QString(beside_->text()).remove(QStringLiteral(" ▾")).remove(tr("beside: ")));
  showSelection();
}

bool Scatter::sameRows() const {
  const auto mine = arrays_.labels.constFind(QStringLiteral("source")), theirs = reference_.labels.constFind(QStringLiteral("source"));
  return mine != arrays_.labels.constEnd() && theirs != reference_.labels.constEnd() && mine->codes && theirs->codes && mine->categories == theirs->categories && *mine->codes == *theirs->codes;
}

void Scatter::paintColors(ScatterCanvas* canvas, const ArrayMap& map, const QString& name) const {
  const PaletteModel fallback;
  const PaletteModel& colors = context().palette ? *context().palette : fallback;
  Coloring made = coloringOf(map, name, axis_, static_cast<std::int64_t>(canvas->cloud().size()), colors);
  const SelectionModel* selection = context().selection;
  if (selection && selection->axis() == axis_ && selection->mask().size() == made.codes.size()) markLegend(selection->mask(), made.codes, &made.legend);
  canvas->setCategories(std::move(made.codes), std::move(made.legend), colors.category(-1), std::move(made.ramp));
}

void Scatter::recolor() {
  paintColors(canvas_, arrays_, color_->current());
  if (second_->isHidden()) return;
  const bool compares = beside() == kReference;
  paintColors(second_, compares ? reference_ : arrays_, compares ? color_->current() : beside());
  if (!compares) canvas_->setCorner(QString(color_->text()).remove(QStringLiteral(" ▾")).remove(tr("colour: ")));
}

void Scatter::pickGene(bool of_second) {
  ChoiceButton* button = of_second ? beside_ : color_;
  const QStringList genes = genesOf(arrays_, axis_, static_cast<std::int64_t>(canvas_->cloud().size()));
  auto* picker = new GenePicker(genes, this);
  connect(picker, &GenePicker::picked, this, [this, of_second](const QString& gene) {
    of_second ? setBeside(QStringLiteral("gene:") + gene) : setColorBy(QStringLiteral("gene:") + gene);
    tellSettings();
  });
  // Until a gene is picked everything stays as it is.
  connect(picker, &QObject::destroyed, this, [this, of_second] {
    if (of_second && beside_->current() == kPick) beside_->setCurrent(kNone);
    if (!of_second && color_->current() == kPick) setColorBy(bindings_.value(QStringLiteral("labels"), QStringLiteral("source")));
  });
  picker->openUnder(button);
}

void Scatter::showSelection() {
  const SelectionModel* selection = context().selection;
  const bool ours = selection && selection->axis() == axis_ && selection->mask().size() == canvas_->cloud().size();
  canvas_->setMask(ours ? selection->mask() : std::vector<std::uint8_t>());
  if (!ours || !selecting_) canvas_->forgetArea(), second_->forgetArea();
  if (!second_->isHidden()) {
    const bool compares = beside() == kReference;
    const auto sources = reference_.labels.constFind(QStringLiteral("source"));
    // Of another run with other cells, whole sources can be followed by name.
    if (!compares || sameRows()) second_->setMask(ours ? selection->mask() : std::vector<std::uint8_t>());
    else second_->setMask(ours && !selection->sources().isEmpty() && sources != reference_.labels.constEnd() ? sources->maskOf(selection->sources()) : std::vector<std::uint8_t>());
  }
  recolor();
  showCount();
}

void Scatter::applyArea(ScatterCanvas* canvas, const QPolygonF& area, Qt::KeyboardModifiers modifiers, const QString& tool) {
  if (canvas == second_ && beside() == kReference && !sameRows()) return canvas->forgetArea();
  select(canvas->inside(area), modifiers, tool, {});
}

void Scatter::select(std::vector<std::uint8_t> mask, Qt::KeyboardModifiers modifiers, const QString& reason, const QStringList& names) {
  SelectionModel* selection = context().selection;
  if (!selection) return;
  selecting_ = true;
  joinSelection(*selection, axis_, std::move(mask), modifiers, reason, names);
  selecting_ = false;
}

void Scatter::selectCategory(const ScatterCanvas* canvas, int category, Qt::KeyboardModifiers modifiers) {
  const QString name = canvas->legend()[static_cast<std::size_t>(category)].name;
  const QString colored = canvas == canvas_ || beside() == kReference ? color_->current() : beside();
  const auto label = arrays_.labels.constFind(colored);
  SelectionModel* selection = context().selection;
  if (label == arrays_.labels.constEnd() || !label->codes || !selection) return;
  const qsizetype wanted = label->categories.indexOf(name);
  const bool plain = !(modifiers & (Qt::ShiftModifier | Qt::ControlModifier));
  if (plain && selection->sources() == QStringList{name}) return selection->clear();  // a second click takes it back
  std::vector<std::uint8_t> mask;
  mask.reserve(label->codes->size());
  for (const std::int32_t code : *label->codes) mask.push_back(code == wanted);
  QStringList names{name};
  if (modifiers & Qt::ShiftModifier) names = selection->sources() + names;
  if (modifiers & Qt::ControlModifier) {
    names = selection->sources();
    names.removeAll(name);
  }
  names.removeDuplicates();
  canvas_->forgetArea();
  second_->forgetArea();
  select(std::move(mask), modifiers, names.join(tr(" and ")), names);
}

void Scatter::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Backslash && (event->modifiers() & Qt::ControlModifier)) {
    if (!beside().isEmpty()) return setBeside({});
    const auto has = [this](const QString& id) { return std::any_of(beside_->choices().begin(), beside_->choices().end(), [&](const auto& c) { return c.id == id; }); };
    QString wanted = last_beside_;
    if (!has(wanted))
      for (const ChoiceButton::Choice& choice : beside_->choices())
        if (wanted.isEmpty() && choice.id.contains(QLatin1String("type"))) wanted = choice.id;
    if (!has(wanted) && beside_->choices().size() > 1) wanted = beside_->choices()[1].id;
    return setBeside(wanted);
  }
  if (event->key() == Qt::Key_G && geneBlock(arrays_, axis_, static_cast<std::int64_t>(canvas_->cloud().size()))) return pickGene(false);
  View::keyPressEvent(event);
}

void Scatter::refresh() {
  canvas_->update();
  second_->update();
}

}  // namespace geocyte::widgets::scatter
