// SPDX-License-Identifier: GPL-3.0-or-later
// What the view says in words and numbers: about the point under the mouse, about what is hidden, as a table.
#include <algorithm>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/scatter/neighbour.h"
#include "widgets/scatter/scatter.h"
#include "widgets/cloud/scatter_canvas.h"

namespace geocyte::widgets::scatter {

using namespace cloud;

namespace {
constexpr std::int64_t kMostTableRows = 100000;
}

HoverContent Scatter::hover(int row) const {
  HoverContent said;
  QStringList names = arrays_.labels.keys();
  names.sort();
  const auto textOf = [&](const QString& name, std::int64_t at) -> QString {
    const LabelView& label = arrays_.labels[name];
    if (!label.codes || static_cast<std::size_t>(at) >= label.codes->size() || label.codes->size() != canvas_->cloud().size()) return {};
    const std::int32_t code = (*label.codes)[static_cast<std::size_t>(at)];
    return code < 0 ? tr("not known") : label.categories.value(code);
  };
  const QString id = textOf(QStringLiteral("id"), row);
  said.title = id.isEmpty() ? tr("%1 %2").arg(axis_, groupedText(row + 1)) : id;
  for (const QString& name : names) {
    const QString text = textOf(name, row);
    if (name == QLatin1String("id") || text.isEmpty() || (name.startsWith(QLatin1String("kept: ")) && text == tr("not known"))) continue;
    said.rows.append({QString(name).replace('_', ' '), text});
  }
  const QString by = bindings_.value(QStringLiteral("labels"), QStringLiteral("source"));
  const auto label = arrays_.labels.constFind(by);
  const ArrayView* space = array(QStringLiteral("space"));
  if (!space) space = array(layout_->current());
  if (!space || label == arrays_.labels.constEnd() || !label->codes) return said;
  const Neighbour other = nearestOther(*space, *label->codes, row);
  if (other.row < 0) return said;
  said.rows.append({tr("nearest of another %1").arg(by), textOf(by, other.row)});
  said.rows.append({tr("at distance"), exactText(other.distance)});
  for (const QString& name : names)
    if (name.contains(QLatin1String("type")) && !textOf(name, other.row).isEmpty()) said.rows.append({tr("its %1").arg(QString(name).replace('_', ' ')), textOf(name, other.row)});
  return said;
}

QString Scatter::hiddenText() const {
  const PointCloud& cloud = canvas_->cloud();
  const std::size_t hidden = cloud.size() - cloud.shownCount();
  if (hidden == 0) return {};
  const auto label = arrays_.labels.constFind(bindings_.value(QStringLiteral("labels"), QStringLiteral("source")));
  QStringList where;
  if (label != arrays_.labels.constEnd() && label->codes && label->codes->size() == cloud.size())
    for (std::size_t i = 0; i < cloud.size(); ++i)
      if (!cloud.isShown(i)) where << label->categories.value((*label->codes)[i]);
  where.removeDuplicates();
  where.removeAll({});
  return tr("%1 not finite, hidden%2").arg(groupedText(static_cast<std::int64_t>(hidden)), where.isEmpty() ? QString() : tr(": ") + where.join(QStringLiteral(", ")));
}

void Scatter::showCount() {
  const std::size_t all = canvas_->cloud().size(), shown = canvas_->cloud().shownCount();
  QString text = tr("%1 of %2").arg(groupedText(static_cast<std::int64_t>(shown)), groupedText(static_cast<std::int64_t>(all)));
  const SelectionModel* selection = context().selection;
  if (selection && selection->axis() == axis_ && selection->count() > 0) text += tr(" · %1 selected").arg(groupedText(selection->count()));
  if (canvas_->mode() == Mode::density) text += tr(" · density");
  if (canvas_->mode() == Mode::contours) text += tr(" · outlines of 30, 60, 90 %");
  setCount(all == 0 ? QString() : text);
}

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
