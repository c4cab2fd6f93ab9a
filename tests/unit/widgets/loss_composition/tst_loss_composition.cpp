// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QImage>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include "widgets/base/shared_models.h"
#include "widgets/loss_composition/composition_area.h"
#include "widgets/loss_composition/loss_composition.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::loss_composition;

class TestLossComposition : public QObject {
  Q_OBJECT

  static Curve curve(const QString& run, const std::vector<double>& values) {
    auto series = std::make_shared<Series>();
    for (std::size_t i = 0; i < values.size(); ++i) series->steps.push_back(100.0 * static_cast<double>(i)), series->values.push_back(values[i]);
    return {run, "name of " + run, "", Qt::gray, false, series};
  }
  static CurveSet threeTerms() {
    CurveSet set;
    set.by_tag["weighted/vicreg"] = {curve("r", std::vector<double>(11, 5)), curve("other", {1, 1})};
    set.by_tag["weighted/adversary"] = {curve("r", {3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0}), curve("other", {3, 3})};
    set.by_tag["weighted/local_align"] = {curve("r", std::vector<double>(11, 2))};
    set.by_tag["loss/total"] = {curve("r", {1, 2, 3})};
    return set;
  }
  struct Fixture {
    RunSet runs;
    PaletteModel palette;
    Crosshair crosshair;
    TimeCursor cursor;
    std::unique_ptr<LossComposition> view;
    explicit Fixture(const CurveSet& set, const QString& values = "weighted/vicreg,weighted/adversary,weighted/local_align") {
      runs.setCurrent("r");
      view = std::make_unique<LossComposition>(ViewContext{nullptr, &cursor, &runs, &palette, &crosshair});
      view->bind({{"values", values}});
      view->resize(620, 220);
      view->show();
      view->setCurves(set);
    }
    CompositionArea* area() const { return view->area(); }
    QPoint band(double step, double share) const {
      const QRectF plot = area()->plotRect();
      return QPointF(area()->xOfStep(step), plot.bottom() - share * plot.height()).toPoint();
    }
    void click(const QPoint& at) const { QTest::mouseClick(area(), Qt::LeftButton, {}, at); }
    QStringList shares() const {
      QStringList texts;
      for (int k = 0; k < area()->data().names.size(); ++k) texts << area()->shareText(k);
      return texts;
    }
  };

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void bandsStandOnEachOtherInTheirColours() {
    const Fixture f(threeTerms());
    const QImage image = f.area()->grab().toImage();
    for (int k = 0; k < 3; ++k) {
      const double middle[] = {0.25, 0.65, 0.9};
      QCOMPARE(f.area()->termAt(f.band(500, middle[k])), k);
      QCOMPARE(image.pixelColor(f.band(500, middle[k])), mixed(themeColors(false).panel, f.palette.category(k), 0.78));
    }
  }

  void theLegendPrintsTheSharesOfTheLastStepOrOfTheCrosshair() {
    Fixture f(threeTerms());
    QCOMPARE(f.shares(), (QStringList{"71 %", "0 %", "29 %"}));
    f.crosshair.setStep(310);
    QCOMPARE(f.shares(), (QStringList{"50 %", "30 %", "20 %"}));
    f.crosshair.clear();
    QCOMPARE(f.shares()[0], QString("71 %"));
    f.cursor.setStep(500);
    QCOMPARE(f.shares()[0], QString("50 %"));
    f.cursor.setLive();
    QTest::mouseMove(f.area(), f.band(200, 0.5));
    QTRY_VERIFY(f.crosshair.isActive());
    QVERIFY(std::abs(f.crosshair.step() - 200) < 5);
  }

  void aClickOnABandOrInTheLegendShowsOneTermAlone() {
    const Fixture f(threeTerms());
    f.click(f.band(500, 0.65));
    QCOMPARE(f.area()->solo(), 1);
    QVERIFY(f.view->count().contains("adversary"));
    const QImage image = f.area()->grab().toImage();   // its own scale now ends at 50 %
    QCOMPARE(image.pixelColor(f.band(500, 0.3 / 0.5 - 0.1)), mixed(themeColors(false).panel, f.palette.category(1), 0.78));
    QCOMPARE(image.pixelColor(f.band(500, 0.3 / 0.5 + 0.1)), themeColors(false).panel);
    f.click(f.area()->legendRect(1).center().toPoint());
    QCOMPARE(f.area()->solo(), -1);
    f.click(f.area()->legendRect(2).center().toPoint());
    QCOMPARE(f.area()->solo(), 2);
  }

  void theKeys() {
    Fixture f(threeTerms());
    f.area()->setFocus();
    QTest::keyClick(f.area(), Qt::Key_Down);
    QTest::keyClick(f.area(), Qt::Key_Down);
    QTest::keyClick(f.area(), Qt::Key_Return);
    QCOMPARE(f.area()->solo(), 1);
    QTest::keyClick(f.area(), Qt::Key_Left);
    QCOMPARE(f.crosshair.step(), 900.0);
    QTest::keyClick(f.area(), Qt::Key_Right);
    QTest::keyClick(f.area(), Qt::Key_Right);
    QCOMPARE(f.crosshair.step(), 1000.0);
    QTest::keyClick(f.area(), Qt::Key_Escape);
    QCOMPARE(f.area()->solo(), -1);
    QVERIFY(!f.crosshair.isActive());
  }

  void theCurrentRunIsShown() {
    Fixture f(threeTerms());
    f.runs.setCurrent("other");
    QCOMPARE(f.shares(), (QStringList{"25 %", "75 %"}));
    QVERIFY2(f.view->caption().contains("name of other") && f.view->caption().contains("no values of local align"), qPrintable(f.view->caption()));
  }

  void aPatternTakesOnlyWeightedTerms() {
    const Fixture f(threeTerms(), "weighted/*");
    QCOMPARE(f.area()->data().names, (QStringList{"adversary", "local align", "vicreg"}));
  }

  void whatIsUnusualStandsInTheCaption() {
    CurveSet set = threeTerms();
    QVERIFY(!Fixture(set).view->caption().contains("absolute"));
    set.by_tag["weighted/adversary"] = {curve("r", {-3, -3, NAN, -3})};
    const Fixture f(set);
    QVERIFY(f.view->caption().contains("absolute values"));
    QVERIFY(f.view->caption().contains("1 steps without a sum"));
    QCOMPARE(f.view->table()[3], (QStringList{"200", "", "", ""}));
  }

  void theTableAndTheFilesHoldTheShares() {
    const Fixture f(threeTerms());
    QCOMPARE(f.view->table()[0], (QStringList{"step", "vicreg", "adversary", "local align"}));
    QCOMPARE(f.view->table()[1], (QStringList{"0", "0.5", "0.3", "0.2"}));
    QTemporaryDir folder;
    for (const char* ending : {"png", "svg", "csv"}) QVERIFY(f.view->exportTo(folder.filePath(QString("a.") + ending)));
    QFile svg(folder.filePath("a.svg"));
    QVERIFY(svg.open(QIODevice::ReadOnly));
    QVERIFY2(svg.readAll().count("<path") > 3, "bands are vectors");
  }

  void emptySingleAndManyTermsSurvive() {
    Fixture f({});
    QVERIFY(!f.view->emptyText().isEmpty());
    for (const int key : {Qt::Key_Down, Qt::Key_Return, Qt::Key_Left, Qt::Key_Escape}) QTest::keyClick(f.area(), static_cast<Qt::Key>(key));
    CurveSet one;
    one.by_tag["weighted/vicreg"] = {curve("r", {2})};
    f.view->setCurves(one);
    QVERIFY(f.view->emptyText().isEmpty());
    QCOMPARE(f.area()->grab().toImage().pixelColor(f.area()->plotRect().center().toPoint()), mixed(themeColors(false).panel, f.palette.category(0), 0.78));
    CurveSet zero;
    zero.by_tag["weighted/vicreg"] = {curve("r", {0, NAN})};
    f.view->setCurves(zero);
    QVERIFY(f.view->emptyText().contains("sum"));
    CurveSet many;
    for (int k = 0; k < 40; ++k) many.by_tag[QString("weighted/t%1").arg(k, 2, 10, QChar('0'))] = {curve("r", {1, 2, 3})};
    f.view->bind({{"values", "weighted/*"}});
    f.view->setCurves(many);
    QCOMPARE(f.area()->data().names.size(), 40);
    QVERIFY(f.area()->legendRect(39).isEmpty());   // no room: the last line says how many
    f.view->grab();
    f.view->resize(60, 60);
    f.view->grab();
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestLossComposition)
#include "tst_loss_composition.moc"
