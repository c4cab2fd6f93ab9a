// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/placing_artifact.h"

#include <algorithm>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "engine/nn/state.h"
#include "plugins/st_edm/new_cells.h"

namespace geocyte::plugins::st_edm {
namespace {

const char *const kMap = "map/", *const kRefiner = "refiner/", *const kProfile = "profile", *const kFrameDistance = "frame/distance", *const kFramePlaces = "frame/places";
const char* const kMask = "seen";   // which features a member sees; older runs wrote it down beside "block", which says the same

bool is_of_heads(const std::string& name) {
  return !name.starts_with(kMap) && !name.starts_with(kRefiner) && name != kProfile && !name.starts_with("frame/") && name != kMask;
}

at::Tensor named(const nn::NamedTensors& tensors, const std::string& name, std::int64_t dims) {
  for (const auto& [own, tensor] : tensors)
    if (own == name && tensor.dim() == dims) return tensor;
  throw Error(ErrorCode::bad_data, "the heads of the run hold no " + name, "they were written by an older Geocyte or changed; resume the run for a step, or train it again");
}

PairHeadsOptions head_options(const Json& config) {
  PairHeadsOptions o;
  o.members = config.at("members").get<std::int64_t>();
  o.in = config.at("in").get<std::int64_t>();
  o.hidden = config.at("hidden").get<std::int64_t>();
  o.local = config.at("local").get<std::int64_t>();
  o.distance = config.at("distance").get<std::int64_t>();
  o.widths = config.at("widths").get<std::int64_t>();
  o.block = config.at("block").get<std::int64_t>();
  o.dropout = config.at("dropout").get<double>();
  o.together = config.value("together", std::int64_t{1});   // older ones looked each by itself
  o.context = context_named(config.value("context", name_of(Context::none)));
  return o;
}

}  // namespace

train::Artifact to_artifact(const Placing& placing, const Calibration& calibration) {
  const at::NoGradGuard no_gradient;
  const Tissue& tissue = placing.tissue;
  const StEdmOptions& options = placing.options;
  const PairHeadsOptions& o = placing.generator.heads()->options();
  train::Artifact made;
  made.name = "heads";
  made.type = kPairHeads;
  made.config = {{"members", o.members}, {"together", o.together}, {"in", o.in}, {"hidden", o.hidden}, {"local", o.local}, {"distance", o.distance}, {"widths", o.widths}, {"block", o.block},
                 {"dropout", o.dropout}, {"context", name_of(o.context)}, {"dims", tissue.dims}, {"noise", options.heads.noise}, {"samples", options.refine.samples}, {"input", tissue.map.to_json()},
                 {"layout", {{"local", options.layout.local}, {"width", options.layout.width}, {"order", options.layout.order}, {"neighbours", options.layout.neighbours}, {"iterations", options.layout.iterations}, {"umap", options.layout.umap}}},
                 {"refiner", nullptr}};
  Json sources = Json::array();
  for (const SourceFacts& source : tissue.sources)
    sources.push_back({{"name", source.name}, {"cells", source.size}, {"trained_on", source.role == Role::train}, {"radius", source.unit}});
  made.about = {{"recipe", tissue.recipe.to_json()}, {"recipe_hash", tissue.recipe.hash()}, {"sources", sources}, {"split", tissue.split},
                {"calibration", calibration.to_json()}, {"profile_unit", tissue.profile.unit}};
  made.tensors = nn::state_of(*placing.generator.heads());
  for (auto& tensor : tissue.map.tensors(kMap)) made.tensors.push_back(std::move(tensor));
  made.tensors.emplace_back(kProfile, tissue.profile.cells);

  const std::vector<std::int64_t> rows = frame_rows(tissue);
  const at::Tensor at_rows = at::tensor(rows, at::kLong).to(tissue.input.device());
  made.tensors.emplace_back(kFrameDistance, placing.generator.heads_of(tissue, rows).distance.contiguous());
  made.tensors.emplace_back(kFramePlaces, tissue.places.index_select(0, at_rows).to(at::kCPU, at::kFloat).contiguous());
  if (placing.refiner == nullptr) return made;
  const RefineOptions& r = options.refine;
  made.config["refiner"] = {{"width", r.width}, {"blocks", r.blocks}, {"points", r.points}, {"sigma_data", placing.refiner->sigma_data()}, {"target", r.target}};
  for (auto& tensor : nn::state_of(*placing.refiner->network(), kRefiner)) made.tensors.push_back(std::move(tensor));
  return made;
}

TrainedParts from_artifact(const train::Artifact& artifact) {
  TrainedParts parts;
  Tissue& tissue = parts.tissue;
  const Json &config = artifact.config, &about = artifact.about;
  nn::NamedTensors of_heads;
  for (const auto& [name, tensor] : artifact.tensors)
    if (is_of_heads(name)) of_heads.emplace_back(name, tensor);
  try {
    const PairHeadsOptions o = head_options(config);
    StEdmOptions& options = parts.options;
    tissue.dims = config.at("dims").get<std::int64_t>();
    tissue.block = o.block;
    options.heads.members = o.members;
    options.heads.noise = config.at("noise").get<double>();
    options.refine.samples = config.at("samples").get<std::int64_t>();
    const Json& layout = config.at("layout");
    options.layout = {layout.at("local").get<double>(), layout.at("width").get<double>(), layout.value("order", 0.0), layout.at("neighbours").get<std::int64_t>(), layout.at("iterations").get<std::int64_t>(), layout.value("umap", 0.0)};
    for (const Json& source : about.at("sources")) {
      if (!source.at("trained_on").get<bool>()) continue;
      parts.slides.push_back(source.at("name").get<std::string>());
      parts.radii.push_back(source.at("radius").get<double>());
    }
    tissue.recipe = preprocess::Recipe::from_json(about.at("recipe"));
    tissue.profile = {named(artifact.tensors, kProfile, 2), about.at("profile_unit").get<double>()};
    tissue.map = InputMap::from(config.at("input"), artifact.tensors, kMap, static_cast<std::int64_t>(tissue.recipe.panel().size()));
    PairHeads heads(o, nn::make_generator(0));   // every value drawn here is replaced by the weights
    nn::load_state(*heads, of_heads);
    parts.generator = std::make_unique<Generator>(std::move(heads));
    if (const Json& refiner = config.at("refiner"); !refiner.is_null()) {
      RefineOptions& r = options.refine;
      r.width = refiner.at("width").get<std::int64_t>();
      r.blocks = refiner.at("blocks").get<std::int64_t>();
      r.points = refiner.at("points").get<std::int64_t>();
      r.target = refiner.value("target", r.target);
      parts.refiner = std::make_unique<Refiner>(r, o.in, tissue.dims, refiner.at("sigma_data").get<double>(), nn::make_generator(0), c10::kFloat);
      ScoreNet network = parts.refiner->network();   // a handle
      nn::load_state(*network, artifact.tensors, kRefiner);
    }
    parts.calibration = Calibration::from_json(about.at("calibration"));
  } catch (const Json::exception&) {
    throw Error(ErrorCode::bad_data, "the heads of the run do not say all that placing new cells needs", "they were written by an older Geocyte or changed; resume the run for a step, or train it again");
  }
  parts.frame_distance = named(artifact.tensors, kFrameDistance, 3);
  parts.frame_places = named(artifact.tensors, kFramePlaces, 2);
  return parts;
}

}  // namespace geocyte::plugins::st_edm
