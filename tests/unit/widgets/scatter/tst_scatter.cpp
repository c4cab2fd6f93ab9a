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
#include "widgets/cloud/density.h"
#include "widgets/cloud/gene_picker.h"
#include "widgets/scatter/neighbour.h"
#include "widgets/cloud/point_cloud.h"
#include "widgets/scatter/scatter.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/cloud/splat.h"
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

  void rasterisedLassoEqualsThePolygonTestAwayFromTheEdge() {
    std::mt19937 random(2);
    PointCloud cloud;
    for (int i = 0; i < 20000; ++i) {
      cloud.x.push_back(static_cast<float>(random() % 4000) / 10);
      cloud.y.push_back(static_cast<float>(random() % 4000) / 10);
    }
    PlaneMap map;
    map.y_down = true;
    QPolygonF area;
    for (int k = 0; k < 40; ++k) {
      const double r = 120 + 50 * std::sin(k * 1.7), a = k * 2 * M_PI / 40;
      area << QPointF(200 + r * std::cos(a), 200 + r * std::sin(a));
    }
    const auto inside = pointsInside(cloud, map, area, {400, 400});
    int differ = 0;
    for (std::size_t i = 0; i < cloud.size(); ++i) differ += inside[i] != area.containsPoint(QPointF(cloud.x[i], cloud.y[i]), Qt::WindingFill);
    QVERIFY2(differ < 200, qPrintable(QString::number(differ)));   // about a pixel's width along the edge: 1 %
    QVERIFY(std::count(inside.begin(), inside.end(), 1) > 5000);
  }

  void theDrawOrderIsAFixedPermutation() {
    auto order = drawOrder(1000);
    QCOMPARE(order, drawOrder(1000));
    QVERIFY(!std::is_sorted(order.begin(), order.end()));
    std::sort(order.begin(), order.end());
    for (std::uint32_t i = 0; i < 1000; ++i) QCOMPARE(order[i], i);
    QVERIFY(drawOrder(0).empty());
  }

  void aRoundPointCoversTheAreaOfItsDisc() {
    QImage image(40, 40, QImage::Format_RGB32);
    image.fill(Qt::black);
    splat(image, {{20.3F}, {19.7F}}, {}, drawOrder(1), {1, 0, 0, true}, {{qRgb(255, 255, 255)}, 8});
    double covered = 0;
    for (int y = 0; y < 40; ++y)
      for (int x = 0; x < 40; ++x) covered += qRed(image.pixel(x, y)) / 255.0;
    QVERIFY(std::abs(covered - M_PI * 16) < 1);
  }

  void pointsAtTheEdgeAreClippedNotWritten() {
    QImage image(8, 8, QImage::Format_RGB32);
    image.fill(Qt::black);
    const PointCloud cloud{{-1, 0, 8, 1e30F, NAN, -1e30F}, {0, 8, 8, 0, 0, INFINITY}};
    for (const double diameter : {1.0, 2.0, 7.0, 40.0}) splat(image, cloud, {9, -1, 0, 0, 0, 0}, drawOrder(6), {1, 0, 0, true}, {{qRgb(1, 2, 3)}, diameter});
    QVERIFY(image.pixel(0, 7) == qRgb(1, 2, 3));
  }

  void aDensityKeepsItsMassAndHasTheVarianceOfItsKernel() {
    const PointCloud one{{100.5F}, {100.5F}};
    PlaneMap map;
    map.y_down = true;
    const DensityGrid grid = densityOf(one, map, {200, 200}, 1, 6, [](std::size_t) { return true; });
    double mass = 0, spread = 0;
    for (int y = 0; y < grid.height; ++y)
      for (int x = 0; x < grid.width; ++x) mass += grid.at(x, y), spread += grid.at(x, y) * (x - 100) * (x - 100);
    QVERIFY(std::abs(mass - 1) < 1e-4);
    QVERIFY2(std::abs(spread / mass - 36) < 2, qPrintable(QString::number(spread / mass)));
    const DensityGrid none = densityOf(PointCloud{{NAN, 900}, {1, -5}}, map, {200, 200}, 1, 6, [](std::size_t) { return true; });
    QCOMPARE(none.highest(), 0.0F);
  }

  void aMassLevelHoldsItsShareAndTheContourOfAConeIsACircle() {
    DensityGrid cone;
    cone.width = cone.height = 101;
    for (int y = 0; y < 101; ++y)
      for (int x = 0; x < 101; ++x) cone.values.push_back(std::max(0.0F, 50.0F - std::hypot(static_cast<float>(x - 50), static_cast<float>(y - 50))));
    for (const double mass : {0.3, 0.6, 0.9}) {
      const float level = massLevel(cone, mass);
      double above = 0, whole = 0;
      for (const float v : cone.values) whole += v, above += v >= level ? v : 0;
      QVERIFY(std::abs(above / whole - mass) < 0.02);
    }
    double length = 0;
    for (const QLineF& piece : contour(cone, 20)) {
      length += piece.length();
      QVERIFY(std::abs(std::hypot(piece.x1() - 50.5, piece.y1() - 50.5) - 30) < 0.5);
    }
    QVERIFY2(std::abs(length - 2 * M_PI * 30) < 2, qPrintable(QString::number(length)));
    QVERIFY(contour(cone, 0).empty() && contour(cone, 60).empty());
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

  void genesAreFoundByTheirBeginningFirst() {
    QStringList genes{"ACD3", "CD3E", "CD30", "XCD3"};
    QCOMPARE(matching(genes, "cd3", 3), (QStringList{"CD3E", "CD30", "ACD3"}));
    QVERIFY(matching(genes, "nothing", 5).isEmpty());
    QStringList many;
    for (int i = 0; i < 20000; ++i) many << QString("GENE%1").arg(i);
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(matching(many, "199", 50).size(), 50);
    qInfo("20 000 names searched in %.1f ms", static_cast<double>(timer.nsecsElapsed()) / 1e6);
  }

  void theNearestOfAnotherCategoryIsThatOfAFullSearch() {
    std::mt19937 random(4);
    std::vector<float> values;
    std::vector<std::int32_t> category;
    for (int i = 0; i < 300; ++i) {
      values.push_back(static_cast<float>(random() % 1000));
      values.push_back(static_cast<float>(random() % 1000));
      category.push_back(static_cast<std::int32_t>(random() % 4) - 1);
    }
    const ArrayView space = points(values);
    for (std::int64_t row = 0; row < 300; row += 7) {
      double best = 1e300;
      for (std::int64_t i = 0; i < 300; ++i)
        if (category[static_cast<std::size_t>(i)] >= 0 && category[static_cast<std::size_t>(i)] != category[static_cast<std::size_t>(row)])
          best = std::min(best, std::hypot(space.at(2 * i) - space.at(2 * row), space.at(2 * i + 1) - space.at(2 * row + 1)));
      QVERIFY(std::abs(nearestOther(space, category, row).distance - best) < 1e-6);
    }
    QCOMPARE(nearestOther(space, {1, 2}, 0).row, std::int64_t{-1});
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
