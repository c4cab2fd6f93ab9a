// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <numeric>
#include <random>

#include "widgets/loss_composition/share_stack.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::loss_composition;

class TestShareStack : public QObject {
  Q_OBJECT

  static std::shared_ptr<Series> series(std::vector<double> steps, std::vector<double> values) {
    auto made = std::make_shared<Series>();
    made->steps = std::move(steps);
    made->values = std::move(values);
    return made;
  }
  static ShareStack stackOf(const ShareStack::Terms& terms) {
    ShareStack stack;
    stack.setTerms(terms);
    return stack;
  }
  static ShareStack::Terms randomTerms(std::size_t count, int steps) {
    std::mt19937 random(5);
    std::normal_distribution<double> normal;
    ShareStack::Terms terms;
    for (std::size_t k = 0; k < count; ++k) {
      auto made = std::make_shared<Series>();
      for (int s = 0; s < steps; ++s) made->steps.push_back(3 * s), made->values.push_back(normal(random));
      terms.push_back(made);
    }
    return terms;
  }

 private slots:
  void sharesAreAbsoluteValuesOverTheirSum() {
    const ShareStack stack = stackOf({series({0, 1}, {1, 3}), series({0, 1}, {3, -1})});
    QCOMPARE(stack.share(0, 0), 0.25);
    QCOMPARE(stack.share(0, 1), 0.75);
    QCOMPARE(stack.share(1, 1), 0.25);
    QVERIFY(stack.hasNegative());
    QVERIFY(!stackOf({series({0}, {0.0}), series({0}, {1})}).hasNegative());
  }

  void sharesSumToOneAndDoNotDependOnTheScale() {
    const ShareStack::Terms terms = randomTerms(5, 500);
    ShareStack::Terms scaled;
    for (const auto& term : terms) {
      auto copy = std::make_shared<Series>(*term);
      for (double& value : copy->values) value *= 1e150;
      scaled.push_back(copy);
    }
    const ShareStack stack = stackOf(terms), large = stackOf(scaled);
    for (const std::size_t most : {1000u, 37u, 1u}) {
      const auto buckets = stack.condensed(most), others = large.condensed(most);
      QVERIFY(buckets.size() <= most);
      for (std::size_t b = 0; b < buckets.size(); ++b) {
        QVERIFY(std::abs(std::accumulate(buckets[b].share.begin(), buckets[b].share.end(), 0.0) - 1) < 1e-12);
        for (std::size_t k = 0; k < 5; ++k) {
          QVERIFY(std::abs(buckets[b].share[k] - others[b].share[k]) < 1e-9);
          QVERIFY(buckets[b].low[k] <= buckets[b].share[k] + 1e-12 && buckets[b].share[k] <= buckets[b].high[k] + 1e-12);
        }
      }
    }
  }

  void condensingLosesNoExtremeAndNoSpike() {
    auto calm = std::make_shared<Series>(), spiky = std::make_shared<Series>();
    for (int s = 0; s < 100000; ++s) {
      calm->steps.push_back(s), calm->values.push_back(1);
      spiky->steps.push_back(s), spiky->values.push_back(s == 54321 ? 1e6 : 1);
    }
    const ShareStack stack = stackOf({calm, spiky});
    const auto buckets = stack.condensed(300);
    double highest = 0, share = 0;
    for (const Bucket& bucket : buckets)
      if (bucket.from <= 54321 && 54321 <= bucket.to) highest = bucket.high[1], share = bucket.share[1];
    QCOMPARE(highest, 1e6 / (1e6 + 1));
    QVERIFY2(share > 0.99, "a spike weighs as much as it is large");
    QCOMPARE(buckets.front().from, 0.0);
    QCOMPARE(buckets.back().to, 99999.0);
  }

  void aGrowingRunKeepsItsBuckets() {
    const ShareStack::Terms terms = randomTerms(3, 1000);
    ShareStack::Terms grown;
    for (const auto& term : terms) grown.push_back(std::make_shared<Series>(*term));
    ShareStack stack = stackOf(grown);
    const auto before = stack.condensed(200);
    for (const auto& term : grown) {
      auto* series = const_cast<Series*>(term.get());
      series->steps.push_back(3000), series->values.push_back(1);
    }
    stack.setTerms(grown);
    QCOMPARE(stack.size(), std::size_t{1001});
    const auto after = stack.condensed(200);
    for (std::size_t b = 0; b + 1 < before.size(); ++b) QVERIFY(before[b].from == after[b].from && before[b].share == after[b].share);
  }

  void appendingGivesWhatReadingAnewGives() {
    const ShareStack::Terms all = randomTerms(3, 300);
    ShareStack::Terms growing;
    for (std::size_t k = 0; k < 3; ++k) growing.push_back(std::make_shared<Series>());
    ShareStack stack;
    std::mt19937 random(1);
    std::size_t have[3] = {0, 0, 0};
    while (have[0] + have[1] + have[2] < 900) {
      for (std::size_t k = 0; k < 3; ++k) {   // the terms come unevenly, one may lag behind the others
        auto* series = const_cast<Series*>(growing[k].get());
        for (std::size_t n = random() % 7; n > 0 && have[k] < 300; --n, ++have[k]) {
          series->steps.push_back(all[k]->steps[have[k]]);
          series->values.push_back(all[k]->values[have[k]]);
        }
      }
      stack.setTerms(growing);
      const ShareStack anew = stackOf(growing);
      QCOMPARE(stack.size(), anew.size());
      for (std::size_t row = 0; row < stack.size(); ++row)
        for (std::size_t k = 0; k < 3; ++k) QCOMPARE(stack.share(row, k), anew.share(row, k));
    }
  }

  void aTermHoldsBetweenItsSamplesAndCountsOnlyWhileItIsThere() {
    const ShareStack stack = stackOf({series({0, 1, 2, 3, 4}, {1, 1, 1, 1, 1}), series({1, 3}, {1, 3})});
    QCOMPARE(stack.size(), std::size_t{5});
    const double expected[] = {0, 0.5, 0.5, 0.75, 0};
    for (std::size_t row = 0; row < 5; ++row) QCOMPARE(stack.share(row, 1), expected[row]);
  }

  void stepsWithoutASumAreKnownAsSuch() {
    const ShareStack stack = stackOf({series({0, 1, 2, 3}, {1, NAN, 0, INFINITY}), series({0, 1, 2, 3}, {1, 1, 0, 1})});
    QCOMPARE(stack.unknown(), 3);
    QVERIFY(stack.isKnown(0) && !stack.isKnown(1) && !stack.isKnown(2) && !stack.isKnown(3));
    QVERIFY(std::isnan(stack.share(1, 0)));
    QCOMPARE(stack.nearest(3), std::size_t{0});
    const auto buckets = stack.condensed(100);
    QVERIFY(buckets[0].known && !buckets[1].known);
    const ShareStack none = stackOf({series({0}, {NAN})});
    QCOMPARE(none.nearest(0), none.size());
    QVERIFY(!none.condensed(4)[0].known);
  }

  void brokenSeriesSurvive() {
    QCOMPARE(stackOf({}).size(), std::size_t{0});
    QVERIFY(stackOf({}).condensed(10).empty());
    QCOMPARE(stackOf({series({0, 1, 2}, {1})}).size(), std::size_t{1});            // shorter values
    QCOMPARE(stackOf({series({0, 5, 3, NAN, 6}, {1, 1, 1, 1, 1})}).size(), std::size_t{3});   // steps that go back
    QCOMPARE(stackOf({series({7}, {1e308}), series({7}, {1e308})}).unknown(), 1);  // a sum beyond all numbers
  }
};

QTEST_MAIN(TestShareStack)
#include "tst_share_stack.moc"
