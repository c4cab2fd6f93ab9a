// SPDX-License-Identifier: GPL-3.0-or-later
// Laws of the gates: what must pass, what must not, and what may not matter.
#include "engine/stats/alignment_gates.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::stats {
namespace {

struct Cloud {
  std::vector<float> x;
  std::vector<std::int32_t> source;
  std::vector<std::int64_t> train, held_out;
  std::int64_t dims = 0;
  int sources = 0;

  GateCells view() const { return {{x.data(), static_cast<std::int64_t>(source.size()), dims}, source, sources, train, held_out}; }
};

/// `cells` of each source, standard normal; `change(source, row of dims)` is applied to each. Every third cell is held out.
Cloud cloud(int sources, int cells, std::int64_t dims, std::uint64_t seed, const std::function<void(int, std::span<float>)>& change = {}) {
  Rng rng(seed);
  Cloud made;
  made.dims = dims;
  made.sources = sources;
  for (int i = 0; i < sources * cells; ++i) {
    made.source.push_back(i % sources);
    std::vector<float> row;
    for (std::int64_t d = 0; d < dims; ++d) row.push_back(static_cast<float>(rng.normal()));
    if (change) change(i % sources, row);
    made.x.insert(made.x.end(), row.begin(), row.end());
    (i / sources % 3 == 2 ? made.held_out : made.train).push_back(i);
  }
  return made;
}

void centre_by_source(Cloud& c, std::span<const std::int64_t> rows) {
  for (int s = 0; s < c.sources; ++s)
    for (std::int64_t d = 0; d < c.dims; ++d) {
      double sum = 0, n = 0;
      for (const std::int64_t row : rows)
        if (c.source[static_cast<std::size_t>(row)] == s) sum += c.x[static_cast<std::size_t>(row * c.dims + d)], n += 1;
      for (std::size_t row = 0; row < c.source.size(); ++row)
        if (c.source[row] == s) c.x[row * static_cast<std::size_t>(c.dims) + static_cast<std::size_t>(d)] -= static_cast<float>(sum / n);
    }
}

GateOptions options(std::uint64_t seed = 1) {
  GateOptions how;
  how.seed = seed;
  return how;
}

TEST(AlignmentGates, ASameSourceControlPasses) {
  int passed = 0, pairs = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const AlignmentGates gates = alignment_gates(cloud(4, 300, 32, seed).view(), options(seed));
    EXPECT_EQ(gates.pairs.size(), 6u);
    EXPECT_FALSE(gates.leak());
    passed += gates.passed();
    pairs += static_cast<int>(gates.pairs.size());
  }
  EXPECT_GE(passed, pairs - 1) << "of " << pairs;   // 95 % a pair at gate 0, more at .36
}

TEST(AlignmentGates, AShiftFailsByDistanceAndClassifier) {
  const auto shifted = cloud(3, 300, 16, 2, [](int s, std::span<float> row) { row[0] += s == 2 ? 2.6f : 0.0f; });
  const AlignmentGates gates = alignment_gates(shifted.view(), options());
  EXPECT_EQ(gates.passed(), 1);
  for (const PairGate& pair : gates.pairs) {
    EXPECT_EQ(pair.passes(), pair.b != 2);
    if (pair.b == 2) {
      EXPECT_NEAR(pair.squared, 2.6 * 2.6, 1.5);
      EXPECT_FALSE(pair.distance_passes);
      EXPECT_FALSE(pair.auc_passes);
    }
  }
  ASSERT_NE(gates.worst(), nullptr);
  EXPECT_EQ(gates.worst()->b, 2);
}

TEST(AlignmentGates, TheSquaredDistanceIsUnbiased) {
  double mixed = 0, apart = 0;
  constexpr int kRounds = 60;
  GateOptions how = options();
  how.bootstrap = 20;
  how.classify_all = false;
  for (std::uint64_t seed = 0; seed < kRounds; ++seed) {
    const auto shift = [](int s, std::span<float> row) { row[1] += s == 1 ? 1.0f : 0.0f; };
    how.seed = seed;
    mixed += alignment_gates(cloud(2, 150, 24, 100 + seed).view(), how).pairs.front().squared / kRounds;
    apart += alignment_gates(cloud(2, 150, 24, 200 + seed, shift).view(), how).pairs.front().squared / kRounds;
  }
  // 50 held-out cells a source: sampling alone adds 24 (1/50 + 1/50) = .96. S of 100 training cells is fitted too well by some 20 %.
  EXPECT_NEAR(mixed, 0, 0.12);
  EXPECT_NEAR(apart, 1.1, 0.3);
}

TEST(AlignmentGates, CentringAloneFails) {
  // Sources differ in the shape of their cloud, not only in place: the means meet, a classifier still tells them apart.
  auto shaped = cloud(3, 400, 12, 3, [](int s, std::span<float> row) {
    for (std::size_t d = 0; d < row.size(); ++d) row[d] = row[d] * (s == 2 && d % 2 == 0 ? 2.5f : 1.0f) + 4 * static_cast<float>(s);
  });
  EXPECT_EQ(alignment_gates(shaped.view(), options()).passed(), 0);
  centre_by_source(shaped, shaped.train);
  const AlignmentGates gates = alignment_gates(shaped.view(), options());
  for (const PairGate& pair : gates.pairs) {
    EXPECT_TRUE(pair.distance_passes) << pair.a << pair.b;
    EXPECT_EQ(pair.auc_passes, pair.b != 2) << pair.a << pair.b << " AUC " << pair.auc.value;
  }
}

TEST(AlignmentGates, ScaleChangesNoVerdict) {
  auto c = cloud(3, 200, 8, 4, [](int s, std::span<float> row) { row[0] += s == 1 ? 0.8f : 0.0f; });
  const AlignmentGates before = alignment_gates(c.view(), options());
  for (const float factor : {0.125f, 0.1f}) {
    auto small = c;
    for (float& value : small.x) value *= factor;
    const AlignmentGates after = alignment_gates(small.view(), options());
    for (std::size_t i = 0; i < before.pairs.size(); ++i) {
      EXPECT_EQ(after.pairs[i].passes(), before.pairs[i].passes());
      EXPECT_NEAR(after.pairs[i].bound, before.pairs[i].bound, 1e-4);
      EXPECT_NEAR(after.pairs[i].auc.value, before.pairs[i].auc.value, 0.02);
    }
  }
}

TEST(AlignmentGates, NoiseWithLeakyCentringRaisesTheAlarm) {
  // Centring on training and held-out cells together: the mean of the one part is the other's with the sign turned.
  auto noise = cloud(3, 120, 400, 5);
  centre_by_source(noise, noise.train);
  EXPECT_FALSE(alignment_gates(noise.view(), options()).leak());
  std::vector<std::int64_t> all = noise.train;
  all.insert(all.end(), noise.held_out.begin(), noise.held_out.end());
  centre_by_source(noise, all);
  const AlignmentGates leaky = alignment_gates(noise.view(), options());
  EXPECT_TRUE(leaky.leak());
  EXPECT_LT(leaky.passed(), 3);
}

TEST(AlignmentGates, ACollapsePassesNothing) {
  auto flat = cloud(2, 200, 4, 6, [](int s, std::span<float> row) { std::fill(row.begin(), row.end(), static_cast<float>(s)); });
  const AlignmentGates gates = alignment_gates(flat.view(), options());
  EXPECT_EQ(gates.passed(), 0);
}

TEST(AlignmentGates, TooFewCellsAreNotJudgedAndThreadsChangeNothing) {
  EXPECT_TRUE(alignment_gates(cloud(2, 25, 4, 7).view(), options()).pairs.empty());
  const auto c = cloud(3, 150, 6, 8);
  GateOptions two = options();
  two.threads = 2;
  const AlignmentGates a = alignment_gates(c.view(), options()), b = alignment_gates(c.view(), two);
  for (std::size_t i = 0; i < a.pairs.size(); ++i) {
    EXPECT_EQ(a.pairs[i].bound, b.pairs[i].bound);
    EXPECT_EQ(a.pairs[i].auc.value, b.pairs[i].auc.value);
  }
}

}  // namespace
}  // namespace geocyte::stats
