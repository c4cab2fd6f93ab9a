// SPDX-License-Identifier: GPL-3.0-or-later
// Artifacts on disk: <folder>/{artifact.json, weights.safetensors}. A checkpoint carries those of its step below
// artifacts/<name>/; the run's own artifacts/<name>/ holds the newest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/train/state_io.h"

namespace geocyte::train {

/// Writes an artifact of a system. artifact.json comes last and holds the SHA-256 of the weights, so that a reader never pairs
/// it with older ones.
void write_artifact(const std::filesystem::path& folder, const Artifact& artifact, std::int64_t step, bool durable = true);

struct ReadArtifact {
  Artifact artifact;
  std::int64_t step = 0;
  std::string sha256;                      ///< of the weights: with the step it pins what was used
};

/// Throws Error{bad_data} in one sentence: missing, damaged, weights that are not those it was written with, of a newer
/// version than `newest`.
ReadArtifact read_artifact(const std::filesystem::path& folder, int newest = 1);

}  // namespace geocyte::train
