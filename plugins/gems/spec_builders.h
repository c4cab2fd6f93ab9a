// SPDX-License-Identifier: GPL-3.0-or-later
// Short forms for writing down parameters of the schema.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/config/schema.h"

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

}  // namespace geocyte::plugins::gems
