// SPDX-License-Identifier: GPL-3.0-or-later
// From counts to what an encoder sees: an ordered, serialised recipe whose statistics are fitted on the training part
// of a run and applied unchanged to any later data.
//
//   thin       cells read deeper than a common depth are thinned to it (optional), see thinning.h
//   normalize  y_cg = x_cg * T / sum_g x_cg over all genes of the cell's own file   (T = target_sum; empty cells stay 0)
//   log1p      z_cg = ln(1 + y_cg)
//   select     the panel: the top genes by within-source variability, see hvg.h
//   centre     z_cg - mean over training cells of the same source (optional), see source_statistics.h
//   scale      / their standard deviation, clipped (optional)
// A source that was not there in training is centred and scaled by its own cells: all that is known of it.
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
#include "engine/preprocess/source_statistics.h"

namespace geocyte::preprocess {

struct RecipeOptions {
  double target_sum = 1e4;
  std::int64_t genes = 2000;               ///< size of the panel; 0 or more than shared = all shared genes
  Variability variability = Variability::dispersion;
  BySource by_source = BySource::none;
  bool thin = false;                       ///< to the median depth of the shallowest source (training cells)
  std::uint64_t seed = 0;                  ///< of the thinning
  std::vector<std::string> unseen;         ///< names of sources that are held out whole and may have no training cell
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

  /// The same before it is centred and scaled: counts of the common depth, log-normalised.
  data::DenseMatrix log_normalised(const data::Source& source, MissingGenes missing = MissingGenes::refuse) const;
  /// Counts of each cell of the source, over all its genes, of the common depth.
  std::vector<double> library_sizes(const data::Source& source) const;
  BySource by_source() const { return by_source_; }
  /// Whether a source has to be whole to be applied to: one that was not trained on is centred by itself.
  bool centres() const { return by_source_ != BySource::none; }
  /// Fitted statistics of the source of that name, or of these cells (log_normalised()) when it was not there in training.
  SourceStatistics statistics(const std::string& source, const data::DenseMatrix& cells) const;

  const std::vector<std::string>& panel() const { return panel_; }
  double target_sum() const { return target_sum_; }
  double depth() const { return depth_; }  ///< that cells are thinned to; 0 = they are not

  /// {"format":1,"steps":[{"step":"normalize",…},…]}; from_json(to_json()) gives equal numbers.
  Json to_json() const;
  /// Throws Error{bad_data} for an unknown step, wrong order, format or damaged numbers.
  static Recipe from_json(const Json& json);
  /// 16 hex digits over steps, panel and statistics; equal recipes have equal hashes.
  std::string hash() const;

 private:
  data::Source thinned(const data::Source& source) const;
  /// Of a source that has been thinned.
  data::DenseMatrix log_normalised_panel(const data::Source& source, MissingGenes missing) const;

  double target_sum_ = 1e4;
  Variability variability_ = Variability::dispersion;
  std::vector<std::string> panel_;
  double depth_ = 0;
  std::uint64_t seed_ = 0;
  BySource by_source_ = BySource::none;
  std::map<std::string, SourceStatistics> statistics_;   ///< by source name
};

}  // namespace geocyte::preprocess
