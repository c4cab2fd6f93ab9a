// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/probe.h"

#include <limits>

#include <c10/core/GradMode.h>

#include "engine/core/error.h"
#include "engine/train/observer.h"

namespace geocyte::train {

config::Schema probe_schema(const config::SystemSpec& spec) {
  config::Parameter rows;
  rows.path = "rows";
  rows.type = config::ParameterType::integer;
  rows.default_value = ProbeRequest{}.max_rows;
  rows.minimum = 0;
  rows.title = "Rows";
  rows.help = "Above so many rows a fixed stratified subset is answered; 0 answers all.";
  config::Schema schema = {rows};
  schema.insert(schema.end(), spec.probe_parameters.begin(), spec.probe_parameters.end());
  return schema;
}

store::Snapshot answer_probe(System& system, const config::SystemSpec& spec, const Json& args, const std::string& stage, TrainContext& ctx) {
  ProbeRequest request;
  request.args = with_context("reading the arguments of the probe", [&] { return config::resolve(probe_schema(spec), args); });
  const auto rows = request.args["rows"].get<std::int64_t>();
  request.max_rows = rows > 0 ? rows : std::numeric_limits<std::int64_t>::max();
  request.step = ctx.step();
  const Looking looking(ctx);
  const at::NoGradGuard no_gradient;
  store::Snapshot answer = with_context("answering a probe", [&] { return system.observe(request, ctx, ctx.stop()); });
  answer.step = ctx.step();
  answer.stage = stage;
  answer.attributes["args"] = request.args;
  return answer;
}

}  // namespace geocyte::train
