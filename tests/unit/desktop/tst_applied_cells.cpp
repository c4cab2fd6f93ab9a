// SPDX-License-Identifier: GPL-3.0-or-later
// What `apply` answers, as lists of checks and arrays of views; and answers that are not what they should be.
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

#include "app/desktop/applied_cells.h"
#include "app/desktop/apply_dialog.h"
#include "widgets/controls/check_list.h"

using namespace geocyte;
using namespace geocyte::desktop;
using widgets::CheckRow, widgets::CheckState;

namespace {

Json plan() {
  return {{"makes", "places"}, {"key", "X_st_edm"}, {"step", 500}, {"why", "best"}, {"cells", 1200}, {"panel", 500}, {"missing_genes", 0}, {"missing", Json::array()},
          {"counts", "X"}, {"memory_bytes", 2e9}, {"memory_free", 8e9}, {"out", "a.h5ad"}, {"out_exists", false}};
}

CheckRow row(const std::vector<CheckRow>& rows, const char* id) {
  for (const CheckRow& one : rows)
    if (one.id == QLatin1String(id)) return one;
  return {};
}

Json sketch() {
  return {{"step", 500}, {"sketch", {{"cells", 6}, {"shown", 3}, {"places", true}, {"dimensions", 2}, {"method", "places"}, {"points", {0.0, 1.0, nullptr, nullptr, 2.5, -1.0}},
                                     {"labels", {{{"name", "type"}, {"categories", {"B", "T"}}, {"codes", {1, -1, 7}}}}},
                                     {"numbers", {{{"name", "uncertainty"}, {"values", {0.1, nullptr, 0.3}}}, {{"name", "short"}, {"values", {1}}}}}}}};
}

}  // namespace

class TestAppliedCells : public QObject {
  Q_OBJECT
 private slots:
  void whatIsRightCanBeApplied() {
    const auto rows = applyChecks(plan(), false);
    QVERIFY(desktop::canApply(rows));
    QCOMPARE(row(rows, "genes").text, QString("500 of the 500 of the panel"));
    QVERIFY(row(rows, "memory").text.contains("2.0 GB") || row(rows, "memory").text.contains("1.9 GB"));
    QVERIFY(!desktop::canApply({}));
  }

  void missingGenesStandInTheWayUntilTheyCountAsZero() {
    Json some = plan();
    some["missing_genes"] = 14;
    some["missing"] = {"CD3E", "MS4A1"};
    const auto rows = applyChecks(some, false);
    QVERIFY(!desktop::canApply(rows));
    QCOMPARE(row(rows, "genes").state, CheckState::failed);
    QVERIFY2(row(rows, "genes").hint.startsWith("Missing: CD3E, MS4A1 and 12 more."), qPrintable(row(rows, "genes").hint));
    QVERIFY(desktop::canApply(applyChecks(some, true)));
    QCOMPARE(row(applyChecks(some, true), "genes").state, CheckState::note);
  }

  void tooLittleMemoryStandsInTheWay() {
    Json some = plan();
    some["memory_free"] = 1e9;
    QVERIFY(!desktop::canApply(applyChecks(some, false)));
  }

  void aFileThatIsThereIsNamedBeforeItIsReplaced() {
    Json some = plan();
    some["out_exists"] = true;
    QCOMPARE(row(applyChecks(some, false), "out").state, CheckState::note);
    QVERIFY(desktop::canApply(applyChecks(some, false)));
  }

  void aSketchBecomesArrays() {
    const auto map = appliedCells(sketch(), "a run", "new.h5ad");
    const auto* places = map.find("coordinates/predicted");
    QVERIFY(places);
    QCOMPARE(places->shape, (std::vector<std::int64_t>{3, 2}));
    QCOMPARE(places->at(5), -1.0);
    QVERIFY(std::isnan(places->at(2)));
    QVERIFY(map.find("coordinates/uncertainty"));
    QVERIFY2(!map.find("coordinates/short"), "one number for three cells is of nobody");
    QCOMPARE(*map.labels["type"].codes, (std::vector<std::int32_t>{1, -1, -1}));
    QCOMPARE(map.labels["source"].categories, QStringList("new.h5ad"));
    QCOMPARE(map.step, 500);
    QCOMPARE(firstColour(map), QString("type"));   // all cells are of one file
    auto two = map;
    two.labels["source"].categories << "other.h5ad";
    QCOMPARE(firstColour(two), QString("source"));
    two.labels.clear();
    QCOMPARE(firstColour(two), QString("source"));
  }

  void answersThatAreWrongGiveNothing() {
    QVERIFY(appliedCells(Json(), "", "").arrays.isEmpty());
    QVERIFY(appliedCells(Json{{"sketch", 3}}, "", "").arrays.isEmpty());
    Json cut = sketch();
    cut["sketch"]["points"].erase(5);
    QVERIFY(appliedCells(cut, "", "").arrays.isEmpty());
    cut = sketch();
    cut["sketch"]["shown"] = "three";
    QVERIFY(appliedCells(cut, "", "").arrays.isEmpty());
    QVERIFY(!desktop::canApply(applyChecks(Json{{"cells", "many"}}, false)));
    QVERIFY(!desktop::canApply(applyChecks(Json::array(), false)));
  }

  void problemsAreSentences() {
    EngineAnswer answer;
    answer.problem = "there is no folder /runs/a";
    answer.hint = "give the folder of a run";
    QCOMPARE(answer.words(), QString("There is no folder /runs/a. Give the folder of a run."));
    answer.hint.clear();
    QCOMPARE(answer.words(), QString("There is no folder /runs/a."));
    answer.problem = "Really?";
    QCOMPARE(answer.words(), QString("Really?"));
  }

  void progressIsReadFromItsLines() {
    int percent = -1;
    QString words;
    QVERIFY(readProgress("apply: 40 % · laying out · 12 s left", percent, words));
    QCOMPARE(percent, 40);
    QCOMPARE(words, QString("laying out · 12 s left"));
    QVERIFY(!readProgress("note: 40 % of the genes are missing", percent, words) || percent <= 100);
    QVERIFY(!readProgress("apply: 1,200 cells", percent, words));
  }

  void aRunThatIsGoneIsSaidAndNothingCanBeStarted() {
    widgets::PaletteModel palette;
    ApplyDialog dialog({"/runs/a", "a", "gems"}, palette);
    QSignalSpy checked(&dialog, &ApplyDialog::checked);
    dialog.show();
    dialog.setData("/tmp/new.h5ad");
    QVERIFY(checked.wait(30'000));
    auto* problem = dialog.findChild<QLabel*>("applyProblem");
    QVERIFY(problem && problem->isVisible());
    QVERIFY2(problem->text().endsWith('.'), qPrintable(problem->text()));   // without an engine it is that which is said
    QVERIFY(!dialog.findChild<QPushButton*>("applyStart")->isEnabled());
    QCOMPARE(dialog.findChild<QLineEdit*>("applyOut")->text(), QString("/tmp/new.gems.h5ad"));
  }
};

QTEST_MAIN(TestAppliedCells)
#include "tst_applied_cells.moc"
