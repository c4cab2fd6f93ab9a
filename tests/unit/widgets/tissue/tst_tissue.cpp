// SPDX-License-Identifier: GPL-3.0-or-later
// The tissue view with mouse and keys: what is shown, selected, coloured, said and exported.
#include <QFile>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QToolButton>

#include "tests/unit/widgets/tissue/tissue_fixture.h"
#include "widgets/cloud/gene_picker.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::tissue;
using Fixture = geocyte::test::TissueFixture;
using geocyte::test::floatArray;
using geocyte::test::kA;
using geocyte::test::kAll;
using geocyte::test::kB;
using geocyte::test::labelOf;
using geocyte::test::twoSlides;

class TestTissue : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void theHeldOutSlideLiesOnItsTruthAndTheFitIsPrinted() {
    const Fixture f(twoSlides());
    QCOMPARE(f.view->slide(), QString("B"));
    QCOMPARE(f.view->shows(), Show::overlay);
    QVERIFY2(f.view->count().startsWith("40 of 40 · turned -90°, scale 0.500 · recall@10 1"), qPrintable(f.view->count()));
    QVERIFY(f.view->count().contains("n = 40"));
    QVERIFY2(f.view->caption().startsWith("step 40 · B · off by ") && f.view->caption().endsWith(" radii (rms, n = 40) · mirror images allowed · drawn by hand"), qPrintable(f.view->caption()));
    QCOMPARE(f.canvas()->cloud().shownCount(), std::size_t{kB});
  }

  void keysOneToFourShowPredictedTrueBesideAndOverlay() {
    ArrayMap map = twoSlides();
    const Fixture f(map);
    QTest::keyClick(f.canvas(), Qt::Key_1);
    QCOMPARE(f.view->shows(), Show::predicted);
    QVERIFY(!f.view->secondCanvas()->isVisible());
    QCOMPARE(f.canvas()->corner(), QString("predicted"));
    QTest::keyClick(f.canvas(), Qt::Key_2);
    QCOMPARE(f.canvas()->corner(), QString("true places"));
    QTest::keyClick(f.canvas(), Qt::Key_3);
    QVERIFY(f.view->secondCanvas()->isVisible());
    QCOMPARE(f.view->secondCanvas()->corner(), QString("true places"));
    QTRY_VERIFY(std::abs(f.view->secondCanvas()->width() - f.canvas()->width()) <= 1);
    QVERIFY(std::abs(f.view->secondCanvas()->map().scale / f.canvas()->map().scale - 1) < 0.01 && std::abs(f.view->secondCanvas()->map().origin_x - f.canvas()->map().origin_x) < 2);
    QCOMPARE(f.view->secondCanvas()->cloud().shownCount(), std::size_t{kB});
    QTest::keyClick(f.canvas(), Qt::Key_4);
    QVERIFY(!f.view->secondCanvas()->isVisible());
    QCOMPARE(f.canvas()->corner(), QString("predicted over true"));
  }

  void withoutAFitThePredictionStaysWhereItWasWritten() {
    const Fixture f(twoSlides());
    f.choose("tissueFit", "none");
    QCOMPARE(f.view->fit(), Fit::none);
    QVERIFY(f.view->count().contains("not fitted"));
    const Place& place = f.view->scene().predicted[kA];
    QVERIFY(place[0] > 2 && place[1] > 2);          // it lies around (5, 5)
    f.choose("tissueFit", "rotation");
    QVERIFY(f.view->count().contains("turned -90°") && !f.view->count().contains("scale"));
    QVERIFY(std::abs(f.view->scene().fit.scale - 1) < 1e-12);
  }

  void anotherSlideIsChosenByMouse() {
    const Fixture f(twoSlides());
    f.choose("tissueSlide", "A");
    QCOMPARE(f.view->slide(), QString("A"));
    QCOMPARE(f.canvas()->cloud().shownCount(), std::size_t{kA});
    f.choose("tissueSlide", "loose");
    QVERIFY2(f.view->count().contains("true places are not known"), qPrintable(f.view->count()));
  }

  void aLassoSelectsEverywhereAndTheHeadlineSpeaksOfIt() {
    Fixture f(twoSlides());
    f.lasso(QRect(f.pixel(kA + 5) - QPoint(9, 9), QSize(18, 18)));
    QVERIFY(f.selection.count() >= 1 && f.selection.count() < 6);
    QCOMPARE(f.selection.axis(), QString("cell"));
    QVERIFY(f.selection.mask()[kA + 5]);
    QCOMPARE(f.selection.reason(), QString("lasso in B"));
    QVERIFY2(f.view->count().contains(QString("%1 selected").arg(f.selection.count())), qPrintable(f.view->count()));
    QVERIFY2(f.view->count().contains(QString("n = %1").arg(f.selection.count())), qPrintable(f.view->count()));
    QTest::keyClick(f.canvas(), Qt::Key_Escape);
    QCOMPARE(f.selection.count(), 0);
  }

  void whatIsSelectedElsewhereKeepsItsColourHere() {
    Fixture f(twoSlides());
    QCOMPARE(f.view->colorBy(), QString("cell_type"));
    std::vector<std::uint8_t> mask(kAll, 0);
    mask[kA + 39] = 1;
    f.selection.select("cell", mask, "picked in Align");
    QCOMPARE(f.colorAt(kA + 39), f.palette.category((kA + 39) % 3));
    QVERIFY(f.colorAt(kA + 38) != f.palette.category((kA + 38) % 3));
  }

  void colourFollowsErrorLabelArrayAndGene() {
    ArrayMap map = twoSlides();
    map.arrays["coordinates/uncertainty"] = floatArray(std::vector<float>(kAll, 0.2F), {kAll}, {"cell"});
    std::vector<float> counts;
    for (int i = 0; i < kAll; ++i) counts.insert(counts.end(), {static_cast<float>(i), 1});
    map.arrays["cell/expression"] = floatArray(counts, {kAll, 2}, {"cell", "gene"});
    map.labels["gene"] = {"gene", {"EPCAM", "VIM"}, nullptr};
    const Fixture f(map);
    QStringList offered;
    for (const auto& choice : f.child<ChoiceButton>("tissueColor")->choices()) offered << choice.id;
    for (const char* id : {"cell_type", "source", "array:tissue/error", "array:coordinates/uncertainty"}) QVERIFY2(offered.contains(id), id);
    f.view->setColorBy("array:tissue/error");
    QCOMPARE(f.canvas()->ramp().title, QString("error"));
    f.view->setColorBy("source");
    QCOMPARE(f.canvas()->legend().size(), std::size_t{1});   // the others are not laid out here
    QTest::keyClick(f.canvas(), Qt::Key_G);
    auto* picker = f.view->findChild<cloud::GenePicker*>();
    QVERIFY(picker);
    QTest::keyClicks(picker->findChild<QLineEdit*>(), "EPC");
    QTest::keyClick(picker->findChild<QLineEdit*>(), Qt::Key_Return);
    QCOMPARE(f.view->colorBy(), QString("gene:EPCAM"));
    QCOMPARE(f.canvas()->ramp().title, QString("EPCAM"));
  }

  void withoutAnyTruePlaceThereIsNothingToFitTo() {
    ArrayMap map = twoSlides();
    const Fixture f(map);
    QVERIFY(f.child<ChoiceButton>("tissueFit")->isVisible() && f.child<ChoiceButton>("tissueShow")->isVisible());
    map.arrays.remove("coordinates/target");
    f.view->setArrays(map);
    QVERIFY(!f.child<ChoiceButton>("tissueFit")->isVisible() && !f.child<ChoiceButton>("tissueShow")->isVisible());
    QVERIFY2(f.view->count().contains("true places are not known"), qPrintable(f.view->count()));
  }

  void whatTheUserChoosesCanBeTakenBack() {
    const ArrayMap map = twoSlides();
    const Fixture f(map);
    QSignalSpy told(f.view.get(), &View::settingChanged);
    f.choose("tissueColor", "source");
    QTest::keyClick(f.canvas(), Qt::Key_1);
    f.choose("tissueFit", "none");
    f.choose("tissueSlide", "A");
    QCOMPARE(told.count(), 4);
    QTest::keyClick(f.canvas(), Qt::Key_1);
    f.view->setArrays(map);
    QVERIFY2(told.count() == 4, "nothing was changed");
    const QStringList keys{"colour", "view", "fit", "slide"};
    for (qsizetype i = 0; i < 4; ++i) QCOMPARE(told[i][0].toString(), keys[i]);
    for (qsizetype i = 3; i >= 0; --i) f.view->applySetting(told[i][0].toString(), told[i][1]);
    QCOMPARE(f.view->slide(), QString("B"));
    QCOMPARE(f.view->fit(), Fit::rotation_scale);
    QCOMPARE(f.view->shows(), Show::overlay);
    QCOMPARE(f.view->colorBy(), QString("cell_type"));
    for (qsizetype i = 0; i < 4; ++i) f.view->applySetting(told[i][0].toString(), told[i][2]);
    QCOMPARE(f.view->slide(), QString("A"));
    QCOMPARE(f.view->fit(), Fit::none);
    QCOMPARE(f.view->shows(), Show::predicted);
    QCOMPARE(f.view->colorBy(), QString("source"));
    QVERIFY2(told.count() == 4, "taking back tells nothing");
  }

  void theFirstColourTellsSomethingAndTheChosenOneStays() {
    ArrayMap map = twoSlides();
    auto codes = std::make_shared<std::vector<std::int32_t>>(kAll, 0);
    map.labels["a modality"] = {"a modality", {"st", "sc"}, codes};
    map.run = "one";
    const Fixture f(map, {{"uncertainty", "coordinates/uncertainty"}});
    QCOMPARE(f.view->colorBy(), QString("cell_type"));         // nothing is judged yet
    map.labels.remove("cell_type");
    f.view->setArrays(map);
    QVERIFY2(f.view->colorBy() != "a modality", "every cell of the slide has the same");
    map = twoSlides();
    map.run = "two";
    map.labels["a modality"] = {"a modality", {"st", "sc"}, codes};
    map.arrays["coordinates/uncertainty"] = floatArray(std::vector<float>(kAll, 0.2F), {kAll}, {"cell"});
    f.view->setArrays(map);
    QCOMPARE(f.view->colorBy(), QString("array:tissue/error"));
    f.choose("tissueColor", "a modality");
    QCOMPARE(f.canvas()->legend().size(), std::size_t{1});     // no cell is "sc": it is not listed
    QCOMPARE(f.canvas()->legend()[0].name, QString("st"));
    map.run = "three";
    f.view->setArrays(map);
    QCOMPARE(f.view->colorBy(), QString("a modality"));
  }

  void edgesAndDisplacementLinesAreDrawn() {
    ArrayMap map = twoSlides();
    Fixture f(map);
    f.view->setShow(Show::predicted);
    const QImage plain = f.picture();
    QTest::keyClick(f.canvas(), Qt::Key_E);
    QVERIFY(f.view->hasEdges() && f.child<QToolButton>("tissueEdges")->isChecked());
    const QImage edges = f.picture();
    QVERIFY(edges != plain);
    QTest::mouseClick(f.child<QToolButton>("tissueEdges"), Qt::LeftButton);
    QVERIFY(!f.view->hasEdges());
    QCOMPARE(f.picture(), plain);
    // The overlay of a perfect prediction has no lines; of a displaced one it has.
    std::vector<float> xy;
    const ArrayView& before = map.arrays["coordinates/predicted"];
    for (std::int64_t i = 0; i < before.size(); ++i) xy.push_back(static_cast<float>(before.at(i)) + (i == 2 * (kA + 3) ? 1.5F : 0));
    map.arrays["coordinates/predicted"] = floatArray(xy, {kAll, 2}, {"cell", "xy"});
    f.view->setShow(Show::overlay);
    f.view->setArrays(map);
    const Scene& scene = f.view->scene();
    const auto at = static_cast<std::size_t>(kA + 3);
    const QPointF middle = f.canvas()->map().toPixel((scene.predicted[at][0] + scene.target[at][0]) / 2, (scene.predicted[at][1] + scene.target[at][1]) / 2);
    const QImage lines = f.picture();
    int inked = 0;
    for (int dx = -2; dx <= 2; ++dx)
      for (int dy = -2; dy <= 2; ++dy) inked += lines.pixelColor(middle.toPoint() + QPoint(dx, dy)) != themeColors(false).panel;
    QVERIFY(inked >= 3);
    QVERIFY(scene.error[at] > 0.3);
  }

  void theHoverNamesTheCellItsErrorAndItsNeighbours() {
    ArrayMap map = twoSlides();
    std::vector<std::int32_t> codes;
    QStringList names;
    for (int i = 0; i < kAll; ++i) codes.push_back(i), names << QString("c%1").arg(i);
    map.labels["id"] = labelOf("id", names, codes);
    const Fixture f(map);
    const HoverContent said = f.view->hover(kA + 1);
    QCOMPARE(said.title, QString("c31"));
    QStringList rows;
    for (const auto& row : said.rows) rows << row.first + ": " + row.second;
    QVERIFY2(rows.contains("source: B") && rows.contains("true neighbours found: 10 of 10"), qPrintable(rows.join('\n')));
    QVERIFY(f.view->hover(-1).title.isEmpty() && f.view->hover(100000).title.isEmpty());
  }

  void theTableHasTrueAndPredictedPlacesAndIsWritten() {
    const Fixture f(twoSlides());
    const QList<QStringList> rows = f.view->table();
    QCOMPARE(rows.size(), qsizetype{kB + 1});
    QCOMPARE(rows[0], (QStringList{"cell", "predicted x", "predicted y", "true x", "true y", "error, radii", "true neighbours found of 10"}));
    QCOMPARE(rows[1].value(0), QString::number(kA + 1));
    QVERIFY(std::abs(rows[3][1].toDouble() - rows[3][3].toDouble()) < 1e-5);
    QCOMPARE(rows[1].last(), QString("10"));
    QTemporaryDir folder;
    for (const char* name : {"t.csv", "t.png", "t.svg"}) QVERIFY(f.view->exportTo(folder.filePath(name)));
    QFile csv(folder.filePath("t.csv"));
    QVERIFY(csv.open(QIODevice::ReadOnly));
    QCOMPARE(csv.readAll().count('\n'), qsizetype{kB + 1});
    QVERIFY(QImage(folder.filePath("t.png")).width() == 2 * f.view->width());
    QFile svg(folder.filePath("t.svg"));
    QVERIFY(svg.open(QIODevice::ReadOnly) && svg.readAll().contains("step 40"));
    const Fixture space(twoSlides(3));
    QCOMPARE(space.view->table()[0].size(), qsizetype{9});
  }

  void nothingToShowIsSaid() {
    Fixture f({});
    QCOMPARE(f.view->emptyText(), QString("No places yet"));
    QVERIFY(f.view->table().size() == 1);
    for (const int key : {Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_E, Qt::Key_G, Qt::Key_P, Qt::Key_Home, Qt::Key_Z}) QTest::keyClick(f.canvas(), static_cast<Qt::Key>(key));
    f.view->setArrays(twoSlides());
    QVERIFY(f.view->emptyText().isEmpty());
    f.view->setArrays({});
    QCOMPARE(f.view->emptyText(), QString("No places yet"));
    ArrayMap bad = twoSlides();
    bad.arrays["coordinates/predicted"] = floatArray({NAN, NAN}, {1, 2}, {"cell", "xy"});
    f.view->setArrays(bad);
    QTest::qWait(30);
    QVERIFY(!f.picture().isNull());
  }

  void cleanupTestCase() { theme_.reset(); }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestTissue)
#include "tst_tissue.moc"
