// SPDX-License-Identifier: GPL-3.0-or-later
#include <QImage>
#include <QLabel>
#include <QTest>

#include <cmath>

#include "tests/unit/widgets/row_of_numbers.h"
#include "widgets/base/shared_models.h"
#include "widgets/skill_panel/skill_levels.h"
#include "widgets/skill_panel/skill_panel.h"
#include "widgets/skill_panel/skill_plot.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::skill_panel;

class TestSkillPanel : public QObject {
  Q_OBJECT

  static ArrayView numbers(std::vector<double> values, const QString& caption = {}) { return geocyte::test::rowOfNumbers(std::move(values), "sigma", caption); }
  static QHash<QString, QString> bindings() {
    QHash<QString, QString> all;
    for (const char* role : {"sigma", "ratio", "ratio_low", "ratio_high", "f_ratio", "scale", "ceiling", "refined", "generator", "gain_low", "gain_high", "count"}) all.insert(role, QString("skill/") + role);
    return all;
  }
  static ArrayMap levels(const std::vector<double>& ratio, double half_width, const std::vector<double>& gain = {}) {
    ArrayMap map;
    map.step = 500;
    std::vector<double> sigma, low, high, refined, generator, gain_low, gain_high, ones;
    for (std::size_t i = 0; i < ratio.size(); ++i) {
      sigma.push_back(0.1 * std::pow(2, static_cast<double>(i)));
      low.push_back(ratio[i] - half_width), high.push_back(ratio[i] + half_width);
      const double g = i < gain.size() ? gain[i] : 0;
      generator.push_back(0.5), refined.push_back(0.5 - g), gain_low.push_back(g - 0.05), gain_high.push_back(g + 0.05), ones.push_back(0.9);
    }
    map.arrays["skill/sigma"] = numbers(sigma);
    map.arrays["skill/ratio"] = numbers(ratio, "held-out slide P2_ST3");
    map.arrays["skill/ratio_low"] = numbers(low);
    map.arrays["skill/ratio_high"] = numbers(high);
    map.arrays["skill/f_ratio"] = numbers(ones);
    map.arrays["skill/scale"] = numbers(ones);
    map.arrays["skill/ceiling"] = numbers(ones);
    map.arrays["skill/refined"] = numbers(refined, "1 - row-Spearman");
    map.arrays["skill/generator"] = numbers(generator);
    map.arrays["skill/gain_low"] = numbers(gain_low);
    map.arrays["skill/gain_high"] = numbers(gain_high);
    map.arrays["skill/count"] = numbers(std::vector<double>(ratio.size(), 400));
    return map;
  }
  static std::unique_ptr<SkillPanel> panelOf(const ArrayMap& map, const QSize& size = {420, 620}) {
    auto panel = std::make_unique<SkillPanel>(ViewContext());
    panel->bind(bindings());
    panel->resize(size);
    panel->show();
    panel->setArrays(map);
    return panel;
  }

 private slots:
  void theHeadlineIsWholeAlsoWhereThePanelIsNarrow() {
    const auto panel = panelOf(levels({0.94, 0.95, 1.0, 1.0}, 0.01, {0.1, 0.1, 0, 0}), {300, 620});
    QVERIFY(panel->headline().size() > 60);
    const auto* label = panel->findChild<QLabel*>("viewHeadline");
    QTRY_VERIFY(label->text().contains('\n'));
    QCOMPARE(QString(label->text()).replace('\n', ' '), panel->headline());
    QVERIFY(label->height() > 30);
  }

  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void theVerdictFollowsTheIntervals_data() {
    QTest::addColumn<std::vector<double>>("ratio");
    QTest::addColumn<double>("half");
    QTest::addColumn<QString>("headline");
    QTest::newRow("everywhere") << std::vector<double>{.5, .7, .9} << .05 << "Skill at every noise level";
    QTest::newRow("somewhere") << std::vector<double>{.5, .7, .98} << .05 << "Skill at 2 of 3 noise levels";
    QTest::newRow("and harm") << std::vector<double>{.5, 1.0, 1.3} << .05 << "Skill at 1 of 3 noise levels, harm at 1";
    QTest::newRow("nothing") << std::vector<double>{.99, 1.0, 1.01} << .05 << "No skill: the refiner equals doing nothing at every noise level";
    QTest::newRow("below one, but not surely") << std::vector<double>{.9, .9, .9} << .2 << "No skill: the refiner equals doing nothing at every noise level";
    QTest::newRow("harm") << std::vector<double>{1.2, 1.0, 1.3} << .05 << "No skill: the refiner is worse than doing nothing at 2 of 3 noise levels";
    QTest::newRow("no interval") << std::vector<double>{.5, .5} << double(NAN) << "Not judged: no interval yet";
  }
  void theVerdictFollowsTheIntervals() {
    QFETCH(std::vector<double>, ratio);
    QFETCH(double, half);
    QFETCH(QString, headline);
    QCOMPARE(verdictOf(levelsOf(levels(ratio, half), bindings())).headline, headline);
  }

  void theGainOverTheGeneratorCountsOnlyWhereItsIntervalDoes() {
    const auto evidence = [](const std::vector<double>& gain) { return verdictOf(levelsOf(levels({.5, .5, .5}, .05, gain), bindings())).evidence; };
    QVERIFY(evidence({.1, .2, .01}).contains("better than the generator's from 2 of 3 levels"));
    QVERIFY(evidence({.01, 0, .01}).contains("no better than the generator's from any level"));
    QVERIFY(evidence({-.1, 0, .01}).contains("worse than the generator's from 1 of 3 levels"));
    QVERIFY(evidence({.1, .1, .1}).startsWith("loss 0.50–0.50 of doing nothing"));
  }

  void nothingRefinedIsSaidAndNotDrawn() {
    const auto panel = panelOf({});
    QVERIFY2(panel->emptyText().startsWith("No refiner has been trained up to this step"), qPrintable(panel->emptyText()));
    QVERIFY(!panel->plot()->isVisible());
    QVERIFY(panel->headline().isEmpty());
    panel->setArrays(levels({.5, .6}, .05));
    QVERIFY(panel->emptyText().isEmpty() && panel->plot()->isVisible());
    QVERIFY(panel->headline().startsWith("Skill at every noise level: loss 0.50–0.60"));
    QVERIFY2(panel->caption().startsWith("step 500 · n = 400 cells · held-out slide P2_ST3"), qPrintable(panel->caption()));
    auto told = bindings();
    told.insert("nameReason", "This run has no refiner.");
    panel->bind(told);
    panel->setArrays({});
    QCOMPARE(panel->emptyText(), QString("This run has no refiner."));
  }

  void pointsAreFilledBelowOneAndHollowAroundIt() {
    const auto panel = panelOf(levels({.5, 1.0, 1.6}, .05), {420, 620});
    panel->resize(420, 620 + panel->findChild<QLabel*>("viewHeadline")->height() - 20);   // so tall that the marks stand on whole pixels
    const SkillPlot* plot = panel->plot();
    QCOMPARE(plot->charts(), 4);
    const QImage picture = panel->plot()->grab().toImage();
    const ThemeColors& c = themeColors(false);
    QCOMPARE(picture.pixelColor(plot->pointOf(0, 0).toPoint() + QPoint(2, 1)).rgb(), c.ok.rgb());
    QCOMPARE(picture.pixelColor(plot->pointOf(0, 2).toPoint()).rgb(), c.bad.rgb());       // the cross
    QVERIFY(picture.pixelColor(plot->pointOf(0, 1).toPoint() + QPoint(2, -1)).rgb() != c.ok.rgb());
    // Higher is higher, and charts do not overlap.
    QVERIFY(plot->pointOf(0, 2).y() < plot->pointOf(0, 1).y());
    for (int i = 0; i < 3; ++i) QVERIFY(plot->areaOf(i).bottom() < plot->areaOf(i + 1).top());
    panel->resize(900, 420);
    QVERIFY(panel->plot()->areaOf(0).right() < panel->plot()->areaOf(1).left());
  }

  void whatCannotBeReadIsLeftOut() {
    const auto panel = panelOf(levels({.5, 1.0, 1.6}, .05), {300, 620});
    QCOMPARE(panel->plot()->charts(), 4);
    for (const int height : {460, 360, 300, 240}) {
      panel->resize(300, height);
      const SkillPlot* plot = panel->plot();
      QVERIFY(plot->charts() >= 2);
      if (plot->charts() > 2)
        for (int i = 0; i < plot->charts(); ++i) QVERIFY2(plot->areaOf(i).height() >= 30, qPrintable(QString("%1 charts in %2").arg(plot->charts()).arg(height)));
    }
    QVERIFY(panel->plot()->charts() < 4);   // it has a least height
    panel->resize(300, 620);
    QCOMPARE(panel->plot()->charts(), 4);
  }

  void keysAndMouseReadOutALevel() {
    const auto panel = panelOf(levels({.5, .7, .9}, .05, {.1, .1, .1}));
    SkillPlot* plot = panel->plot();
    QTest::keyClick(plot, Qt::Key_Right);
    QCOMPARE(plot->current(), 0);
    QVERIFY(HoverCard::shown());
    const QString said = HoverCard::shown()->content().text();
    for (const char* part : {"σ = 0.1", "loss / doing nothing", "0.500 [0.450, 0.550]", "gain", "0.100 [0.050, 0.150]", "1 - row-Spearman"}) QVERIFY2(said.contains(part), qPrintable(said));
    QTest::keyClick(plot, Qt::Key_Right);
    QCOMPARE(plot->current(), 1);
    QTest::keyClick(plot, Qt::Key_Escape);
    QCOMPARE(plot->current(), -1);
    QMouseEvent move(QEvent::MouseMove, plot->pointOf(1, 2), plot->mapToGlobal(plot->pointOf(1, 2)), Qt::NoButton, Qt::NoButton, {});
    QCoreApplication::sendEvent(plot, &move);
    QCOMPARE(plot->current(), 2);
  }

  void theTableHasARowALevel() {
    const auto panel = panelOf(levels({.5, .7}, .05));
    const auto rows = panel->table();
    QCOMPARE(rows.size(), qsizetype{3});
    QCOMPARE(rows[0].size(), qsizetype{12});
    QCOMPARE(rows[1][1], QString("0.5"));
  }

  void hostileArraysAreSurvived() {
    ArrayMap map = levels({.5, .7, .9}, .05);
    map.arrays["skill/sigma"] = numbers({NAN, -1, 0.5});
    map.arrays["skill/scale"] = numbers({1});
    map.arrays["skill/f_ratio"] = numbers({NAN, NAN, NAN});
    const auto panel = panelOf(map);
    QCOMPARE(panel->plot()->levels().size(), std::size_t{1});
    QVERIFY(panel->plot()->levels().scale.empty());
    QVERIFY(!panel->grab().isNull());
    panel->setArrays(levels({NAN, INFINITY}, NAN));
    QVERIFY(!panel->grab().isNull());
    panel->setArrays(levels({0}, 0));
    QVERIFY(!panel->grab().isNull());
    map.arrays.remove("skill/ratio");
    panel->setArrays(map);
    QVERIFY(!panel->emptyText().isEmpty());
  }

  void cleanupTestCase() { theme_.reset(); }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestSkillPanel)
#include "tst_skill_panel.moc"
