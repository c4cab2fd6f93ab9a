// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scatter/scatter.h"

#include <QHBoxLayout>
#include <QToolButton>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/scatter/scatter_canvas.h"
#include "widgets/theme/icons.h"

namespace geocyte::widgets::scatter {
namespace {

const QString kPoints = QStringLiteral("points");
constexpr std::int64_t kMostTableRows = 100000;

bool isPlane(const ArrayView* array) { return array && array->shape.size() == 2 && array->shape[1] >= 2 && !array->isEmpty(); }

/// "embedding/umap" -> "UMAP"; a name that is a word keeps its own form.
QString layoutName(const QString& array) {
  const QString last = array.section('/', -1);
  return last.size() <= 5 ? last.toUpper() : QString(last).replace('_', ' ');
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
    : View(context, parent), canvas_(new ScatterCanvas), layout_(new ChoiceButton(tr("Layout"))),
      color_(new ChoiceButton(tr("Colour"), tr("colour: "))) {
  canvas_->setObjectName(QStringLiteral("scatterCanvas"));
  canvas_->setAccessibleName(tr("Cloud of points"));
  layout_->setObjectName(QStringLiteral("scatterLayout"));
  color_->setObjectName(QStringLiteral("scatterColor"));
  setBody(canvas_);
  titleChoices()->addWidget(layout_);
  titleChoices()->addWidget(color_);
  QToolButton* tool = smallButton(QStringLiteral("lasso"), QStringLiteral("scatterTool"), tr("Select by lasso (L) or rectangle (R)"));
  QToolButton* fit = smallButton(QStringLiteral("fit"), QStringLiteral("scatterFit"), tr("Show all points (Home)"));
  titleEnd()->addWidget(tool);
  titleEnd()->addWidget(fit);
  setEmptyText(tr("No embedding yet"));
  connect(fit, &QToolButton::clicked, canvas_, &ScatterCanvas::fitAll);
  connect(tool, &QToolButton::clicked, this, [this] { canvas_->setTool(canvas_->tool() == Tool::lasso ? Tool::rectangle : Tool::lasso); });
  connect(canvas_, &ScatterCanvas::toolChanged, this, [this, tool] {
    tool->setIcon(themeIcon(canvas_->tool() == Tool::lasso ? QStringLiteral("lasso") : QStringLiteral("select-rect"), Tone::dim));
  });
  connect(layout_, &ChoiceButton::chosen, this, [this] { rebuild(); });
  connect(color_, &ChoiceButton::chosen, this, [this] { recolor(); });
  connect(canvas_, &ScatterCanvas::areaSelected, this, &Scatter::applyArea);
  connect(canvas_, &ScatterCanvas::categoryClicked, this, &Scatter::selectCategory);
  connect(canvas_, &ScatterCanvas::cleared, this, [this] {
    if (this->context().selection) this->context().selection->clear();
  });
  canvas_->setTooltips([this](int row) { return tooltip(row); });
  if (context.selection) connect(context.selection, &SelectionModel::changed, this, &Scatter::showSelection);
  if (context.palette) connect(context.palette, &PaletteModel::changed, this, [this] { recolor(); });
}

void Scatter::bind(const QHash<QString, QString>& bindings) {
  View::bind(bindings);
  rebuild();
}

void Scatter::setArrays(const ArrayMap& arrays) {
  arrays_ = arrays;
  rebuild();
}

void Scatter::setLayoutRole(const QString& role) {
  layout_->setCurrent(role);
  rebuild();
}

void Scatter::setColorBy(const QString& label) {
  color_->setCurrent(label);
  recolor();
}

QString Scatter::colorBy() const { return color_->current(); }
void Scatter::setAnimated(bool on) { animated_ = on; }

const ArrayView* Scatter::array(const QString& role) const {
  const auto bound = bindings_.constFind(role);
  return bound == bindings_.constEnd() ? nullptr : arrays_.find(bound.value());
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
    setCount({});
    setEmptyText(tr("No embedding yet"));
    return;
  }
  const std::int64_t rows = points->shape[0], columns = points->shape[1];
  PointCloud cloud;
  cloud.x.resize(static_cast<std::size_t>(rows));
  cloud.y.resize(static_cast<std::size_t>(rows));
  for (std::int64_t i = 0; i < rows; ++i) {
    cloud.x[static_cast<std::size_t>(i)] = static_cast<float>(points->at(i * columns));
    cloud.y[static_cast<std::size_t>(i)] = static_cast<float>(points->at(i * columns + 1));
  }
  axis_ = points->axes.value(0, QStringLiteral("cell"));

  std::vector<ChoiceButton::Choice> labels;
  QStringList names = arrays_.labels.keys();
  names.sort();
  for (const QString& name : names) {
    const LabelView& label = arrays_.labels[name];
    if (label.codes && static_cast<std::int64_t>(label.codes->size()) == rows) labels.push_back({name, QString(name).replace('_', ' '), {}});
  }
  const bool first_labels = color_->choices().empty();
  color_->setChoices(labels);
  if (first_labels) color_->setCurrent(bindings_.value(QStringLiteral("labels"), QStringLiteral("source")));

  setEmptyText({});
  canvas_->setCloud(std::move(cloud), points->role == QLatin1String("coordinates"), animated_);
  QStringList caption;
  if (!points->caption.isEmpty()) caption << points->caption;
  else if (!arrays_.caption.isEmpty()) caption << arrays_.caption;
  if (arrays_.step >= 0) caption << tr("step %1").arg(groupedText(arrays_.step));
  setCaption(caption.join(QStringLiteral(" · ")));
  recolor();
  showSelection();
}

void Scatter::recolor() {
  const auto label = arrays_.labels.constFind(color_->current());
  const PaletteModel* palette = context().palette;
  const PaletteModel fallback;
  const PaletteModel& colors = palette ? *palette : fallback;
  std::vector<LegendEntry> legend;
  std::vector<std::int32_t> codes;
  if (label != arrays_.labels.constEnd() && label->codes && label->codes->size() == canvas_->cloud().size()) {
    codes = *label->codes;
    for (int c = 0; c < label->categories.size(); ++c) legend.push_back({label->categories[c], colors.category(c), 0, false});
    for (std::int32_t& code : codes) {
      if (code < 0 || static_cast<std::size_t>(code) >= legend.size()) code = -1;
      else ++legend[static_cast<std::size_t>(code)].count;
    }
    const SelectionModel* selection = context().selection;
    if (selection && selection->axis() == axis_ && selection->mask().size() == codes.size()) markLegend(selection->mask(), codes, &legend);
  }
  canvas_->setCategories(std::move(codes), std::move(legend), colors.category(-1));
}

void Scatter::markLegend(const std::vector<std::uint8_t>& mask, const std::vector<std::int32_t>& codes, std::vector<LegendEntry>* legend) {
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask[i] && codes[i] >= 0) (*legend)[static_cast<std::size_t>(codes[i])].selected = true;
}

void Scatter::showSelection() {
  const SelectionModel* selection = context().selection;
  const bool ours = selection && selection->axis() == axis_ && selection->mask().size() == canvas_->cloud().size();
  canvas_->setMask(ours ? selection->mask() : std::vector<std::uint8_t>());
  if (!ours || !selecting_) canvas_->forgetArea();
  recolor();
  showCount();
}

void Scatter::showCount() {
  const std::size_t all = canvas_->cloud().size(), shown = canvas_->cloud().shownCount();
  QString text = tr("%1 of %2").arg(groupedText(static_cast<std::int64_t>(shown)), groupedText(static_cast<std::int64_t>(all)));
  const SelectionModel* selection = context().selection;
  if (selection && selection->axis() == axis_ && selection->count() > 0) text += tr(" · %1 selected").arg(groupedText(selection->count()));
  setCount(all == 0 ? QString() : text);
}

void Scatter::applyArea(const QPolygonF& area, Qt::KeyboardModifiers modifiers, const QString& tool) {
  select(canvas_->inside(area), modifiers, tool, {});
}

void Scatter::select(std::vector<std::uint8_t> mask, Qt::KeyboardModifiers modifiers, const QString& reason, const QStringList& names) {
  SelectionModel* selection = context().selection;
  if (!selection) return;
  const std::vector<std::uint8_t>& old = selection->mask();
  const bool joins = selection->axis() == axis_ && old.size() == mask.size();
  if (joins && (modifiers & Qt::ShiftModifier))
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = mask[i] || old[i];
  if (modifiers & Qt::ControlModifier)
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = joins && old[i] && !mask[i];
  selecting_ = true;
  selection->select(axis_, std::move(mask), reason, names);
  selecting_ = false;
}

void Scatter::selectCategory(int category, Qt::KeyboardModifiers modifiers) {
  const auto label = arrays_.labels.constFind(color_->current());
  SelectionModel* selection = context().selection;
  if (label == arrays_.labels.constEnd() || !label->codes || !selection) return;
  const QString name = label->categories.value(category);
  const bool plain = !(modifiers & (Qt::ShiftModifier | Qt::ControlModifier));
  if (plain && selection->sources() == QStringList{name}) return selection->clear();  // a second click takes it back
  std::vector<std::uint8_t> mask;
  mask.reserve(label->codes->size());
  for (const std::int32_t code : *label->codes) mask.push_back(code == category);
  QStringList names{name};
  if (modifiers & Qt::ShiftModifier) names = selection->sources() + names;
  if (modifiers & Qt::ControlModifier) {
    names = selection->sources();
    names.removeAll(name);
  }
  names.removeDuplicates();
  canvas_->forgetArea();
  select(std::move(mask), modifiers, names.join(tr(" and ")), names);
}

QString Scatter::tooltip(int row) const {
  QStringList lines;
  QStringList names = arrays_.labels.keys();
  names.sort();
  const auto textOf = [&](const QString& name) -> QString {
    const LabelView& label = arrays_.labels[name];
    if (!label.codes || static_cast<std::size_t>(row) >= label.codes->size() || label.codes->size() != canvas_->cloud().size()) return {};
    const std::int32_t code = (*label.codes)[static_cast<std::size_t>(row)];
    return code < 0 ? tr("not known") : label.categories.value(code);
  };
  const QString id = textOf(QStringLiteral("id"));
  lines << (id.isEmpty() ? tr("%1 %2").arg(axis_, groupedText(row + 1)) : id);
  for (const QString& name : names) {
    const QString text = textOf(name);
    if (name != QLatin1String("id") && !text.isEmpty()) lines << QStringLiteral("%1: %2").arg(QString(name).replace('_', ' '), text);
  }
  return lines.join('\n');
}

void Scatter::refresh() { canvas_->update(); }

QList<QStringList> Scatter::table() const {
  const PointCloud& cloud = canvas_->cloud();
  const auto label = arrays_.labels.constFind(color_->current());
  const bool labelled = label != arrays_.labels.constEnd() && label->codes && label->codes->size() == cloud.size();
  QList<QStringList> rows{{axis_.isEmpty() ? tr("row") : axis_, tr("x"), tr("y")}};
  if (labelled) rows[0] << color_->current();
  const auto count = std::min<std::int64_t>(static_cast<std::int64_t>(cloud.size()), kMostTableRows);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    rows << QStringList{QString::number(i + 1), exactText(cloud.x[at]), exactText(cloud.y[at])};
    if (labelled) rows.last() << label->categories.value((*label->codes)[at]);
  }
  return rows;
}

}  // namespace geocyte::widgets::scatter
