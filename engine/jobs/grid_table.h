// SPDX-License-Identifier: GPL-3.0-or-later
// What a grid found: for each cell and each plain tool of the evaluation, every metric over the seeds, and its difference to the
// model of the baseline cell, paired by seed (paired_interval.h).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/jobs/grid_ledger.h"
#include "engine/jobs/paired_interval.h"

namespace geocyte::jobs {

struct TableValue {
  MeanOfSeeds value;
  std::optional<double> chance;          ///< mean over seeds
  std::optional<PairedDifference> difference;   ///< to the baseline's model; none for the baseline itself
};

struct TableRow {
  std::string kind;                      ///< "cell", "tool"
  std::string name;                      ///< of the cell, or of the tool: "pca"
  bool baseline = false;
  Choice levels;                         ///< of a cell
  std::map<std::string, TableValue> metrics;
  int finished = 0, failed = 0, missing = 0;
  double seconds = 0, peak_bytes = 0;    ///< mean wall time of a run, largest memory; 0 = unknown
  std::vector<std::string> reasons;      ///< why runs failed: "seed 8: …"
};

struct GridTable {
  std::vector<std::string> metrics;      ///< in the order of the evaluation
  std::vector<TableRow> rows;            ///< cells in the order of the plan, then tools
};

/// A tool's numbers come from the runs of the baseline cell: the same data, split and seeds.
GridTable make_table(const GridPlan& plan, const std::vector<GridRun>& runs);

/// One line a row and metric, with a header. Fields are quoted where they must be.
std::string to_csv(const GridPlan& plan, const GridTable& table);

/// One line a finished run, method and metric as the run's own evaluation has it, with its interval: what the table averages, and the plain
/// tools of every cell, which the table takes from the baseline alone.
std::string rows_csv(const GridPlan& plan, const std::vector<GridRun>& runs);

/// Everything: the plan, the runs and the table; documented in resources/docs/ablation.md.
Json to_json(const GridPlan& plan, const std::vector<GridRun>& runs, const GridTable& table);

}  // namespace geocyte::jobs
