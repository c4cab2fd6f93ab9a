// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/alignment_guards.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace geocyte::baselines {
namespace {

bool is_whole_slide(const Score& score, const std::vector<int>& whole) {
  return score.name == "spatial_overlap" && std::find(whole.begin(), whole.end(), score.source) != whole.end();
}

/// The mean over the slides that were held out whole, with the interval of the mean; the score over all slides where there is none.
std::optional<Score> spatial_score(const AlignmentScores& scores, const std::vector<int>& whole) {
  Score mean{"spatial_overlap", 0, {}, {}, {}, 0};
  double squares = 0;
  int slides = 0;
  for (const Score& score : scores.scores) {
    if (!is_whole_slide(score, whole)) continue;
    mean.value += score.value;
    const double half = (score.high.value_or(score.value) - score.low.value_or(score.value)) / 2;
    squares += half * half;
    mean.n += score.n;
    ++slides;
  }
  if (slides == 0) {
    const Score* all = scores.find(mean.name);
    return all ? std::optional(*all) : std::nullopt;
  }
  mean.value /= slides;
  mean.low = mean.value - std::sqrt(squares) / slides;
  mean.high = mean.value + std::sqrt(squares) / slides;
  return mean;
}

std::optional<Score> score_named(const AlignmentScores* scores, const char* name) {
  const Score* found = scores ? scores->find(name) : nullptr;
  return found && std::isfinite(found->value) ? std::optional(*found) : std::nullopt;
}

class Judge {
 public:
  explicit Judge(AlignmentGuards& result) : result_(result) {}

  /// `share` of the bound is enough; 1 = the interval must reach it.
  void add(Guard guard, const std::optional<Score>& own, const std::optional<Score>& plain, double share = 1) {
    if (!own || !plain) return result_.missing.push_back(std::move(guard));
    guard.value = own->value;
    guard.low = own->low;
    guard.high = own->high;
    guard.n = own->n;
    guard.bound = share * plain->value;
    guard.holds = guard.high.value_or(guard.value) >= guard.bound;
    result_.judged.push_back(std::move(guard));
  }

 private:
  AlignmentGuards& result_;
};

Guard guard(const char* name, const char* title, std::string rule) { return {name, title, 0, 0, {}, {}, 0, std::move(rule)}; }

}  // namespace

int AlignmentGuards::held() const {
  return static_cast<int>(std::count_if(judged.begin(), judged.end(), [](const Guard& one) { return one.holds; }));
}

AlignmentGuards alignment_guards(const AlignmentScores& scores, const AlignmentScores* pca, const AlignmentScores* raw, const std::vector<int>& whole) {
  AlignmentGuards result;
  Judge judge(result);
  const std::string share = fmt::format("at least {:.1f} times plain PCA on the same cells", kGuardShare);
  const char* reaches = "its 95 % interval reaches plain PCA on the same cells";
  judge.add(guard("spread", "Flattest dimension", share), score_named(&scores, "least_std"), score_named(pca, "least_std"), kGuardShare);
  judge.add(guard("dimensions", "Dimensions in use", share), score_named(&scores, "participation_ratio"), score_named(pca, "participation_ratio"), kGuardShare);
  const bool on_whole = std::any_of(scores.scores.begin(), scores.scores.end(), [&](const Score& score) { return is_whole_slide(score, whole); });
  judge.add(guard("space", "Neighbours in the tissue", std::string(reaches) + (on_whole ? "; slides held out whole" : "; held-out spots, no slide is held out whole")),
            spatial_score(scores, whole), pca ? spatial_score(*pca, whole) : std::nullopt);
  judge.add(guard("expression", "Neighbours in expression", "its 95 % interval reaches what raw expression shares with plain PCA"),
            score_named(&scores, "expression_overlap"), score_named(raw, "expression_overlap"));
  judge.add(guard("types", "Cell types", reaches), score_named(&scores, "cell_type_accuracy"), score_named(pca, "cell_type_accuracy"));
  return result;
}

}  // namespace geocyte::baselines
