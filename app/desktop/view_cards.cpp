// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/view_cards.h"

#include <QStringList>

#include "widgets/base/number_format.h"

namespace geocyte::desktop {
namespace {

QString text(const std::string& s) { return QString::fromStdString(s); }

bool names(const QStringList& bound, const QString& path) {
  for (const QString& name : bound) {
    if (name == path) return true;
    if (path.endsWith('*') && name.startsWith(QStringView(path).chopped(1))) return true;
  }
  return false;
}

}  // namespace

widgets::InfoCard cardOf(const config::SystemSpec& spec, const QString& title, const QHash<QString, QString>& bindings) {
  QStringList bound;
  for (const QString& value : bindings) bound += value.split(',');
  widgets::InfoCard card{title, {}};
  QStringList exact;                    // a metric with its own entry needs no word of its family
  for (const config::MetricSpec& metric : spec.metrics)
    if (bound.contains(text(metric.path))) exact << text(metric.path);
  for (const config::MetricSpec& metric : spec.metrics) {
    const QString path = text(metric.path);
    QStringList rest = bound;
    if (path.endsWith('*'))
      for (const QString& name : exact)
        if (name != path) rest.removeAll(name);
    for (const config::ArrayCard& array : spec.cards) rest.removeAll(text(array.name));
    if (!names(rest, path)) continue;
    card.sections.push_back({text(metric.title), text(metric.what), text(metric.formula), text(metric.good),
                             metric.chance ? QStringLiteral("%1%2").arg(widgets::axisText(*metric.chance), metric.unit.empty() ? QString() : QLatin1Char(' ') + text(metric.unit)) : QString()});
  }
  for (const config::ArrayCard& array : spec.cards)
    if (bound.contains(text(array.name))) card.sections.push_back({text(array.title), text(array.what), text(array.formula), text(array.good), text(array.chance)});
  return card;
}

}  // namespace geocyte::desktop
