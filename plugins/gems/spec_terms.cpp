// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/term_specs.h"

#include <utility>

#include "plugins/gems/spec_builders.h"

namespace geocyte::plugins::gems {
namespace {

constexpr const char* kFalls =
    "Falls. Compare with the held-out curve: a gap is overfitting or a difference between training and evaluation mode.";
constexpr const char* kGuessing = "Near ln 2 = 0.693 when the discriminator guesses; far below it when it wins.";

TermOptions on(double weight, std::int64_t warmup_steps) { return {true, weight, 0, warmup_steps}; }
TermOptions off(double weight, std::int64_t warmup_steps) { return {false, weight, 0, warmup_steps}; }

std::vector<config::MetricSpec> vicreg_parts() {
  std::vector<config::MetricSpec> parts;
  for (const std::string part : {"invariance", "variance", "covariance"})
    parts.push_back(metric("vicreg/" + part, "VICReg " + part, "A part of VICReg, unweighted.", "Bardes et al. 2022, eqs. 1-5",
                           "Variance near 1 means collapsed dimensions.", "VICReg parts"));
  return parts;
}

/// The scalars of terms/recall_scalars.h. `who` is told apart, `chance` is what guessing gives.
std::vector<config::MetricSpec> discriminator_metrics(const std::string& prefix, const std::string& title, const std::string& who, double chance) {
  constexpr auto kNeutral = config::Direction::neutral;
  return {with_chance(metric(prefix + "/balanced_accuracy", title + " balanced accuracy",
                             "How well the discriminator tells " + who + " before it is trained on the batch.", "mean recall of the classes",
                             "Near chance: it guesses. That alone proves no alignment: a weak discriminator guesses as well.", title + " accuracy", kNeutral), chance),
          with_chance(metric(prefix + "/skill", title + " skill", "The same on a scale where guessing gives 0 and certainty 1, whatever the number of classes.",
                             "(balanced accuracy - 1/K) / (1 - 1/K)", "Near 0 when it guesses, which alone proves no alignment.", "", kNeutral), 0),
          metric(prefix + "/favourite_recall", title + " recall of its favourite", "Recall of the class that the discriminator knows best.", "max_k recall_k",
                 "Near 1 with all others near 0: it always says the same and teaches the encoder nothing.", "", kNeutral),
          metric(prefix + "/other_recall", title + " recall of the others", "Mean recall of the other classes.", "mean of recall_k over the rest",
                 "Near the favourite's.", "", kNeutral)};
}

/// The six terms of seed 001.
void add_seed_terms(std::vector<TermSpec>& all) {
  all.push_back({"vicreg", "VICReg", "Two views of a cell agree, every dimension keeps its spread, dimensions do not repeat each other.",
                 on(1, 0), kFalls, "VICReg", false, {}, vicreg_parts()});
  all.push_back({"adversary", "Adversary", "A discriminator tells spots from cells; the encoder is trained against it by gradient reversal.",
                 on(1, 200), kGuessing, "Adversary loss", true, {}, discriminator_metrics("adversary", "Adversary", "spots from cells", 0.5)});
  all.push_back({"domain_coral", "Domain CORAL", "Mean and covariance of spots and of cells agree.", on(10, 200), kFalls, "CORAL"});
  all.push_back({"patient_coral", "Patient CORAL", "Mean and covariance of the cells of different patients agree; needs two patients with single cells.",
                 off(100, 200), kFalls, "CORAL"});
  all.push_back({"source_coral", "Source CORAL", "Mean and covariance agree for every pair of sources.", off(10, 200), kFalls, "CORAL"});
  all.push_back({"local_align", "Local alignment", "Cells that are alike in expression (centred by source) become neighbours in the embedding.",
                 off(1, 200), kFalls, "Local alignment"});
}

std::vector<TermSpec> make_table() {
  std::vector<TermSpec> all;
  add_seed_terms(all);
  return all;
}

}  // namespace

const std::vector<TermSpec>& term_specs() {
  static const std::vector<TermSpec> table = make_table();
  return table;
}

}  // namespace geocyte::plugins::gems
