// SPDX-License-Identifier: GPL-3.0-or-later
// The baselines as one list, so that a table of them is a loop. Each is fitted on training cells and then applied to any
// cells of the same sources; each may start from what another one makes ("pca + CORAL" starts from "pca").
//
//   name             starts from   what it does
//   raw              -             nothing
//   pca              raw           principal components of the training cells
//   centre           raw           means of each source to 0, then pca               (centring.h)
//   z-score          raw           means to 0 and deviations to 1, then pca          (centring.h)
//   coral            pca           second moments onto the reference sources         (coral.h)
//   monge            pca           the same by optimal transport                     (monge.h)
//   z-score+monge    z-score
//   combat           raw           ComBat on genes, then pca                          (combat.h)
//   mnn              pca           mutual nearest neighbours onto the reference       (mutual_neighbours.h)
//   mnn-overlap      pca           the same, the most alike sources first, neighbours by angle, as Scanorama
//   harmony          pca           soft clusters that hold all sources               (harmony.h)
//   harmony-strong   pca           the same, theta 4, 20 clusters, no early end
//
// A transductive baseline has nothing to fit: it corrects all cells it is given at once, held-out cells included, which
// flatters its held-out scores. Tables must say so.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/baselines/cells.h"
#include "engine/baselines/harmony.h"
#include "engine/baselines/source_maps.h"

namespace geocyte::baselines {

/// n x d' for n x d, same order.
using Transform = std::function<Eigen::MatrixXd(const Cells&)>;

struct Baseline {
  std::string name;
  std::string what;                 ///< one sentence for a table
  std::string after;                ///< name of the baseline that makes its input; "" = the data as they are
  bool transductive = false;
  /// `reference[s]` is 1 for reference sources; only coral, monge and mnn look at it.
  std::function<Transform(const Cells& training, std::span<const std::uint8_t> reference)> fit;
};

struct BaselineOptions {
  int components = 50;
  double shrinkage = 0.1;           ///< of coral and monge
  ReferenceSources reference_sources = ReferenceSources::moved;   ///< by coral and monge
  HarmonyOptions harmony = {};
};

/// All of them, in the order of a table.
std::vector<Baseline> all_baselines(const BaselineOptions& options = {});

/// Applies baselines to one data set and keeps what others start from.
class BaselineRun {
 public:
  /// `train` are rows of `cells`, `reference[s]` as above; `cells` must outlive the run. Throws Error{bad_data} for cells that
  /// are not finite or no training rows.
  BaselineRun(std::vector<Baseline> list, const Cells& cells, std::vector<std::int64_t> train,
              std::vector<std::uint8_t> reference);

  const std::vector<Baseline>& list() const { return list_; }
  /// Makes all of them on `threads` threads, those that do not depend on each other at the same time. A baseline that throws is
  /// left out with its sentence in failures(); asked for later, it throws again.
  void make_all(int threads);
  const std::map<std::string, std::string>& failures() const { return failures_; }
  /// All cells, n x d'. Throws Error{bad_config} with the names there are, and what fitting throws.
  const Eigen::MatrixXd& embedding(const std::string& name);

 private:
  std::vector<Baseline> list_;
  const Cells& cells_;
  std::vector<std::int64_t> train_;
  std::vector<std::uint8_t> reference_;
  Eigen::MatrixXd make(const Baseline& baseline, const Eigen::MatrixXd* input) const;

  std::map<std::string, Eigen::MatrixXd> made_;
  std::map<std::string, std::string> failures_;
};

}  // namespace geocyte::baselines
