// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/alignment_scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/core/error.h"
#include "tests/unit/engine/baselines/gaussian_cells.h"

namespace geocyte::baselines {
namespace {

/// Two slides and one set of single cells with two types; every third cell is held out.
struct Setting {
  Cells cells;
  FloatRows rows;
  std::vector<std::uint8_t> domain = {0, 0, 1};
  std::vector<std::int64_t> train, held_out;
  std::vector<std::int32_t> type;
  std::vector<float> xy;

  ScoredCells scored() const { return {rows.points(), cells.source, cells.sources, domain, train, held_out, type, xy}; }
};

Setting setting(double domain_shift, std::uint64_t seed = 1, double scale = 1) {
  Rng rng(seed);
  Setting s;
  s.cells = stacked({normal_matrix(150, 4, rng), normal_matrix(150, 4, rng), normal_matrix(240, 4, rng)});
  for (Eigen::Index i = 0; i < s.cells.x.rows(); ++i) {
    const int source = s.cells.source[static_cast<std::size_t>(i)];
    const auto type = static_cast<std::int32_t>(i % 2);
    s.cells.x(i, 1) += 6 * type;
    if (source == 2) s.cells.x(i, 0) += domain_shift;
    s.type.push_back(source == 2 ? type : -1);
    const bool placed = source == 0;  // places are the embedding itself: full overlap
    s.xy.push_back(placed ? static_cast<float>(s.cells.x(i, 0)) : std::numeric_limits<float>::quiet_NaN());
    s.xy.push_back(placed ? static_cast<float>(s.cells.x(i, 1)) : std::numeric_limits<float>::quiet_NaN());
    (i % 3 == 2 ? s.held_out : s.train).push_back(i);
  }
  s.cells.x *= scale;
  s.rows = to_float(s.cells.x);
  return s;
}

double value_of(const AlignmentScores& scores, const char* name) {
  const Score* score = scores.find(name);
  return score ? score->value : std::numeric_limits<double>::quiet_NaN();
}

TEST(AlignmentScoresTest, apart_and_mixed_domains_are_told_apart_by_every_score) {
  const AlignmentScores apart = alignment_scores(setting(12).scored()), mixed = alignment_scores(setting(0).scored());
  EXPECT_GT(value_of(apart, "probe_auc"), 0.99);
  EXPECT_GT(value_of(apart, "own_domain_share"), 0.99);
  EXPECT_NEAR(value_of(mixed, "own_domain_share"), 0.5, 0.06);
  EXPECT_NEAR(value_of(mixed, "own_source_share"), 1.0 / 3, 0.06);
  EXPECT_NEAR(value_of(apart, "ilisi_domain"), 0, 0.01);
  EXPECT_GT(value_of(mixed, "ilisi_domain"), 0.8);
  EXPECT_GT(value_of(apart, "standardised_across"), 8);
  EXPECT_LT(value_of(mixed, "standardised_across"), 1);
  for (const char* name : {"own_domain_share", "own_source_share"})
    EXPECT_NEAR(mixed.find(name)->value, *mixed.find(name)->chance, 0.06) << name;
}

TEST(AlignmentScoresTest, the_probe_interval_of_mixed_domains_holds_one_half_as_often_as_it_says) {
  constexpr int kRounds = 40;
  double sum = 0;
  int held = 0;
  for (std::uint64_t seed = 0; seed < kRounds; ++seed) {
    ScoreOptions options;
    options.bootstrap = 0;
    const AlignmentScores scores = alignment_scores(setting(0, 100 + seed).scored(), options);
    const Score& auc = *scores.find("probe_auc");
    sum += auc.value;
    held += *auc.low <= 0.5 && 0.5 <= *auc.high ? 1 : 0;
  }
  EXPECT_NEAR(sum / kRounds, 0.5, 0.025);  // deviation of one round is .043: 3.7 deviations of the mean
  EXPECT_GE(held, 34);                     // of 38 expected; fewer has a chance of 1 in 200
}

TEST(AlignmentScoresTest, a_unit_is_the_deviation_within_sources) {
  // Variance within a source: 1 in three dimensions, 1 + 9 in that of the types; mean 13 / 4.
  const AlignmentScores scores = alignment_scores(setting(12).scored());
  EXPECT_NEAR(value_of(scores, "unit_across"), 12 / std::sqrt(13.0 / 4), 0.5);
  EXPECT_LT(value_of(scores, "unit_within"), 1);
  const Score& across = *scores.find("unit_across");
  EXPECT_LT(*across.low, across.value);
  EXPECT_GT(*across.high, across.value);
}

TEST(AlignmentScoresTest, scale_changes_nothing) {
  const AlignmentScores one = alignment_scores(setting(2, 3).scored()),
                        many = alignment_scores(setting(2, 3, 64).scored());
  ASSERT_EQ(one.scores.size(), many.scores.size());
  for (std::size_t i = 0; i < one.scores.size(); ++i) {
    if (one.scores[i].name == "max_distance" || one.scores[i].name == "median_distance") continue;  // raw on purpose
    if (one.scores[i].name == "spatial_overlap") continue;
    EXPECT_NEAR(one.scores[i].value, many.scores[i].value, 1e-4) << one.scores[i].name;
  }
}

TEST(AlignmentScoresTest, cell_types_and_places_are_found_where_they_are) {
  const AlignmentScores scores = alignment_scores(setting(5).scored());
  EXPECT_GT(value_of(scores, "cell_type_accuracy"), 0.98);
  EXPECT_EQ(scores.find("cell_type_accuracy")->n, 80);
  EXPECT_EQ(*scores.find("cell_type_accuracy")->chance, 0.5);
  const Score& space = *scores.find("spatial_overlap");
  EXPECT_EQ(space.n, 50) << "held-out spots of the one slide with places";
  EXPECT_NEAR(*space.chance, 20.0 / 149, 1e-12);
  EXPECT_GT(space.value, 2 * *space.chance);
  Setting flat = setting(5);
  for (Eigen::Index i = 0; i < flat.cells.x.rows(); ++i) flat.cells.x.row(i).tail(2).setZero();
  flat.rows = to_float(flat.cells.x);
  EXPECT_DOUBLE_EQ(value_of(alignment_scores(flat.scored()), "spatial_overlap"), 1) << "the embedding is the place";
}

TEST(AlignmentScoresTest, shuffled_types_are_at_chance) {
  Setting s = setting(5);
  Rng rng(4);
  for (std::int32_t& type : s.type)
    if (type >= 0) type = static_cast<std::int32_t>(rng.below(2));
  const AlignmentScores scores = alignment_scores(s.scored());
  const Score& types = *scores.find("cell_type_accuracy");
  EXPECT_LT(*types.low, 0.5);
  EXPECT_GT(*types.high, 0.5);
}

TEST(AlignmentScoresTest, what_cannot_be_had_is_left_out) {
  Setting s = setting(5);
  s.type.clear();
  s.xy.clear();
  s.domain = {0, 0, 0};
  const AlignmentScores scores = alignment_scores(s.scored());
  for (const char* name : {"unit_across", "standardised_across", "probe_auc", "own_domain_share", "ilisi_domain",
                           "cell_type_accuracy", "spatial_overlap"})
    EXPECT_EQ(scores.find(name), nullptr) << name;
  EXPECT_NE(scores.find("unit_within"), nullptr);
  EXPECT_NE(scores.find("own_source_share"), nullptr);
}

TEST(AlignmentScoresTest, bad_input_is_refused) {
  Setting s = setting(5);
  const auto code_of = [&] {
    try {
      alignment_scores(s.scored());
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::interrupted;
  };
  s.rows.values[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(code_of(), ErrorCode::bad_data);
  s = setting(5);
  s.held_out.clear();
  EXPECT_EQ(code_of(), ErrorCode::bad_data);
  s = setting(5);
  s.held_out.push_back(540);
  EXPECT_EQ(code_of(), ErrorCode::internal);
  s = setting(5);
  s.type.pop_back();
  EXPECT_EQ(code_of(), ErrorCode::internal);
}

TEST(AlignmentScoresTest, types_carried_to_spots_are_held_against_proportions) {
  // The type of a spot is where it lies; its proportions say so, or are dealt out at random.
  const Setting s = setting(0);
  std::vector<float> right, shuffled;
  Rng rng(8);
  for (std::size_t i = 0; i < s.type.size(); ++i)
    for (int t = 0; t < 2; ++t) {
      right.push_back(static_cast<float>(i % 2) == static_cast<float>(t) ? 0.9f : 0.1f);
      shuffled.push_back(static_cast<float>(rng.uniform()));
    }
  const auto transfer = [&](const std::vector<float>& proportions) {
    ScoredCells cells = s.scored();
    cells.proportions = proportions;
    cells.types = 2;
    return *alignment_scores(cells).find("type_transfer");
  };
  EXPECT_GT(transfer(right).value, 0.95);
  EXPECT_EQ(transfer(right).n, 100);
  EXPECT_NEAR(transfer(shuffled).value, 0, 0.3);
  EXPECT_GT(*transfer(shuffled).high, 0);
  EXPECT_EQ(alignment_scores(s.scored()).find("type_transfer"), nullptr);
}

TEST(AlignmentScoresTest, types_may_have_columns_of_their_own_or_none) {
  const Setting s = setting(0);
  std::vector<float> turned;
  for (std::size_t i = 0; i < s.type.size(); ++i)
    for (int t = 0; t < 2; ++t) turned.push_back(static_cast<float>(i % 2) == static_cast<float>(t) ? 0.1f : 0.9f);
  const auto transfer = [&](const std::vector<std::int32_t>& column) {
    ScoredCells cells = s.scored();
    cells.proportions = turned;
    cells.types = 2;
    cells.type_column = column;
    const auto scores = alignment_scores(cells);
    const auto* found = scores.find("type_transfer");
    return found ? found->value : std::numeric_limits<double>::quiet_NaN();
  };
  EXPECT_LT(transfer({0, 1}), -0.95);
  EXPECT_GT(transfer({1, 0}), 0.95);
  EXPECT_GT(transfer({1, -1}), 0.95) << "one type alone";
  EXPECT_TRUE(std::isnan(transfer({-1, -1})));
}

TEST(AlignmentScoresTest, regions_of_spots_stand_beside_types_of_cells) {
  Setting s = setting(5);
  for (std::size_t i = 0; i < s.type.size(); ++i) s.type[i] = static_cast<std::int32_t>(i % 2) + (s.cells.source[i] == 2 ? 0 : 2);
  const AlignmentScores scores = alignment_scores(s.scored());
  EXPECT_GT(value_of(scores, "region_accuracy"), 0.98);
  EXPECT_EQ(scores.find("region_accuracy")->n, 100);
  EXPECT_EQ(scores.find("cell_type_accuracy")->n, 80) << "of single cells only";
}

TEST(AlignmentScoresTest, neighbours_in_expression_are_all_kept_by_expression_itself) {
  const Setting s = setting(5);
  ScoredCells cells = s.scored();
  cells.expression = s.rows.points();
  EXPECT_NEAR(value_of(alignment_scores(cells), "expression_overlap"), 1, 1e-12);
  Rng rng(9);
  const FloatRows noise = to_float(normal_matrix(s.cells.x.rows(), 4, rng));
  cells.expression = noise.points();
  const AlignmentScores scores = alignment_scores(cells);
  EXPECT_NEAR(value_of(scores, "expression_overlap"), *scores.find("expression_overlap")->chance, 0.05);
}

}  // namespace
}  // namespace geocyte::baselines
