// SPDX-License-Identifier: GPL-3.0-or-later
// A recipe as JSON: {"format":1,"steps":[{"step":"thin","depth":…,"seed":…},{"step":"normalize","target_sum":…},{"step":"log1p"},
// {"step":"select","by":"dispersion","genes":[…]},{"step":"centre","means":{"SOURCE":[…]}},{"step":"scale","clip":10,
// "sds":{"SOURCE":[…]}}]}; thin, centre and scale are optional.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "engine/core/check.h"
#include "engine/core/rng.h"
#include "engine/core/text.h"
#include "engine/preprocess/recipe.h"

namespace geocyte::preprocess {
namespace {

constexpr int kFormat = 1;

[[noreturn]] void damaged(const std::string& what) {
  throw Error(ErrorCode::bad_data, "the preprocessing recipe " + what,
              "It belongs to another version of Geocyte or was damaged.");
}

const Json& member(const Json& object, const char* key) {
  if (!object.is_object() || !object.contains(key)) damaged(std::string("lacks \"") + key + "\"");
  return object[key];
}

const Json& step_named(const Json& steps, std::size_t index, const std::string& wanted) {
  if (index >= steps.size()) damaged("ends before the step \"" + wanted + "\"");
  const Json& name = member(steps[index], "step");
  if (name != wanted)
    damaged("has " + quoted(name.dump(-1, ' ', true, Json::error_handler_t::replace)) + " where the step \"" + wanted +
            "\" must be");
  return steps[index];
}

std::vector<std::string> parse_panel(const Json& genes) {
  if (!genes.is_array() || genes.empty()) damaged("has no genes");
  std::vector<std::string> panel;
  std::unordered_set<std::string> seen;
  for (const auto& gene : genes) {
    if (!gene.is_string()) damaged("names a gene that is not text");
    panel.push_back(gene.get<std::string>());
    if (!seen.insert(panel.back()).second) damaged("names the gene " + quoted(panel.back()) + " twice");
  }
  return panel;
}

std::vector<float> parse_values(const Json& numbers, std::size_t genes) {
  if (!numbers.is_array() || numbers.size() != genes) damaged("has means that do not fit its genes");
  std::vector<float> means;
  means.reserve(genes);
  for (const auto& number : numbers) {
    if (!number.is_number()) damaged("has a mean that is not a number");
    means.push_back(number.get<float>());
    if (!std::isfinite(means.back())) damaged("has a mean that is not finite");
  }
  return means;
}

}  // namespace

Json Recipe::to_json() const {
  Json steps = Json::array();
  if (depth_ > 0) steps.push_back({{"step", "thin"}, {"depth", depth_}, {"seed", seed_}});
  steps.push_back({{"step", "normalize"}, {"target_sum", target_sum_}});
  steps.push_back({{"step", "log1p"}});
  steps.push_back({{"step", "select"}, {"by", name_of(variability_)}, {"genes", panel_}});
  if (by_source_ != BySource::none) {
    Json means = Json::object(), sds = Json::object();
    for (const auto& [source, values] : statistics_) {
      means[source] = values.mean;
      sds[source] = values.sd;
    }
    steps.push_back({{"step", "centre"}, {"means", std::move(means)}});
    if (by_source_ == BySource::standardise) steps.push_back({{"step", "scale"}, {"clip", kClip}, {"sds", std::move(sds)}});
  }
  return {{"format", kFormat}, {"steps", std::move(steps)}};
}

Recipe Recipe::from_json(const Json& json) {
  const Json& format = member(json, "format");
  if (format != kFormat) damaged("has the format " + quoted(format.dump(-1, ' ', true, Json::error_handler_t::replace)) +
                                 fmt::format(", but {} is known", kFormat));
  const Json& steps = member(json, "steps");
  if (!steps.is_array()) damaged("has no list of steps");
  Recipe recipe;
  std::size_t at = 0;
  if (!steps.empty() && member(steps[0], "step") == "thin") {
    const Json &depth = member(steps[0], "depth"), &seed = member(steps[0], "seed");
    if (!depth.is_number() || !(depth.get<double>() > 0) || !std::isfinite(depth.get<double>()) || !seed.is_number_integer())
      damaged("thins to a depth that is not positive, or without a seed");
    recipe.depth_ = depth.get<double>();
    recipe.seed_ = seed.get<std::uint64_t>();
    ++at;
  }
  const Json& target = member(step_named(steps, at++, "normalize"), "target_sum");
  if (!target.is_number() || !(target.get<double>() > 0) || !std::isfinite(target.get<double>()))
    damaged("has a target sum that is not positive");
  recipe.target_sum_ = target.get<double>();
  step_named(steps, at++, "log1p");
  const Json& select = step_named(steps, at++, "select");
  const Json& by = member(select, "by");
  if (!by.is_string()) damaged("does not say how genes were selected");
  recipe.variability_ = variability_named(by.get<std::string>());
  recipe.panel_ = parse_panel(member(select, "genes"));
  if (steps.size() > at) {
    const Json& means = member(step_named(steps, at++, "centre"), "means");
    if (!means.is_object()) damaged("has no means by source");
    recipe.by_source_ = BySource::centre;
    for (const auto& [source, numbers] : means.items())
      recipe.statistics_[source] = {parse_values(numbers, recipe.panel_.size()), std::vector<float>(recipe.panel_.size(), 1)};
  }
  if (steps.size() > at && recipe.by_source_ == BySource::centre && member(steps[at], "step") == "scale") {
    const Json& scale = step_named(steps, at++, "scale");
    const Json& sds = member(scale, "sds");
    if (!sds.is_object() || sds.size() != recipe.statistics_.size()) damaged("has no standard deviations by source");
    if (member(scale, "clip") != kClip) damaged("clips at a value that is not known");
    recipe.by_source_ = BySource::standardise;
    for (auto& [source, values] : recipe.statistics_) {
      values.sd = parse_values(member(sds, source.c_str()), recipe.panel_.size());
      if (std::any_of(values.sd.begin(), values.sd.end(), [](float sd) { return !(sd > 0); })) damaged("has a standard deviation that is not positive");
    }
  }
  if (steps.size() > at) damaged("has more steps than are known");
  return recipe;
}

std::string Recipe::hash() const {
  return fmt::format("{:016x}", hash64(to_json().dump(-1, ' ', true, Json::error_handler_t::replace)));
}

}  // namespace geocyte::preprocess
