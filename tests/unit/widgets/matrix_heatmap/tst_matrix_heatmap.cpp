// SPDX-License-Identifier: GPL-3.0-or-later
#include <QImage>
#include <QTest>

#include <cmath>

#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/matrix_heatmap/cell_colors.h"
#include "widgets/matrix_heatmap/matrix_grid.h"
#include "widgets/matrix_heatmap/matrix_heatmap.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::matrix_heatmap;

class TestMatrixHeatmap : public QObject {
  Q_OBJECT

  static ArrayView matrix(std::vector<double> values, std::int64_t rows, std::int64_t columns) {
    auto owner = std::make_shared<const std::vector<double>>(std::move(values));
    ArrayView view;
    view.type = ElementType::f64;
    view.data = owner->data();
    view.shape = {rows, columns};
    view.axes = QStringList{"source", "source"};
    view.owner = owner;
    return view;
  }
  static ArrayMap threeSources() {
    ArrayMap map;
    map.arrays["d"] = matrix({0, .1, 2, .1, 0, .36, 2, .36, 0}, 3, 3);
    map.arrays["e"] = matrix({0, 5, 6, 5, 0, 7, 6, 7, 0}, 3, 3);
    map.arrays["e"].caption = "raw distance";
    map.labels["source"] = {"source", {"A", "B", "C"}, std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{0, 0, 1, 2, 2, 2, -1})};
    return map;
  }
  struct Fixture {
    SelectionModel selection;
    std::unique_ptr<MatrixHeatmap> view;
    explicit Fixture(const ArrayMap& map, QHash<QString, QString> bindings = {{"values", "d"}, {"gate", "0.36"}}) {
      ViewContext context;
      context.selection = &selection;
      view = std::make_unique<MatrixHeatmap>(context);
      view->bind(bindings);
      view->resize(420, 420);
      view->show();
      view->setArrays(map);
    }
    MatrixGrid* grid() const { return view->grid(); }
    void click(const QPointF& at, Qt::KeyboardModifiers modifiers = {}) const { QTest::mouseClick(grid(), Qt::LeftButton, modifiers, at.toPoint()); }
  };

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void cellsHoldTheirTextAndColour() {
    const Fixture f(threeSources());
    QCOMPARE(f.grid()->cellText(0, 1), QString("0.10"));
    QCOMPARE(f.grid()->cellText(0, 2), QString("2.00"));
    QCOMPARE(f.grid()->cellText(1, 1), QString());   // no distance to itself
    const QImage image = f.grid()->grab().toImage();
    const auto corner = [&](int r, int c) { return image.pixelColor((f.grid()->cellRect(r, c).topLeft() + QPointF(6, 6)).toPoint()); };
    QCOMPARE(corner(0, 1), cellColor(.1, {.36, 0, 2}, false));
    QVERIFY2(corner(0, 1).blue() > corner(0, 1).red(), "below the gate is blue");
    QVERIFY2(corner(0, 2).red() > corner(0, 2).blue(), "above the gate is orange");
    QCOMPARE(corner(1, 1), themeColors(false).panel);
  }

  void onlyCellsAboveTheGateAreHatched() {
    const Fixture f(threeSources());
    const QImage image = f.grid()->grab().toImage();
    const auto colors = [&](int r, int c) {
      QSet<QRgb> found;
      const QRectF rect = f.grid()->cellRect(r, c);
      for (int x = 8; x < rect.width() - 8; ++x) found << image.pixel((rect.topLeft() + QPointF(x, 10)).toPoint());
      return found.size();
    };
    QCOMPARE(colors(0, 1), 1);
    QVERIFY(colors(0, 2) > 1);
    QVERIFY(!f.grid()->data().isAboveGate(1, 2));   // equal to the gate is within it
  }

  void textOnAnyCellReachesTheContrast() {
    for (const bool dark : {false, true})
      for (double v = 0.001; v < 50; v *= 1.05) {
        const QColor fill = cellColor(v, {.36, 0, 3}, dark);
        QVERIFY(contrastRatio(cellTextColor(fill), fill) >= 4.5);
      }
  }

  void theGateIsNeutralAndTheScaleMonotone() {
    for (const bool dark : {false, true}) {
      const QColor middle = cellColor(.36, {.36, 0, 3}, dark);
      QVERIFY(middle.saturation() < 40);
      double before = -1e9;
      for (double v = 0.02; v < 4; v *= 1.2) {
        const QColor c = cellColor(v, {.36, 0, 3}, dark);
        QVERIFY(c.red() - c.blue() >= before - 1);
        before = c.red() - c.blue();
      }
    }
  }

  void aClickSelectsBothSourcesAndALabelOne() {
    Fixture f(threeSources());
    f.click(f.grid()->cellRect(0, 2).center());
    QCOMPARE(f.selection.mask(), (std::vector<std::uint8_t>{1, 1, 0, 1, 1, 1, 0}));
    QCOMPARE(f.selection.axis(), QString("cell"));
    QCOMPARE(f.selection.reason(), QString("A and C"));
    QCOMPARE(f.selection.sources(), (QStringList{"A", "C"}));
    f.click(QPointF(f.grid()->cellRect(1, 0).left() - 14, f.grid()->cellRect(1, 0).center().y()));
    QCOMPARE(f.selection.sources(), QStringList{"B"});
    f.click(f.grid()->cellRect(0, 2).center(), Qt::ControlModifier);
    QCOMPARE(f.selection.sources().size(), 3);
    QTest::keyClick(f.grid(), Qt::Key_Escape);
    QCOMPARE(f.selection.count(), 0);
  }

  void arrowsMoveTheFocusAndEnterSelects() {
    Fixture f(threeSources());
    for (const int key : {Qt::Key_Down, Qt::Key_Down, Qt::Key_Right}) QTest::keyClick(f.grid(), static_cast<Qt::Key>(key));
    QCOMPARE(f.grid()->focusRow(), 1);
    QCOMPARE(f.grid()->focusColumn(), 1);
    for (int i = 0; i < 9; ++i) QTest::keyClick(f.grid(), Qt::Key_Right);
    QCOMPARE(f.grid()->focusColumn(), 2);
    QTest::keyClick(f.grid(), Qt::Key_Return);
    QCOMPARE(f.selection.sources(), (QStringList{"B", "C"}));
  }

  void aSelectionMadeElsewhereIsShown() {
    Fixture f(threeSources());
    f.selection.select("cell", {1, 1, 1, 0, 0, 0, 0}, "legend", {"A", "B"});
    QCOMPARE(f.grid()->focusRow(), 0);
    QCOMPARE(f.grid()->focusColumn(), 1);
  }

  void severalMetricsGiveAMenu() {
    Fixture f(threeSources(), {{"values", "d"}, {"values2", "e"}, {"gate", "0.36"}, {"gate2", "6.5"}});
    auto* menu = f.view->findChild<ChoiceButton*>("matrixMetric");
    QCOMPARE(menu->choices().size(), std::size_t{2});
    QCOMPARE(menu->choices()[1].text, QString("raw distance"));
    f.view->setMetric("values2");
    QCOMPARE(f.grid()->cellText(0, 1), QString("5.00"));
    QVERIFY(f.grid()->data().isAboveGate(1, 2));
    QVERIFY(!f.grid()->data().isAboveGate(0, 2));
  }

  void aBaselineTakesTheLowerTriangle() {
    const Fixture f(threeSources(), {{"values", "d"}, {"lower", "e"}});
    QCOMPARE(f.grid()->cellText(0, 1), QString("0.10"));
    QCOMPARE(f.grid()->cellText(1, 0), QString("5.00"));
    QVERIFY(f.view->count().contains("raw distance"));
  }

  void theHeadlineCountsPairsOnceAndNamesTheWorst() {
    const Fixture f(threeSources());
    QCOMPARE(f.view->headline(), QString("2 of 3 pairs pass (at most 0.36)  ·  worst A – C  2.000"));
    const Fixture open(threeSources(), {{"values", "d"}});
    QCOMPARE(open.view->headline(), QString("worst A – C  2.000"));
  }

  void aVerdictOfPairsWinsOverTheGateAndBoundsMayDiffer() {
    ArrayMap map = threeSources();
    map.arrays["pass"] = matrix({1, 1, 1, 1, 1, 0, 1, 0, 1}, 3, 3);
    map.arrays["bound"] = matrix({1, .05, 3, .05, 1, 1, 3, 1, 1}, 3, 3);
    const Fixture judged(map, {{"values", "d"}, {"gate", "0.36"}, {"pass", "pass"}});
    QVERIFY(judged.grid()->data().isAboveGate(1, 2) && !judged.grid()->data().isAboveGate(0, 2));
    const Fixture bounded(map, {{"values", "d"}, {"gate", "bound"}});
    QVERIFY(bounded.grid()->data().isAboveGate(0, 1) && !bounded.grid()->data().isAboveGate(0, 2));
    QVERIFY(bounded.view->headline().startsWith("2 of 3 pairs pass"));
    QVERIFY(bounded.view->hover(0, 1).text().contains("above the gate 0.05"));
    QVERIFY2(judged.view->hover(1, 2).text().contains("fails its gate") && !judged.view->headline().contains("at most"), "the gate did not decide");
  }

  void coloursFollowTheVerdictAndTheLegendSaysWhatTheyMean() {
    ArrayMap map = threeSources();
    map.arrays["pass"] = matrix({1, 0, 1, 0, 1, 1, 1, 1, 1}, 3, 3);    // .10 fails, 2.00 passes: against the gate
    map.arrays["bound"] = matrix({1, .05, 3, .05, 1, 1, 3, 1, 1}, 3, 3);
    for (const bool dark : {false, true}) {
      theme_->setChoice(dark ? ThemeChoice::dark : ThemeChoice::light);
      const Fixture judged(map, {{"values", "d"}, {"gate", "0.36"}, {"pass", "pass"}});
      const Fixture bounded(map, {{"values", "d"}, {"gate", "bound"}});
      for (const Fixture* f : {&judged, &bounded}) {
        const QImage image = f->grid()->grab().toImage();
        const auto corner = [&](int r, int c) { return image.pixelColor((f->grid()->cellRect(r, c).topLeft() + QPointF(6, 6)).toPoint()); };
        QVERIFY2(corner(0, 1).red() > corner(0, 1).blue(), "a pair that fails is orange");
        QVERIFY2(corner(0, 2).blue() > corner(0, 2).red(), "a pair that passes is blue");
        QVERIFY(contrastRatio(cellTextColor(corner(0, 1)), corner(0, 1)) >= 4.5);
        const QRectF line = f->grid()->legendRect();
        QVERIFY(!line.isEmpty() && line.bottom() <= f->grid()->height());
        QSet<QRgb> shown;
        for (int x = static_cast<int>(line.left()); x < line.right(); ++x) shown << image.pixel(x, static_cast<int>(line.center().y()));
        QVERIFY(shown.contains(themeColors(dark).within.rgb()) && shown.contains(themeColors(dark).beyond.rgb()));
        QVERIFY(f->grid()->cellRect(2, 0).bottom() < line.top());
      }
      QVERIFY(Fixture(map, {{"values", "d"}}).grid()->legendRect().isEmpty());   // nothing is judged
    }
    theme_->setChoice(ThemeChoice::light);
  }

  void smallCellsHaveOneDecimalRatherThanNoNumber() {
    const Fixture f(threeSources(), {{"values", "d"}, {"gate", "0.36"}});
    QCOMPARE(f.grid()->cellText(0, 2, 1), QString("2.0"));
    const auto hasInk = [&] {
      const QRect cell = f.grid()->cellRect(0, 2).toRect().adjusted(3, 3, -3, -3);
      const QImage image = f.grid()->grab(cell).toImage();
      int least = 255;
      for (int x = 0; x < image.width(); ++x)
        for (int y = 0; y < image.height(); ++y) least = std::min(least, qGray(image.pixel(x, y)));
      return least < 90;
    };
    QVERIFY(hasInk());
    for (int width = f.grid()->width(); f.grid()->cellRect(0, 2).width() > 26 && width > 40; width -= 2) f.grid()->resize(width, f.grid()->height());
    QVERIFY2(f.grid()->cellRect(0, 2).width() <= 26 && f.grid()->cellRect(0, 2).width() > 22, qPrintable(QString::number(f.grid()->cellRect(0, 2).width())));
    QVERIFY2(hasInk(), "a matrix says how much");
  }

  void theReferenceTakesTheLowerTriangleByName() {
    SelectionModel selection;
    Reference reference;
    RunSet runs;
    runs.setRuns({{"a", "recommended", Qt::blue, true, "gems"}, {"b", "seed", Qt::red, true, "gems"}, {"c", "a tissue", Qt::green, true, "st_edm"}});
    runs.setCurrent("a");
    ViewContext context;
    context.selection = &selection;
    context.reference = &reference;
    context.runs = &runs;
    MatrixHeatmap view(context);
    view.bind({{"values", "d"}, {"gate", "0.36"}});
    view.resize(420, 420);
    view.show();
    view.setArrays(threeSources());
    ArrayMap other = threeSources();                   // sources in another order, and one that this run does not have
    other.step = 700;
    other.arrays["d"] = matrix({0, 7, 8, 7, 0, 9, 8, 9, 0}, 3, 3);
    other.labels["source"].categories = QStringList{"C", "B", "Z"};
    reference.set("b", -1, "seed");
    view.setReference(other);
    QCOMPARE(view.grid()->cellText(0, 2), QString("2.00"));
    QCOMPARE(view.grid()->cellText(2, 1), QString("7.00"));      // C – B
    QCOMPARE(view.grid()->cellText(1, 0), QString());            // there is no A
    QVERIFY(view.grid()->data().isAboveGate(2, 1));
    QVERIFY(view.caption().contains("lower triangle: seed, step 700"));
    QVERIFY(view.headline().startsWith("2 of 3 pairs pass"));     // of this run, not of the other one
    QVERIFY(view.hover(1, 2).text().contains("seed 7"));
    auto* choice = view.findChild<ChoiceButton*>("referenceChoice");
    QCOMPARE(choice->current(), QString("run:b"));
    for (const auto& one : choice->choices()) QVERIFY2(one.id != "run:c", "a run of another system has no such matrix");
    QTest::keyClick(view.grid(), Qt::Key_B);
    QVERIFY(!reference.isSet());
    QCOMPARE(view.grid()->cellText(2, 1), QString("0.36"));
    QTest::keyClick(view.grid(), Qt::Key_B);
    QCOMPARE(reference.run(), QString("b"));
  }

  void theHoverHasIntervalFloorChangeCurveAndTheOtherMetrics() {
    ArrayMap map = threeSources();
    map.step = 30;
    map.arrays["d_low"] = matrix({0, .05, 1.5, .05, 0, .2, 1.5, .2, 0}, 3, 3);
    map.arrays["d_high"] = matrix({0, .2, 2.5, .2, 0, .5, 2.5, .5, 0}, 3, 3);
    map.arrays["floor"] = matrix(std::vector<double>(9, .125), 3, 3);
    Fixture f(map, {{"values", "d"}, {"gate", "0.36"}, {"floor", "floor"}, {"values2", "e"}});
    ArrayHistory history;
    for (const int step : {10, 20, 30}) {
      ArrayMap moment = threeSources();
      moment.step = step;
      moment.arrays["d"] = matrix({0, .1, 62.0 / step, .1, 0, .36, 62.0 / step, .36, 0}, 3, 3);
      history.moments.push_back(moment);
    }
    QCOMPARE(f.view->historyNames(), (QStringList{"d", "e"}));
    f.view->setHistory(history);
    const HoverContent said = f.view->hover(0, 2);
    const QString text = said.text();
    for (const char* part : {"A – C", "95 % interval 1.5 to 2.5", "sampling alone gives 0.125", "since step 20 -1.1", "raw distance 6", "above the gate 0.36"})
      QVERIFY2(text.contains(part), qPrintable(QString(part) + " is missing in\n" + text));
    QCOMPARE(said.curve.size(), std::size_t{3});
    QCOMPARE(said.curve_now, 2);
    const QPoint cell = f.grid()->cellRect(0, 2).center().toPoint();
    QTest::mouseMove(f.grid(), QPoint(2, 2));
    QTest::mouseMove(f.grid(), cell);
    QTRY_VERIFY(HoverCard::shown());
    QVERIFY(HoverCard::shown()->content().title == "A – C");
    QVERIFY(f.view->hover(0, 0).isEmpty() && f.view->hover(-1, 9).isEmpty());
  }

  void theMetricIsSharedWithOtherViews() {
    SharedChoice metric;
    ViewContext context;
    context.metric = &metric;
    MatrixHeatmap a(context), b(context);
    for (MatrixHeatmap* view : {&a, &b}) {
      view->bind({{"values", "d"}, {"values2", "e"}});
      view->setArrays(threeSources());
    }
    QTest::keyClick(&a, Qt::Key_M);
    QCOMPARE(metric.value(), QString("e"));
    QCOMPARE(b.grid()->cellText(0, 1), QString("5.00"));
  }

  void theTableRepeatsTheNumbers() {
    const Fixture f(threeSources());
    const auto table = f.view->table();
    QCOMPARE(table[0], (QStringList{"", "A", "B", "C"}));
    QCOMPARE(table[1], (QStringList{"A", "", "0.1", "2"}));
  }

  void emptyNanSingleAndBrokenArraysSurvive() {
    Fixture f({});
    QVERIFY(!f.view->emptyText().isEmpty());
    const auto shows = [&](ArrayView array) {
      ArrayMap map;
      map.arrays["d"] = std::move(array);
      f.view->setArrays(map);
      f.grid()->grab();
      QTest::keyClick(f.grid(), Qt::Key_Return);
      return f.view->emptyText().isEmpty();
    };
    QVERIFY(!shows(matrix({}, 0, 0)));
    QVERIFY(shows(matrix({1}, 1, 1)));
    QVERIFY(shows(matrix({NAN, NAN, NAN, NAN}, 2, 2)));
    QVERIFY(shows(matrix({INFINITY, -1, 1e300, 0}, 2, 2)));
    QVERIFY(shows(matrix(std::vector<double>(2500, 1.5), 50, 50)));
    QVERIFY(shows(matrix({1, 2, 3}, 1, 3)));
    ArrayView hostile = matrix({1}, 1, 1);
    hostile.shape = {std::int64_t{1} << 40, std::int64_t{1} << 40};
    QVERIFY(!shows(hostile));
    hostile.shape = {-1, 4};
    QVERIFY(!shows(hostile));
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestMatrixHeatmap)
#include "tst_matrix_heatmap.moc"
