// SPDX-License-Identifier: GPL-3.0-or-later
// Reads what a grid has found so far out of its ablation.json, format 1 (resources/docs/ablation.md). The file is replaced while the grid runs,
// and anybody may have written it: sizes are bounded, what is damaged or of another format is refused in one sentence.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/jobs/grid_table.h"

namespace geocyte::jobs {

inline constexpr const char* kAblationFile = "ablation.json";

struct ReportCell {
  std::string name;
  Choice levels;
  bool baseline = false;
};

struct ReportRun {
  std::size_t cell = 0;
  std::uint64_t seed = 0;
  RunStanding standing = RunStanding::pending;
  std::string run;                       ///< name of its folder; "" = none yet
  std::string reason;                    ///< why it failed
  bool reused = false;
  double seconds = 0, peak_bytes = 0;    ///< 0 = unknown
  std::map<std::string, double> values;  ///< of the model, held out; files of earlier versions have none (fill_values)
};

struct GridReport {
  std::string id, title, system, base, plan;
  std::string code;                      ///< version and commit that made it: "0.1.0 1794eb3"
  std::string written;                   ///< UTC
  std::string runs_folder;               ///< as it was; runs_of() finds it after a move
  Json set = Json::object();
  std::vector<Factor> factors;
  std::vector<ReportCell> cells;
  std::vector<Choice> excluded;
  std::vector<ReportRun> runs;
  GridTable table;                       ///< a row a cell in the order of `cells`, then tools

  std::size_t baseline() const;          ///< its index among the cells; the first where none says so
  std::vector<std::uint64_t> seeds() const;
  int count(RunStanding standing) const;
};

/// Throws Error{bad_data}: no such file, larger than 64 MiB, damaged, another format, or indices that point nowhere.
GridReport read_grid_report(const std::filesystem::path& file);
GridReport parse_grid_report(const Json& json);

/// The folder of its runs: as the file says, else "runs" beside it, which is where they are after the whole was moved. Empty where neither exists.
std::filesystem::path runs_of(const GridReport& report, const std::filesystem::path& file);

/// Scores of finished runs that the file does not carry, from their own evaluation.
void fill_values(GridReport& report, const std::filesystem::path& runs);

/// The ablation.json that a path stands for: the file itself, the one in a folder, or the one whose runs lie in the folder. Nothing where there is none.
std::optional<std::filesystem::path> find_grid(const std::filesystem::path& path);
/// That of the grid which a run says it belongs to (run.json, experiment.id), looked for beside its runs folder.
std::optional<std::filesystem::path> grid_of_run(const std::filesystem::path& run);

}  // namespace geocyte::jobs
