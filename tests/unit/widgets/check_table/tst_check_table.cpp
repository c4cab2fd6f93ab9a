// SPDX-License-Identifier: GPL-3.0-or-later
#include <QImage>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

#include "widgets/base/hover_card.h"
#include "widgets/base/shared_models.h"
#include "widgets/check_table/check_rows.h"
#include "widgets/check_table/check_table.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::check_table;

class TestCheckTable : public QObject {
  Q_OBJECT

  static CheckView check(const QString& id, const QString& kind, double value, double low, double high, double bound, int passes, QStringList worst = {}) {
    CheckView view;
    view.id = id;
    view.kind = kind;
    view.title = "Title of " + id;
    view.rule = "rule of " + id;
    view.value = value, view.low = low, view.high = high, view.bound = bound;
    view.passes = passes;
    view.n = 1702;
    view.worst = std::move(worst);
    view.step = 1200;
    return view;
  }
  static ArrayMap judged() {
    ArrayMap map;
    map.step = 1200;
    map.run = "mine";
    CheckView pairs = check("gates/pairs", "gate", 9, NAN, NAN, 15, 0, {"P2", "P10"});
    pairs.counts = true;
    map.checks = {pairs, check("gates/distance", "gate", .21, NAN, .42, .31, 0, {"P2", "P3"}), check("mixing/ilisi", "mixing", .61, .58, .64, NAN, -1, {"P3"}),
                  check("guards/types", "guard", .91, .88, .93, .9, 1)};
    map.labels["source"] = {"source", {"P2", "P10", "P3"}, std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{0, 0, 1, 2, 2, 2, -1})};
    return map;
  }
  struct Fixture {
    SelectionModel selection;
    std::unique_ptr<CheckTable> view;
    explicit Fixture(const ArrayMap& map, QSize size = {340, 420}) {
      view = std::make_unique<CheckTable>(ViewContext{&selection, nullptr, nullptr, nullptr, nullptr});
      view->setTitle("Gates and guards");
      view->setCard({"Gates and guards", {{"Title of guards/types", "Are they found?", "balanced accuracy", "Reaches PCA.", "1 / types"}}});
      view->bind({{"check1", "gates/pairs"}, {"title1", "Pairs of sources"}, {"check2", "gates/distance"}, {"check3", "gates/domains"}, {"title3", "Spots against cells"},
                  {"check4", "mixing/ilisi"}, {"check5", "guards/types"}, {"labels", "source"}});
      view->resize(size);
      view->show();
      view->setArrays(map);
    }
    CheckRows* rows() const { return view->rows(); }
    void click(int row) const { QTest::mouseClick(rows(), Qt::LeftButton, {}, rows()->rowRect(row).center().toPoint()); }
    QStringList line(int row) const { return view->table().at(row + 1); }
  };

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }
  void cleanup() { HoverCard::hideFrom(nullptr); }

  void whatNobodyJudgedIsListedAsNotKnownYet() {
    Fixture f({});
    QCOMPARE(f.rows()->items().size(), std::size_t{5});
    QCOMPARE(f.rows()->items()[0].check.title, QString("Pairs of sources"));
    QCOMPARE(f.rows()->items()[4].check.kind, QString("guard"));
    for (const CheckItem& item : f.rows()->items()) QCOMPARE(item.outcome(), Outcome::open);
    QVERIFY(f.view->headline().contains("Nothing is judged so far"));
    QCOMPARE(f.view->count(), QString());
    QCOMPARE(f.line(2), (QStringList{"gate", "Spots against cells", "not judged", "", "", "", "", "", "", "", ""}));
  }

  void rowsSayNumberBoundAndOutcome() {
    Fixture f(judged());
    QCOMPARE(f.rows()->items().size(), std::size_t{5});
    QCOMPARE(f.line(0).mid(0, 4), (QStringList{"gate", "Title of gates/pairs", "FAILS", "9"}));
    QCOMPARE(valueText(f.rows()->items()[0].check), QString("9 of 15"));
    QCOMPARE(intervalText(f.rows()->items()[1].check), QString("at most 0.42"));
    QCOMPARE(boundText(f.rows()->items()[1].check), QString("≤ 0.31"));
    QCOMPARE(intervalText(f.rows()->items()[4].check), QString("[0.88, 0.93]"));
    QCOMPARE(boundText(f.rows()->items()[4].check), QString("reaches 0.90"));
    QCOMPARE(f.rows()->items()[3].outcome(), Outcome::no_gate);
    QCOMPARE(f.rows()->items()[2].outcome(), Outcome::open);
    QCOMPARE(f.view->count(), QString("1 of 3 pass"));
    QVERIFY2(f.view->headline() == "Fails: Title of gates/pairs, Title of gates/distance · 1 not judged", qPrintable(f.view->headline()));
    QVERIFY2(f.view->caption().contains("while training"), qPrintable(f.view->caption()));
  }

  void theEvaluationIsSaidToBeThat() {
    ArrayMap map = judged();
    for (CheckView& one : map.checks) one.at_end = true;
    Fixture f(map);
    QVERIFY2(f.view->caption().contains("at the end"), qPrintable(f.view->caption()));
    QCOMPARE(f.line(0).last(), QString("at the end"));
  }

  void aClickSelectsTheWorstEverywhere() {
    Fixture f(judged());
    f.click(1);
    QCOMPARE(f.selection.sources(), (QStringList{"P2", "P3"}));
    QCOMPARE(f.selection.mask(), (std::vector<std::uint8_t>{1, 1, 0, 1, 1, 1, 0}));
    QCOMPARE(f.selection.reason(), QString("P2 and P3"));
    f.click(4);
    QCOMPARE(f.selection.sources(), (QStringList{"P2", "P3"}));   // nothing is worst there
    QTest::keyClick(f.rows(), Qt::Key_Escape);
    QVERIFY(f.selection.sources().isEmpty());
  }

  void theKeysDoWhatTheMouseDoes() {
    Fixture f(judged());
    f.rows()->setFocus();
    for (int i = 0; i < 4; ++i) QTest::keyClick(f.rows(), Qt::Key_Down);
    QCOMPARE(f.rows()->current(), 3);
    QTest::keyClick(f.rows(), Qt::Key_Return);
    QCOMPARE(f.selection.sources(), (QStringList{"P3"}));
    QSignalSpy explained(f.rows(), &CheckRows::explainWanted);
    QTest::keyClick(f.rows(), Qt::Key_I);
    QCOMPARE(explained.count(), 1);
    for (QWidget* popup : f.view->findChildren<QWidget*>("infoCard")) popup->close();
  }

  void theCardOfARowSaysWhatItIsAndWhatItSaysNow() {
    Fixture f(judged());
    const QString html = f.view->cardOfRow(4).html();
    for (const char* words : {"Are they found?", "balanced accuracy", "rule of guards/types", "n = 1", "0.91", "passes"}) QVERIFY2(html.contains(words), words);
    QSignalSpy explained(f.rows(), &CheckRows::explainWanted);
    QTest::mouseClick(f.rows(), Qt::LeftButton, {}, f.rows()->explainRect(4).center().toPoint());
    QCOMPARE(explained.count(), 1);
    QVERIFY(f.view->findChild<QWidget*>("infoCard"));
    f.view->findChild<QWidget*>("infoCard")->close();
    QVERIFY(f.view->cardOfRow(2).html().contains("not judged"));
  }

  void anotherRunStandsBeside() {
    Fixture f(judged());
    ArrayMap other = judged();
    other.run = "seed";
    other.checks[3].value = .7;
    f.view->setReference(other);
    QVERIFY(f.rows()->items()[4].other);
    QCOMPARE(f.rows()->items()[4].other->value, .7);
    QVERIFY2(f.view->caption().contains("beside seed"), qPrintable(f.view->caption()));
    f.view->setReference({});
    QVERIFY(!f.rows()->items()[4].other);
  }

  void outcomesDifferBySignNotByColourAlone() {
    // The marks in grey: what is left of them without colour differs.
    const auto mark = [](int passes) {
      ArrayMap map = judged();
      map.checks = {check("guards/types", "guard", .91, .88, .93, .9, passes)};
      Fixture f(map);
      const QRectF row = f.rows()->rowRect(4);
      QImage image(f.rows()->size(), QImage::Format_RGB32);
      f.rows()->render(&image);
      return image.copy(14, static_cast<int>(row.top()) + 3, 15, 16).convertToFormat(QImage::Format_Mono, Qt::ThresholdDither);
    };
    QVERIFY(mark(1) != mark(0));
    QVERIFY(mark(1) != mark(-1));
    QVERIFY(mark(0) != mark(-1));
  }

  void itIsDrawnWideNarrowAndWithNonsense() {
    ArrayMap map = judged();
    map.checks.push_back(check({}, "strange", INFINITY, -INFINITY, INFINITY, NAN, 7, {"nobody"}));
    for (int i = 0; i < 200; ++i) map.checks.push_back(check(QStringLiteral("more/%1").arg(i), "guard", -i, NAN, NAN, i, i % 3 - 1));
    for (const QSize size : {QSize(200, 120), QSize(340, 420), QSize(900, 300)}) {
      Fixture f(map, size);
      QVERIFY(f.rows()->items().size() <= 40);
      f.view->grab();
      for (std::size_t row = 0; row < f.rows()->items().size(); ++row) QVERIFY(!f.view->cardOfRow(static_cast<int>(row)).isEmpty());
      f.click(5);
    }
  }

  void bothFormsFitTheirHeight() {
    Fixture narrow(judged(), {300, 300}), wide(judged(), {800, 300});
    QVERIFY(narrow.rows()->height() > wide.rows()->height());
    QVERIFY(narrow.rows()->rowRect(4).bottom() <= narrow.rows()->height());
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestCheckTable)
#include "tst_check_table.moc"
