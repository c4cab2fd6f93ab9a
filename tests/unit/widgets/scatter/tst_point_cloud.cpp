// SPDX-License-Identifier: GPL-3.0-or-later
// What a cloud is made of, without a widget: lasso masks, draw order, painted points, densities, contours, neighbours, gene search.
#include <QElapsedTimer>
#include <QImage>
#include <QTest>

#include <cmath>
#include <random>

#include "widgets/cloud/density.h"
#include "widgets/cloud/gene_picker.h"
#include "widgets/scatter/neighbour.h"
#include "widgets/cloud/point_cloud.h"
#include "widgets/cloud/splat.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::cloud;
using namespace geocyte::widgets::scatter;

class TestPointCloud : public QObject {
  Q_OBJECT

 private slots:
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
    ArrayView space;
    space.type = ElementType::f32;
    space.data = values.data();
    space.shape = {300, 2};
    space.axes = {"cell", "xy"};
    for (std::int64_t row = 0; row < 300; row += 7) {
      double best = 1e300;
      for (std::int64_t i = 0; i < 300; ++i)
        if (category[static_cast<std::size_t>(i)] >= 0 && category[static_cast<std::size_t>(i)] != category[static_cast<std::size_t>(row)])
          best = std::min(best, std::hypot(space.at(2 * i) - space.at(2 * row), space.at(2 * i + 1) - space.at(2 * row + 1)));
      QVERIFY(std::abs(nearestOther(space, category, row).distance - best) < 1e-6);
    }
    QCOMPARE(nearestOther(space, {1, 2}, 0).row, std::int64_t{-1});
  }
};

QTEST_MAIN(TestPointCloud)
#include "tst_point_cloud.moc"
