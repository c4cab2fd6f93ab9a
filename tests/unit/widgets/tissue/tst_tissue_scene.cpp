// SPDX-License-Identifier: GPL-3.0-or-later
// What a tissue view shows, without any widget: fits, neighbours, slides, samples.
#include <QTest>

#include <random>

#include "tests/unit/widgets/tissue/tissue_data.h"
#include "widgets/tissue/alignment.h"
#include "widgets/tissue/neighbours.h"
#include "widgets/tissue/scene.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::tissue;
using namespace geocyte::test;

class TestTissueScene : public QObject {
  Q_OBJECT

  static Places cloud(int n, int dims, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    Places made;
    for (int i = 0; i < n; ++i) made.push_back({normal(random), 2 * normal(random), dims == 3 ? 0.5 * normal(random) : 0});
    return made;
  }
  static Scene sceneOf(const ArrayMap& map, const SceneChoice& choice) { return makeScene(map, tissueBindings(), {}, choice); }

 private slots:
  void aKnownMotionIsFoundAgain_data() {
    QTest::addColumn<double>("degrees");
    QTest::addColumn<double>("scale");
    QTest::addColumn<bool>("mirrored");
    QTest::newRow("as it is") << 0.0 << 1.0 << false;
    QTest::newRow("turned") << 73.0 << 1.0 << false;
    QTest::newRow("half a turn, smaller") << 180.0 << 0.25 << false;
    QTest::newRow("mirrored") << -35.0 << 3.0 << true;
  }
  void aKnownMotionIsFoundAgain() {
    QFETCH(double, degrees);
    QFETCH(double, scale);
    QFETCH(bool, mirrored);
    const Places target = cloud(50, 2, 3);
    const Places source = moved(target, degrees, scale, mirrored, 4, -7);
    const Similarity fit = fitOnto(source, target, {}, 2, Fit::rotation_scale);
    QVERIFY(std::abs(fit.scale - 1 / scale) < 1e-12);
    QCOMPARE(fit.mirrored, mirrored);
    QVERIFY(fit.rms < 1e-12);
    QCOMPARE(fit.n, std::int64_t{50});
    for (std::size_t i = 0; i < target.size(); ++i) QVERIFY(distance(fit(source[i]), target[i]) < 1e-11);
    if (!mirrored) QVERIFY(std::abs(std::remainder(fit.degrees() + degrees, 360)) < 1e-9);
    // Without a scale the size stays: what is left is (1/scale - 1) times the radius, and no other turn does better.
    const Similarity rigid = fitOnto(source, target, {}, 2, Fit::rotation);
    QCOMPARE(rigid.scale, 1.0);
    QVERIFY(rigid.rms <= fitOnto(source, target, {}, 2, Fit::none).rms + 1e-12);
  }

  void noOtherMotionOfNoisyPlacesLiesNearer() {
    Places target = cloud(60, 2, 5), source = moved(target, 40, 1.5, true, 1, 1);
    std::mt19937 random(1);
    std::normal_distribution<double> normal(0, 0.3);
    for (Place& place : source) place[0] += normal(random), place[1] += normal(random);
    const Similarity best = fitOnto(source, target, {}, 2, Fit::rotation_scale);
    for (const double off : {-0.02, 0.02}) {
      for (int kind = 0; kind < 3; ++kind) {
        Similarity other = best;
        if (kind == 0) other.scale *= 1 + off;
        if (kind == 1) other.to[0] += off;
        if (kind == 2) {
          const auto turn = best.turn;
          for (std::size_t c = 0; c < 2; ++c) {
            other.turn[0][c] = std::cos(off) * turn[0][c] - std::sin(off) * turn[1][c];
            other.turn[1][c] = std::sin(off) * turn[0][c] + std::cos(off) * turn[1][c];
          }
        }
        double sum = 0;
        for (std::size_t i = 0; i < source.size(); ++i) sum += std::pow(distance(other(source[i]), target[i]), 2);
        QVERIFY(std::sqrt(sum / 60) > best.rms);
      }
    }
  }

  void spaceIsTurnedAsTheProductOfTwoTurnsTells() {
    const Places target = cloud(40, 3, 9);
    // x -> y -> z -> x, mirrored in x, times 2
    Places source;
    for (const Place& p : target) source.push_back({2 * p[1] + 1, 2 * p[2], -2 * p[0]});
    const Similarity fit = fitOnto(source, target, {}, 3, Fit::rotation_scale);
    QVERIFY(std::abs(fit.scale - 0.5) < 1e-12);
    QVERIFY(fit.mirrored);
    QVERIFY(fit.rms < 1e-11);
  }

  void placesThatAreNotKnownAndRowsThatAreNotAskedForDoNotCount() {
    Places target = cloud(20, 2, 2), source = moved(target, 10, 2, false, 0, 0);
    source[3] = {NAN, NAN, NAN};
    target[7] = {NAN, NAN, NAN};
    std::vector<std::uint8_t> rows(20, 1);
    rows[0] = 0;
    source[0] = {1000, 1000, 0};
    const Similarity fit = fitOnto(source, target, rows, 2, Fit::rotation_scale);
    QCOMPARE(fit.n, std::int64_t{17});
    QVERIFY(fit.rms < 1e-12);
    QCOMPARE(fitOnto({}, {}, {}, 2, Fit::rotation).n, std::int64_t{0});
    const Places heap(5, Place{1, 1, 0});
    const Similarity still = fitOnto(heap, cloud(5, 2, 1), {}, 2, Fit::rotation_scale);
    QCOMPARE(still.scale, 1.0);
    QVERIFY(std::isfinite(still.rms));
  }

  void neighboursEqualThoseOfAFullSearch() {
    Places places = cloud(300, 3, 8);
    for (int i = 0; i < 20; ++i) places.push_back(Place{0.5, 0.5, 0.5});   // a heap
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < places.size(); i += 2) rows.push_back(i);
    const std::vector<std::int32_t> near = nearest(places, rows, 5);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::vector<double> all;
      for (std::size_t j = 0; j < rows.size(); ++j)
        if (j != i) all.push_back(distance(places[rows[i]], places[rows[j]]));
      std::sort(all.begin(), all.end());
      for (std::size_t x = 0; x < 5; ++x) {
        const std::int32_t at = near[i * 5 + x];
        QVERIFY(at >= 0 && static_cast<std::size_t>(at) != i);
        QCOMPARE(distance(places[rows[i]], places[rows[static_cast<std::size_t>(at)]]), all[x]);
      }
    }
    QCOMPARE(nearest(places, {0, 1}, 4), (std::vector<std::int32_t>{1, -1, -1, -1, 0, -1, -1, -1}));
  }

  void sharedNeighboursAreCountedByHand() {
    // Two neighbours of three cells each: the first shares one, the second both, the third none (not asked for).
    const std::vector<std::int32_t> a{1, 2, 0, 2, 0, 1}, b{1, 3, 2, 0, 3, 3};
    const SharedNeighbours two = sharedNeighbours(a, b, 2, {1, 1, 0});
    QCOMPARE(two.n, std::int64_t{2});
    QCOMPARE(two.recall, 0.75);
    QCOMPARE(two.jaccard, (1.0 / 3 + 1) / 2);
    QCOMPARE(two.chance_recall, 1.0);
  }

  void aSceneShowsOneSlideInTheFrameOfTheTruth() {
    const Scene scene = sceneOf(twoSlides(), {"B", "predicted", Fit::rotation_scale});
    QCOMPARE(scene.cells, std::int64_t{kB});
    QCOMPARE(scene.known, std::int64_t{kB});
    QVERIFY(std::abs(scene.fit.scale - 0.5) < 1e-6);
    for (int i = kA; i < kA + kB; ++i) QVERIFY(scene.error[static_cast<std::size_t>(i)] < 1e-5);
    QVERIFY(!isKnown(scene.predicted[0]) && !isKnown(scene.predicted[kAll - 1]));
    QCOMPARE(scene.k, 10);
    QCOMPARE(scene.shared({}).recall, 1.0);
    // Without a scale it is twice as large: its mean error is that of the radii, and neighbours are the same.
    const Scene rigid = sceneOf(twoSlides(), {"B", "predicted", Fit::rotation});
    QVERIFY(std::abs(rigid.fit.rms / rigid.unit - 1) < 1e-5);
    QCOMPARE(rigid.shared({}).recall, 1.0);
    const Scene loose = sceneOf(twoSlides(), {"loose", "predicted", Fit::rotation});
    QCOMPARE(loose.placed, std::int64_t{kLoose});
    QCOMPARE(loose.known, std::int64_t{0});
    QCOMPARE(loose.fit.n, std::int64_t{0});
    QCOMPARE(loose.k, 0);
  }

  void theHeldOutSlideIsShownFirst() {
    ArrayMap map = twoSlides();
    QCOMPARE(slidesOf(map, tissueBindings()), (QStringList{"A", "B", "loose"}));
    QCOMPARE(firstSlide(map, tissueBindings()), QString("B"));
    map.labels["role"] = labelOf("role", {"held_out", "train"}, {0, 1, 1});   // one a slide
    QCOMPARE(firstSlide(map, tissueBindings()), QString("A"));
    map.labels.remove("role");
    QCOMPARE(firstSlide(map, tissueBindings()), QString("B"));
    map.labels.clear();
    QVERIFY(slidesOf(map, tissueBindings()).isEmpty());
    QCOMPARE(sceneOf(map, {"", "predicted", Fit::none}).cells, std::int64_t{kAll});
  }

  void samplesAreOfferedOneByOneAndAsTheirMean() {
    ArrayMap map = twoSlides();
    QHash<QString, QString> bindings = tissueBindings();
    bindings["samples"] = "coordinates/samples";
    std::vector<float> values;
    for (int k = 0; k < 3; ++k)
      for (int i = 0; i < kAll; ++i) values.insert(values.end(), {static_cast<float>(i + k), i == 5 && k == 2 ? NAN : 0.F});
    map.arrays["coordinates/samples"] = floatArray(values, {3, kAll, 2}, {"sample", "cell", "xy"});
    const auto choices = placesChoices(map, bindings, {});
    QStringList ids;
    for (const auto& choice : choices) ids << choice.id;
    QCOMPARE(ids, (QStringList{"predicted", "mean", "sample:1", "sample:2", "sample:3"}));
    const ArrayView& samples = map.arrays["coordinates/samples"];
    QCOMPARE(meanOf(samples)[0], (Place{1, 0, 0}));
    QCOMPARE(meanOf(samples)[5], (Place{5.5, 0, 0}));          // of the two that are known
    QVERIFY(!isKnown(sampleOf(samples, 2)[5]));
    QCOMPARE(spreadOf(samples)[0], 1.0);
    QCOMPARE(makeScene(map, bindings, {}, {"", "sample:2", Fit::none}).predicted[7], (Place{8, 0, 0}));
    QVERIFY(!isKnown(makeScene(map, bindings, {}, {"", "sample:9", Fit::none}).predicted[7]));
  }

  void hostileArraysGiveNoSceneOrAnEmptyOne() {
    QVERIFY(sceneOf({}, {}).isEmpty());
    ArrayMap map = twoSlides();
    map.arrays["coordinates/predicted"] = floatArray({1, 2, 3}, {3}, {"cell"});
    QVERIFY(!sceneOf(map, {"B", "predicted", Fit::rotation}).isEmpty());   // the truth is still there
    map.arrays["coordinates/target"] = floatArray({1, 2, 3, 4}, {1, 4}, {"cell", "four"});
    QVERIFY(sceneOf(map, {"B", "predicted", Fit::rotation}).isEmpty());
    map = twoSlides();
    map.arrays["coordinates/target"] = placesArray(spiral(3), 2);          // of other rows
    const Scene scene = sceneOf(map, {"B", "predicted", Fit::rotation});
    QCOMPARE(scene.known, std::int64_t{0});
    QCOMPARE(scene.placed, std::int64_t{kB});
    map.arrays["coordinates/predicted"] = floatArray(std::vector<float>(2 * kAll, NAN), {kAll, 2}, {"cell", "xy"});
    QCOMPARE(sceneOf(map, {"B", "predicted", Fit::rotation_scale}).placed, std::int64_t{0});
    map.arrays["coordinates/predicted"] = floatArray(std::vector<float>(2 * kAll, 1), {kAll, 2}, {"cell", "xy"});
    QVERIFY(std::isfinite(sceneOf(map, {"B", "predicted", Fit::rotation_scale}).unit));
    map.labels["source"] = labelOf("source", {}, std::vector<std::int32_t>(kAll, 5));
    QVERIFY(slidesOf(map, tissueBindings()).isEmpty());
  }
};

QTEST_GUILESS_MAIN(TestTissueScene)
#include "tst_tissue_scene.moc"
