// SPDX-License-Identifier: GPL-3.0-or-later
// One thread that computes derived arrays under a time budget, so that looking costs training a known share.
// The next derivation starts when used/wall <= share, or when it has itself used no more than a tenth of the share, so that
// a light one (distances) need not wait for a heavy one (UMAP); paused or draining means unlimited; a running one is
// finished unless it is more than three snapshots old.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/analysis/derivation.h"

namespace geocyte::analysis {

class AnalysisThread {
 public:
  /// `deliver` is called on the analysis thread with each finished part.
  AnalysisThread(std::vector<config::DerivedSpec> specs, std::uint64_t seed, double share,
                 std::function<void(store::Snapshot)> deliver, std::function<void(const std::string&)> log);
  ~AnalysisThread();
  AnalysisThread(const AnalysisThread&) = delete;
  AnalysisThread& operator=(const AnalysisThread&) = delete;

  void set_axes(std::vector<store::Axis> axes);
  /// Queues a raw snapshot; an older one that has not begun is dropped.
  void submit(store::Snapshot raw);
  void set_share(double share);
  /// While paused the budget does not hold.
  void set_unlimited(bool unlimited);
  /// Finishes all derivations of the newest snapshot (used at the end of a run), at most `timeout_s`.
  void drain(double timeout_s);
  /// Seconds of wall time used so far.
  double used_seconds() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace geocyte::analysis
