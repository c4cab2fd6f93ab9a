// SPDX-License-Identifier: GPL-3.0-or-later
// `describe SYSTEM`: its parameters, metrics, inputs, baselines and presets, as text, Markdown or JSON.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/engine/command.h"
#include "engine/core/error.h"
#include "plugins/registry.h"

namespace geocyte::app {
namespace {

std::string range_text(const config::Parameter& parameter) {
  std::string text;
  if (!parameter.choices.empty()) {
    for (const auto& choice : parameter.choices) text += (text.empty() ? "" : " | ") + choice;
  } else if (parameter.minimum || parameter.maximum) {
    const auto number = [](const std::optional<double>& value) { return value ? fmt::format("{}", *value) : std::string("…"); };
    text = number(parameter.minimum) + " … " + number(parameter.maximum);
  }
  return text;
}

std::string brief(const Json& value) {
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  return text.size() <= 40 ? text : std::to_string(value.size()) + " entries";
}

Json parameter_json(const config::Parameter& p) {
  Json object = {{"path", p.path}, {"type", name_of(p.type)}, {"default", p.default_value}, {"title", p.title},
                 {"help", p.help}, {"group", p.group}, {"live", p.live}};
  if (!p.unit.empty()) object["unit"] = p.unit;
  if (p.minimum) object["minimum"] = *p.minimum;
  if (p.maximum) object["maximum"] = *p.maximum;
  if (!p.choices.empty()) object["choices"] = p.choices;
  if (!p.only_with.empty()) object["only_with"] = p.only_with;
  if (!p.run_of.empty()) object["run_of"] = p.run_of;
  for (const auto& field : p.fields) object["fields"].push_back(parameter_json(field));
  return object;
}

Json spec_json(const config::SystemSpec& spec) {
  Json object = {{"id", spec.id}, {"title", spec.title}, {"summary", spec.summary}};
  for (const auto& p : spec.parameters) object["parameters"].push_back(parameter_json(p));
  for (const auto& m : spec.metrics) {
    Json metric = {{"path", m.path}, {"title", m.title}, {"what", m.what}, {"formula", m.formula}, {"good", m.good}};
    if (m.chance) metric["chance"] = *m.chance;
    object["metrics"].push_back(metric);
  }
  for (const auto& b : spec.baselines) object["baselines"].push_back({{"name", b.name}, {"what", b.what}});
  for (const auto& p : spec.presets)
    object["presets"].push_back({{"id", spec.id + "/" + p.id}, {"title", p.title}, {"summary", p.summary}});
  return object;
}

void print_text(const config::SystemSpec& spec) {
  std::printf("%s — %s\n%s\n", spec.id.c_str(), spec.title.c_str(), spec.summary.c_str());
  std::string group;
  for (const auto& p : spec.parameters) {
    if (p.group != group) std::printf("\n%s\n", (group = p.group).c_str());
    const std::string range = range_text(p);
    std::printf("  %-34s %-14s %s%s%s%s\n", p.path.c_str(), brief(p.default_value).c_str(), range.c_str(),
                p.unit.empty() ? "" : (" " + p.unit).c_str(), p.live ? "  (live)" : "", "");
    if (!p.help.empty()) std::printf("      %s\n", p.help.c_str());
    if (const std::string condition = config::condition_text(p); !condition.empty()) std::printf("      Acts %s.\n", condition.c_str());
    for (const auto& field : p.fields) std::printf("      .%-12s %s\n", field.path.c_str(), field.help.c_str());
  }
  std::printf("\nMetrics\n");
  for (const auto& m : spec.metrics)
    std::printf("  %-34s %s%s\n", m.path.c_str(), m.what.c_str(), m.chance ? (" Chance: " + Json(*m.chance).dump()).c_str() : "");
  std::printf("\nBaselines\n");
  for (const auto& b : spec.baselines) std::printf("  %-34s %s\n", b.name.c_str(), b.what.c_str());
  std::printf("\nPresets\n");
  for (const auto& p : spec.presets)
    std::printf("  %-34s %s\n      %s\n", (spec.id + "/" + p.id).c_str(), p.title.c_str(), p.summary.c_str());
}

/// The table of parameters as kept in resources/docs/user.
void print_markdown(const config::SystemSpec& spec) {
  std::printf("# Parameters of %s\n\n%s\n\n| parameter | default | allowed | live | what it does |\n|---|---|---|---|---|\n",
              spec.id.c_str(), spec.summary.c_str());
  for (const auto& p : spec.parameters) {
    const std::string condition = config::condition_text(p);
    std::printf("| `%s` | `%s` | %s | %s | %s%s |\n", p.path.c_str(), brief(p.default_value).c_str(), range_text(p).c_str(),
                p.live ? "yes" : "", p.help.c_str(), condition.empty() ? "" : (" Acts " + condition + ".").c_str());
  }
}

int describe(const std::string& id, bool markdown, bool json) {
  const auto specs = plugins::all_specs();
  std::vector<std::string> names;
  for (const auto& spec : specs) {
    names.push_back(spec.id);
    if (spec.id != id) continue;
    if (json) std::printf("%s\n", spec_json(spec).dump(2).c_str());
    else if (markdown) print_markdown(spec);
    else print_text(spec);
    return 0;
  }
  const std::string near = config::nearest_name(id, names);
  throw Error(ErrorCode::bad_config, "there is no system '" + id + "'",
              near.empty() ? "`geocyte-engine systems` lists them" : "did you mean '" + near + "'?");
}

}  // namespace

void add_describe(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("describe", "parameters, metrics, baselines and presets of a system");
  auto id = std::make_shared<std::string>();
  auto markdown = std::make_shared<bool>(false);
  command->add_option("system", *id, "for example gems")->required();
  command->add_flag("--markdown", *markdown, "the parameter table as Markdown");
  command->callback([=, &session] {
    session.action = [=, &session] { return describe(*id, *markdown, session.json); };
  });
}

}  // namespace geocyte::app
