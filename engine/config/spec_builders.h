// SPDX-License-Identifier: GPL-3.0-or-later
// Short forms for writing down parameters of the schema and metrics.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/config/system_spec.h"

namespace geocyte::config {

inline Parameter parameter(std::string path, ParameterType type, Json value, std::string group, std::string title, std::string help, bool live = false) {
  Parameter p;
  p.path = std::move(path);
  p.type = type;
  p.default_value = std::move(value);
  p.group = std::move(group);
  p.title = std::move(title);
  p.help = std::move(help);
  p.live = live;
  return p;
}

inline Parameter within(Parameter p, double minimum, double maximum, std::string unit = {}) {
  p.minimum = minimum;
  p.maximum = maximum;
  p.unit = std::move(unit);
  return p;
}

inline Parameter at_least(Parameter p, double minimum, std::string unit = {}) {
  p.minimum = minimum;
  p.unit = std::move(unit);
  return p;
}

inline Parameter one_of(Parameter p, std::vector<std::string> choices) {
  p.choices = std::move(choices);
  return p;
}

inline MetricSpec metric(std::string path, std::string title, std::string what, std::string formula, std::string good, std::string tile,
                         Direction direction = Direction::lower_is_better) {
  MetricSpec m;
  m.path = std::move(path);
  m.title = std::move(title);
  m.what = std::move(what);
  m.formula = std::move(formula);
  m.good = std::move(good);
  m.tile = std::move(tile);
  m.direction = direction;
  return m;
}

inline MetricSpec with_chance(MetricSpec m, double chance) {
  m.chance = chance;
  return m;
}

}  // namespace geocyte::config
