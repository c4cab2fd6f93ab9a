// SPDX-License-Identifier: GPL-3.0-or-later
// The tissue view with mouse and keys: what is shown, selected, coloured, said and exported.
#include <QFile>
#include <QImage>
#include <QLineEdit>
#include <QMenu>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include "tests/unit/widgets/tissue/tissue_data.h"
#include "widgets/base/probe_model.h"
#include "widgets/base/shared_models.h"
#include "widgets/cloud/gene_picker.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/controls/choice_button.h"
#include "widgets/theme/theme.h"
#include "widgets/tissue/probe_bar.h"
#include "widgets/tissue/tissue.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::tissue;
using geocyte::widgets::cloud::ScatterCanvas;
using geocyte::test::floatArray;
using geocyte::test::kA;
using geocyte::test::kAll;
using geocyte::test::kB;
using geocyte::test::labelOf;
using geocyte::test::tissueBindings;
using geocyte::test::twoSlides;

class TestTissue : public QObject {
  Q_OBJECT

  struct Fixture {
    SelectionModel selection;
    PaletteModel palette;
    ProbeModel probe;
    std::unique_ptr<Tissue> view;
    explicit Fixture(const ArrayMap& map, const QHash<QString, QString>& more = {}) {
      ViewContext context;
      context.selection = &selection;
      context.palette = &palette;
      context.probe = &probe;
      view = std::make_unique<Tissue>(context);
      view->setAnimated(false);
      view->setTitle("Tissue");
      QHash<QString, QString> bindings = tissueBindings();
      bindings.insert(more);
      view->bind(bindings);
      view->resize(900, 560);
      view->show();
      view->setArrays(map);
    }
    ScatterCanvas* canvas() const { return view->canvas(); }
    QPoint pixel(int row) const { return canvas()->map().toPixel(canvas()->cloud().x[static_cast<std::size_t>(row)], canvas()->cloud().y[static_cast<std::size_t>(row)]).toPoint(); }
    QImage picture() const { return canvas()->grab().toImage(); }
    QColor colorAt(int row) const { return picture().pixelColor(pixel(row)); }
    void lasso(const QRect& around, Qt::KeyboardModifiers modifiers = {}) const {
      QTest::mousePress(canvas(), Qt::LeftButton, modifiers, around.topLeft());
      for (const QPoint& p : {around.topRight(), around.bottomRight(), around.bottomLeft()}) {
        QMouseEvent move(QEvent::MouseMove, QPointF(p), canvas()->mapToGlobal(QPointF(p)), Qt::NoButton, Qt::LeftButton, modifiers);
        QCoreApplication::sendEvent(canvas(), &move);
      }
      QTest::mouseRelease(canvas(), Qt::LeftButton, modifiers, around.bottomLeft());
    }
    template <class T>
    T* child(const char* name) const { return view->findChild<T*>(QString::fromLatin1(name)); }
    /// By mouse: opens the drop-down and clicks the entry.
    void choose(const char* name, const QString& text) const {
      auto* button = child<ChoiceButton>(name);
      QVERIFY2(button && button->isVisible(), name);
      QTimer::singleShot(0, button, [button, text] {
        for (QAction* action : button->menu()->actions())
          if (action->text().section('\t', 0, 0) == text) return QTest::mouseClick(button->menu(), Qt::LeftButton, {}, button->menu()->actionGeometry(action).center());
        button->menu()->close();
      });
      QTest::mouseClick(button, Qt::LeftButton);
    }
  };

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void theHeldOutSlideLiesOnItsTruthAndTheFitIsPrinted() {
    const Fixture f(twoSlides());
    QCOMPARE(f.view->slide(), QString("B"));
    QCOMPARE(f.view->shows(), Show::overlay);
    QVERIFY2(f.view->count().startsWith("40 of 40 · turned -90°, scale .500 · recall@10 1"), qPrintable(f.view->count()));
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
    QCOMPARE(f.canvas()->legend().size(), std::size_t{3});
    QTest::keyClick(f.canvas(), Qt::Key_G);
    auto* picker = f.view->findChild<cloud::GenePicker*>();
    QVERIFY(picker);
    QTest::keyClicks(picker->findChild<QLineEdit*>(), "EPC");
    QTest::keyClick(picker->findChild<QLineEdit*>(), Qt::Key_Return);
    QCOMPARE(f.view->colorBy(), QString("gene:EPCAM"));
    QCOMPARE(f.canvas()->ramp().title, QString("EPCAM"));
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

  void aTissueInSpaceIsSeenAlongEachAxis() {
    Fixture f(twoSlides(3));
    auto* plane = f.child<ChoiceButton>("tissuePlane");
    QVERIFY(plane->isVisible());
    QVERIFY(f.view->caption().contains("seen along z"));
    const auto across = [&](std::size_t k) { return static_cast<float>(f.view->scene().predicted[kA + 1][k] - f.view->scene().predicted[kA + 2][k]); };
    const auto drawn = [&](const std::vector<float>& v) { return v[kA + 1] - v[kA + 2]; };
    const auto equal = [](float a, float b) { return std::abs(a - b) < 1e-5F; };
    QVERIFY(equal(drawn(f.canvas()->cloud().x), across(0)) && equal(drawn(f.canvas()->cloud().y), across(1)));
    f.choose("tissuePlane", "x z");
    QVERIFY2(f.view->caption().contains("seen along y"), qPrintable(f.view->caption()));
    QVERIFY(equal(drawn(f.canvas()->cloud().x), across(0)) && equal(drawn(f.canvas()->cloud().y), across(2)));
    QTest::keyClick(f.canvas(), Qt::Key_P);
    QVERIFY(f.view->caption().contains("seen along x"));
    QVERIFY(equal(drawn(f.canvas()->cloud().x), across(1)) && equal(drawn(f.canvas()->cloud().y), across(2)));
    const Fixture flat(twoSlides());
    QVERIFY(!flat.child<ChoiceButton>("tissuePlane")->isVisible());
  }

  void theRightButtonTurnsATissueInSpace() {
    Fixture f(twoSlides(3));
    f.view->setShow(Show::beside);
    const QPoint from = f.canvas()->rect().center();
    const auto move = [&](const QPoint& to) {
      QMouseEvent event(QEvent::MouseMove, QPointF(to), f.canvas()->mapToGlobal(QPointF(to)), Qt::NoButton, Qt::RightButton, {});
      QCoreApplication::sendEvent(f.canvas(), &event);
    };
    QTest::mousePress(f.canvas(), Qt::RightButton, {}, from);
    move(from + QPoint(40, 0));
    move(from + QPoint(80, 0));
    QTest::mouseRelease(f.canvas(), Qt::RightButton, {}, from + QPoint(80, 0));
    QCOMPARE(f.view->plane(), QString("free"));
    QVERIFY(f.view->caption().contains("turned freely"));
    // About the axis that points up: heights stay, and by 0.8 radians in all.
    QVERIFY(std::abs(f.view->camera().turn[1][1] - 1) < 1e-12);
    QVERIFY(std::abs(f.view->camera().turn[0][0] - std::cos(0.8)) < 1e-9);
    QCOMPARE(f.view->secondCanvas()->cloud().shownCount(), std::size_t{kB});
    // The size does not change while it is turned further.
    const double scale = f.canvas()->map().scale;
    QTest::keyClick(f.canvas(), Qt::Key_Up, Qt::ShiftModifier);
    QTest::keyClick(f.canvas(), Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(f.canvas()->map().scale, scale);
    QVERIFY(f.selection.count() == 0);
    // What is under the lasso is what is seen there.
    f.lasso(QRect(f.pixel(kA + 5) - QPoint(6, 6), QSize(12, 12)));
    QVERIFY(f.selection.mask().size() == kAll && f.selection.mask()[kA + 5]);
    f.choose("tissuePlane", "x y");
    QCOMPARE(f.view->camera().turn[0], (Place{1, 0, 0}));
    // A flat tissue cannot be turned.
    const Fixture flat(twoSlides());
    QTest::keyClick(flat.canvas(), Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(flat.view->camera().turn[0], (Place{1, 0, 0}));
  }

  void aThousandTurnsStayARotation() {
    Camera camera = along(1);
    for (int i = 0; i < 1000; ++i) camera.orbit(0.01 * (i % 7), -0.02 * (i % 5));
    const Place a{1, 2, 3}, b{-2, 0.5, 1};
    QVERIFY(std::abs(distance(camera(a), camera(b)) - distance(a, b)) < 1e-9);
    Camera there = along(2);
    there.orbit(0.7, 0);
    there.orbit(-0.7, 0);
    QVERIFY(distance(there(a), a) < 1e-12);
    // To the right: what is in front moves to the right. Up: what is in front moves up.
    Camera right, up;
    right.orbit(0.1, 0);
    up.orbit(0, 0.1);
    QVERIFY(right({0, 0, 1})[0] > 0.05 && up({0, 0, 1})[1] > 0.05);
    QCOMPARE(ballAround({{0, 0, 0}, {2, 0, 0}, {NAN, 0, 0}}).radius, 1.0);
    QCOMPARE(ballAround({}).radius, 1.0);
  }

  void nearCellsLieOverFarOnes() {
    // Two cells on one line of sight: the nearer one is seen, from the other side the other one.
    ArrayMap map;
    map.arrays["coordinates/target"] = geocyte::test::placesArray({{0, 0, 1}, {0, 0, -1}, {1, 1, 0}, {-1, -1, 0}, {1, -1, 0}, {-1, 1, 0}, {0.5, 0.9, 0}, {0.2, -0.9, 0}}, 3);
    map.labels["cell_type"] = labelOf("cell_type", {"near", "far", "other"}, {0, 1, 2, 2, 2, 2, 2, 2});
    Fixture f(map);
    f.view->setShow(Show::target);
    f.view->setColorBy("cell_type");
    QCOMPARE(f.colorAt(0), f.palette.category(0));
    f.canvas()->setDepth({-1, 1, 0, 0, 0, 0, 0, 0});
    QCOMPARE(f.colorAt(0), f.palette.category(1));
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
