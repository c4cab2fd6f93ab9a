// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QFile>
#include <QImage>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <qcustomplot.h>

#include <cmath>

#include "widgets/base/curve_set.h"
#include "widgets/base/shared_models.h"
#include "widgets/loss_curves/axis_choice.h"
#include "widgets/loss_curves/loss_curves.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using loss_curves::LossCurves;

class TestLossCurves : public QObject {
  Q_OBJECT

  static std::shared_ptr<Series> line(int n, double value, double slope = 0, int stride = 1) {
    auto series = std::make_shared<Series>();
    for (int i = 0; i < n; ++i) {
      series->steps.push_back(i * stride);
      series->values.push_back(value + slope * i);
    }
    return series;
  }
  static CurveSet oneCurve(std::shared_ptr<const Series> series) {
    CurveSet set;
    set.by_tag["loss/total"] = {{"run", "seed", "loss/total", QColor(0, 114, 178), false, std::move(series)}};
    return set;
  }
  std::unique_ptr<LossCurves> tile(const CurveSet& set, Crosshair* crosshair = nullptr) {
    ViewContext context;
    context.crosshair = crosshair;
    auto view = std::make_unique<LossCurves>(context);
    view->bind({{"values", "loss/total"}});
    view->resize(400, 260);
    view->show();
    view->setCurves(set);
    drawn(*view);
    return view;
  }
  /// Waits until what was changed is drawn and nothing more comes, however busy the machine is.
  static void drawn(LossCurves& view) {
    constexpr int kFirst = 2000, kQuiet = 120;   // ms
    QSignalSpy replots(view.plot(), &QCustomPlot::afterReplot);
    for (int patience = kFirst; replots.wait(patience); patience = kQuiet) {}
  }
  static int pixelsNear(const QImage& image, const QColor& color) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x) {
        const QColor p = image.pixelColor(x, y);
        count += std::abs(p.red() - color.red()) + std::abs(p.green() - color.green()) + std::abs(p.blue() - color.blue()) < 24;
      }
    return count;
  }

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void aCurveStandsWhereItsValuesAre() {
    auto view = tile(oneCurve(line(1000, 2)));
    const QImage image = view->plot()->grab().toImage();
    const QCPAxis *x = view->plot()->xAxis, *y = view->plot()->yAxis;
    const QPoint on(static_cast<int>(x->coordToPixel(500)), static_cast<int>(y->coordToPixel(2)));
    QVERIFY(pixelsNear(image.copy(on.x() - 1, on.y() - 2, 3, 5), QColor(0, 114, 178)) > 0);
    QCOMPARE(pixelsNear(image.copy(on.x() - 1, on.y() - 30, 3, 20), QColor(0, 114, 178)), 0);
  }

  void followLeavesTheLastFifthFreeAndDoesNotJump() {
    auto series = line(1000, 1);
    auto view = tile(oneCurve(series));
    const double end = view->plot()->xAxis->range().upper;
    QVERIFY(std::abs(end - 999 / 0.8) < 1);
    for (int i = 1000; i < 1100; ++i) series->steps.push_back(i), series->values.push_back(1);
    view->setCurves(oneCurve(series));
    drawn(*view);
    QCOMPARE(view->plot()->xAxis->range().upper, end);
    for (int i = 1100; i < 1400; ++i) series->steps.push_back(i), series->values.push_back(1);
    view->setCurves(oneCurve(series));
    drawn(*view);
    QVERIFY(view->plot()->xAxis->range().upper > 1399);
  }

  void aKnownLengthIsTheAxisAtTheEnd() {
    CurveSet set = oneCurve(line(901, 1));
    set.total_steps = 1000;
    QCOMPARE(tile(set)->plot()->xAxis->range().upper, 1000.0);
  }

  void axesEndRoundAndHoldTheirData() {
    for (double low = -3; low < 3; low += 0.37)
      for (double size = 1e-4; size < 1e6; size *= 2.7) {
        const auto axis = roundedAxis(low, low + size);
        QVERIFY(axis.low <= low + 1e-6 * size && axis.high >= low + size - 1e-6 * size);
        const double count = (axis.high - axis.low) / axis.step;
        QVERIFY(std::abs(count - std::round(count)) < 1e-6 && count > 2.9 && count < 5.1);
        QVERIFY(axis.high - axis.low < 2.1 * size);
      }
    const auto whole = roundedAxis(0, 1);
    QCOMPARE(whole.low, 0.0);
    QCOMPARE(whole.high, 1.0);
    QCOMPARE(whole.step, 0.25);
  }

  void readOutHasSevenDigits() {
    auto view = tile(oneCurve(line(10, 1.0 / 3)));
    QCOMPARE(view->readOut(4), QStringList{"seed 0.3333333 raw 0.3333333"});
  }

  void wheelAndDragZoomTheStepsAndDoubleClickFits() {
    auto view = tile(oneCurve(line(1000, 1)));
    QCustomPlot* plot = view->plot();
    const QRect area = plot->axisRect()->rect();
    const double all = plot->xAxis->range().size();
    const QPoint a(area.left() + area.width() / 4, area.center().y()), b(area.left() + area.width() / 2, area.center().y());
    const double from = plot->xAxis->pixelToCoord(a.x()), to = plot->xAxis->pixelToCoord(b.x());
    QTest::mousePress(plot, Qt::LeftButton, {}, a);
    QTest::mouseMove(plot, (a + b) / 2);
    QTest::mouseRelease(plot, Qt::LeftButton, {}, b);
    drawn(*view);
    QVERIFY(std::abs(plot->xAxis->range().lower - from) < 1e-6 && std::abs(plot->xAxis->range().upper - to) < 1e-6);
    QVERIFY(!view->follow());
    QTest::mouseDClick(plot, Qt::LeftButton, {}, a);
    QTest::mouseRelease(plot, Qt::LeftButton, {}, a);
    drawn(*view);
    QVERIFY(view->follow());
    QCOMPARE(plot->xAxis->range().size(), all);
  }

  void keysToggleTheAxes() {
    auto view = tile(oneCurve(line(1000, 1, 0.5)));
    QSignalSpy spy(view.get(), &LossCurves::logYChanged);
    QTest::keyClick(view->plot(), Qt::Key_L);
    QVERIFY(view->logY());
    QVERIFY(view->findChild<QToolButton*>("logY")->isChecked());
    QCOMPARE(spy.count(), 1);
    QTest::keyClick(view->plot(), Qt::Key_L, Qt::ShiftModifier);
    QVERIFY(view->logX());
    drawn(*view);
    QCOMPARE(view->plot()->yAxis->scaleType(), QCPAxis::stLogarithmic);
    QVERIFY(view->plot()->yAxis->range().lower > 0);
  }

  void theCrosshairIsShared() {
    Crosshair crosshair;
    auto first = tile(oneCurve(line(1000, 2)), &crosshair), second = tile(oneCurve(line(1000, 4)), &crosshair);
    const QRect area = first->plot()->axisRect()->rect();
    QTest::mouseMove(first->plot(), area.center());
    QMouseEvent move(QEvent::MouseMove, QPointF(area.center()), first->plot()->mapToGlobal(QPointF(area.center())), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(first->plot(), &move);
    QVERIFY(crosshair.isActive());
    QCOMPARE(second->count(), QString("4"));
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(first->plot(), &leave);
    QVERIFY(!crosshair.isActive());
    QCOMPARE(second->count(), QString());
  }

  void missingValuesStandOnTheAxis() {
    auto series = line(100, 1);
    series->values[50] = NAN;
    auto view = tile(oneCurve(series));
    const QImage image = view->plot()->grab().toImage();
    const QPoint at(static_cast<int>(view->plot()->xAxis->coordToPixel(50)), view->plot()->axisRect()->rect().bottom() - 2);
    QVERIFY(pixelsNear(image.copy(at.x() - 2, at.y() - 2, 5, 4), QColor(0, 114, 178)) > 6);
  }

  void severalTagsShareATile() {
    CurveSet set;
    for (const char* tag : {"weighted/a", "weighted/b", "loss/c"}) set.by_tag[tag] = {{"run", "seed", tag, Qt::red, false, line(10, 1)}};
    ViewContext context;
    LossCurves view(context);
    view.bind({{"values", "weighted/*"}});
    view.setCurves(set);
    QCOMPARE(view.table().size(), 21);
    QCOMPARE(view.table()[1][1], QString("weighted/a"));
  }

  void emptyNanAndSingleSamplesSurvive() {
    CurveSet none;
    QCOMPARE(tile(none)->emptyText(), QString("Waiting for the first step"));
    none.ended = true;
    QCOMPARE(tile(none)->emptyText(), QString("No step was made"));
    CurveSet of_another_term;
    of_another_term.by_tag["loss/other"] = {{"run", "seed", "loss/other", Qt::red, false, line(10, 1)}};
    QVERIFY(tile(of_another_term)->emptyText().contains("switched off"));   // the run goes on: there is nothing to wait for
    QVERIFY(!tile(oneCurve(nullptr))->emptyText().isEmpty());
    QVERIFY(!tile(oneCurve(line(0, 1)))->emptyText().isEmpty());
    QVERIFY(tile(oneCurve(line(1, 1)))->emptyText().isEmpty());
    QVERIFY(tile(oneCurve(line(20, NAN)))->emptyText().isEmpty());
    auto huge = line(20, 1e300, 1e300);
    auto view = tile(oneCurve(huge));
    view->setLogY(true);
    drawn(*view);
    auto negative = tile(oneCurve(line(20, -3)));
    negative->setLogY(true);
    drawn(*negative);
    auto uneven = std::make_shared<Series>();
    uneven->steps = {1, 2, 3};
    uneven->values = {1};
    QCOMPARE(tile(oneCurve(uneven))->table().size(), 2);
  }

  void aReplacedSeriesIsReadAnew() {
    auto view = tile(oneCurve(line(100, 1)));
    view->setCurves(oneCurve(line(50, 7)));
    QCOMPARE(view->readOut(10), QStringList{"seed 7 raw 7"});
  }

  void hiddenTilesDoNotReplot() {
    auto view = tile(oneCurve(line(10, 1)));
    QSignalSpy replots(view->plot(), &QCustomPlot::afterReplot);
    for (int i = 0; i < 50; ++i) view->setCurves(oneCurve(line(10, i)));
    QTRY_VERIFY(replots.count() >= 1);
    QTest::qWait(60);
    QVERIFY2(replots.count() <= 2, "fifty updates within a frame give one repaint");
    view->hide();
    replots.clear();
    view->setCurves(oneCurve(line(10, 3)));
    QTest::qWait(60);
    QCOMPARE(replots.count(), 0);
    view->show();
    QTRY_VERIFY(replots.count() >= 1);
  }

  void exportsPictureVectorsAndTable() {
    QTemporaryDir folder;
    auto view = tile(oneCurve(line(100, 1, 0.01)));
    QVERIFY(view->exportTo(folder.filePath("a.png")));
    QCOMPARE(QImage(folder.filePath("a.png")).size(), view->size() * 2);
    QVERIFY(view->exportTo(folder.filePath("a.svg")));
    QFile svg(folder.filePath("a.svg"));
    QVERIFY(svg.open(QIODevice::ReadOnly));
    const QByteArray text = svg.readAll();
    QVERIFY(text.contains("<polyline") || text.contains("<path"));
    QVERIFY2(!text.contains("<image"), "curves are vectors");
    QVERIFY(view->exportTo(folder.filePath("a.csv")));
    QFile csv(folder.filePath("a.csv"));
    QVERIFY(csv.open(QIODevice::ReadOnly));
    QCOMPARE(csv.readAll().count('\n'), 101);
    QVERIFY(!view->exportTo("/nowhere/at/all/a.csv"));
    QVERIFY(!view->exportTo("/nowhere/at/all/a.png"));
  }

  void aChangeOfThemeRepaints() {
    auto view = tile(oneCurve(line(100, 1)));
    theme_->setChoice(ThemeChoice::dark);
    QTRY_COMPARE(view->plot()->grab().toImage().pixelColor(2, 2), themeColors(true).panel);
    theme_->setChoice(ThemeChoice::light);
  }

  void theAxisCountsStepsHoursOrTheClock() {
    auto series = line(100, 2);
    for (int i = 0; i < 100; ++i) series->seconds.push_back(1.7e9 + 72 * i);      // two hours less 72 s
    Crosshair crosshair;
    auto view = tile(oneCurve(series), &crosshair);
    view->setUnit(StepUnit::hours);
    drawn(*view);
    QVERIFY2(std::abs(view->plot()->xAxis->range().upper - 1.2 * 1.98) < 0.02, qPrintable(QString::number(view->plot()->xAxis->range().upper)));
    QCOMPARE(view->readOut(50), QStringList{"seed 2 raw 2"});         // the cross-hair is in steps, whatever the axis counts
    QTest::mouseMove(view->plot(), QPoint(static_cast<int>(view->plot()->xAxis->coordToPixel(1.0)), 100));
    QTRY_VERIFY(crosshair.isActive());
    QVERIFY2(std::abs(crosshair.step() - 50) <= 2, qPrintable(QString::number(crosshair.step())));
    QTest::keyClick(view->plot(), Qt::Key_X);
    drawn(*view);
    QVERIFY(view->plot()->xAxis->range().lower >= 1.7e9);
    QTest::keyClick(view->plot(), Qt::Key_X);
    drawn(*view);
    QVERIFY(view->plot()->xAxis->range().upper < 1000);
    view->setCurves(oneCurve(line(100, 2)));                            // times are not known: nothing is invented
    view->setUnit(StepUnit::clock);
    drawn(*view);
    view->plot()->grab();
    QVERIFY(view->readOut(50).isEmpty());
  }

  void clippedOutliersAreMarkedAndCounted() {
    auto series = line(1000, 1);
    for (std::size_t i = 0; i < 1000; ++i) series->values[i] += 0.1 * std::sin(static_cast<double>(i));
    series->values[400] = 500;
    series->values[401] = 800;
    auto view = tile(oneCurve(series));
    view->setSmoothing(0.99);
    view->setStepRange(0, 1000);
    drawn(*view);
    QCOMPARE(view->beyondCount(), 2);
    QVERIFY(view->plot()->yAxis->range().upper < 500);
    QTest::keyClick(view->plot(), Qt::Key_O);
    drawn(*view);
    QCOMPARE(view->beyondCount(), 0);
    QVERIFY(view->plot()->yAxis->range().upper >= 800);
  }

  void aLogarithmicAxisShowsWhatItCannotDrawAsARug() {
    auto series = line(100, 1);
    for (std::size_t i = 40; i < 60; ++i) series->values[i] = -1;
    auto view = tile(oneCurve(series));
    view->setSmoothing(0);
    view->setLogY(true);
    drawn(*view);
    const QImage image = view->plot()->grab().toImage();
    const int x = static_cast<int>(view->plot()->xAxis->coordToPixel(50)), bottom = view->plot()->axisRect()->bottom();
    QVERIFY(pixelsNear(image.copy(x - 3, bottom - 5, 6, 4), QColor(0, 114, 178)) > 0);
  }

  void theSettingsHoldForAllTiles() {
    ChartSettings settings;
    ViewContext context;
    context.charts = &settings;
    LossCurves a(context), b(context);
    settings.setSmoothing(0.9);
    QCOMPARE(a.smoothing(), 0.9);
    QTest::keyClick(&a, Qt::Key_X);
    QCOMPARE(settings.unit(), StepUnit::hours);
    QTest::keyClick(&b, Qt::Key_O);
    QCOMPARE(settings.outliers(), Outliers::show_all);
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestLossCurves)
#include "tst_loss_curves.moc"
