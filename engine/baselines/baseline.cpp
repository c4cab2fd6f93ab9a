// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/baseline.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/baselines/centring.h"
#include "engine/baselines/coral.h"
#include "engine/baselines/monge.h"
#include "engine/core/check.h"
#include "engine/embed/pca.h"

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

Baseline harmony_baseline(std::string name, std::string what, const HarmonyOptions& options) {
  return {std::move(name), std::move(what), "pca", true, [options](const Cells&, Reference) {
            return [options](const Cells& cells) { return harmony(cells, options).corrected; };
          }};
}

}  // namespace

std::vector<Baseline> all_baselines(const BaselineOptions& options) {
  const int components = options.components;
  const double shrinkage = options.shrinkage;
  const auto monge = [shrinkage](const Cells& training, Reference reference) {
    return applying(fit_monge(training, reference, shrinkage));
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
                  "pca", false, [shrinkage](const Cells& training, Reference reference) {
                    return applying(fit_coral(training, reference, shrinkage));
                  }});
  list.push_back({"monge", "Principal components, each source moved onto the reference by the Gaussian transport map.",
                  "pca", false, monge});
  list.push_back({"z-score+monge", "The z-scored components, moved onto the reference by the Gaussian transport map.",
                  "z-score", false, monge});
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
  return with_context("baseline " + name, [&]() -> const Eigen::MatrixXd& {
    if (found->after.empty()) {
      const Transform transform = found->fit(take(cells_, train_), reference_);
      return made_.emplace(name, transform(cells_)).first->second;
    }
    const Cells input{embedding(found->after), cells_.source, cells_.sources};
    const Transform transform = found->fit(take(input, train_), reference_);
    return made_.emplace(name, transform(input)).first->second;
  });
}

}  // namespace geocyte::baselines
