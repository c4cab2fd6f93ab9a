// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/artifacts.h"

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/contract/sha256.h"
#include "engine/train/tensor_file.h"

namespace geocyte::train {
namespace {

constexpr const char* kDescription = "artifact.json";
constexpr const char* kWeights = "weights.safetensors";

}  // namespace

void write_artifact(const std::filesystem::path& folder, const Artifact& artifact, std::int64_t step, bool durable) {
  const std::filesystem::path weights = folder / kWeights;
  write_tensors(weights, artifact.tensors, {{"format", "pt"}}, durable);
  Json shapes = Json::object();
  for (const auto& [name, tensor] : artifact.tensors) shapes[name] = tensor.sizes().vec();
  const Json description = {{"type", artifact.type}, {"version", artifact.version}, {"step", step}, {"config", artifact.config},
                            {"about", artifact.about}, {"shapes", shapes},
                            {"weights", {{"file", kWeights}, {"sha256", store::sha256_of_file(weights)}}}};
  write_file_atomically(folder / kDescription, store::print_json(description, 1) + "\n", durable);
}

ReadArtifact read_artifact(const std::filesystem::path& folder, int newest) {
  return with_context("reading the artifact " + folder.filename().string(), [&] {
    const Json json = store::read_json_file(folder / kDescription, std::size_t{64} << 20);
    ReadArtifact read;
    try {
      read.artifact.name = folder.filename().string();
      read.artifact.type = json.at("type").get<std::string>();
      read.artifact.version = json.at("version").get<int>();
      read.artifact.config = json.at("config");
      read.artifact.about = json.at("about");
      read.step = json.at("step").get<std::int64_t>();
      read.sha256 = json.at("weights").at("sha256").get<std::string>();
    } catch (const Json::exception&) {
      throw Error(ErrorCode::bad_data, std::string(kDescription) + " is damaged");
    }
    if (read.artifact.version > newest) throw Error(ErrorCode::bad_data, "it was written by a newer Geocyte", "open it with that version");
    if (store::sha256_of_file(folder / kWeights) != read.sha256)
      throw Error(ErrorCode::bad_data, "its weights are not those it was written with", "take another checkpoint with --step");
    read.artifact.tensors = read_tensors(folder / kWeights);
    return read;
  });
}

}  // namespace geocyte::train
