// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/panel_input.h"

#include <algorithm>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>

#include "engine/core/error.h"
#include "engine/data/matrix.h"
#include "engine/embed/pca.h"
#include "plugins/st_edm/context_blocks.h"

namespace geocyte::plugins::st_edm {
namespace {

std::vector<std::int64_t> all_train_rows(const Tissue& tissue) {
  std::vector<std::int64_t> rows;
  for (const auto& of_source : tissue.train_rows) rows.insert(rows.end(), of_source.begin(), of_source.end());
  return rows;
}

/// Median depth of the cells of training slides.
double median_depth(const train::Inputs& inputs, const Tissue& tissue) {
  std::vector<double> depths;
  for (const std::size_t s : tissue.sources_with(Role::train)) {
    const data::Source& source = inputs.sources[s];
    const std::vector<double> sums = data::row_sums(source.dataset->x);
    for (std::int64_t i = 0; i < source.size(); ++i)
      depths.push_back(sums[static_cast<std::size_t>(source.rows.empty() ? i : source.rows[static_cast<std::size_t>(i)])]);
  }
  const auto middle = depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 2);
  std::nth_element(depths.begin(), middle, depths.end());
  return std::max(*middle, 1.0);
}

at::Tensor standardised(const data::DenseMatrix& values) {
  const at::Tensor x = at::from_blob(const_cast<float*>(values.values.data()), {values.rows, values.cols}, at::kFloat);
  SourceMoments moments;
  moments.add(x);
  return moments.scale().apply(x);
}

at::Tensor to_tensor(const double* from, at::IntArrayRef shape, at::IntArrayRef strides) {
  return at::from_blob(const_cast<double*>(from), shape, strides, at::kDouble).to(at::kFloat).contiguous();
}

/// What the files hold of an encoder: all of one, or of none that says so.
at::Tensor embedding_of(const train::Inputs& inputs, const std::string& key) {
  std::vector<at::Tensor> parts;
  std::vector<std::string> made;
  for (const data::Source& source : inputs.sources) {
    const auto found = source.dataset->obsm.find(key);
    if (found == source.dataset->obsm.end())
      throw Error(ErrorCode::bad_data, "the source '" + source.name + "' has no obsm " + key, "embed each file with `apply --with-counts`, or name another key in input.embedding");
    const data::DenseMatrix& from = found->second;
    if (!parts.empty() && from.cols != parts.front().size(1))
      throw Error(ErrorCode::bad_data, "obsm " + key + " of '" + source.name + "' has " + std::to_string(from.cols) + " dimensions, that of '" + inputs.sources.front().name + "' " +
                                           std::to_string(parts.front().size(1)));
    at::Tensor part = at::empty({source.size(), from.cols}, at::kFloat);
    for (std::int64_t i = 0; i < source.size(); ++i) {
      const auto row = from.row(source.rows.empty() ? i : source.rows[static_cast<std::size_t>(i)]);
      std::copy(row.begin(), row.end(), part.mutable_data_ptr<float>() + i * from.cols);
    }
    if (!part.isfinite().all().item<bool>()) throw Error(ErrorCode::bad_data, "obsm " + key + " of '" + source.name + "' has a value that is not finite");
    made.push_back(encoder_of(*source.dataset));
    if (made.back() != made.front())
      throw Error(ErrorCode::bad_data, "obsm " + key + " of '" + source.name + "' and of '" + inputs.sources.front().name + "' were made by different encoders",
                  "embed all files with `apply` of one run and one step");
    parts.push_back(std::move(part));
  }
  return at::cat(parts).contiguous();
}

/// What the encoder of a run makes of every source, as the application brought it.
const train::Encoded& encoded_of(const train::Inputs& inputs) {
  for (const train::Encoded& encoded : inputs.encoded)
    if (encoded.parameter == kEncoderParameter) return encoded;
  throw Error(ErrorCode::bad_config, "input.kind is encoder, but no run is named in input.encoder", "name the folder of a gems run");
}

std::string hashes_of(const std::vector<std::string>& hashes) {
  std::string all;
  for (const std::string& one : hashes) all += one + " ";
  return all;
}

at::Tensor values_of(const train::Encoded& encoded) {
  std::vector<at::Tensor> parts;
  for (const data::DenseMatrix& z : encoded.sources) parts.push_back(at::from_blob(const_cast<float*>(z.values.data()), {z.rows, z.cols}, at::kFloat));
  at::Tensor all = at::cat(parts).contiguous();
  if (!all.isfinite().all().item<bool>()) throw Error(ErrorCode::bad_data, "the encoder of the run " + encoded.run + " gives values that are not finite", "take another run");
  return all;
}

}  // namespace

std::string encoder_of(const data::Dataset& dataset) {
  std::vector<std::string> said;
  for (const char* fact : {"geocyte/weights_sha256", "geocyte/recipe_hash"})
    if (const auto found = dataset.uns.find(fact); found != dataset.uns.end()) said.push_back(found->second);
  return hashes_of(said);
}

void add_input(const train::Inputs& inputs, const StEdmOptions& options, Tissue& tissue, train::TrainContext& ctx) {
  const std::vector<std::int64_t> training = all_train_rows(tissue);
  preprocess::RecipeOptions how;
  how.target_sum = options.target_sum > 0 ? options.target_sum : median_depth(inputs, tissue);
  how.genes = options.genes;
  how.variability = preprocess::variability_named(options.genes_by);
  for (const SourceFacts& source : tissue.sources)
    if (source.role != Role::train) how.unseen.push_back(source.name);
  how.stop = ctx.stop();
  tissue.recipe = preprocess::Recipe::fit(inputs.sources, training, how);
  std::vector<at::Tensor> parts;
  for (const data::Source& source : inputs.sources) {
    const data::DenseMatrix y = tissue.recipe.apply(source);
    for (const std::uint64_t key : keys_of(y)) tissue.keys.push_back(key);
    parts.push_back(standardised(y));
  }
  const at::Tensor panel = at::cat(parts).contiguous();   // (N, G)

  const kernels::Points points{panel.const_data_ptr<float>(), panel.size(0), panel.size(1)};
  const embed::Pca pca = embed::fit_pca(points, static_cast<int>(std::max(options.input.components, kShownComponents)));
  std::vector<float> scores = pca.transform_to_float(points);
  const at::Tensor components = at::from_blob(scores.data(), {panel.size(0), pca.count()}, at::kFloat).clone();
  tissue.components = components.narrow(1, 0, std::min(kShownComponents, pca.count())).contiguous();
  const at::Tensor at_training = at::tensor(training, at::kLong);
  const auto unit = [&](const at::Tensor& x) { return x.index_select(0, at_training).std(0, false).mean().item<double>(); };
  InputMap& map = tissue.map;
  map = {};
  const bool live = options.input.kind == "encoder";
  map.kind = live ? "embedding" : options.input.kind;   // later cells come with what `apply` of the encoder's run wrote
  map.seen = std::min(options.input.components, pca.count());
  map.mean = to_tensor(pca.mean.data(), {panel.size(1)}, {1});
  map.axes = to_tensor(pca.components.data(), {panel.size(1), pca.count()}, {1, panel.size(1)});   // Eigen's columns
  at::Tensor embedded;
  if (map.kind == "embedding") {
    const train::Encoded* encoded = live ? &encoded_of(inputs) : nullptr;
    embedded = encoded ? values_of(*encoded) : embedding_of(inputs, options.input.embedding);
    map.embedding = encoded ? encoded->key : options.input.embedding;
    map.encoder = encoded ? hashes_of({encoded->weights_sha256, encoded->recipe_hash}) : encoder_of(*inputs.sources.front().dataset);
    map.embedding_mean = embedded.index_select(0, at_training).mean(0, true);
    map.embedding_unit = unit(embedded - map.embedding_mean);
    map.beside = options.input.beside == "components";
  }
  if (map.kind == "genes" || map.kind == "both") map.genes_unit = unit(panel);
  if (map.kind == "pca" || map.kind == "both" || map.beside) map.components_unit = unit(components.narrow(1, 0, map.seen));
  const at::Tensor input = map.input(panel, components, embedded);
  tissue.block = map.kind == "both" ? map.seen : 0;
  tissue.profile = training_profile(tissue.components, training);
  tissue.input = input.contiguous().to(ctx.device(), ctx.dtype());
}

}  // namespace geocyte::plugins::st_edm
