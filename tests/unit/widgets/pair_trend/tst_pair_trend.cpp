// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QImage>
#include <QMouseEvent>
#include <QTest>

#include <cmath>

#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/pair_trend/pair_trend.h"
#include "widgets/pair_trend/trend_canvas.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::pair_trend;

class TestPairTrend : public QObject {
  Q_OBJECT

  static ArrayView matrix(std::vector<double> values, std::int64_t n) {
    auto owner = std::make_shared<const std::vector<double>>(std::move(values));
    ArrayView view;
    view.type = ElementType::f64;
    view.data = owner->data();
    view.shape = {n, n};
    view.axes = QStringList{"source", "source"};
    view.owner = owner;
    return view;
  }
  /// A–B falls 4, 2, 1; A–C stays 1/4; B–C rises .1, .2, .4; gate .36.
  static ArrayHistory threeMoments() {
    ArrayHistory history;
    for (int m = 0; m < 3; ++m) {
      ArrayMap map;
      map.step = 100 * (m + 1);
      const double ab = 4.0 / (1 << m), bc = 0.1 * (1 << m);
      map.arrays["d"] = matrix({0, ab, .25, ab, 0, bc, .25, bc, 0}, 3);
      map.arrays["d"].caption = "distance, n = 5";
      map.labels["source"] = {"source", {"A", "B", "C"}, nullptr};
      history.moments.push_back(map);
    }
    return history;
  }
  static ArrayMap shown(std::int64_t step) {
    ArrayMap map;
    map.step = step;
    map.labels["source"] = {"source", {"A", "B", "C"}, std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{0, 1, 2, 2})};
    return map;
  }
  struct Fixture {
    SelectionModel selection;
    TimeCursor cursor;
    std::unique_ptr<PairTrend> view;
    explicit Fixture(const ArrayHistory& history, std::int64_t step = 300) {
      ViewContext context;
      context.selection = &selection;
      context.cursor = &cursor;
      view = std::make_unique<PairTrend>(context);
      view->bind({{"values", "d"}, {"gate", "0.36"}, {"labels", "source"}});
      view->resize(420, 240);
      view->show();
      view->setArrays(shown(step));
      view->setHistory(history);
    }
    TrendCanvas* canvas() const { return view->canvas(); }
  };

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void eachPairIsOneLineOverTheSteps() {
    const PairLines pairs = linesOf(threeMoments(), "d", "source", .36, 300);
    QCOMPARE(pairs.lines.size(), std::size_t{3});
    QCOMPARE(pairs.steps, (std::vector<double>{100, 200, 300}));
    QCOMPARE(pairs.lines[0].name(), QString("A – B"));
    QCOMPARE(pairs.lines[0].values, (std::vector<double>{4, 2, 1}));
    QVERIFY(pairs.lines[0].fails && !pairs.lines[1].fails && pairs.lines[2].fails);
    QVERIFY(!linesOf(threeMoments(), "d", "source", .36, 250).lines[2].fails);      // judged at the moment that is shown
  }

  void categoriesAreMatchedByName() {
    ArrayHistory history = threeMoments();
    history.moments[0].labels["source"].categories = QStringList{"C", "A", "X"};
    const PairLines pairs = linesOf(history, "d", "source", {}, 300);
    QVERIFY(std::isnan(pairs.lines[0].values[0]));          // there was no B
    QCOMPARE(pairs.lines[1].values[0], 4.0);                // A – C of that moment
  }

  void linesStandWhereTheirValuesAre() {
    const Fixture f(threeMoments());
    const QImage image = f.canvas()->grab().toImage();
    const auto inked = [&](QPointF at) {
      for (int dy = -2; dy <= 2; ++dy)
        if (image.pixelColor(at.toPoint() + QPoint(0, dy)) != themeColors(false).panel) return true;
      return false;
    };
    QVERIFY(inked(f.canvas()->pointOf(0, 1)));
    QVERIFY(inked((f.canvas()->pointOf(0, 0) + f.canvas()->pointOf(0, 1)) / 2));
    QCOMPARE(f.canvas()->lineAt(f.canvas()->pointOf(0, 1)), 0);
    QCOMPARE(f.canvas()->lineAt(f.canvas()->pointOf(0, 1) + QPointF(0, -30)), -1);
    QCOMPARE(f.view->caption(), QString("3 pairs at 3 moments · orange: the 2 beyond the gate"));
  }

  void aClickSelectsThePairAndCtrlAdds() {
    Fixture f(threeMoments());
    QTest::mouseClick(f.canvas(), Qt::LeftButton, {}, f.canvas()->pointOf(0, 1).toPoint());
    QCOMPARE(f.selection.sources(), (QStringList{"A", "B"}));
    QCOMPARE(f.selection.mask(), (std::vector<std::uint8_t>{1, 1, 0, 0}));
    QTest::mouseClick(f.canvas(), Qt::LeftButton, Qt::ControlModifier, f.canvas()->pointOf(2, 2).toPoint());
    QCOMPARE(f.selection.sources(), (QStringList{"A", "B", "C"}));
    QTest::keyClick(f.canvas(), Qt::Key_Escape);
    QCOMPARE(f.selection.count(), 0);
  }

  void draggingAlongMovesTheTimeOfAllViews() {
    Fixture f(threeMoments());
    const auto at = [&](int moment) { return QPoint(static_cast<int>(f.canvas()->pointOf(0, moment).x()), f.canvas()->height() - 40); };
    const auto move = [&](const QPoint& to) {
      QMouseEvent event(QEvent::MouseMove, QPointF(to), f.canvas()->mapToGlobal(QPointF(to)), Qt::NoButton, Qt::LeftButton, {});
      QApplication::sendEvent(f.canvas(), &event);
    };
    QTest::mousePress(f.canvas(), Qt::LeftButton, {}, at(2));
    QVERIFY(f.cursor.isLive());
    move(at(1));
    QCOMPARE(f.cursor.step(), 200);
    move(at(0));
    QCOMPARE(f.cursor.step(), 100);
    QTest::mouseRelease(f.canvas(), Qt::LeftButton, {}, at(0));
    QCOMPARE(f.selection.count(), 0);
    QTest::mousePress(f.canvas(), Qt::LeftButton, {}, at(0));
    move(at(2));
    QTest::mouseRelease(f.canvas(), Qt::LeftButton, {}, at(2));
    QVERIFY2(f.cursor.isLive(), "the newest moment is live");
  }

  void aLogarithmicAxisSpreadsTheSmallOnes() {
    Fixture f(threeMoments());
    const double before = std::abs(f.canvas()->pointOf(2, 0).y() - f.canvas()->pointOf(2, 1).y());
    QTest::keyClick(f.canvas(), Qt::Key_L);
    QVERIFY(f.canvas()->isLogarithmic());
    const double after = std::abs(f.canvas()->pointOf(2, 0).y() - f.canvas()->pointOf(2, 1).y());
    QVERIFY(after > 5 * before);
    // Equal factors are equal distances.
    QVERIFY(std::abs(after - std::abs(f.canvas()->pointOf(0, 1).y() - f.canvas()->pointOf(0, 2).y())) < 0.01);
  }

  void theHoverSaysSinceWhenAPairIsWithin() {
    ArrayHistory history = threeMoments();
    const Fixture f(history);
    QVERIFY(f.view->hover(1).text().contains("within the gate since step 100"));
    QVERIFY(f.view->hover(0).text().contains("beyond the gate"));
    QVERIFY(f.view->hover(0).text().contains("step 100 4"));
    QVERIFY(f.view->hover(99).isEmpty());
  }

  void theTableHasOneRowAStep() {
    const Fixture f(threeMoments());
    const auto table = f.view->table();
    QCOMPARE(table[0], (QStringList{"step", "A – B", "A – C", "B – C"}));
    QCOMPARE(table[2], (QStringList{"200", "2", "0.25", "0.2"}));
  }

  void emptyNanSingleAndBrokenMatricesSurvive() {
    Fixture f({});
    QVERIFY(!f.view->emptyText().isEmpty());
    const auto shows = [&](ArrayView view, int moments = 2) {
      ArrayHistory history;
      for (int m = 0; m < moments; ++m) {
        ArrayMap map;
        map.step = m;
        map.arrays["d"] = view;
        history.moments.push_back(map);
      }
      f.view->setHistory(history);
      f.canvas()->grab();
      QTest::mouseClick(f.canvas(), Qt::LeftButton, {}, QPoint(100, 100));
      QTest::keyClick(f.canvas(), Qt::Key_L);
      f.canvas()->grab();
      return f.view->emptyText().isEmpty();
    };
    QVERIFY(!shows(matrix({}, 0)));
    QVERIFY(!shows(matrix({1}, 1)));
    QVERIFY(shows(matrix({0, NAN, NAN, 0}, 2)));
    QVERIFY(shows(matrix({0, INFINITY, -1, 0}, 2)));
    QVERIFY(shows(matrix({0, 0, 0, 0}, 2)));
    QVERIFY(shows(matrix({0, 1e300, 1e-300, 0}, 2)));
    QVERIFY(shows(matrix({0, 1, 1, 0}, 2), 1));
    ArrayView hostile = matrix({1}, 1);
    hostile.shape = {std::int64_t{1} << 40, std::int64_t{1} << 40};
    QVERIFY(!shows(hostile));
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestPairTrend)
#include "tst_pair_trend.moc"
