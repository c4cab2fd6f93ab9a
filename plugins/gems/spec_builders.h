// SPDX-License-Identifier: GPL-3.0-or-later
// Short forms for writing down parameters of the schema and metrics.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/config/system_spec.h"

namespace geocyte::plugins::gems {

inline config::Parameter parameter(std::string path, config::ParameterType type, Json value, std::string group, std::string title, std::string help,
                    bool live = false) {
  config::Parameter p;
  p.path = std::move(path);
  p.type = type;
  p.default_value = std::move(value);
  p.group = std::move(group);
  p.title = std::move(title);
  p.help = std::move(help);
  p.live = live;
  return p;
}

inline config::Parameter within(config::Parameter p, double minimum, double maximum, std::string unit = {}) {
  p.minimum = minimum;
  p.maximum = maximum;
  p.unit = std::move(unit);
  return p;
}

inline config::Parameter at_least(config::Parameter p, double minimum, std::string unit = {}) {
  p.minimum = minimum;
  p.unit = std::move(unit);
  return p;
}

inline config::Parameter one_of(config::Parameter p, std::vector<std::string> choices) {
  p.choices = std::move(choices);
  return p;
}

inline config::MetricSpec metric(std::string path, std::string title, std::string what, std::string formula, std::string good, std::string tile,
                  config::Direction direction = config::Direction::lower_is_better) {
  config::MetricSpec m;
  m.path = std::move(path);
  m.title = std::move(title);
  m.what = std::move(what);
  m.formula = std::move(formula);
  m.good = std::move(good);
  m.tile = std::move(tile);
  m.direction = direction;
  return m;
}

inline config::MetricSpec with_chance(config::MetricSpec m, double chance) {
  m.chance = chance;
  return m;
}

}  // namespace geocyte::plugins::gems
