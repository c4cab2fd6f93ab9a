// SPDX-License-Identifier: GPL-3.0-or-later
// Which of the files evaluation/<step>.json stands for a run: what it said of itself when it completed. `evaluate --step` adds others, which do not change
// the scores of a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace geocyte::store {

/// In such a file: the step at which the run had completed. The evaluated step, which names the file, is that one or the best one (best.end).
inline constexpr const char* kAtEndOf = "at_end_of";

/// What the file says of that; nothing where it does not, is missing or damaged.
std::optional<std::int64_t> end_of_evaluation(const std::filesystem::path& file);

/// The step of the weights that a completed run was judged by; nothing where no evaluation says that it is of such a run.
std::optional<std::int64_t> judged_step(const std::filesystem::path& evaluations);

/// `evaluations`: the folder evaluation/ of a run. The newest that a completed run made; where none says so (runs of before it was written down, runs that were stopped), that of the newest step.
/// Nothing where there is none; damaged files count as those of no completed run.
std::optional<std::filesystem::path> run_evaluation(const std::filesystem::path& evaluations);

}  // namespace geocyte::store
