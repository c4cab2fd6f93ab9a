// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/encoded_sources.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <utility>

#include "app/engine/embed_counts.h"
#include "app/engine/progress_bar.h"
#include "app/engine/run_argument.h"
#include "app/engine/run_encoder.h"
#include "engine/core/error.h"

namespace geocyte::app {
namespace {

train::Encoded encode(const config::Parameter& parameter, const std::string& value, OpenedData& data) {
  store::RunReader reader(run_folder(value));
  if (reader.facts().system != parameter.run_of)
    throw Error(ErrorCode::bad_config, fmt::format("{} names the run {}, which is of {}", parameter.path, reader.facts().id, reader.facts().system),
                "name the folder of a run of " + parameter.run_of);
  const RunArtifact artifact = load_run_artifact(reader, {});
  const RunEncoder encoder = make_run_encoder(artifact, reader.facts().id);
  for (const auto& note : artifact.notes) data.notes.push_back(note);
  std::vector<NamedCells> named;
  for (const auto& source : data.inputs.sources) named.push_back({source.name, source.size()});
  if (std::string note = without_map(encoder, named); !note.empty()) data.notes.push_back(std::move(note));
  train::Encoded made{parameter.path, "X_" + parameter.run_of, reader.facts().id, artifact.sha256, artifact.recipe_hash, artifact.step, {}};
  ProgressBar bar("encoder");
  const at::NoGradGuard no_gradient;
  std::int64_t cells = 0;
  for (const auto& source : data.inputs.sources) {
    made.sources.push_back(with_context(parameter.path, [&] { return embed_source(encoder, source); }));
    cells += source.size();
    bar.update(static_cast<double>(cells) / static_cast<double>(data.cells), "embedded " + source.name);
  }
  data.notes.push_back(fmt::format("cells are seen by the encoder of the run {}, step {} ({}), {} dimensions", made.run, made.step, artifact.why, encoder.latent));
  bar.finish(data.notes.back());
  return made;
}

}  // namespace

void encode_sources(const config::ResolvedRun& resolved, OpenedData& data) {
  for (const config::Parameter& parameter : resolved.system->parameters) {
    if (parameter.run_of.empty() || !config::acts(parameter, resolved.options)) continue;
    const Json* value = config::find(resolved.options, parameter.path);
    if (!value || !value->is_string() || value->get<std::string>().empty())
      throw Error(ErrorCode::bad_config, parameter.path + " names no run", "give the folder of a run of " + parameter.run_of + ", or choose another " + parameter.only_with.substr(0, parameter.only_with.find('=')));
    data.inputs.encoded.push_back(encode(parameter, value->get<std::string>(), data));
  }
}

}  // namespace geocyte::app
