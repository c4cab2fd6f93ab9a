// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/chained_encoder.h"

#include <algorithm>
#include <filesystem>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "app/engine/embed_counts.h"
#include "app/engine/new_data.h"
#include "app/engine/run_artifact.h"
#include "app/engine/run_configuration.h"
#include "app/engine/run_encoder.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/store/contract/checkpoint_folder.h"
#include "engine/store/run_layout.h"
#include "plugins/registry.h"

namespace geocyte::app {
namespace {

namespace fs = std::filesystem;

/// The folder of the run whose encoder made obsm `key`; "" where none is named or it is not there.
fs::path encoder_folder(store::RunReader& run, const std::string& key) {
  const auto specs = plugins::all_specs();
  const config::ResolvedRun resolved = configuration_of(run, specs);
  for (const config::Parameter& parameter : resolved.system->parameters) {
    if (parameter.run_of.empty() || "X_" + parameter.run_of != key || !config::acts(parameter, resolved.options)) continue;
    const Json* value = config::find(resolved.options, parameter.path);
    if (!value || !value->is_string()) continue;
    const fs::path named = value->get<std::string>(), beside = run.facts().directory.parent_path() / named.filename();
    for (const fs::path& folder : {named, beside})
      if (std::error_code why; store::is_run_directory(folder) && fs::is_directory(folder, why)) return folder;
  }
  return {};
}

/// Of the checkpoint that the run was judged by, as training took it; it may have been trained on since, so of any other one with the same weights.
RunArtifact artifact_with(store::RunReader& reader, const std::vector<std::string>& hashes) {
  const auto is_it = [&](const RunArtifact& one) { return std::vector<std::string>{one.sha256, one.recipe_hash} == hashes; };
  RunArtifact best = load_run_artifact(reader, {});
  if (is_it(best)) return best;
  for (const std::int64_t step : store::checkpoint_steps(reader.facts().directory / store::kCheckpointsFolder)) {
    try {
      RunArtifact other = load_run_artifact(reader, step);
      if (is_it(other)) return other;
    } catch (const Error&) {  // damaged, or of before checkpoints carried encoders
    }
  }
  throw Error(ErrorCode::bad_data, "no checkpoint of the run " + reader.facts().id + " holds the encoder that this run learned from: it was trained anew",
              "embed the data with that encoder (`apply --with-counts`), or train on the new one");
}

}  // namespace

std::optional<data::Dataset> tables_through_encoder(store::RunReader& run, const train::Applier& applier, const inspect::CountRows& counts,
                                                    const std::optional<data::Column>& sources, bool missing_as_zero, std::vector<std::string>& notes, const StopToken& stop) {
  const std::string key = applier.needs_obsm();
  if (key.empty() || counts.tables().obsm.contains(key)) return std::nullopt;
  const fs::path folder = encoder_folder(run, key);
  if (folder.empty()) return std::nullopt;
  store::RunReader reader(folder);
  const RunArtifact artifact = artifact_with(reader, applier.needs_encoder());
  const RunEncoder encoder = make_run_encoder(artifact, reader.facts().id);
  const std::int64_t absent = with_context("the panel of the encoder", [&] { return check_genes(counts.tables(), encoder.recipe.panel(), missing_as_zero); });
  if (absent > 0) notes.push_back(fmt::format("{} of the {} genes of the encoder's panel are not in the data and count as zero", grouped(absent), grouped(static_cast<std::int64_t>(encoder.recipe.panel().size()))));
  const at::NoGradGuard no_gradient;
  data::Dataset tables = counts.tables();
  tables.obsm[key] = embed_counts(counts, encoder, sources, missing_as_zero, "encoder", notes, stop);
  tables.uns["geocyte/weights_sha256"] = artifact.sha256;
  tables.uns["geocyte/recipe_hash"] = artifact.recipe_hash;
  notes.push_back(fmt::format("cells are seen by the encoder of the run {}, step {}, as in training", reader.facts().id, artifact.step));
  return tables;
}

}  // namespace geocyte::app
