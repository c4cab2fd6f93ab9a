// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/view_host.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

#include "widgets/base/curve_set.h"
#include "widgets/base/view_registry.h"

namespace geocyte::desktop {
namespace {

constexpr int kColumns = 3;
constexpr int kTileWidth = 240, kTileHeight = 210;
constexpr qsizetype kMaxTagTiles = 60;

}  // namespace

std::vector<ViewPlan> plansOf(const config::SystemSpec& spec, const QString& workspace) {
  std::vector<ViewPlan> plans;
  QStringList shown;
  for (const config::ViewSpec& view : spec.views) {
    if (QString::fromStdString(view.workspace) != workspace) continue;
    ViewPlan plan{QString::fromStdString(view.type), QString::fromStdString(view.title), {}};
    for (const auto& [role, name] : view.bindings) {
      plan.bindings.insert(QString::fromStdString(role), QString::fromStdString(name));
      if (role == "values") shown += QString::fromStdString(name).split(',');
    }
    plans.push_back(std::move(plan));
  }
  if (workspace != QLatin1String("monitor")) return plans;

  std::vector<QString> order;
  std::map<QString, QStringList> tags_of_tile;
  for (const config::MetricSpec& metric : spec.metrics) {
    const QString tile = QString::fromStdString(metric.tile), tag = QString::fromStdString(metric.path);
    if (tile.isEmpty() || shown.contains(tag)) continue;
    if (tags_of_tile.count(tile) == 0) order.push_back(tile);
    tags_of_tile[tile].push_back(tag);
  }
  for (const QString& tile : order)
    plans.push_back({QStringLiteral("loss_curves"), tile, {{QStringLiteral("values"), tags_of_tile[tile].join(QLatin1Char(','))}}});
  return plans;
}

std::vector<ViewPlan> plansOfTags(QStringList tags) {
  std::sort(tags.begin(), tags.end());
  std::stable_partition(tags.begin(), tags.end(), [](const QString& tag) { return tag.startsWith(QLatin1String("loss")); });
  std::stable_partition(tags.begin(), tags.end(), [](const QString& tag) { return tag == QLatin1String("loss/total"); });
  std::vector<ViewPlan> plans;
  for (const QString& tag : tags.mid(0, kMaxTagTiles))
    plans.push_back({QStringLiteral("loss_curves"), tag, {{QStringLiteral("values"), tag}}});
  return plans;
}

ViewHost::ViewHost(Layout layout, const widgets::ViewContext& context, QWidget* parent)
    : QWidget(parent), layout_(layout), context_(context), frame_(new QVBoxLayout(this)) {
  frame_->setContentsMargins(0, 0, 0, 0);
}

void ViewHost::setLast(QWidget* widget) {
  last_ = widget;
  last_->setParent(this);
}

void ViewHost::setPlans(const std::vector<ViewPlan>& plans) {
  if (body_ && plans == plans_) return;
  plans_ = plans;
  if (last_) last_->setParent(this);
  delete body_;
  views_.clear();
  for (const ViewPlan& plan : plans_) {
    widgets::View* view = widgets::makeView(plan.type, context_, this);
    if (!view) continue;                       // a spec of a newer build: its other views are still worth showing
    view->setObjectName(QStringLiteral("view_%1_%2").arg(plan.type).arg(views_.size()));
    if (!plan.title.isEmpty()) view->setTitle(plan.title);
    view->setAccessibleName(view->title());
    view->bind(plan.bindings);
    views_.push_back(view);
  }
  body_ = layout_ == Layout::board ? makeBoard() : makePairs();
  frame_->addWidget(body_);
}

QWidget* ViewHost::makeBoard() {
  auto* scroll = new QScrollArea(this);
  scroll->setObjectName(QStringLiteral("board"));
  scroll->setAccessibleName(tr("Tiles of curves"));
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  auto* board = new QWidget;
  // The gaps of one pixel show the line colour of the theme: panels touch, nothing is framed twice.
  board->setBackgroundRole(QPalette::Mid);
  board->setAutoFillBackground(true);
  auto* grid = new QGridLayout(board);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(1);
  const int count = static_cast<int>(views_.size());
  const int columns = std::clamp(count + (last_ ? 1 : 0), 1, kColumns);
  for (int i = 0; i < count; ++i) {
    views_[i]->setMinimumSize(kTileWidth, kTileHeight);
    grid->addWidget(views_[i], i / columns, i % columns);
  }
  // The console takes what is left of the last row, or a row of its own.
  if (last_) {
    const int column = count % columns;
    grid->addWidget(last_, count / columns, column, 1, columns - column);
    last_->setMinimumHeight(kTileHeight);
    last_->show();
  } else if (count % columns != 0) {
    auto* rest = new QWidget;
    rest->setAutoFillBackground(true);
    rest->setBackgroundRole(QPalette::Base);
    grid->addWidget(rest, count / columns, count % columns, 1, columns - count % columns);
  }
  for (int column = 0; column < columns; ++column) grid->setColumnStretch(column, 1);
  scroll->setWidget(board);
  return scroll;
}

QWidget* ViewHost::makePairs() {
  auto* rows = new QSplitter(Qt::Vertical, this);
  rows->setHandleWidth(1);
  rows->setChildrenCollapsible(false);
  for (std::size_t i = 0; i < views_.size(); i += 2) {
    auto* row = new QSplitter(Qt::Horizontal);
    row->setHandleWidth(1);
    row->setChildrenCollapsible(false);
    row->addWidget(views_[i]);
    if (i + 1 < views_.size()) row->addWidget(views_[i + 1]);
    rows->addWidget(row);
    rows->setStretchFactor(static_cast<int>(i / 2), i == 0 ? 5 : 2);
    for (int column = 0; column < row->count(); ++column) row->setStretchFactor(column, 1);
    row->setSizes({1000, 1000});
  }
  if (rows->count() > 1) rows->setSizes({5000, 2000});
  return rows;
}

void ViewHost::setArrays(const widgets::ArrayMap& arrays) {
  for (widgets::View* view : views_) view->setArrays(arrays);
}

void ViewHost::setCurves(const widgets::CurveSet& curves) {
  for (widgets::View* view : views_) view->setCurves(curves);
}

}  // namespace geocyte::desktop
