// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QImage>
#include <QLineEdit>
#include <QTest>

#include <cmath>
#include <random>

#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/cloud/cloud_colors.h"
#include "widgets/cloud/gene_picker.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/scatter/scatter.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::cloud;
using namespace geocyte::widgets::scatter;

class TestScatter : public QObject {
  Q_OBJECT

  static ArrayView points(std::vector<float> xy, QStringList axes = {"cell", "xy"}) {
    auto owner = std::make_shared<const std::vector<float>>(std::move(xy));
    ArrayView view;
    view.type = ElementType::f32;
    view.data = owner->data();
    view.shape = {static_cast<std::int64_t>(owner->size() / 2), 2};
    view.axes = std::move(axes);
    view.owner = owner;
    return view;
  }
  /// Four points away from the legend, and a NaN row; categories A A B B -.
  static ArrayMap corners() {
    ArrayMap map;
    map.arrays["umap"] = points({0, -1, 1, -1, -1, 1, 1, 1, NAN, 0});
    map.arrays["pca"] = points({-2, 0, 0, -2, 2, 0, 0, 2, 1, 1});
    map.labels["source"] = {"source", {"A", "B"}, std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{0, 0, 1, 1, -1})};
    map.labels["cell_type"] = {"cell_type", {"t"}, std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{0, 0, 0, 0, 0})};
    return map;
  }
  struct Fixture {
    SelectionModel selection;
    PaletteModel palette;
    std::unique_ptr<Scatter> view;
    explicit Fixture(const ArrayMap& map) {
      ViewContext context;
      context.selection = &selection;
      context.palette = &palette;
      view = std::make_unique<Scatter>(context);
      view->setAnimated(false);
      view->bind({{"points", "umap"}, {"points2", "pca"}, {"labels", "source"}});
      view->resize(420, 420);
      view->show();
      view->setArrays(map);
    }
    ScatterCanvas* canvas() const { return view->canvas(); }
    QPoint pixel(int row) const { return canvas()->map().toPixel(canvas()->cloud().x[static_cast<std::size_t>(row)], canvas()->cloud().y[static_cast<std::size_t>(row)]).toPoint(); }
    QColor colorAt(int row) const { return canvas()->grab().toImage().pixelColor(pixel(row)); }
    void lasso(const QRect& around, Qt::KeyboardModifiers modifiers = {}) const {
      QTest::mousePress(canvas(), Qt::LeftButton, modifiers, around.topLeft());
      for (const QPoint& p : {around.topRight(), around.bottomRight(), around.bottomLeft()}) QTest::mouseMove(canvas(), p);
      for (const QPoint& p : {around.topRight(), around.bottomRight(), around.bottomLeft()}) {
        QMouseEvent move(QEvent::MouseMove, QPointF(p), canvas()->mapToGlobal(QPointF(p)), Qt::NoButton, Qt::LeftButton, modifiers);
        QCoreApplication::sendEvent(canvas(), &move);
      }
      QTest::mouseRelease(canvas(), Qt::LeftButton, modifiers, around.bottomLeft());
    }
    QRect around(int row) const { return QRect(pixel(row) - QPoint(12, 12), QSize(24, 24)); }
  };

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void pointsHaveTheColourOfTheirCategory() {
    const Fixture f(corners());
    QCOMPARE(f.colorAt(0), f.palette.category(0));
    QCOMPARE(f.colorAt(3), f.palette.category(1));
    QVERIFY2(f.pixel(0).y() > f.pixel(2).y(), "y points up");
  }

  void aTissueIsSeenWithYDown() {
    ArrayMap map = corners();
    map.arrays["umap"].role = "coordinates";
    const Fixture f(map);
    QVERIFY(f.pixel(0).y() < f.pixel(2).y());
  }

  void hiddenRowsAreCounted() {
    Fixture f(corners());
    QCOMPARE(f.view->count(), QString("4 of 5"));
    f.lasso(f.around(0));
    QCOMPARE(f.view->count(), QString("4 of 5 · 1 selected"));
  }

  void aLassoSelectsAddsSubtractsAndClears() {
    Fixture f(corners());
    f.lasso(f.around(0));
    QCOMPARE(f.selection.mask(), (std::vector<std::uint8_t>{1, 0, 0, 0, 0}));
    QCOMPARE(f.selection.reason(), QString("lasso"));
    f.lasso(f.around(3), Qt::ShiftModifier);
    QCOMPARE(f.selection.mask(), (std::vector<std::uint8_t>{1, 0, 0, 1, 0}));
    f.lasso(f.around(0), Qt::ControlModifier);
    QCOMPARE(f.selection.mask(), (std::vector<std::uint8_t>{0, 0, 0, 1, 0}));
    QTest::keyClick(f.canvas(), Qt::Key_Escape);
    QCOMPARE(f.selection.count(), 0);
  }

  void theRestDimsToFifteenPerCent() {
    Fixture f(corners());
    f.selection.select("cell", {1, 0, 0, 0, 0}, "test");
    QCOMPARE(f.colorAt(0), f.palette.category(0));
    QCOMPARE(f.colorAt(3), mixed(themeColors(false).panel, f.palette.category(1), 0.15));
    f.selection.select("gene", {0, 1, 0, 0, 0}, "another axis");
    QCOMPARE(f.colorAt(3), f.palette.category(1));
    f.selection.select("cell", {0, 1}, "of other data");
    QCOMPARE(f.colorAt(3), f.palette.category(1));
  }

  void theLegendSelectsItsCategory() {
    Fixture f(corners());
    QTest::mouseClick(f.canvas(), Qt::LeftButton, {}, f.canvas()->legendRect(1).topLeft().toPoint() + QPoint(6, 8));
    QCOMPARE(f.selection.mask(), (std::vector<std::uint8_t>{0, 0, 1, 1, 0}));
    QCOMPARE(f.selection.sources(), QStringList{"B"});
    QVERIFY(f.canvas()->legend()[1].selected && !f.canvas()->legend()[0].selected);
    QTest::mouseClick(f.canvas(), Qt::LeftButton, {}, f.canvas()->legendRect(1).topLeft().toPoint() + QPoint(6, 8));
    QCOMPARE(f.selection.count(), 0);
  }

  void layoutAndColourAreChosen() {
    Fixture f(corners());
    const auto* layout = f.view->findChild<ChoiceButton*>("scatterLayout");
    QCOMPARE(layout->choices().size(), std::size_t{2});
    QCOMPARE(layout->choices()[0].text, QString("UMAP"));
    f.view->setLayoutRole("points2");
    QCOMPARE(f.canvas()->cloud().x[2], 2.0F);
    QCOMPARE(f.view->colorBy(), QString("source"));
    f.view->setColorBy("cell_type");
    QCOMPARE(f.canvas()->legend().size(), std::size_t{1});
    QCOMPARE(f.view->table()[1], (QStringList{"1", "-2", "0", "t"}));
  }

  void aLegendSaysThatItsColoursRepeatAndWhatItLeavesOut() {
    Fixture f(corners());
    QVERIFY(f.canvas()->legendNote().isEmpty());
    const auto many = [](int count) {
      ArrayMap map = corners();
      QStringList names;
      std::vector<std::int32_t> codes;
      for (int i = 0; i < count; ++i) names << QString("type %1").arg(i);
      for (int i = 0; i < 5; ++i) codes.push_back(i % count);
      map.labels["source"] = {"source", names, std::make_shared<std::vector<std::int32_t>>(codes)};
      return map;
    };
    f.view->resize(420, 700);
    f.view->setArrays(many(16));
    QVERIFY2(f.canvas()->legendNote().isEmpty(), qPrintable(f.canvas()->legendNote()));
    f.view->setArrays(many(17));
    QCOMPARE(f.canvas()->legendNote(), QString("colours repeat"));
    QVERIFY2(f.canvas()->legendRect(17).bottom() <= f.canvas()->height(), "the note has a line of its own");
    f.view->setArrays(many(90));
    QVERIFY2(f.canvas()->legendNote().endsWith(" more, colours repeat"), qPrintable(f.canvas()->legendNote()));
  }

  void theLayoutAskedForFirstWinsWhenItComes() {
    ArrayMap early = corners();
    early.arrays.remove("umap");
    Fixture f(early);
    QCOMPARE(f.canvas()->cloud().x[2], 2.0F);
    f.view->setArrays(corners());
    QCOMPARE(f.canvas()->cloud().x[2], -1.0F);
  }

  void aNewLayoutGlidesAndArrives() {
    Fixture f(corners());
    f.view->setAnimated(true);
    ArrayMap next = corners();
    next.arrays["umap"] = points({9, 9, 8, 7, 6, 5, 4, 3, 2, 1});
    f.view->setArrays(next);
    QVERIFY(f.canvas()->isAnimating());
    QTRY_VERIFY(!f.canvas()->isAnimating());
    QCOMPARE(f.canvas()->rowAt(f.pixel(0)), 0);
  }

  void zoomKeepsThePointUnderThePointer() {
    Fixture f(corners());
    const QPointF at(100, 130);
    const QPointF before = f.canvas()->map().toData(at);
    f.canvas()->zoom(3, at);
    const QPointF after = f.canvas()->map().toData(at);
    QVERIFY(std::abs(before.x() - after.x()) + std::abs(before.y() - after.y()) < 1e-9);
    QTest::mouseDClick(f.canvas(), Qt::LeftButton, {}, QPoint(200, 20));
    QVERIFY(f.canvas()->rect().contains(f.pixel(0)) && f.canvas()->rect().contains(f.pixel(3)));
  }

  void keysChooseDensityAndContours() {
    Fixture f(corners());
    const QImage points = f.canvas()->grab().toImage();
    QTest::keyClick(f.canvas(), Qt::Key_D);
    QCOMPARE(f.canvas()->mode(), Mode::density);
    QVERIFY(f.view->count().contains("density"));
    QVERIFY(f.canvas()->grab().toImage() != points);
    QTest::keyClick(f.canvas(), Qt::Key_C);
    QCOMPARE(f.canvas()->mode(), Mode::contours);
    f.canvas()->grab();
    QTest::keyClick(f.canvas(), Qt::Key_S);
    QCOMPARE(f.canvas()->grab().toImage(), points);
  }

  void aSecondCloudShowsOtherColoursOfTheSamePart() {
    Fixture f(corners());
    QTest::keyClick(f.canvas(), Qt::Key_Backslash, Qt::ControlModifier);
    QCOMPARE(f.view->beside(), QString("cell_type"));
    QVERIFY(f.view->secondCanvas()->isVisible());
    QCOMPARE(f.view->secondCanvas()->legend().size(), std::size_t{1});
    QCOMPARE(f.view->secondCanvas()->corner(), QString("cell type"));
    f.canvas()->zoom(2, QPointF(50, 60));
    QCOMPARE(f.view->secondCanvas()->map().scale, f.canvas()->map().scale);
    QCOMPARE(f.view->secondCanvas()->map().origin_x, f.canvas()->map().origin_x);
    QTest::keyClick(f.canvas(), Qt::Key_Backslash, Qt::ControlModifier);
    QVERIFY(!f.view->secondCanvas()->isVisible());
  }

  void theReferenceStandsBeside() {
    SelectionModel selection;
    Reference reference;
    ViewContext context;
    context.selection = &selection;
    context.reference = &reference;
    Scatter view(context);
    view.setAnimated(false);
    view.bind({{"points", "umap"}, {"labels", "source"}});
    view.resize(700, 400);
    view.show();
    view.setArrays(corners());
    reference.set("b", -1, "seed");
    ArrayMap other;
    other.step = 1200;
    other.arrays["umap"] = points({5, 5, 6, 6});
    other.labels["source"] = {"source", {"B", "A"}, std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{0, 1})};
    view.setReference(other);
    QCOMPARE(view.beside(), QString("reference"));
    QCOMPARE(view.secondCanvas()->cloud().size(), std::size_t{2});
    QVERIFY(view.secondCanvas()->corner().startsWith("seed, step 1"));
    selection.select("cell", {1, 1, 0, 0, 0}, "A", {"A"});      // a whole source is followed by name into other cells
    QVERIFY(view.secondCanvas()->legend()[0].name == "B");
    reference.clear();
    view.setReference({});
    QVERIFY(!view.secondCanvas()->isVisible());
  }

  void numbersAndGenesColourByARamp() {
    ArrayMap map = corners();
    map.arrays["cell/depth"] = points({10, 20, 30, 40, 50, 0}, {"cell"});
    map.arrays["cell/depth"].shape = {5};
    ArrayView block = points({0, 1, 0, 2, 5, 3, 0, 4, 0, 5}, {"cell", "gene"});
    map.arrays["cell/expression"] = block;
    map.labels["gene"] = {"gene", {"EPCAM", "CD3E"}, nullptr};
    Fixture f(map);
    f.view->setColorBy("array:cell/depth");
    QCOMPARE(f.canvas()->ramp().title, QString("depth"));
    QCOMPARE(f.colorAt(0), rampColor(0, false));
    QVERIFY(f.colorAt(3).lightness() < f.colorAt(1).lightness());
    QCOMPARE(genesOf(map, "cell", 5), (QStringList{"EPCAM", "CD3E"}));
    QTest::keyClick(f.canvas(), Qt::Key_G);
    auto* text = f.view->findChild<QLineEdit*>("geneText");
    QVERIFY(text);
    QTest::keyClicks(text, "epc");
    QTest::keyClick(text, Qt::Key_Return);
    QCOMPARE(f.view->colorBy(), QString("gene:EPCAM"));
    QCOMPARE(f.canvas()->ramp().low, QString("0"));      // most cells have none of it: the ramp begins at nothing
    QCOMPARE(f.colorAt(2), rampColor(1, false));
  }

  void theHoverNamesTheNearestOfAnotherSource() {
    Fixture f(corners());
    const QString said = f.view->hover(0).text();
    QVERIFY2(said.contains("nearest of another source B") && said.contains("at distance 2.236068"), qPrintable(said));
  }

  void hiddenRowsAreSaid() {
    Fixture f(corners());
    QVERIFY2(f.view->caption().contains("1 not finite, hidden"), qPrintable(f.view->caption()));
  }

  void zoomingToTheSelectionFillsThePicture() {
    Fixture f(corners());
    f.selection.select("cell", {1, 0, 0, 0, 0}, "one");
    QTest::keyClick(f.canvas(), Qt::Key_Z);
    QVERIFY((QPointF(f.pixel(0)) - QRectF(f.canvas()->rect()).center()).manhattanLength() < 3);
  }

  void aHundredThousandPointsArePannedWithinAFrame() {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    std::vector<float> xy;
    auto codes = std::make_shared<std::vector<std::int32_t>>();
    for (int i = 0; i < 100000; ++i) {
      xy.push_back(normal(random));
      xy.push_back(normal(random));
      codes->push_back(i % 6);
    }
    ArrayMap map;
    map.arrays["umap"] = points(xy);
    map.labels["source"] = {"source", {"A", "B", "C", "D", "E", "F"}, codes};
    Fixture f(map);
    f.view->resize(800, 660);
    std::vector<double> times;
    for (int i = 0; i < 12; ++i) {
      QElapsedTimer timer;
      timer.start();
      QTest::keyClick(f.canvas(), i % 2 ? Qt::Key_Left : Qt::Key_Right);
      f.canvas()->grab();
      times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    std::sort(times.begin(), times.end());
    qInfo("100 000 points, pan and paint: median %.1f ms, worst %.1f ms", times[6], times[11]);
  }

  void emptyNanSingleAndBrokenArraysSurvive() {
    Fixture f({});
    QVERIFY(!f.view->emptyText().isEmpty());
    const auto shows = [&](ArrayView array) {
      ArrayMap map;
      map.arrays["umap"] = std::move(array);
      f.view->setArrays(map);
      f.canvas()->grab();
      f.lasso(QRect(20, 20, 300, 300));
      f.selection.clear();
      return f.view->emptyText().isEmpty();
    };
    QVERIFY(!shows(points({})));
    QVERIFY(shows(points({3, 4})));
    QVERIFY(f.canvas()->rect().contains(f.pixel(0)));
    QVERIFY(shows(points({NAN, NAN, NAN, 1})));
    QCOMPARE(f.view->count(), QString("0 of 2"));
    QVERIFY(shows(points({1, 1, 1, 1, 1, 1})));
    QVERIFY(shows(points({1e30F, -1e30F, -1e30F, 1e30F})));
    ArrayView flat = points({1, 2, 3, 4});
    flat.shape = {4};
    QVERIFY(!shows(flat));
    ArrayView hostile = points({1, 2});
    hostile.shape = {std::int64_t{1} << 62, 8};
    QVERIFY(!shows(hostile));
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestScatter)
#include "tst_scatter.moc"
