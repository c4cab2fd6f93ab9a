// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/view_host.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QSet>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <map>
#include <utility>

#include "app/desktop/view_cards.h"
#include "widgets/base/view_registry.h"
#include "widgets/controls/segmented_control.h"

namespace geocyte::desktop {
namespace {

constexpr int kColumns = 3;
constexpr int kRowsOnScreen = 3;
constexpr std::size_t kBelow = 3;              // places in the row below two large views
constexpr double kFocusShare = 0.68;
constexpr int kTileWidth = 240, kTileHeight = 210;
constexpr qsizetype kMaxTagTiles = 60;
constexpr std::size_t kSettled = 100;

/// Two columns of one proportion in every window until somebody moves the handle: what a splitter makes of its first, tiny size would last.
class FocusColumns : public QSplitter {
 public:
  explicit FocusColumns(QWidget* parent) : QSplitter(Qt::Horizontal, parent) {
    connect(this, &QSplitter::splitterMoved, this, [this] { moved_ = true; });
  }

 protected:
  void resizeEvent(QResizeEvent* event) override {
    QSplitter::resizeEvent(event);
    const int first = static_cast<int>(kFocusShare * width());
    if (!moved_ && count() == 2) setSizes({first, width() - first});
  }

 private:
  bool moved_ = false;
};

/// The tags that match the "values" of a view: names and patterns separated by commas.
QSet<QString> tagsOf(const ViewPlan& plan, const widgets::CurveSet& curves) {
  QSet<QString> tags;
  for (const QString& name : plan.bindings.value(QStringLiteral("values")).split(','))
    for (auto tag = curves.by_tag.keyBegin(); tag != curves.by_tag.keyEnd(); ++tag)
      if (name.endsWith('*') ? tag->startsWith(QStringView(name).chopped(1)) : *tag == name) tags.insert(*tag);
  return tags;
}

}  // namespace

std::vector<ViewPlan> plansOf(const config::SystemSpec& spec, const QString& workspace) {
  std::vector<ViewPlan> plans;
  QStringList shown;
  for (const config::ViewSpec& view : spec.views) {
    if (QString::fromStdString(view.workspace) != workspace) continue;
    ViewPlan plan{QString::fromStdString(view.type), QString::fromStdString(view.title), {}, false, {}};
    for (const auto& [role, name] : view.bindings) {
      plan.bindings.insert(QString::fromStdString(role), QString::fromStdString(name));
      if (role == "values") shown += QString::fromStdString(name).split(',');
    }
    plan.card = cardOf(spec, plan.title, plan.bindings);
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
  for (const QString& tile : order) {
    const QHash<QString, QString> bindings{{QStringLiteral("values"), tags_of_tile[tile].join(QLatin1Char(','))}};
    plans.push_back({QStringLiteral("loss_curves"), tile, bindings, true, cardOf(spec, tile, bindings)});
  }
  return plans;
}

std::vector<ViewPlan> plansOfTags(QStringList tags) {
  std::sort(tags.begin(), tags.end());
  std::stable_partition(tags.begin(), tags.end(), [](const QString& tag) { return tag.startsWith(QLatin1String("loss")); });
  std::stable_partition(tags.begin(), tags.end(), [](const QString& tag) { return tag == QLatin1String("loss/total"); });
  std::vector<ViewPlan> plans;
  for (const QString& tag : tags.mid(0, kMaxTagTiles))
    plans.push_back({QStringLiteral("loss_curves"), tag, {{QStringLiteral("values"), tag}}, false, {}});
  return plans;
}

ViewHost::ViewHost(Layout layout, const widgets::ViewContext& context, QWidget* parent)
    : QWidget(parent), layout_(layout), context_(context), frame_(new QVBoxLayout(this)) {
  frame_->setContentsMargins(0, 0, 0, 0);
}

void ViewHost::setCompanion(QWidget* widget) {
  companion_ = widget;
  companion_->setParent(this);
}

void ViewHost::setPlans(const std::vector<ViewPlan>& plans) {
  if (body_ && plans == asked_) return;
  asked_ = plans_ = plans;
  if (companion_) companion_->setParent(this);
  delete body_;
  tags_.clear();
  views_.clear();
  shown_.clear();
  // A spec may name views that this build does not have: the others are still worth showing.
  const QStringList known = widgets::viewTypes();
  std::erase_if(plans_, [&](const ViewPlan& plan) { return !known.contains(plan.type); });
  for (const ViewPlan& plan : plans_) {
    widgets::View* view = widgets::makeView(plan.type, context_, this);
    shown_.push_back(!plan.only_with_data);
    view->setObjectName(QStringLiteral("view_%1_%2").arg(plan.type).arg(views_.size()));
    if (!plan.title.isEmpty()) view->setTitle(plan.title);
    view->setAccessibleName(view->title());
    view->setCard(plan.card);
    view->bind(plan.bindings);
    views_.push_back(view);
    emit viewMade(view);
  }
  body_ = layout_ == Layout::board ? makeBoard() : layout_ == Layout::pairs ? makePairs() : makeFocus();
  frame_->addWidget(body_);
}

QWidget* ViewHost::makeBoard() {
  scroll_ = new QScrollArea(this);
  scroll_->setObjectName(QStringLiteral("board"));
  scroll_->setAccessibleName(tr("Tiles of curves"));
  scroll_->setWidgetResizable(true);
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll_->viewport()->installEventFilter(this);
  auto* board = new QWidget;
  // The gaps of one pixel show the line colour of the theme: panels touch, nothing is framed twice.
  board->setBackgroundRole(QPalette::Mid);
  board->setAutoFillBackground(true);
  grid_ = new QGridLayout(board);
  grid_->setContentsMargins(0, 0, 0, 0);
  grid_->setSpacing(1);
  rest_ = new QWidget(board);
  rest_->setAutoFillBackground(true);
  rest_->setBackgroundRole(QPalette::Base);
  for (widgets::View* view : views_) view->setParent(board);
  if (companion_) companion_->setParent(board);
  arrangeBoard();
  scroll_->setWidget(board);
  return scroll_;
}

void ViewHost::arrangeBoard() {
  while (QLayoutItem* item = grid_->takeAt(0)) delete item;
  QList<QWidget*> tiles;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    views_[i]->setVisible(shown_[i]);
    if (shown_[i]) tiles << views_[i];
  }
  columns_ = fittingColumns();
  if (companion_) {
    tiles.insert(std::min<qsizetype>(tiles.size(), columns_ * kRowsOnScreen - 1), companion_);
    companion_->show();
  }
  const int count = static_cast<int>(tiles.size()), columns = std::clamp(count, 1, columns_);
  for (int i = 0; i < count; ++i) grid_->addWidget(tiles[i], i / columns, i % columns);
  const int left = (columns - count % columns) % columns;
  rest_->setVisible(left > 0);
  if (left > 0) grid_->addWidget(rest_, count / columns, count % columns, 1, left);
  for (int column = 0; column < kColumns; ++column) {
    grid_->setColumnStretch(column, column < columns ? 1 : 0);
    grid_->setColumnMinimumWidth(column, column < columns ? kTileWidth : 0);
  }
  fitRows();
  grid_->activate();   // in the same turn: nobody should see tiles where they stood before
}

/// As many tiles beside each other as have room for their titles: what does not fit would be cut at the right edge.
int ViewHost::fittingColumns() const {
  const int room = scroll_->viewport()->width();
  if (room < kTileWidth) return kColumns;   // it has no size yet
  int widest = kTileWidth;
  for (std::size_t i = 0; i < views_.size(); ++i)
    if (shown_[i]) widest = std::max(widest, views_[i]->minimumSizeHint().width());
  if (companion_) widest = std::max(widest, companion_->minimumSizeHint().width());
  return std::clamp((room + 1) / (widest + 1), 1, kColumns);
}

void ViewHost::fitRows() {
  const int rows = (grid_->count() + columns_ - 1) / columns_;
  const int height = std::max(kTileHeight, scroll_->viewport()->height() / kRowsOnScreen - 1);
  for (int row = 0; row < grid_->rowCount(); ++row) {
    grid_->setRowMinimumHeight(row, row < rows ? height : 0);
    grid_->setRowStretch(row, row < rows ? 1 : 0);
  }
}

bool ViewHost::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize && scroll_ && watched == scroll_->viewport()) {
    if (fittingColumns() != columns_) arrangeBoard();
    else fitRows();
  }
  return QWidget::eventFilter(watched, event);
}

QWidget* ViewHost::makePairs() {
  auto* rows = new QSplitter(Qt::Vertical, this);
  rows->setHandleWidth(1);
  rows->setChildrenCollapsible(false);
  const auto add_row = [&](std::size_t from, std::size_t to, int stretch) {
    auto* row = new QSplitter(Qt::Horizontal);
    row->setHandleWidth(1);
    row->setChildrenCollapsible(false);
    for (std::size_t i = from; i < to; ++i) row->addWidget(views_[i]);
    for (int column = 0; column < row->count(); ++column) row->setStretchFactor(column, 1);
    row->setSizes(QList<int>(row->count(), 1000));
    rows->addWidget(row);
    rows->setStretchFactor(rows->count() - 1, stretch);
  };
  const std::size_t above = std::min<std::size_t>(views_.size(), 2);
  if (above > 0) add_row(0, above, 5);
  const std::size_t beside = std::min(views_.size(), above + kBelow), alone = views_.size() > beside ? beside - 1 : beside;
  if (alone > above) {
    add_row(above, alone, 2);
    auto* row = static_cast<QSplitter*>(rows->widget(rows->count() - 1));
    if (alone < views_.size()) row->addWidget(makeTabs(alone));
    row->setStretchFactor(row->count() - 1, 1);
    QList<int> sizes(row->count(), 1000);
    sizes.front() = 1250;
    row->setSizes(sizes);
  }
  if (rows->count() > 1) rows->setSizes({5000, 3200});
  return rows;
}

/// The views from that one on share a place; the names on the tabs stand for their titles.
QWidget* ViewHost::makeTabs(std::size_t from) {
  auto* place = new QWidget;
  place->setAutoFillBackground(true);
  place->setBackgroundRole(QPalette::Base);
  auto* column = new QVBoxLayout(place);
  column->setContentsMargins(0, 6, 0, 0);
  column->setSpacing(0);
  auto* line = new QHBoxLayout;
  line->setContentsMargins(14, 0, 14, 0);
  auto* tabs = new widgets::SegmentedControl(tr("What is shown here"));
  tabs->setObjectName(QStringLiteral("viewTabs"));
  auto* stack = new QStackedWidget;
  stack->setObjectName(QStringLiteral("viewStack"));
  for (std::size_t i = from; i < views_.size(); ++i) {
    tabs->addSegment(QString::number(i), plans_[i].title, tr("Show %1 here").arg(plans_[i].title));
    views_[i]->setTitleShown(false);
    stack->addWidget(views_[i]);
  }
  tabs->setCurrent(QString::number(from));
  connect(tabs, &widgets::SegmentedControl::activated, stack, [stack, from](const QString& id) { stack->setCurrentIndex(id.toInt() - static_cast<int>(from)); });
  connect(stack, &QStackedWidget::currentChanged, tabs, [tabs, from](int index) { tabs->setCurrent(QString::number(index + static_cast<int>(from))); });
  line->addWidget(tabs);
  line->addStretch(1);
  column->addLayout(line);
  column->addWidget(stack, 1);
  return place;
}

bool ViewHost::shows(const widgets::View* view) const {
  if (layout_ != Layout::board) return true;
  const auto found = std::find(views_.begin(), views_.end(), view);
  return found != views_.end() && shown_[static_cast<std::size_t>(found - views_.begin())];
}

void ViewHost::raise(const widgets::View* view) {
  for (QStackedWidget* stack : findChildren<QStackedWidget*>(QStringLiteral("viewStack")))
    for (int i = 0; i < stack->count(); ++i)
      if (stack->widget(i) == view) stack->setCurrentIndex(i);
}

QWidget* ViewHost::makeFocus() {
  auto* columns = new FocusColumns(this);
  columns->setHandleWidth(1);
  columns->setChildrenCollapsible(false);
  if (!views_.empty()) columns->addWidget(views_[0]);
  if (views_.size() > 1) {
    auto* beside = new QSplitter(Qt::Vertical);
    beside->setHandleWidth(1);
    beside->setChildrenCollapsible(false);
    QList<int> heights;                      // the first one has as much room as two others
    for (std::size_t i = 1; i < views_.size(); ++i) {
      beside->addWidget(views_[i]);
      beside->setStretchFactor(static_cast<int>(i) - 1, i == 1 ? 2 : 1);
      heights << (i == 1 ? 2000 : 1000);
    }
    beside->setSizes(heights);
    columns->addWidget(beside);
  }
  return columns;
}

void ViewHost::setAwake(bool awake) {
  if (awake == awake_) return;
  awake_ = awake;
  if (!awake) return;
  // A setter takes its argument by reference: what is handed on must not be what it clears.
  const auto hand_on = [this](auto& late, auto setter) {
    const auto given = std::exchange(late, std::nullopt);
    if (given) (this->*setter)(*given);
  };
  hand_on(late_arrays_, &ViewHost::setArrays);
  hand_on(late_reference_, &ViewHost::setReference);
  hand_on(late_history_, &ViewHost::setHistory);
  hand_on(late_curves_, &ViewHost::setCurves);
}

void ViewHost::setArrays(const widgets::ArrayMap& arrays) {
  if (!awake_) return void(late_arrays_ = arrays);
  for (widgets::View* view : views_) view->setArrays(arrays);
}

void ViewHost::setReference(const widgets::ArrayMap& arrays) {
  if (!awake_) return void(late_reference_ = arrays);
  for (widgets::View* view : views_) view->setReference(arrays);
}

void ViewHost::setHistory(const widgets::ArrayHistory& history) {
  if (!awake_) return void(late_history_ = history);
  for (widgets::View* view : views_) view->setHistory(history);
}

QStringList ViewHost::historyNames() const {
  QStringList names;
  for (const widgets::View* view : views_) names << view->historyNames();
  names.removeDuplicates();
  return names;
}

void ViewHost::setCurves(const widgets::CurveSet& curves) {
  if (!awake_) return void(late_curves_ = curves);
  for (widgets::View* view : views_) view->setCurves(curves);
  const QSet<QString> tags(curves.by_tag.keyBegin(), curves.by_tag.keyEnd());
  // What has said nothing after so many steps is off in this run.
  bool settled = false;
  for (const widgets::Curve& curve : curves.by_tag.value(QStringLiteral("loss/total"))) settled = settled || (curve.series && curve.series->steps.size() >= kSettled);
  if (tags == tags_ && settled == settled_) return;
  tags_ = tags;
  settled_ = settled;
  bool changed = false;
  QSet<QString> drawn;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    // A family that has only members which stand on tiles of their own needs no further tile.
    const QSet<QString> own = tagsOf(plans_[i], curves);
    const bool is_off = settled && own.isEmpty() && plans_[i].bindings.contains(QStringLiteral("values"));
    const bool wanted = plans_[i].only_with_data ? !drawn.contains(own) : !is_off;
    if (wanted) drawn.unite(own);
    changed = changed || wanted != shown_[i];
    shown_[i] = wanted;
  }
  if (changed && layout_ == Layout::board) arrangeBoard();
}

}  // namespace geocyte::desktop
