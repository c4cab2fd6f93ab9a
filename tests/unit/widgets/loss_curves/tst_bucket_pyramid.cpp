// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>

#include "widgets/loss_curves/bucket_pyramid.h"
#include "widgets/loss_curves/smoothing.h"

using namespace geocyte::widgets::loss_curves;

class TestBucketPyramid : public QObject {
  Q_OBJECT

  static BucketPyramid noise(int n, unsigned seed = 5) {
    std::mt19937 random(seed);
    BucketPyramid pyramid;
    for (int i = 0; i < n; ++i) pyramid.append(i, static_cast<double>(random() % 100000) / 1e5);
    return pyramid;
  }

 private slots:
  void aSpikeSurvivesAnyReduction() {
    for (const int at : {0, 1, 12345, 49999, 77777, 99998, 99999})
      for (const double spike : {50.0, -50.0}) {
        BucketPyramid pyramid;
        for (int i = 0; i < 100000; ++i) pyramid.append(i, i == at ? spike : std::sin(i * 0.01));
        for (const int columns : {1, 7, 300, 1000}) {
          const auto points = pyramid.sample(0, 1e6, columns);
          const bool kept = std::any_of(points.begin(), points.end(), [&](const Point& p) { return p.step == at && p.value == spike; });
          QVERIFY2(kept, qPrintable(QString("step %1, %2 columns").arg(at).arg(columns)));
        }
      }
  }

  void neverMoreThanTwoPointsAColumn() {
    const BucketPyramid pyramid = noise(123457);
    for (const int columns : {1, 10, 333, 800})
      for (const double from : {0.0, 17.5, 60000.0})
        QVERIFY(pyramid.sample(from, 123457, columns).size() <= static_cast<std::size_t>(2 * columns + 4));
  }

  void samplesAreDataInStepOrder() {
    const BucketPyramid pyramid = noise(5000);
    const auto points = pyramid.sample(100, 4500, 120);
    QVERIFY(std::is_sorted(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.step < b.step; }));
    for (const Point& p : points) QCOMPARE(pyramid.points()[static_cast<std::size_t>(p.step)].value, p.value);
    QCOMPARE(points.front().step, 99.0);   // one neighbour beyond each end
    QCOMPARE(points.back().step, 4501.0);
  }

  void fewPointsAreAllDrawn() {
    const BucketPyramid pyramid = noise(50);
    QCOMPARE(pyramid.sample(0, 49, 100).size(), std::size_t{50});
  }

  void extremesEqualThoseOfAFullScan() {
    const BucketPyramid pyramid = noise(3001);
    std::mt19937 random(9);
    for (int trial = 0; trial < 300; ++trial) {
      const int a = static_cast<int>(random() % 3001), b = a + static_cast<int>(random() % (3001 - static_cast<unsigned>(a)));
      double low = 0, high = 0;
      QVERIFY(pyramid.extremes(a, b, &low, &high));
      const auto begin = pyramid.points().begin();
      const auto [least, most] = std::minmax_element(begin + a, begin + b + 1, [](const Point& p, const Point& q) { return p.value < q.value; });
      QCOMPARE(low, least->value);
      QCOMPARE(high, most->value);
    }
  }

  void growingPointByPointEqualsBuildingAtOnce() {
    BucketPyramid grown;
    const BucketPyramid whole = noise(2000);
    for (const Point& p : whole.points()) {
      grown.append(p.step, p.value);
      grown.sample(0, p.step, 10);
    }
    const auto a = grown.sample(0, 2000, 40), b = whole.sample(0, 2000, 40);
    QCOMPARE(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) QCOMPARE(a[i].value, b[i].value);
  }

  void missingValuesAreKeptApart() {
    BucketPyramid pyramid;
    pyramid.append(0, 1);
    pyramid.append(1, NAN);
    pyramid.append(2, INFINITY);
    pyramid.append(3, 2);
    pyramid.append(2.5, 9);   // backwards: dropped
    QCOMPARE(pyramid.size(), std::size_t{2});
    QCOMPARE(pyramid.missing(), (std::vector<double>{1, 2}));
    QCOMPARE(pyramid.nearest(2.9)->value, 2.0);
    QCOMPARE(pyramid.nearest(-5)->value, 1.0);
  }

  void emptyGivesNothing() {
    const BucketPyramid pyramid;
    double low, high;
    QVERIFY(pyramid.sample(0, 10, 10).empty());
    QVERIFY(!pyramid.extremes(0, 10, &low, &high));
    QVERIFY(!pyramid.nearest(3));
    QVERIFY(noise(10).sample(5, 1, 10).empty());
    QVERIFY(noise(10).sample(NAN, NAN, 10).empty());
  }

  void smoothingKeepsAConstantFromTheFirstValue() {
    Smoother smoother(0.9, 10);
    for (int i = 0; i < 50; ++i) QVERIFY(std::abs(smoother.next(i, 3.25) - 3.25) < 1e-12);
  }

  void smoothingAtItsUnitIsThePlainDebiasedAverage() {
    // By hand for a = .6: m1 = .4, m2 = .24 + .8; divided by 1 - .6 and 1 - .36.
    Smoother smoother(0.6, 10);
    QCOMPARE(smoother.next(0, 1), 1.0);
    QVERIFY(std::abs(smoother.next(10, 2) - (0.24 + 0.8) / 0.64) < 1e-12);
  }

  void smoothingNothingGivesTheRawValues() {
    Smoother smoother(0, 10);
    for (const double value : {1.0, -4.0, 9.0}) QCOMPARE(smoother.next(value * value, value), value);
  }

  void aNanDoesNotPoisonWhatFollows() {
    Smoother smoother(0.6, 1), clean(0.6, 1);
    QCOMPARE(smoother.next(0, 1), clean.next(0, 1));
    QVERIFY(std::isnan(smoother.next(1, NAN)));
    QVERIFY(std::isfinite(smoother.next(2, 5)));
    QVERIFY(std::isfinite(smoother.next(2, 6)));   // the same step again
  }

  void rareSamplesDoNotLag() {
    Smoother smoother(0.6, 1);
    smoother.next(0, 10);
    QVERIFY(std::abs(smoother.next(1000, 0)) < 1e-9);
  }
};

QTEST_APPLESS_MAIN(TestBucketPyramid)
#include "tst_bucket_pyramid.moc"
