// SPDX-License-Identifier: GPL-3.0-or-later
#include <QImage>
#include <QTest>

#include <cmath>
#include <random>

#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/scatter/point_cloud.h"
#include "widgets/scatter/scatter.h"
#include "widgets/scatter/scatter_canvas.h"
#include "widgets/scatter/splat.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
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
