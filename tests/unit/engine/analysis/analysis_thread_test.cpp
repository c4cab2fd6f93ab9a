// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/analysis_thread.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>

#include "engine/analysis/time_budget.h"
#include "engine/analysis/words.h"
#include "engine/core/error.h"
#include "tests/unit/engine/analysis/small_embedding.h"

namespace geocyte::analysis {
namespace {

/// What the thread delivered and logged.
struct Received {
  std::mutex mutex;
  std::vector<store::Snapshot> parts;
  std::vector<std::string> lines;
  std::function<void(store::Snapshot)> deliver() {
    return [this](store::Snapshot part) {
      const std::lock_guard lock(mutex);
      parts.push_back(std::move(part));
    };
  }
  std::function<void(const std::string&)> log() {
    return [this](const std::string& line) {
      const std::lock_guard lock(mutex);
      lines.push_back(line);
    };
  }
  std::multiset<std::string> names() {
    const std::lock_guard lock(mutex);
    std::multiset<std::string> all;
    for (const auto& part : parts) all.insert(part.part + "@" + std::to_string(part.step));
    return all;
  }
};

std::vector<config::DerivedSpec> all_specs() {
  return {{"pca", {}, "embedding/pca", Json::object(), 1},
          {"umap", {}, "embedding/umap", {{"first_epochs", 10}, {"warm_epochs", 5}}, 1},
          {"centroid_distance", {}, "align/centroid_distance", Json::object(), 1}};
}

TEST(AnalysisThread, DrainMakesEveryPartOfTheNewestSnapshot) {
  SmallEmbedding data;
  Received received;
  AnalysisThread thread(all_specs(), 7, 0.0, received.deliver(), received.log());  // a share of 0: only drain may work
  thread.set_axes(data.axes());
  thread.submit(data.snapshot(100));
  thread.submit(data.snapshot(200));
  EXPECT_TRUE(received.names().empty());
  thread.drain(60);
  EXPECT_EQ(received.names(), (std::multiset<std::string>{"centroid_distance@200", "pca@200", "umap@200"}));
  EXPECT_GT(thread.used_seconds(), 0);
  thread.drain(60);  // nothing is done twice
  EXPECT_EQ(received.parts.size(), 3u);
  EXPECT_TRUE(received.lines.empty());
}

TEST(AnalysisThread, DrainWithoutASnapshotReturns) {
  Received received;
  AnalysisThread thread(all_specs(), 7, 0.1, received.deliver(), received.log());
  thread.drain(60);
  EXPECT_TRUE(received.parts.empty());
}

TEST(AnalysisThread, AFailingDerivationIsLoggedAndTheOthersGoOn) {
  SmallEmbedding data;
  auto specs = all_specs();
  specs[0].inputs["points"] = "broken";
  auto raw = data.snapshot(100);
  raw.arrays.push_back(make_array<float>("broken", std::vector<float>(3, 1.0f), {3}, {"cell"}, "points"));
  Received received;
  AnalysisThread thread(specs, 7, 0.0, received.deliver(), received.log());
  thread.set_axes(data.axes());
  thread.submit(raw);
  thread.drain(60);
  EXPECT_EQ(received.names(), (std::multiset<std::string>{"centroid_distance@100", "umap@100"}));
  ASSERT_EQ(received.lines.size(), 1u);
  EXPECT_NE(received.lines[0].find("pca of step 100 is skipped"), std::string::npos) << received.lines[0];
}

TEST(AnalysisThread, AReceiverThatThrowsDoesNotEndTheThread) {
  SmallEmbedding data;
  Received received;
  int calls = 0;
  AnalysisThread thread(
      {{"pca", {}, "embedding/pca", Json::object(), 1}}, 7, 0.0,
      [&](store::Snapshot) {
        if (++calls == 1) throw Error(ErrorCode::storage, "the disk is full");
      },
      received.log());
  thread.set_axes(data.axes());
  thread.submit(data.snapshot(1));
  thread.drain(60);
  thread.submit(data.snapshot(2));
  thread.drain(60);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(received.lines.size(), 1u);
}

TEST(AnalysisThread, UnlimitedWorksWithoutAShare) {
  SmallEmbedding data;
  std::promise<std::string> first;
  AnalysisThread thread({{"pca", {}, "embedding/pca", Json::object(), 1}}, 7, 0.0,
                        [&](store::Snapshot part) { first.set_value(part.part); }, {});
  thread.set_axes(data.axes());
  thread.set_unlimited(true);
  thread.submit(data.snapshot(1));
  EXPECT_EQ(first.get_future().get(), "pca");
}

TEST(AnalysisThread, HeavyDerivationsTakeEveryKthSnapshot) {
  SmallEmbedding data;
  std::mutex mutex;
  std::condition_variable arrived;
  std::multiset<std::string> names;
  auto specs = all_specs();
  specs.erase(specs.begin() + 1);
  specs[1].every = 3;
  AnalysisThread thread(specs, 7, 1.0,
                        [&](store::Snapshot part) {
                          const std::lock_guard lock(mutex);
                          names.insert(part.part + "@" + std::to_string(part.step));
                          arrived.notify_all();
                        },
                        {});
  thread.set_axes(data.axes());
  thread.set_unlimited(true);
  for (int step = 1; step <= 4; ++step) {
    thread.submit(data.snapshot(step));
    std::unique_lock lock(mutex);
    const std::size_t wanted = step == 1 || step == 4 ? 2 : 1;
    arrived.wait(lock, [&] {
      std::size_t of_step = 0;
      for (const auto& name : names) of_step += name.ends_with("@" + std::to_string(step));
      return of_step == wanted;
    });
  }
  EXPECT_EQ(names, (std::multiset<std::string>{"centroid_distance@1", "centroid_distance@4", "pca@1", "pca@2", "pca@3",
                                               "pca@4"}));
}

TEST(AnalysisThread, GatesBeginOnlyWithinTheShareOfWallTime) {
  constexpr double kShare = 0.25;
  using Clock = std::chrono::steady_clock;
  SmallEmbedding data;
  AnalysisThread* self = nullptr;
  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<std::pair<double, double>> deliveries;   // seconds used until then, wall seconds
  const Clock::time_point start = Clock::now();        // before that of the thread
  AnalysisThread thread({{"alignment_gates", {}, "align/gate", Json::object(), 1}}, 7, kShare,
                        [&](store::Snapshot) {
                          const double used = self->used_seconds();
                          const std::lock_guard lock(mutex);
                          deliveries.emplace_back(used, std::chrono::duration<double>(Clock::now() - start).count());
                          arrived.notify_all();
                        },
                        {});
  self = &thread;
  thread.set_axes(data.axes());
  std::unique_lock lock(mutex);
  for (int step = 1; deliveries.size() < 4 && step < 100; ++step) {
    lock.unlock();
    thread.submit(data.snapshot(step));
    lock.lock();
    const auto before = deliveries.size();
    arrived.wait_for(lock, std::chrono::seconds(1), [&] { return deliveries.size() > before; });
  }
  ASSERT_GE(deliveries.size(), 4u);
  for (std::size_t k = 1; k < deliveries.size(); ++k) {
    const double began = deliveries[k].second - (deliveries[k].first - deliveries[k - 1].first);
    EXPECT_LE(deliveries[k - 1].first, kShare * began) << "delivery " << k << " began at " << began << " s";
  }
}

TEST(AnalysisThread, EndsWhileWorkIsQueued) {
  SmallEmbedding data;
  data.each = 400;
  Received received;
  AnalysisThread thread(all_specs(), 7, 1.0, received.deliver(), received.log());
  thread.set_axes(data.axes());
  for (int step = 1; step <= 10; ++step) thread.submit(data.snapshot(step));
}

TEST(AnalysisThread, RefusesAnUnknownMethodAtOnce) {
  EXPECT_THROW(AnalysisThread({{"tea_leaves", {}, "x", Json::object(), 1}}, 7, 0.1, [](store::Snapshot) {}, {}), Error);
}

TEST(TimeBudget, WorkBeginsWhenUsedOverWallIsWithinTheShare) {
  TimeBudget budget(0.1);
  EXPECT_EQ(budget.wait(0.0), 0);  // nothing used yet
  budget.use(2);
  EXPECT_NEAR(budget.wait(5), 15, 1e-12);  // 2 / 20 = .1
  EXPECT_EQ(budget.wait(20), 0);
  budget.set_share(0.5);
  EXPECT_EQ(budget.wait(5), 0);
  budget.set_share(0);
  EXPECT_TRUE(std::isinf(budget.wait(1e9)));
  budget.set_share(7);
  EXPECT_EQ(budget.share(), 1);
}

TEST(TimeBudget, TheShareHoldsOverALongRun) {
  TimeBudget budget(0.1);
  double wall = 0;
  for (int i = 0; i < 1000; ++i) {
    wall += budget.wait(wall);
    budget.use(0.7);
    wall += 0.7;
  }
  EXPECT_NEAR(budget.used() / wall, 0.1, 0.001);
}

TEST(Words, ReadAsAPersonWritesThem) {
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(8510), "8 510");
  EXPECT_EQ(grouped(-1234567), "-1 234 567");
  EXPECT_EQ(brief(0), "0");
  EXPECT_EQ(brief(2.505), "2.50");
  EXPECT_EQ(brief(0.0421), "0.042");
  EXPECT_EQ(brief(118.2), "118");
  EXPECT_EQ(brief(NAN), "unknown");
  EXPECT_EQ(brief(INFINITY), "infinity");
  EXPECT_EQ(range(0.42, 2.51), "0.42–2.51");
  EXPECT_EQ(range(1.001, 1.002), "1.00");
  EXPECT_EQ(percent(0.376), "38 %");
  EXPECT_EQ(percent(0.004), "0.4 %");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b", "c"}), "a, b and c");
}

}  // namespace
}  // namespace geocyte::analysis
