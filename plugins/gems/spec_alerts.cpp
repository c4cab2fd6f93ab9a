// SPDX-License-Identifier: GPL-3.0-or-later
// When gems speaks up by itself. Thresholds were tuned so that the healthy demo raises none.
//
// Majority class: with K unbalanced sources and plain cross entropy the discriminator ends at the prior and always names the
// largest source: balanced accuracy 1/K, one recall 1, the others 0, and no gradient for the encoder.
// Confused adversary: a discriminator that guesses is weak or beaten; when the distance of the sources stands still far
// above its floor, it is weak.
// Collapse: ratios, so that z -> c z raises nothing.
// Below chance: an AUC whose whole interval lies below .5 cannot come from cells that a classifier has not seen; statistics
// that were fitted on the judged cells as well (centring of a source, for example) do that.
#include "plugins/gems/spec_parts.h"

namespace geocyte::plugins::gems {

std::vector<config::AlertSpec> make_alerts() {
  using config::AlertTest;
  constexpr int kSteps = 150, kLooks = 8;   // the demo has a collapse of 55 steps that passes by itself
  std::vector<config::AlertSpec> alerts;
  alerts.push_back({"adversary/majority", "bad", "The adversary always names the same class.",
                    "It gives the encoder no gradient. Balance its classes (batches and loss), lower discriminator.lr, or give it more steps.",
                    {{"adversary/favourite_recall", AlertTest::above, 0.9, 0, kSteps}, {"adversary/other_recall", AlertTest::below, 0.1, 0, kSteps}}});
  alerts.push_back({"source_adversary/majority", "bad", "The adversary over sources always names the same source.",
                    "It gives the encoder no gradient: set loss.source_adversary.balance to source, or lower discriminator.lr.",
                    {{"source_adversary/favourite_recall", AlertTest::above, 0.9, 0, kSteps}, {"source_adversary/other_recall", AlertTest::below, 0.1, 0, kSteps}}});
  alerts.push_back({"adversary/confused", "warn", "The adversary guesses, but the sources stay apart.",
                    "A confused discriminator is no proof of alignment: here it is too weak. Give it more steps or width, or add a term that "
                    "compares distributions (source CORAL, MMD, Sinkhorn).",
                    {{"adversary/skill", AlertTest::near, 0, 0.12, kSteps},
                     {"align/max_standardised", AlertTest::above, 1.5, 0, kLooks},
                     {"align/max_standardised", AlertTest::flat, 0, 0.05, kLooks}}});
  alerts.push_back({"loss/dominant", "warn", "One term is more than four fifths of the sum.",
                    "The other terms hardly move the encoder: lower its weight or raise theirs.",
                    {{"weighted/*", AlertTest::share_above, 0.8, 0, 200}}});
  alerts.push_back({"align/collapse", "bad", "The embedding is collapsing.",
                    "It uses ever fewer dimensions, which brings all sources together and forgets the biology. Raise loss.vicreg.weight or lower "
                    "the terms that align.",
                    {{"align/participation_ratio", AlertTest::below_best, 0.25, 0, 3}}});
  alerts.push_back({"align/dead_dimensions", "warn", "A dimension of the embedding is dead.",
                    "Its spread is nearly nothing beside the others'. Raise loss.vicreg.weight or use fewer dimensions (encoder.latent).",
                    {{"align/min_std", AlertTest::below, 0.02, 0, 3, "align/median_std"}}});
  alerts.push_back({"align/leakage", "bad", "The probe is worse than guessing: held-out cells leak.",
                    "Something was fitted on the judged cells as well, for example centring on all cells. Fit it on the training part only.",
                    {{"evaluation/align/probe_auc/high", AlertTest::below, 0.5}, {"evaluation/align/probe_auc", AlertTest::below, 0.45}}});
  alerts.push_back({"loss/not_finite", "bad", "The loss is not a number.",
                    "Lower the learning rate or the weight of the term that grew before; the last checkpoint is intact.",
                    {{"loss/total", AlertTest::not_finite}}});
  return alerts;
}

}  // namespace geocyte::plugins::gems
