// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/run_configuration.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/store/contract/run_evaluation.h"
#include "engine/store/run_layout.h"

namespace geocyte::app {

config::ResolvedRun configuration_of(store::RunReader& reader, const std::vector<config::SystemSpec>& specs) {
  const auto& facts = reader.facts();
  if (facts.foreign) throw Error(ErrorCode::usage, facts.directory.string() + " holds curves only, no run of Geocyte");
  for (const auto& spec : specs)
    if (spec.id == facts.system) {
      config::ResolvedRun resolved;
      resolved.system = &spec;
      resolved.preset = facts.preset;
      resolved.title = facts.name;
      resolved.options = config::resolve(spec.parameters, config::parse_yaml(reader.config_text(), store::kConfigFile));
      return resolved;
    }
  throw Error(ErrorCode::bad_config, "this run is of the system '" + geocyte::quoted(facts.system) + "', which this build does not have");
}

ChosenCheckpoint choose_checkpoint(store::RunReader& reader, std::optional<std::int64_t> step) {
  const auto folder = reader.facts().directory / store::kCheckpointsFolder;
  const auto steps = store::checkpoint_steps(folder);
  const auto there = [&](std::int64_t one) { return std::find(steps.begin(), steps.end(), one) != steps.end(); };
  if (steps.empty())
    throw Error(ErrorCode::bad_data, "the run " + reader.facts().id + " has no checkpoint", "let it train until its first one, or stop it, which writes one");
  if (step) {
    if (!there(*step)) {
      std::vector<std::string> names;
      for (const std::int64_t one : steps) names.push_back(std::to_string(one));
      throw Error(ErrorCode::bad_data, fmt::format("the run {} has no checkpoint of step {}", reader.facts().id, *step), "there are: " + listed(names, 20));
    }
    return {store::verify_checkpoint(folder, *step), "asked for", {}};
  }
  reader.poll_status();
  ChosenCheckpoint chosen;
  const auto& status = reader.status();
  std::vector<std::pair<std::int64_t, std::string>> wished;
  if (status && status->state == store::RunState::completed)
    if (const auto judged = store::judged_step(reader.facts().directory / store::kEvaluationFolder)) wished.emplace_back(*judged, "as judged at the end");
  if (status && status->best) wished.emplace_back(status->best->step, "best " + status->best->metric);
  for (const auto& [one, why] : wished) {
    if (!there(one)) continue;
    try {
      chosen.found = store::verify_checkpoint(folder, one);
      chosen.why = why;
      return chosen;
    } catch (const Error& error) {
      if (chosen.problems.empty() || chosen.problems.back() != error.message()) chosen.problems.push_back(error.message());
    }
  }
  const auto search = store::latest_good_checkpoint(folder);
  chosen.problems.insert(chosen.problems.end(), search.problems.begin(), search.problems.end());
  if (!search.found)
    throw Error(ErrorCode::bad_data, "no checkpoint of the run " + reader.facts().id + " is whole: " + chosen.problems.front());
  chosen.found = *search.found;
  chosen.why = "newest";
  return chosen;
}

}  // namespace geocyte::app
