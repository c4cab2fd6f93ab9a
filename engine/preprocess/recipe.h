// SPDX-License-Identifier: GPL-3.0-or-later
// From counts to what an encoder sees: an ordered, serialised recipe whose statistics are fitted on the training part
// of a run and applied unchanged to any later data.
//
//   normalize  y_cg = x_cg * T / sum_g x_cg over all genes of the cell's own file   (T = target_sum; empty cells stay 0)
//   log1p      z_cg = ln(1 + y_cg)
//   select     the panel: the top genes by within-source variability, see hvg.h
//   centre     z_cg - mean over training cells of the same source (optional); an unseen source is centred by itself
//
// The library size is taken over all genes that a source has, before the panel is selected, so that the panel never
// changes the scale of a cell.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/core/stop_token.h"
#include "engine/data/dataset.h"
#include "engine/preprocess/hvg.h"

namespace geocyte::preprocess {

struct RecipeOptions {
  double target_sum = 1e4;
  std::int64_t genes = 2000;               ///< size of the panel; 0 or more than shared = all shared genes
  Variability variability = Variability::dispersion;
  bool centre_by_source = false;
  StopToken stop;                          ///< a stopped fit throws Error{interrupted}
};

/// What to do with genes of the panel that a data set lacks.
enum class MissingGenes { refuse, zero };

class Recipe {
 public:
  /// `train_rows` are positions on the concatenated cell axis (the cells of the first source, then of the second …),
  /// ascending, as data::Split holds them. Throws Error{bad_data} when sources share no gene or a source has no
  /// training cell, Error{bad_config} for a target sum that is not positive.
  static Recipe fit(const std::vector<data::Source>& sources, std::span<const std::int64_t> train_rows,
                    const RecipeOptions& options);

  /// Cells x panel, in the order of the source's rows. Throws Error{bad_data} that says how many genes of the panel are
  /// missing, or that the values are negative and so cannot be counts.
  data::DenseMatrix apply(const data::Source& source, MissingGenes missing = MissingGenes::refuse) const;

  const std::vector<std::string>& panel() const { return panel_; }
  double target_sum() const { return target_sum_; }

  /// {"format":1,"steps":[{"step":"normalize",…},…]}; from_json(to_json()) gives equal numbers.
  Json to_json() const;
  /// Throws Error{bad_data} for an unknown step, wrong order, format or damaged numbers.
  static Recipe from_json(const Json& json);
  /// 16 hex digits over steps, panel and statistics; equal recipes have equal hashes.
  std::string hash() const;

 private:
  data::DenseMatrix log_normalised_panel(const data::Source& source, MissingGenes missing) const;

  double target_sum_ = 1e4;
  Variability variability_ = Variability::dispersion;
  std::vector<std::string> panel_;
  bool centre_ = false;
  std::map<std::string, std::vector<float>> centres_;   ///< by source name: mean of each gene of the panel
};

}  // namespace geocyte::preprocess
