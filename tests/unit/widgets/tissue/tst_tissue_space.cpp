// SPDX-License-Identifier: GPL-3.0-or-later
// A tissue in space: seen along its axes, turned by mouse, near cells over far ones.
#include "tests/unit/widgets/tissue/tissue_fixture.h"
#include "widgets/tissue/camera.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::tissue;
using Fixture = geocyte::test::TissueFixture;
using geocyte::test::kA;
using geocyte::test::kAll;
using geocyte::test::kB;
using geocyte::test::labelOf;
using geocyte::test::twoSlides;

class TestTissueSpace : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

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

  void cleanupTestCase() { theme_.reset(); }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestTissueSpace)
#include "tst_tissue_space.moc"
