// SPDX-License-Identifier: GPL-3.0-or-later
// What a refiner is worth at each level of noise, and what that comes to in one sentence.
//
//   ratio     L / L(F = 0): its error over that of a network that outputs nothing; 1 = it does nothing
//   f_ratio   size of what the network adds over the size of what it should add
//   scale     size of its estimate over that of the truth; ceiling = what an honest mean of that error would have
//   refined, generator: error of the places that it makes from there, and of those it was given; the gain is their difference
#pragma once

#include <QHash>
#include <QString>

#include <vector>

#include "widgets/base/array_map.h"

namespace geocyte::widgets::skill_panel {

struct SkillLevels {
  std::vector<double> sigma;            ///< ascending; those below have a value a level, or are empty where the run has none
  std::vector<double> ratio, ratio_low, ratio_high, f_ratio, scale, ceiling, refined, generator, gain_low, gain_high, count;
  QString method;                       ///< caption of the ratio: which cells, which split
  QString measure;                      ///< caption of the refined error: how it is measured
  std::size_t size() const { return sigma.size(); }
  bool isEmpty() const { return sigma.empty() || ratio.empty(); }
};

/// Empty where no refiner has been judged; levels that are not finite and positive are left out.
SkillLevels levelsOf(const ArrayMap& arrays, const QHash<QString, QString>& bindings);

enum class Level { skill, nothing, harm, unknown };
/// By the interval of the ratio: below 1, around 1, above 1; unknown without an interval.
Level levelAt(const SkillLevels& levels, std::size_t i);

struct SkillVerdict {
  enum class Kind { none, skill, partly, nothing, harm } kind = Kind::none;
  QString headline, evidence;
};

/// "Skill at 5 of 8 noise levels." and its numbers.
SkillVerdict verdictOf(const SkillLevels& levels);

}  // namespace geocyte::widgets::skill_panel
