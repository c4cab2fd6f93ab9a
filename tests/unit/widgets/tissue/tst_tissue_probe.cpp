// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of a tissue, and the noise slider that asks the engine.
#include <QToolButton>

#include <cmath>

#include "tests/unit/widgets/tissue/tissue_fixture.h"
#include "widgets/tissue/probe_bar.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::tissue;
using Fixture = geocyte::test::TissueFixture;
using geocyte::test::floatArray;
using geocyte::test::kA;
using geocyte::test::kAll;
using geocyte::test::twoSlides;

class TestTissueProbe : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void keysStepThroughTheAnswers() {
    ArrayMap map = twoSlides();
    std::vector<float> values(static_cast<std::size_t>(2 * kAll * 2), 0.5F);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += 0.01F * static_cast<float>(i % 37);
    map.arrays["coordinates/samples"] = floatArray(values, {2, kAll, 2}, {"sample", "cell", "xy"});
    const Fixture f(map, {{"samples", "coordinates/samples"}});
    auto* places = f.child<ChoiceButton>("tissuePlaces");
    QCOMPARE(places->current(), QString("predicted"));
    QTest::keyClick(f.canvas(), Qt::Key_Period);
    QCOMPARE(places->current(), QString("mean"));
    QTest::keyClick(f.canvas(), Qt::Key_Period);
    QCOMPARE(places->current(), QString("sample:1"));
    QTest::keyClick(f.canvas(), Qt::Key_Comma);
    QTest::keyClick(f.canvas(), Qt::Key_Comma);
    QTest::keyClick(f.canvas(), Qt::Key_Comma);
    QCOMPARE(places->current(), QString("sample:2"));   // round about
  }

  void aSelectedCellHasTheEllipseOfItsSamples() {
    ArrayMap map = twoSlides();
    const ArrayView& predicted = map.arrays["coordinates/predicted"];
    // Samples lie along a line at 30 degrees about each place: far off along it, hardly across.
    std::vector<float> values;
    const double along[] = {-1, 1}, across[] = {0.1, 0.1};
    for (int k = 0; k < 2; ++k)
      for (int i = 0; i < kAll; ++i) {
        const double c = std::cos(0.5235988), s = std::sin(0.5235988);
        values.push_back(static_cast<float>(predicted.at(2 * i) + c * along[k] - s * across[k]));
        values.push_back(static_cast<float>(predicted.at(2 * i + 1) + s * along[k] + c * across[k]));
      }
    map.arrays["coordinates/samples"] = floatArray(values, {2, kAll, 2}, {"sample", "cell", "xy"});
    map.arrays["coordinates/uncertainty"] = floatArray(std::vector<float>(kAll, 0.5F), {kAll}, {"cell"});
    Fixture f(map, {{"samples", "coordinates/samples"}, {"uncertainty", "coordinates/uncertainty"}});
    f.view->setFit(Fit::none);
    const auto ellipse = f.view->ellipseOf(kA + 3);
    QVERIFY(ellipse.has_value());
    QVERIFY(std::abs(std::hypot(ellipse->longer, ellipse->shorter) - 0.5) < 1e-6);   // of the size that the run says
    QVERIFY2(std::abs(ellipse->longer / ellipse->shorter - 10) < 0.1, qPrintable(QString::number(ellipse->longer / ellipse->shorter)));
    QVERIFY(std::abs(ellipse->angle - 0.5235988) < 1e-3);
    f.view->setFit(Fit::rotation_scale);                                             // slide B is turned by -90 degrees and half as large
    QVERIFY(std::abs(f.view->ellipseOf(kA + 3)->longer - ellipse->longer / 2) < 1e-3);
    // It is drawn about a selected cell, and not about others; the key takes it away.
    auto* button = f.child<QToolButton>("tissueEllipses");
    QVERIFY(button->isVisible() && button->isChecked());
    const QImage without = f.picture();
    std::vector<std::uint8_t> mask(kAll, 0);
    mask[kA + 3] = 1;
    f.selection.select("cell", mask, "one");
    const QImage with = f.picture();
    QTest::keyClick(f.canvas(), Qt::Key_U);
    QVERIFY(!button->isChecked());
    QVERIFY(with != f.picture() && with != without);
    f.view->setPlaces("sample:1");
    QVERIFY(!f.view->ellipseOf(kA + 3).has_value());
    const Fixture plain(twoSlides());
    QVERIFY(!plain.child<QToolButton>("tissueEllipses")->isVisible());
    QVERIFY(!plain.view->ellipseOf(kA + 3).has_value());
  }

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

  void theSliderTakesNoInputWhereNothingCouldRefine() {
    Fixture f(twoSlides(), {{"probe_sigma", "0.3"}, {"probe_with", "skill/ratio"}});
    QList<double> asked;
    connect(&f.probe, &ProbeModel::asked, this, [&](const QVariantMap& args) { asked << args.value("sigma").toDouble(); });
    auto* slider = f.child<QWidget>("probeSigma");
    QVERIFY(f.view->probeBar()->isVisible() && !slider->isVisible() && !f.child<QWidget>("probeAgain")->isVisible());
    QVERIFY2(f.view->probeBar()->text().startsWith("No refiner at this step"), qPrintable(f.view->probeBar()->text()));
    QTest::keyClick(f.view->probeBar(), Qt::Key_Return);
    QTest::qWait(250);
    QVERIFY(asked.isEmpty());
    ArrayMap refined = twoSlides();
    refined.arrays["skill/ratio"] = floatArray({0.9F}, {1}, {"sigma"});
    f.view->setArrays(refined);
    QVERIFY(slider->isVisible());
    QVERIFY(f.view->probeBar()->text().startsWith("Move it to see"));
    QTest::keyClick(slider, Qt::Key_Right);
    QTRY_COMPARE(asked.size(), qsizetype{1});
  }

  void theSliderAsksOnceItRestsAndTheAnswerIsShown() {
    Fixture f(twoSlides(), {{"probe_sigma", "0.3"}});
    QVERIFY(f.view->probeBar()->isVisible());
    for (const int width : {330, 460, 900}) {   // nothing lies over the slider, however narrow
      f.view->probeBar()->setFixedWidth(width);
      QCoreApplication::processEvents();
      const auto right = [&](const char* child) { return f.child<QWidget>(child)->geometry().right(); };
      QVERIFY2(right("probeSigma") < f.child<QWidget>("probeValue")->x() && right("probeValue") < f.child<QWidget>("probeAgain")->x(), qPrintable(QString::number(width)));
    }
    f.view->probeBar()->setMinimumWidth(0);
    f.view->probeBar()->setMaximumWidth(QWIDGETSIZE_MAX);
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
    QVERIFY2(f.view->probeBar()->text().startsWith("No refiner has been trained up to this step"), qPrintable(f.view->probeBar()->text()));
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
