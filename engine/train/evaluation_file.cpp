// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/evaluation_file.h"

#include <fmt/format.h>

#include "engine/core/atomic_file.h"
#include "engine/store/contract/run_evaluation.h"
#include "engine/store/contract/safe_json.h"

namespace geocyte::train {

std::filesystem::path write_evaluation(const std::filesystem::path& folder, const Evaluation& evaluation, const EvaluatedOn& on) {
  Json json = evaluation.to_json();
  json["step"] = on.step;
  json["seed"] = on.seed;
  json["data"] = on.data_note;
  json["simulated"] = on.simulated;
  const std::filesystem::path file = folder / fmt::format("{:08}.json", on.step);
  if (const auto end = on.at_end_of ? on.at_end_of : store::end_of_evaluation(file)) json[store::kAtEndOf] = *end;
  write_file_atomically(file, store::print_json(json, 1) + "\n");
  return file;
}

}  // namespace geocyte::train
