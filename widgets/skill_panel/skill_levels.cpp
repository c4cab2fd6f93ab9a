// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/skill_panel/skill_levels.h"

#include <QObject>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/base/number_format.h"

namespace geocyte::widgets::skill_panel {
namespace {

const ArrayView* bound(const ArrayMap& arrays, const QHash<QString, QString>& bindings, const char* role) {
  const auto name = bindings.constFind(QString::fromLatin1(role));
  return name == bindings.constEnd() ? nullptr : arrays.find(name.value());
}

QString rangeText(double low, double high) { return QStringLiteral("%1–%2").arg(cellText(low), cellText(high)); }

}  // namespace

SkillLevels levelsOf(const ArrayMap& arrays, const QHash<QString, QString>& bindings) {
  SkillLevels made;
  const ArrayView* sigma = bound(arrays, bindings, "sigma");
  if (!sigma || sigma->shape.size() != 1 || sigma->isEmpty()) return made;
  std::vector<std::int64_t> order;
  for (std::int64_t i = 0; i < sigma->size(); ++i)
    if (std::isfinite(sigma->at(i)) && sigma->at(i) > 0) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return sigma->at(a) < sigma->at(b); });
  for (const std::int64_t i : order) made.sigma.push_back(sigma->at(i));
  const auto take = [&](const char* role, std::vector<double>& values) {
    const ArrayView* array = bound(arrays, bindings, role);
    if (!array || array->shape != sigma->shape || array->isEmpty()) return;
    for (const std::int64_t i : order) values.push_back(array->at(i));
  };
  take("ratio", made.ratio);
  take("ratio_low", made.ratio_low);
  take("ratio_high", made.ratio_high);
  take("f_ratio", made.f_ratio);
  take("scale", made.scale);
  take("ceiling", made.ceiling);
  take("refined", made.refined);
  take("generator", made.generator);
  take("gain_low", made.gain_low);
  take("gain_high", made.gain_high);
  take("count", made.count);
  if (const ArrayView* ratio = bound(arrays, bindings, "ratio")) made.method = ratio->caption;
  if (const ArrayView* refined = bound(arrays, bindings, "refined")) made.measure = refined->caption;
  return made;
}

Level levelAt(const SkillLevels& levels, std::size_t i) {
  if (i >= levels.ratio_low.size() || i >= levels.ratio_high.size() || !std::isfinite(levels.ratio_low[i]) || !std::isfinite(levels.ratio_high[i])) return Level::unknown;
  if (levels.ratio_high[i] < 1) return Level::skill;
  return levels.ratio_low[i] > 1 ? Level::harm : Level::nothing;
}

SkillVerdict verdictOf(const SkillLevels& levels) {
  SkillVerdict made;
  if (levels.isEmpty()) return made;
  std::vector<std::size_t> skill, harm;
  std::size_t judged = 0;
  double low = INFINITY, high = -INFINITY;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const Level level = levelAt(levels, i);
    judged += level != Level::unknown;
    if (level == Level::skill) skill.push_back(i);
    if (level == Level::harm) harm.push_back(i);
    if (std::isfinite(levels.ratio[i])) low = std::min(low, levels.ratio[i]), high = std::max(high, levels.ratio[i]);
  }
  const auto all = static_cast<qsizetype>(levels.size());
  QStringList evidence;
  if (low <= high) evidence << QObject::tr("loss %1 of doing nothing").arg(rangeText(low, high));
  if (judged == 0) {
    made.kind = SkillVerdict::Kind::partly;
    made.headline = QObject::tr("Not judged: no interval yet");
  } else if (!skill.empty() && skill.size() == levels.size()) {
    made.kind = SkillVerdict::Kind::skill;
    made.headline = QObject::tr("Skill at every noise level");
  } else if (!skill.empty()) {
    made.kind = SkillVerdict::Kind::partly;
    made.headline = QObject::tr("Skill at %1 of %2 noise levels").arg(skill.size()).arg(all);
    if (!harm.empty()) made.headline += QObject::tr(", harm at %1").arg(harm.size());
  } else if (!harm.empty()) {
    made.kind = SkillVerdict::Kind::harm;
    made.headline = QObject::tr("No skill: the refiner is worse than doing nothing at %1 of %2 noise levels").arg(harm.size()).arg(all);
  } else {
    made.kind = SkillVerdict::Kind::nothing;
    made.headline = QObject::tr("No skill: the refiner equals doing nothing at every noise level");
  }
  std::size_t better = 0, worse = 0, compared = 0;
  for (std::size_t i = 0; i < levels.size() && i < levels.refined.size() && i < levels.generator.size(); ++i) {
    const double gain = levels.generator[i] - levels.refined[i];
    if (!std::isfinite(gain)) continue;
    ++compared;
    const bool has_interval = i < levels.gain_low.size() && i < levels.gain_high.size();
    better += has_interval ? levels.gain_low[i] > 0 : gain > 0;
    worse += has_interval ? levels.gain_high[i] < 0 : gain < 0;
  }
  if (compared > 0)
    evidence << (better > 0 ? QObject::tr("refined places are better than the generator's from %1 of %2 levels").arg(better).arg(compared)
                 : worse > 0 ? QObject::tr("refined places are worse than the generator's from %1 of %2 levels").arg(worse).arg(compared)
                             : QObject::tr("refined places are no better than the generator's from any level"));
  made.evidence = evidence.join(QStringLiteral("; "));
  return made;
}

}  // namespace geocyte::widgets::skill_panel
