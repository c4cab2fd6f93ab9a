// SPDX-License-Identifier: GPL-3.0-or-later
// What a test sees of a run while an engine trains it: its status, its scalars, and waiting for either.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/json.h"
#include "engine/store/run_reader.h"
#include "tests/support/run_engine.h"

namespace geocyte::test {

inline Json status_of(const std::filesystem::path& run) {
  return Json::parse(slurp(run / "status.json"), nullptr, /*allow_exceptions=*/false);
}

/// All values of a scalar, as a reader who comes later sees them.
inline std::vector<double> values_of(const std::filesystem::path& run, const std::string& tag) {
  store::RunReader reader(run);
  std::map<std::int64_t, double> by_step;
  for (bool more = true; more;) {
    const auto update = reader.poll_scalars();
    if (update.superseded_from) by_step.erase(by_step.lower_bound(*update.superseded_from), by_step.end());
    if (const auto found = update.points.find(tag); found != update.points.end())
      for (const auto& point : found->second) by_step[point.step] = point.value;
    more = update.more;
  }
  std::vector<double> values;
  for (const auto& [step, value] : by_step) values.push_back(value);
  return values;
}

/// Waits until `holds` or half a minute is over.
inline bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 1500; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

}  // namespace geocyte::test
