// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of a tissue, and the noise slider that asks the engine.
#include "tests/unit/widgets/tissue/tissue_fixture.h"
#include "widgets/tissue/probe_bar.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::tissue;
using Fixture = geocyte::test::TissueFixture;
using geocyte::test::floatArray;
using geocyte::test::kAll;
using geocyte::test::twoSlides;

class TestTissueProbe : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void samplesAndTheirMeanAreChosenByMouse() {
    ArrayMap map = twoSlides();
    std::vector<float> values;
    for (int k = 0; k < 2; ++k)
      for (int i = 0; i < kAll; ++i) values.insert(values.end(), {static_cast<float>(std::cos(i) + k), static_cast<float>(std::sin(3 * i))});
    map.arrays["coordinates/samples"] = floatArray(values, {2, kAll, 2}, {"sample", "cell", "xy"});
    const Fixture f(map, {{"samples", "coordinates/samples"}});
    f.choose("tissuePlaces", "mean of 2 samples");
    QVERIFY(f.view->scene().fit.rms > 0.1);          // something else than the prediction
    const double mean = f.view->scene().fit.rms;
    f.choose("tissuePlaces", "sample 2");
    QVERIFY(std::abs(f.view->scene().fit.rms - mean) < 1e-6);   // samples differ by a shift alone
    QStringList offered;
    for (const auto& choice : f.child<ChoiceButton>("tissueColor")->choices()) offered << choice.id;
    QVERIFY(offered.contains("array:tissue/spread"));
  }

  void theSliderAsksOnceItRestsAndTheAnswerIsShown() {
    Fixture f(twoSlides(), {{"probe_sigma", "0.3"}});
    QVERIFY(f.view->probeBar()->isVisible());
    QCOMPARE(f.view->probeBar()->sigma(), 0.3);
    QList<double> asked;
    connect(&f.probe, &ProbeModel::asked, this, [&](const QVariantMap& args) { asked << args.value("sigma").toDouble(); });
    auto* slider = f.child<QWidget>("probeSigma");
    for (int i = 0; i < 5; ++i) QTest::keyClick(slider, Qt::Key_Right);
    QVERIFY(asked.isEmpty());
    QTRY_COMPARE(asked.size(), qsizetype{1});
    QCOMPARE(f.probe.args().value("source").toString(), QString("B"));
    QVERIFY(asked[0] > 0.3 && asked[0] < 2.4);
    QVERIFY(f.view->probeBar()->text().contains("the engine works"));
    f.probe.setProgress("starting an engine");
    QVERIFY(f.view->probeBar()->text().contains("starting an engine"));
    ArrayMap answer;
    answer.arrays["coordinates/probe"] = f.view->scene().isEmpty() ? ArrayView() : twoSlides().arrays["coordinates/target"];
    answer.arrays["coordinates/probe"].caption = "refined from 0.8";
    f.probe.answer(answer);
    QCOMPARE(f.child<ChoiceButton>("tissuePlaces")->current(), QString("probe"));
    QVERIFY(f.view->caption().contains("refined from 0.8"));
    QVERIFY(f.view->count().contains("turned 0°"));
    QVERIFY(f.view->probeBar()->text().contains("answered in"));
    QTest::keyClick(slider, Qt::Key_Return);
    QCOMPARE(asked.size(), qsizetype{2});
    // An engine that has no refiner answers with what a snapshot holds: that is no refined tissue.
    f.probe.answer(twoSlides());
    QVERIFY2(f.view->probeBar()->text().startsWith("No refine stage has run yet"), qPrintable(f.view->probeBar()->text()));
    QCOMPARE(f.child<ChoiceButton>("tissuePlaces")->current(), QString("predicted"));
    QTest::keyClick(slider, Qt::Key_Return);
    f.probe.fail("the engine left");
    QCOMPARE(f.view->probeBar()->text(), QString("the engine left"));
    f.probe.reset();
    QCOMPARE(f.child<ChoiceButton>("tissuePlaces")->current(), QString("predicted"));
    const Fixture without(twoSlides());
    QVERIFY(!without.view->probeBar()->isVisible());
  }

  void onlyTheNewestOfTheQuestionsThatWaitIsAsked() {
    ProbeModel probe;
    QList<int> asked;
    connect(&probe, &ProbeModel::asked, this, [&](const QVariantMap& args) { asked << args.value("n").toInt(); });
    for (int i = 1; i <= 4; ++i) probe.ask({{"n", i}});
    QCOMPARE(asked, QList<int>{1});
    probe.answer({});
    QCOMPARE(asked, (QList<int>{1, 4}));
    probe.fail("no");
    QCOMPARE(probe.state(), ProbeModel::State::failed);
    probe.answer({});                                // nobody asked
    QCOMPARE(probe.state(), ProbeModel::State::failed);
  }

  void cleanupTestCase() { theme_.reset(); }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestTissueProbe)
#include "tst_tissue_probe.moc"
