// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/check_table/check_table.h"

#include <QScrollArea>

#include <algorithm>
#include <cmath>

#include "widgets/base/hover_card.h"
#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/check_table/check_rows.h"

namespace geocyte::widgets::check_table {

CheckTable::CheckTable(const ViewContext& context, QWidget* parent) : View(context, parent), rows_(new CheckRows), scroll_(new QScrollArea) {
  rows_->setObjectName(QStringLiteral("checkRows"));
  rows_->setAccessibleName(tr("Gates and guards"));
  scroll_->setObjectName(QStringLiteral("checkScroll"));
  scroll_->setAccessibleName(tr("Gates and guards"));
  scroll_->setWidgetResizable(true);
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll_->setFocusPolicy(Qt::NoFocus);
  scroll_->setWidget(rows_);
  setBody(scroll_);
  setHeadlineLines(2);
  setEmptyText(tr("Nothing is judged here"));
  connect(rows_, &CheckRows::activated, this, &CheckTable::select);
  connect(rows_, &CheckRows::hovered, this, &CheckTable::hover);
  connect(rows_, &CheckRows::explainWanted, this, [this](int row) {
    HoverCard::hideFrom(rows_);
    showInfoCard(rows_, cardOfRow(row));
  });
  connect(rows_, &CheckRows::cleared, this, [this] {
    if (this->context().selection) this->context().selection->clear();
  });
  connect(rows_, &CheckRows::currentMoved, this, [this](int row) {
    const QRectF where = rows_->rowRect(row);
    scroll_->ensureVisible(0, static_cast<int>(where.center().y()), 0, static_cast<int>(where.height()));
    const CheckItem& item = rows_->items()[static_cast<std::size_t>(row)];
    rows_->setAccessibleDescription(QStringList{item.check.title, outcomeText(item.outcome()), valueText(item.check)}.join(QStringLiteral(", ")));
  });
  if (context.selection) connect(context.selection, &SelectionModel::changed, this, &CheckTable::showSelection);
}

void CheckTable::bind(const QHash<QString, QString>& bindings) {
  View::bind(bindings);
  rebuild();
}

void CheckTable::setArrays(const ArrayMap& arrays) {
  arrays_ = arrays;
  rebuild();
}

void CheckTable::setReference(const ArrayMap& arrays) {
  reference_ = arrays;
  rebuild();
}

void CheckTable::rebuild() {
  rows_->setItems(itemsOf(bindings_, arrays_, reference_));
  const auto& items = rows_->items();
  setEmptyText(items.empty() ? tr("Nothing is judged here") : QString());
  qsizetype judged = 0, passed = 0, open = 0;
  bool at_end = false;
  std::int64_t oldest = -1, newest = -1;
  for (const CheckItem& item : items) {
    const Outcome outcome = item.outcome();
    judged += outcome == Outcome::passes || outcome == Outcome::fails;
    passed += outcome == Outcome::passes;
    open += outcome == Outcome::open;
    if (!item.isKnown()) continue;
    at_end = at_end || item.check.at_end;
    oldest = oldest < 0 ? item.check.step : std::min(oldest, item.check.step);
    newest = std::max(newest, item.check.step);
  }
  setCount(judged > 0 ? tr("%1 of %2 pass").arg(passed).arg(judged) : QString());
  QStringList failing;
  for (const CheckItem& item : items)
    if (item.outcome() == Outcome::fails) failing << item.check.title;
  QStringList sum;
  if (judged == 0) sum << tr("Nothing is judged so far");
  else sum << (failing.isEmpty() ? tr("All that is judged passes") : tr("Fails: %1").arg(failing.join(QStringLiteral(", "))));
  if (judged > 0 && open > 0) sum << tr("%n not judged", nullptr, static_cast<int>(open));
  setHeadline(items.empty() ? QString() : sum.join(QStringLiteral(" · ")));
  QString caption;
  if (newest >= 0) {
    caption = oldest == newest ? tr("step %1").arg(groupedText(newest)) : tr("steps %1 to %2").arg(groupedText(oldest), groupedText(newest));
    caption += at_end ? tr(" · evaluation at the end, held-out cells") : tr(" · while training, held-out cells");
    if (!reference_.run.isEmpty()) caption += tr(" · beside %1").arg(reference_.run);
  }
  setCaption(caption);
  showSelection();
  scheduleRefresh();
}

void CheckTable::refresh() { rows_->update(); }

void CheckTable::select(int row) {
  SelectionModel* selection = context().selection;
  const QStringList names = rows_->items()[static_cast<std::size_t>(row)].check.worst;
  if (!selection || names.isEmpty()) return;
  std::vector<std::uint8_t> mask;
  const auto label = arrays_.labels.constFind(bindings_.value(QStringLiteral("labels"), QStringLiteral("source")));
  if (label != arrays_.labels.constEnd()) mask = label->maskOf(names);
  selection->select(bindings_.value(QStringLiteral("axis"), QStringLiteral("cell")), std::move(mask), names.join(tr(" and ")), names);
}

void CheckTable::showSelection() {
  const SelectionModel* selection = context().selection;
  const auto& items = rows_->items();
  const auto is_shown = [&](int row) { return row >= 0 && row < static_cast<int>(items.size()) && selection && !selection->sources().isEmpty() && items[static_cast<std::size_t>(row)].check.worst == selection->sources(); };
  // Several rows may have the same worst pair: the one that was pointed at.
  int found = is_shown(rows_->current()) ? rows_->current() : -1;
  for (int row = 0; found < 0 && row < static_cast<int>(items.size()); ++row)
    if (is_shown(row)) found = row;
  rows_->setSelected(found);
}

InfoCard CheckTable::cardOfRow(int row) const {
  const CheckItem& item = rows_->items()[static_cast<std::size_t>(row)];
  const CheckView& check = item.check;
  CardSection section{check.title, {}, {}, {}, {}};
  for (const CardSection& known : card().sections)
    if (known.title == check.title) section = known;
  QStringList now;
  now << joined({item.isKnown() ? valueText(check) : QString(), intervalText(check), outcomeText(item.outcome())}, QStringLiteral(", "));
  if (!boundText(check).isEmpty() && !check.counts) now << tr("bound %1").arg(boundText(check));
  if (check.n > 0) now << tr("n = %1 held-out cells").arg(groupedText(check.n));
  if (!check.worst.isEmpty()) now << tr("worst: %1").arg(worstText(check));
  if (item.isKnown()) now << (check.at_end ? tr("evaluation at the end, step %1") : tr("while training, step %1")).arg(groupedText(check.step));
  CardSection held{tr("Now"), now.join(QStringLiteral("; ")) + '.', {}, check.rule, {}};
  if (check.rule.isEmpty()) held.good = tr("it is judged once training has come so far, or by the evaluation at the end");
  return {check.title, {section, held}};
}

void CheckTable::hover(int row, const QPoint& at) {
  if (row < 0) return HoverCard::hideFrom(rows_);
  const CheckItem& item = rows_->items()[static_cast<std::size_t>(row)];
  const CheckView& check = item.check;
  HoverContent said;
  said.title = check.title;
  said.rows.append({tr("outcome"), outcomeText(item.outcome())});
  if (item.isKnown()) said.rows.append({tr("value"), valueText(check)});
  if (const QString interval = intervalText(check); !interval.isEmpty()) said.rows.append({tr("95 % interval"), interval});
  if (const QString bound = boundText(check); !bound.isEmpty()) said.rows.append({tr("bound"), bound});
  if (check.n > 0) said.rows.append({tr("n"), groupedText(check.n)});
  if (!check.worst.isEmpty()) said.rows.append({check.worst.size() > 1 ? tr("worst pair") : tr("worst source"), worstText(check)});
  if (item.isKnown()) said.rows.append({check.at_end ? tr("at the end, step") : tr("step"), groupedText(check.step)});
  if (item.other) said.rows.append({item.other_name, joined({valueText(*item.other), intervalText(*item.other)}, QStringLiteral(" "))});
  if (!check.rule.isEmpty()) said.notes << check.rule;
  if (!check.worst.isEmpty()) said.notes << tr("a click selects the worst everywhere");
  HoverCard::showAt(at, said, rows_);
}

QList<QStringList> CheckTable::table() const {
  QList<QStringList> rows{{tr("kind"), tr("what"), tr("outcome"), tr("value"), tr("low"), tr("high"), tr("bound"), tr("passes when"), tr("n"), tr("worst"), tr("judged")}};
  const auto number = [](double value) { return std::isfinite(value) ? exactText(value) : QString(); };
  for (const CheckItem& item : rows_->items()) {
    const CheckView& check = item.check;
    rows << QStringList{check.kind, check.title, outcomeText(item.outcome()), number(check.value), number(check.low), number(check.high), number(check.bound), check.rule,
                        check.n > 0 ? QString::number(check.n) : QString(), worstText(check), !item.isKnown() ? QString() : check.at_end ? tr("at the end") : tr("step %1").arg(check.step)};
  }
  return rows;
}

}  // namespace geocyte::widgets::check_table
