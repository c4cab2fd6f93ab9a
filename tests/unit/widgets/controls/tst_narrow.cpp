// SPDX-License-Identifier: GPL-3.0-or-later
// Controls where there is little room: what does not fit says so, and nothing is cut without a sign.
#include <QHeaderView>
#include <QImage>
#include <QTableView>
#include <QTest>

#include <memory>

#include "widgets/controls/choice_button.h"
#include "widgets/controls/elided_label.h"
#include "widgets/controls/struct_table.h"
#include "widgets/controls/verdict_line.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;

class TestNarrow : public QObject {
  Q_OBJECT

  static Field column(const QString& path, FieldType type = FieldType::text) {
    Field field;
    field.path = path;
    field.type = type;
    field.default_value = QString();
    return field;
  }
  static Field sources() {
    Field field;
    field.path = QStringLiteral("sources");
    field.fields = {column("name"), column("path", FieldType::path), column("by"), column("patient")};
    return field;
  }
  static QVariantList rows(int count) {
    QVariantList all;
    for (int i = 0; i < count; ++i)
      all << QVariantMap{{"name", QStringLiteral("S%1").arg(i)}, {"path", QStringLiteral("s%1.h5ad").arg(i)}, {"by", QString()}, {"patient", QStringLiteral("P2")}};
    return all;
  }

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void aLabelTakesAsManyLinesAsItNeedsAndThenAnEllipsis() {
    ElidedLabel label(QStringLiteral("Skill at 4 of 6 noise levels: loss 0.94 to 1.00 of doing nothing; refined places are no better than the generator's alone"));
    label.setMostLines(3, 20);
    label.resize(2000, 20);
    label.show();
    QCOMPARE(label.height(), 20);
    QVERIFY(!label.text().contains('\n'));
    label.resize(300, 20);
    QVERIFY2(label.text().count('\n') >= 1 && label.text().count('\n') <= 2, qPrintable(label.text()));
    QVERIFY(label.height() > 20);
    QCOMPARE(QString(label.text()).replace('\n', ' '), label.fullText());
    for (const QString& line : label.text().split('\n')) QVERIFY(label.fontMetrics().horizontalAdvance(line) <= 300);
    label.resize(110, 20);
    QCOMPARE(label.text().count('\n'), 2);
    QVERIFY(label.text().endsWith(QChar(0x2026)));
    QCOMPARE(label.toolTip(), label.fullText());
  }

  void aLineBreaksInNoNumber() {
    ElidedLabel label(QStringLiteral("distance of means over its sampling floor, raw or standardised, the larger one, n = 1 702 held-out cells of 12 345 678 in all · step 600"));
    label.setMostLines(3, 20);
    label.show();
    for (int width = 260; width < 1000; ++width) {
      label.resize(width, 20);
      for (const char* broken : {" n\n", "=\n", "1\n702", "12\n345", "345\n678"}) QVERIFY2(!label.text().contains(QLatin1String(broken)), qPrintable(label.text()));
    }
  }

  void aChoiceIsCutWithAnEllipsisAndKeepsItsArrow() {
    ChoiceButton button(QStringLiteral("Colour"), QStringLiteral("colour: "));
    button.setChoices({{"a", "a name that is rather long", {}}, {"b", "b", {}}});
    const int whole = button.sizeHint().width();
    QVERIFY(button.minimumSizeHint().width() < whole * 2 / 3);
    button.resize(button.sizeHint());
    button.show();
    const QImage wide = button.grab().toImage();
    button.resize(button.minimumSizeHint());
    const QImage narrow = button.grab().toImage();
    // The arrow at the right end looks the same in both: its darkest column stands as far from the edge.
    const auto last_ink = [](const QImage& image) {
      for (int x = image.width() - 1; x >= 0; --x)
        for (int y = 0; y < image.height(); ++y)
          if (qGray(image.pixel(x, y)) < 160) return image.width() - x;
      return -1;
    };
    QVERIFY(last_ink(narrow) > 0);
    QVERIFY2(std::abs(last_ink(narrow) - last_ink(wide)) <= 2, qPrintable(QStringLiteral("%1 %2").arg(last_ink(narrow)).arg(last_ink(wide))));
  }

  void aTableThatStandsShowsTheColumnsThatSaySomething() {
    StructTable table(sources());
    table.resize(300, 300);
    table.setRows(rows(4));
    table.show();
    QVERIFY2(!table.view()->isColumnHidden(2), "who edits needs every column");
    table.setReadOnly(true);
    QVERIFY(table.view()->isColumnHidden(2));
    for (const int c : {0, 1, 3}) QVERIFY(!table.view()->isColumnHidden(c));
    const int last = table.view()->rowViewportPosition(3) + table.view()->rowHeight(3);
    QVERIFY2(last <= table.view()->viewport()->height(), "the bar below covers no row");
    table.setReadOnly(false);
    QVERIFY(!table.view()->isColumnHidden(2));
  }

  void aLongPathGivesWayToTheColumnsBesideIt() {
    StructTable table(sources());
    QVariantList all = rows(3);
    for (QVariant& row : all) {
      QVariantMap map = row.toMap();
      map["path"] = QStringLiteral("a/rather/long/folder/name/of/a/study/") + map["path"].toString();
      row = map;
    }
    table.resize(300, 300);
    table.setReadOnly(true);
    table.setRows(all);
    table.show();
    QCoreApplication::processEvents();
    QTableView* view = table.view();
    QVERIFY2(view->columnViewportPosition(3) + view->columnWidth(3) <= view->viewport()->width(), "the patient is in sight");
    QVERIFY(view->columnWidth(1) >= 90);
    // Of the path its end is shown: two paths that differ at their ends do not look the same.
    const auto painted = [&](int row) { return view->viewport()->grab(view->visualRect(view->model()->index(row, 1)).adjusted(0, 2, 0, -2)).toImage(); };
    QVERIFY(painted(0) != painted(1));
  }

  void choicesGiveUpTheirPrefixesBeforeTheyAreCut() {
    ChoiceButton button(QStringLiteral("Colour"), QStringLiteral("colour: "));
    button.setChoices({{"a", "cell type", {}}, {"b", "b", {}}});
    const int whole = button.sizeHint().width();
    button.setShort(true);
    QCOMPARE(button.sizeHint().width(), whole - button.prefixWidth());
    QVERIFY(button.minimumSizeHint().width() <= button.sizeHint().width());
    ChoiceButton bare(QStringLiteral("Colour"));
    bare.setChoices(button.choices());
    for (ChoiceButton* one : {&button, &bare}) one->resize(button.sizeHint());
    QVERIFY2(button.grab().toImage() == bare.grab().toImage(), "nothing is cut");
  }

  void aLongVerdictTakesTwoLinesAndNothingIsLost() {
    VerdictLine line;
    line.setVerdict({VerdictState::warning, QStringLiteral("The refiner denoises at σ = 0.6, 1.2, 2.4, and is worse than nothing at σ = 0.1. Refined places are no better than the generator's."),
                     QStringLiteral("L/L(F=0): 1.05 at σ = 0.1"), {}});
    line.resize(760, 40);
    line.show();
    QCoreApplication::processEvents();
    auto* headline = line.findChild<ElidedLabel*>("verdictHeadline");
    QVERIFY2(headline->text().contains('\n') && !headline->text().contains(QChar(0x2026)), qPrintable(headline->text()));
    QVERIFY(headline->geometry().bottom() < line.height() && headline->y() >= 0);
    QVERIFY2(line.toolTip().contains("L/L(F=0): 1.05"), "what has no room is in the tooltip");
    QVERIFY(line.findChild<ElidedLabel*>("verdictEvidence")->text().isEmpty());
    line.resize(1900, 40);
    QCoreApplication::processEvents();
    QVERIFY(!headline->text().contains('\n') && !line.findChild<ElidedLabel*>("verdictEvidence")->text().isEmpty());
  }

  void anEmptyTableThatStandsIsOnlyItsSentence() {
    StructTable table(sources());
    table.setPlaceholder(QStringLiteral("Every source of a simulated tissue."));
    table.resize(300, 300);
    table.setRows({});
    table.show();
    QVERIFY(table.view()->horizontalHeader()->isVisible());
    table.setReadOnly(true);
    QVERIFY(!table.view()->horizontalHeader()->isVisible());
    table.setRows(rows(1));
    QVERIFY(table.view()->horizontalHeader()->isVisible());
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestNarrow)
#include "tst_narrow.moc"
