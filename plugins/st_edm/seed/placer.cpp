// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/seed/placer.h"

#include <algorithm>
#include <span>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/geometry/gram.h"
#include "engine/nn/generator.h"
#include "engine/nn/state.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr const char *kMap = "map/", *kProfile = "profile", *kFrameInput = "frame/input", *kFramePlaces = "frame/places";
constexpr double kPlaces = 0.3;            // of the time after reading; the rest goes to samples

[[noreturn]] void incomplete(const std::string& what) {
  throw Error(ErrorCode::bad_data, "the networks of the run do not say " + what, "they were written by an older Geocyte or changed; resume the run for a step, or train it again");
}

at::Tensor named(const nn::NamedTensors& tensors, const std::string& name) {
  for (const auto& [own, tensor] : tensors)
    if (own == name && tensor.dim() == 2) return tensor;
  incomplete("all that placing new cells needs: " + name + " lacks");
}

}  // namespace

train::Artifact to_artifact(const SeedModel& model, const Tissue& tissue, std::int64_t samples) {
  const SeedOptions& o = model.options();
  train::Artifact made;
  made.name = "denoiser";
  made.type = kSeedGeometry;
  made.config = {{"in", tissue.input.size(1)}, {"dims", tissue.dims}, {"latent", o.latent}, {"width", o.width}, {"points", o.points}, {"context", o.context}, {"generate", o.generate},
                 {"denoise", o.denoise}, {"sigma_data", model.sigma_data()}, {"start", o.start}, {"samples", samples}, {"input", tissue.map.to_json()}};
  Json sources = Json::array();
  for (const SourceFacts& source : tissue.sources)
    sources.push_back({{"name", source.name}, {"cells", source.size}, {"trained_on", source.role == Role::train}, {"radius", source.unit}});
  made.about = {{"recipe", tissue.recipe.to_json()}, {"recipe_hash", tissue.recipe.hash()}, {"sources", sources}, {"split", tissue.split}, {"profile_unit", tissue.profile.unit}};
  for (const auto& [prefix, module] : std::initializer_list<std::pair<const char*, const torch::nn::Module*>>{
           {"context.", model.context_network().get()}, {"generator.", model.generator_network().get()}, {"score.", model.score_network().get()}})
    for (auto& tensor : nn::state_of(*module, prefix)) made.tensors.push_back(std::move(tensor));
  for (auto& tensor : tissue.map.tensors(kMap)) made.tensors.push_back(std::move(tensor));
  made.tensors.emplace_back(kProfile, tissue.profile.cells);
  const at::Tensor rows = at::tensor(frame_rows(tissue), at::kLong).to(tissue.input.device());
  made.tensors.emplace_back(kFrameInput, tissue.input.index_select(0, rows).to(at::kCPU, at::kFloat).contiguous());
  made.tensors.emplace_back(kFramePlaces, tissue.places.index_select(0, rows).to(at::kCPU, at::kFloat).contiguous());
  return made;
}

SeedPlacer::SeedPlacer(const train::Artifact& artifact) {
  const Json &config = artifact.config, &about = artifact.about;
  try {
    SeedOptions options;
    options.latent = config.at("latent").get<std::int64_t>();
    options.width = config.at("width").get<std::int64_t>();
    options.points = config.at("points").get<std::int64_t>();
    options.context = config.at("context").get<std::int64_t>();
    options.generate = config.at("generate").get<std::int64_t>();
    options.denoise = config.at("denoise").get<std::int64_t>();
    start_ = options.start = config.at("start").get<double>();
    samples_ = config.at("samples").get<std::int64_t>();
    known_.dims = config.at("dims").get<std::int64_t>();
    known_.recipe = preprocess::Recipe::from_json(about.at("recipe"));
    known_.map = InputMap::from(config.at("input"), artifact.tensors, kMap, static_cast<std::int64_t>(known_.recipe.panel().size()));
    known_.profile = {named(artifact.tensors, kProfile), about.at("profile_unit").get<double>()};
    for (const Json& source : about.at("sources"))
      if (source.at("trained_on").get<bool>()) radii_.push_back(source.at("radius").get<double>());
    model_ = std::make_unique<SeedModel>(options, config.at("in").get<std::int64_t>(), known_.dims, samples_, nn::make_generator(0), c10::kFloat, c10::Device("cpu"));
    model_->set_sigma_data(config.at("sigma_data").get<double>());
  } catch (const Json::exception&) {
    incomplete("all that placing new cells needs");
  }
  if (radii_.empty()) incomplete("which slides they learned");
  frame_input_ = named(artifact.tensors, kFrameInput);
  frame_places_ = named(artifact.tensors, kFramePlaces);
  // Handles: what is loaded into them is loaded into the model.
  SeedContext context = model_->context_network();
  SeedGenerator generator = model_->generator_network();
  SeedScore score = model_->score_network();
  nn::load_state(*context, artifact.tensors, "context.");
  nn::load_state(*generator, artifact.tensors, "generator.");
  nn::load_state(*score, artifact.tensors, "score.");
}

double SeedPlacer::memory_bytes(std::int64_t cells, std::int64_t) const {
  const SeedOptions& o = model_->options();
  const double n = static_cast<double>(cells), width = 4 * static_cast<double>(o.width);
  constexpr double kProgram = 350e6, kTensors = 24, kReadAtOnce = 2048;
  return kProgram + 4 * n * (kTensors * width + static_cast<double>(frame_input_.size(1) + 100 + (3 + samples_) * o.latent)) + 300 * n +
         4 * 6 * kReadAtOnce * static_cast<double>(panel().size());
}

at::Tensor SeedPlacer::generated(const at::Tensor& z) const { return geometry::principal_frame(model_->set_of(z, {}).base[0], {}, known_.dims); }

train::Applied SeedPlacer::apply(const train::NewCells& cells, const train::ApplyOptions& options) const {
  const at::NoGradGuard no_gradient;
  const std::vector<CellSet> sets = sets_of(cells);
  const Tissue tissue = read_new_cells(known_, cells, options);
  PlacedCells placed;
  placed.places = at::empty({cells.count(), tissue.dims}, at::kFloat);
  placed.uncertainty = at::empty({cells.count()}, at::kFloat);
  double before = 0;
  for (const CellSet& set : sets) {
    const double share = static_cast<double>(set.rows.size()) / static_cast<double>(cells.count());
    const auto report = [&](double within, const char* what) { options.progress(kReadShare + (1 - kReadShare) * (before + share * within), what); };
    const at::Tensor at_rows = at::tensor(set.rows, at::kLong);
    report(0, "places");
    const RefineSets all = model_->set_of(tissue.input.index_select(0, at_rows), {});
    placed.places.index_copy_(0, at_rows, turned_onto(frame_places_, set, geometry::principal_frame(all.base[0], {}, tissue.dims), [&](std::span<const std::int64_t> rows) {
      return generated(at::cat({frame_input_, tissue.input.index_select(0, at::tensor(at::IntArrayRef(rows.data(), rows.size()), at::kLong))}));
    }));
    go_on(options.stop);
    report(kPlaces, "samples");
    const at::Tensor samples = model_->samples(all, samples_, start_ * model_->sigma_data(), hash64(set.name, options.seed), options.stop);
    go_on(options.stop);
    placed.uncertainty.index_copy_(0, at_rows, (samples - samples.mean(0)).square().sum(-1).mean(0).sqrt());
    before += share;
  }
  placed.radii = radii_;
  placed.how_sure = fmt::format("spread of {} samples refined from {} sigma_data, not calibrated", samples_, start_);
  train::Applied made = to_applied(known_, tissue, placed, options.threads);
  options.progress(1, "done");
  return made;
}

}  // namespace geocyte::plugins::st_edm
