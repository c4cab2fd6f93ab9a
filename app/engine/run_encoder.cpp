// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/run_encoder.h"

#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include "engine/core/error.h"

namespace geocyte::app {

RunEncoder make_run_encoder(const RunArtifact& from, const std::string& run) {
  if (from.artifact.type != kEncoderType)
    throw Error(ErrorCode::bad_data, fmt::format("the run {} has no artifact of type {}", run, kEncoderType),
                fmt::format("what it exported ({}) cannot be applied to other data", from.artifact.type));
  RunEncoder encoder;
  encoder.recipe = from.recipe;
  encoder.module = nn::make_artifact_module(from.artifact.type, from.artifact.config, from.artifact.tensors);
  const Json &in = encoder.module.config.at("in"), &out = encoder.module.config.at("out");
  const auto panel = static_cast<std::int64_t>(encoder.recipe.panel().size());
  if (in != panel) throw_not_belonging(from.artifact, fmt::format("{} genes where {} inputs are", panel, in.get<std::int64_t>()));
  encoder.latent = out.get<std::int64_t>();
  return encoder;
}

data::DenseMatrix embed_source(const RunEncoder& encoder, const data::Source& source, preprocess::MissingGenes missing) {
  data::DenseMatrix cells = encoder.recipe.apply(source, missing);
  const at::Tensor x = at::from_blob(cells.values.data(), {cells.rows, cells.cols}, at::kFloat);   // (n, G)
  const at::Tensor z = encoder.module.run_of_source(x, source.name).contiguous();                  // (n, latent)
  return {cells.rows, encoder.latent, std::vector<float>(z.const_data_ptr<float>(), z.const_data_ptr<float>() + z.numel())};
}

}  // namespace geocyte::app
