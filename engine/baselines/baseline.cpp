// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/baseline.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/baselines/centring.h"
#include "engine/baselines/combat.h"
#include "engine/baselines/coral.h"
#include "engine/baselines/monge.h"
#include "engine/baselines/mutual_neighbours.h"
#include "engine/core/check.h"
#include "engine/embed/pca.h"
#include "engine/kernels/parallel.h"

namespace geocyte::baselines {
namespace {

using Reference = std::span<const std::uint8_t>;

Transform fit_components(const Cells& training, int components) {
  const embed::Pca pca = embed::fit_pca(to_float(training.x).points(), components);
  return [pca](const Cells& cells) { return pca.transform(to_float(cells.x).points()); };
}

/// A scaling by source, then principal components of what it leaves of the training cells.
Transform fit_scaled_components(const SourceScaling& scaling, const Cells& training, int components) {
  const Transform pca = fit_components({scaling.apply(training), training.source, training.sources}, components);
  return [scaling, pca](const Cells& cells) { return pca({scaling.apply(cells), cells.source, cells.sources}); };
}

Transform applying(SourceMaps maps) {
  return [maps = std::move(maps)](const Cells& cells) { return maps.apply(cells); };
}

Transform fit_combat_components(const Cells& training, int components) {
  const Combat combat = fit_combat(training);
  const Transform pca = fit_components({combat.apply(training), training.source, training.sources}, components);
  return [combat, pca](const Cells& cells) { return pca({combat.apply(cells), cells.source, cells.sources}); };
}

Baseline mutual_baseline(std::string name, std::string what, MergeOrder order) {
  return {std::move(name), std::move(what), "pca", true, [order](const Cells&, Reference reference) {
            return [order, kept = std::vector<std::uint8_t>(reference.begin(), reference.end())](const Cells& cells) {
              MutualNeighbourOptions options;
              options.order = order;
              return correct_by_mutual_neighbours(cells, kept, options);
            };
          }};
}

Baseline harmony_baseline(std::string name, std::string what, const HarmonyOptions& options) {
  return {std::move(name), std::move(what), "pca", true, [options](const Cells&, Reference) {
            return [options](const Cells& cells) { return harmony(cells, options).corrected; };
          }};
}

}  // namespace

std::vector<Baseline> all_baselines(const BaselineOptions& options) {
  const int components = options.components;
  const double shrinkage = options.shrinkage;
  const ReferenceSources treated = options.reference_sources;
  const auto monge = [shrinkage, treated](const Cells& training, Reference reference) {
    return applying(fit_monge(training, reference, shrinkage, treated));
  };
  HarmonyOptions strong = options.harmony;
  strong.theta = 4;
  strong.clusters = 20;
  strong.tolerance = 0;

  std::vector<Baseline> list;
  list.push_back({"raw", "The data as they are.", "", false,
                  [](const Cells&, Reference) { return [](const Cells& cells) { return cells.x; }; }});
  list.push_back({"pca", fmt::format("{} principal components, fitted on training cells.", components), "", false,
                  [components](const Cells& training, Reference) { return fit_components(training, components); }});
  list.push_back({"centre", "Each source minus its training mean, then principal components.", "", false,
                  [components](const Cells& training, Reference) {
                    return fit_scaled_components(fit_centring(training), training, components);
                  }});
  list.push_back({"z-score", "Each source to mean 0 and deviation 1 by its training cells, then principal components.",
                  "", false, [components](const Cells& training, Reference) {
                    return fit_scaled_components(fit_z_score(training), training, components);
                  }});
  list.push_back({"coral", "Principal components, mean and covariance of each source made those of the reference.",
                  "pca", false, [shrinkage, treated](const Cells& training, Reference reference) {
                    return applying(fit_coral(training, reference, shrinkage, treated));
                  }});
  list.push_back({"monge", "Principal components, each source moved onto the reference by the Gaussian transport map.",
                  "pca", false, monge});
  list.push_back({"z-score+monge", "The z-scored components, moved onto the reference by the Gaussian transport map.",
                  "z-score", false, monge});
  list.push_back({"combat", "ComBat on the genes, fitted on training cells, then principal components.", "", false,
                  [components](const Cells& training, Reference) { return fit_combat_components(training, components); }});
  list.push_back(mutual_baseline("mnn", "Mutual nearest neighbours onto the reference; sees held-out cells.", MergeOrder::reference));
  list.push_back(mutual_baseline("mnn-overlap", "Mutual nearest neighbours, most alike sources first, as Scanorama; sees held-out cells.",
                                 MergeOrder::overlap));
  list.push_back(harmony_baseline("harmony", "Harmony on principal components; sees held-out cells.", options.harmony));
  list.push_back(harmony_baseline("harmony-strong",
                                  "Harmony with theta 4, 20 clusters and no early end; sees held-out cells.", strong));
  return list;
}

BaselineRun::BaselineRun(std::vector<Baseline> list, const Cells& cells, std::vector<std::int64_t> train,
                         std::vector<std::uint8_t> reference)
    : list_(std::move(list)), cells_(cells), train_(std::move(train)), reference_(std::move(reference)) {
  check_cells(cells_, "a baseline");
  require(static_cast<int>(reference_.size()) == cells_.sources, "one reference flag a source");
  if (train_.empty()) throw Error(ErrorCode::bad_data, "baselines need training cells, but there are none");
}

const Eigen::MatrixXd& BaselineRun::embedding(const std::string& name) {
  if (const auto made = made_.find(name); made != made_.end()) return made->second;
  const auto found = std::find_if(list_.begin(), list_.end(), [&](const Baseline& one) { return one.name == name; });
  if (found == list_.end()) {
    std::vector<std::string> names;
    for (const Baseline& one : list_) names.push_back(one.name);
    throw Error(ErrorCode::bad_config, fmt::format("there is no baseline called \"{}\"", name),
                fmt::format("there are {}", fmt::join(names, ", ")));
  }
  const Eigen::MatrixXd* input = found->after.empty() ? nullptr : &embedding(found->after);
  return made_.emplace(name, make(*found, input)).first->second;
}

Eigen::MatrixXd BaselineRun::make(const Baseline& baseline, const Eigen::MatrixXd* input) const {
  return with_context("baseline " + baseline.name, [&] {
    if (input == nullptr) return baseline.fit(take(cells_, train_), reference_)(cells_);
    const Cells from{*input, cells_.source, cells_.sources};
    return baseline.fit(take(from, train_), reference_)(from);
  });
}

void BaselineRun::make_all(int threads) {
  for (bool more = true; more;) {
    std::vector<const Baseline*> ready;   // their input is there and they are not
    for (const Baseline& one : list_)
      if (!made_.contains(one.name) && !failures_.contains(one.name) && (one.after.empty() || made_.contains(one.after))) ready.push_back(&one);
    std::vector<Eigen::MatrixXd> made(ready.size());
    std::vector<std::string> failed(ready.size());
    kernels::parallel_blocks(threads, static_cast<std::int64_t>(ready.size()), [&](std::int64_t i) {
      const auto at = static_cast<std::size_t>(i);
      try {
        made[at] = make(*ready[at], ready[at]->after.empty() ? nullptr : &made_.at(ready[at]->after));
      } catch (const Error& error) {
        failed[at] = error.what();
      }
    });
    for (std::size_t i = 0; i < ready.size(); ++i)
      if (failed[i].empty()) made_.emplace(ready[i]->name, std::move(made[i]));
      else failures_.emplace(ready[i]->name, failed[i]);
    more = !ready.empty();
  }
  for (const Baseline& one : list_)
    if (!made_.contains(one.name)) failures_.try_emplace(one.name, "baseline " + one.after + " failed, from which it starts");
}

}  // namespace geocyte::baselines
