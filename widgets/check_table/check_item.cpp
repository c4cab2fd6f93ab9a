// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/check_table/check_item.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"

namespace geocyte::widgets::check_table {
namespace {

constexpr int kMostChecks = 40;

QString tr(const char* text) { return QCoreApplication::translate("CheckTable", text); }

const CheckView* find(const std::vector<CheckView>& checks, const QString& id) {
  const auto found = std::find_if(checks.begin(), checks.end(), [&](const CheckView& check) { return check.id == id; });
  return found == checks.end() ? nullptr : &*found;
}

QString kindOfId(const QString& id) {
  return id.startsWith(QLatin1String("gates/")) ? QStringLiteral("gate") : id.startsWith(QLatin1String("guards/")) ? QStringLiteral("guard") : id.section('/', 0, 0);
}

}  // namespace

bool CheckItem::isKnown() const { return std::isfinite(check.value); }

Outcome CheckItem::outcome() const {
  if (check.passes >= 0) return check.passes > 0 ? Outcome::passes : Outcome::fails;
  return check.kind == QLatin1String("mixing") && isKnown() ? Outcome::no_gate : Outcome::open;
}

QString outcomeText(Outcome outcome) {
  switch (outcome) {
    case Outcome::passes: return tr("passes");
    case Outcome::fails: return tr("FAILS");
    case Outcome::no_gate: return tr("no gate");
    case Outcome::open: break;
  }
  return tr("not judged");
}

QString valueText(const CheckView& check) {
  if (!std::isfinite(check.value)) return QStringLiteral("–");
  if (check.counts && std::isfinite(check.bound)) return tr("%1 of %2").arg(groupedText(std::llround(check.value)), groupedText(std::llround(check.bound)));
  return check.value == std::floor(check.value) && !std::isfinite(check.high) && check.kind == QLatin1String("gate") ? groupedText(std::llround(check.value)) : cellText(check.value);
}

QString intervalText(const CheckView& check) {
  if (!std::isfinite(check.high)) return {};
  if (!std::isfinite(check.low)) return tr("at most %1").arg(cellText(check.high));
  return QStringLiteral("[%1, %2]").arg(cellText(check.low), cellText(check.high));
}

QString boundText(const CheckView& check) {
  if (!std::isfinite(check.bound)) return {};
  if (check.counts) return tr("all");
  if (check.bound == 0) return tr("none");
  if (std::isfinite(check.low) && std::isfinite(check.high)) return tr("reaches %1").arg(cellText(check.bound));   // it is the interval that is judged
  return (check.kind == QLatin1String("guard") ? QStringLiteral("≥ %1") : QStringLiteral("≤ %1")).arg(cellText(check.bound));
}

QString worstText(const CheckView& check) { return check.worst.join(QStringLiteral(" – ")); }

QString joined(QStringList parts, const QString& between) {
  parts.removeAll(QString());
  return parts.join(between);
}

QString kindText(const QString& kind) {
  if (kind == QLatin1String("gate")) return tr("Gates: can anybody tell the sources apart?");
  if (kind == QLatin1String("guard")) return tr("Guards: was it bought with biology?");
  if (kind == QLatin1String("mixing")) return tr("Mixing, to be read");
  return kind;
}

std::vector<CheckItem> itemsOf(const QHash<QString, QString>& bindings, const ArrayMap& map, const ArrayMap& reference) {
  std::vector<CheckItem> items;
  const auto add = [&](CheckView check) {
    CheckItem item{std::move(check), {}, reference.run};
    if (const CheckView* other = find(reference.checks, item.check.id)) item.other = *other;
    items.push_back(std::move(item));
  };
  QStringList bound;
  for (int i = 1; i <= kMostChecks; ++i) {
    const QString id = bindings.value(QStringLiteral("check%1").arg(i));
    if (id.isEmpty()) continue;
    bound << id;
    if (const CheckView* judged = find(map.checks, id)) {
      add(*judged);
      continue;
    }
    CheckView open;
    open.id = id;
    open.kind = kindOfId(id);
    open.title = bindings.value(QStringLiteral("title%1").arg(i), id.section('/', -1).replace('_', ' '));
    add(std::move(open));
  }
  for (const CheckView& check : map.checks)
    if (!bound.contains(check.id) && static_cast<int>(items.size()) < kMostChecks) add(check);
  return items;
}

}  // namespace geocyte::widgets::check_table
