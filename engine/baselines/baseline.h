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

namespace geocyte::baselines {

/// n x d' for n x d, same order.
using Transform = std::function<Eigen::MatrixXd(const Cells&)>;

struct Baseline {
  std::string name;
  std::string what;                 ///< one sentence for a table
  std::string after;                ///< name of the baseline that makes its input; "" = the data as they are
  bool transductive = false;
  /// `reference[s]` is 1 for reference sources; only coral and monge look at it.
  std::function<Transform(const Cells& training, std::span<const std::uint8_t> reference)> fit;
};

struct BaselineOptions {
  int components = 50;
  double shrinkage = 0.1;           ///< of coral and monge
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
  /// All cells, n x d'. Throws Error{bad_config} with the names there are, and what fitting throws.
  const Eigen::MatrixXd& embedding(const std::string& name);

 private:
  std::vector<Baseline> list_;
  const Cells& cells_;
  std::vector<std::int64_t> train_;
  std::vector<std::uint8_t> reference_;
  std::map<std::string, Eigen::MatrixXd> made_;
};

}  // namespace geocyte::baselines
