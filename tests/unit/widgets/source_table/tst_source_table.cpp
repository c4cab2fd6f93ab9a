// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHeaderView>
#include <QImage>
#include <QScrollBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include "widgets/base/shared_models.h"
#include "widgets/source_table/source_table.h"
#include "widgets/source_table/table_model.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::source_table;

class TestSourceTable : public QObject {
  Q_OBJECT

  static ArrayView array(std::vector<double> values, std::vector<std::int64_t> shape, const QString& caption = {}) {
    auto owner = std::make_shared<const std::vector<double>>(std::move(values));
    ArrayView view;
    view.type = ElementType::f64;
    view.data = owner->data();
    view.shape = std::move(shape);
    view.axes = QStringList{"source", "source"}.mid(0, static_cast<qsizetype>(view.shape.size()));
    view.caption = caption;
    view.owner = owner;
    return view;
  }
  static ArrayMap threeSources() {
    ArrayMap map;
    map.step = 12300;
    map.arrays["s/std"] = array({.98, 1.02, NAN}, {3}, "std");
    map.arrays["s/rank"] = array({41, 47, 39}, {3}, "rank");
    map.arrays["s/own_share"] = array({.21, .64, .15}, {3});
    map.arrays["s/distance"] = array({0, 1, 2, 1, 0, 3, 2, 3, 9}, {3, 3}, "farthest");
    map.labels["source"] = {"source", {"P2", "P10", "P3"}, std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{0, 0, 1, 2, 2, 2, -1})};
    return map;
  }
  struct Fixture {
    SelectionModel selection;
    PaletteModel palette;
    std::unique_ptr<SourceTable> view;
    explicit Fixture(const ArrayMap& map, QHash<QString, QString> more = {}) {
      view = std::make_unique<SourceTable>(ViewContext{&selection, nullptr, nullptr, &palette, nullptr});
      QHash<QString, QString> bindings{{"column1", "s/std"}, {"column2", "s/rank"}, {"column3", "s/own_share"}, {"gate3", ".36"}, {"labels", "source"}, {"counts", "cells"}};
      bindings.insert(more);
      view->bind(bindings);
      view->resize(460, 240);
      view->show();
      view->setArrays(map);
    }
    QTableView* table() const { return view->view(); }
    void click(int row, Qt::KeyboardModifiers modifiers = {}) const {
      QTest::mouseClick(table()->viewport(), Qt::LeftButton, modifiers, table()->visualRect(table()->model()->index(row, 1)).center());
    }
    void sort(int column) const {
      QHeaderView* header = table()->horizontalHeader();
      QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, QPoint(header->sectionViewportPosition(column) + header->sectionSize(column) / 2, header->height() / 2));
    }
    QStringList names() const {
      QStringList out;
      for (int r = 0; r < table()->model()->rowCount(); ++r) out << table()->model()->index(r, 0).data().toString();
      return out;
    }
    QString text(int row, int column) const { return table()->model()->index(row, column).data().toString(); }
  };

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void columnsAreTitledByTheirCaptions() {
    const Fixture f(threeSources());
    QCOMPARE(f.view->table()[0], (QStringList{"source", "cells", "std", "rank", "own share"}));
    QCOMPARE(f.view->table()[1], (QStringList{"P2", "2", "0.98", "41", "0.21"}));
    QCOMPARE(f.view->table()[3], (QStringList{"P3", "3", "", "39", "0.15"}));
    QCOMPARE(f.text(0, 2), QString("0.98"));
    QCOMPARE(f.text(0, 3), QString("41"));   // whole numbers stay whole
    QCOMPARE(f.text(2, 2), QString("–"));
    QVERIFY(f.view->caption().contains("step"));
  }

  void ofAMatrixTheLargestOtherEntryOfTheRow() {
    const Fixture f(threeSources(), {{"column4", "s/distance"}});
    for (int r = 0; r < 3; ++r) QCOMPARE(f.view->table()[r + 1].last(), QString::number(r == 0 ? 2 : 3));
  }

  void aSourceIsBadWhereTheGateOfOneOfItsPairsFails() {
    ArrayMap map = threeSources();
    map.arrays["s/pass"] = array({NAN, 1, 1, 1, NAN, 0, 1, 0, NAN}, {3, 3}, "gate");
    const Fixture f(map, {{"column4", "s/distance"}, {"gate4", ".5"}, {"pass4", "s/pass"}});   // every distance is beyond .5
    const auto* model = f.view->findChild<TableModel*>();
    QVERIFY(!model->isBad(0, 5) && model->isBad(1, 5) && model->isBad(2, 5));
    QVERIFY(f.table()->model()->index(1, 5).data(Qt::ToolTipRole).toString().contains("a pair of it fails its gate"));
    f.view->grab();
  }

  void theBarBelowCoversNoRow() {
    const Fixture f(threeSources(), {{"column4", "s/distance"}, {"column5", "s/distance"}, {"column6", "s/distance"}, {"column7", "s/distance"}, {"column8", "s/distance"}});
    f.view->resize(260, f.view->minimumSizeHint().height());
    QTRY_VERIFY(f.table()->horizontalScrollBar()->isVisible());
    const QRect last = f.table()->visualRect(f.table()->model()->index(2, 0));
    QVERIFY2(last.bottom() <= f.table()->viewport()->height(), qPrintable(QStringLiteral("%1 of %2").arg(last.bottom()).arg(f.table()->viewport()->height())));
  }

  void valuesBeyondTheirGateAreMarked() {
    const Fixture f(threeSources());
    const auto* model = f.view->findChild<TableModel*>();
    QVERIFY(model->isBad(1, 4));
    QVERIFY(!model->isBad(0, 4));
    QVERIFY(f.table()->model()->index(1, 4).data(Qt::ToolTipRole).toString().contains("above the gate"));
    QCOMPARE(f.view->count(), QString("1 value beyond its gate"));
    const QImage image = f.view->grab().toImage();
    bool red = false;
    const QRect cell = f.table()->visualRect(f.table()->model()->index(1, 4)).translated(f.table()->viewport()->mapTo(f.view.get(), QPoint()));
    for (int x = cell.left(); x < cell.right(); ++x)
      for (int y = cell.top(); y < cell.bottom(); ++y) red = red || image.pixelColor(x, y) == themeColors(false).bad_text;
    QVERIFY(red);
    QVERIFY(Gate::parse("<.5")->isBad(.4) && !Gate::parse("<.5")->isBad(.5));
    QVERIFY(Gate::parse(" > 2 ")->isBad(3) && !Gate::parse("2")->isBad(NAN));
    QVERIFY(!Gate::parse("") && !Gate::parse("high") && !Gate::parse("nan"));
  }

  void aClickSelectsTheSourceEverywhere() {
    Fixture f(threeSources());
    f.click(1);
    QCOMPARE(f.selection.sources(), QStringList{"P10"});
    QCOMPARE(f.selection.mask(), (std::vector<std::uint8_t>{0, 0, 1, 0, 0, 0, 0}));
    QCOMPARE(f.selection.axis(), QString("cell"));
    f.click(2, Qt::ControlModifier);
    QCOMPARE(f.selection.sources(), (QStringList{"P10", "P3"}));
    QTest::keyClick(f.table(), Qt::Key_Escape);
    QCOMPARE(f.selection.count(), 0);
    QVERIFY(!f.table()->selectionModel()->hasSelection());
  }

  void theArrowKeysMoveTheSelection() {
    Fixture f(threeSources());
    f.click(0);
    QTest::keyClick(f.table(), Qt::Key_Down);
    QCOMPARE(f.selection.sources(), QStringList{"P10"});
    QTest::keyClick(f.table(), Qt::Key_Down, Qt::ShiftModifier);
    QCOMPARE(f.selection.sources().size(), 2);
  }

  void aSelectionMadeElsewhereIsShownAndStaysWithItsRowsWhenSorted() {
    Fixture f(threeSources());
    f.selection.select("cell", {1, 1, 0, 1, 1, 1, 0}, "heatmap", {"P2", "P3"});
    QCOMPARE(f.table()->selectionModel()->selectedRows().size(), 2);
    f.sort(0);
    QCOMPARE(f.names(), (QStringList{"P2", "P3", "P10"}));   // by number parts
    QCOMPARE(f.selection.sources(), (QStringList{"P2", "P3"}));
    QVERIFY(f.table()->selectionModel()->isRowSelected(0) && f.table()->selectionModel()->isRowSelected(1));
    f.selection.clear();
    QVERIFY(!f.table()->selectionModel()->hasSelection());
  }

  void theHeaderSortsAndTheThirdClickGivesTheAxisBack() {
    const Fixture f(threeSources());
    QCOMPARE(f.names(), (QStringList{"P2", "P10", "P3"}));
    f.sort(4);
    const QStringList once = f.names();
    f.sort(4);
    QStringList twice = f.names();
    std::reverse(twice.begin(), twice.end());
    QCOMPARE(once, twice);
    QCOMPARE(QSet<QString>({once.first(), once.last()}), QSet<QString>({"P3", "P10"}));
    f.sort(4);
    QCOMPARE(f.names(), (QStringList{"P2", "P10", "P3"}));
    for (int click = 0; click < 2; ++click) {
      f.sort(2);
      QCOMPARE(f.names().last(), QString("P3"));   // without a value: last in both directions
    }
  }

  void newNumbersKeepSortingAndSelection() {
    Fixture f(threeSources());
    f.sort(3);
    f.click(0);
    const QStringList before = f.selection.sources();
    ArrayMap next = threeSources();
    next.arrays["s/rank"] = array({41, 48, 39}, {3}, "rank");
    f.view->setArrays(next);
    QCOMPARE(f.selection.sources(), before);
    QCOMPARE(f.table()->selectionModel()->selectedRows().size(), 1);
    QVERIFY(f.names() != (QStringList{"P2", "P10", "P3"}));
  }

  void emptyBrokenAndLargeArraysSurvive() {
    Fixture f({});
    QVERIFY(!f.view->emptyText().isEmpty());
    ArrayMap map = threeSources();
    map.arrays["s/rank"] = array({1, 2}, {2}, "rank");
    f.view->setArrays(map);
    QVERIFY(f.view->caption().contains("s/rank"));
    QCOMPARE(f.view->table()[0].size(), 4);
    map.arrays["s/std"].shape = {std::int64_t{1} << 40};
    f.view->setArrays(map);
    map.arrays["s/std"].shape = {-3};
    f.view->setArrays(map);
    map.arrays["s/std"].shape = {};
    map.labels.clear();
    f.view->setArrays(map);
    QCOMPARE(f.names(), (QStringList{"1", "2"}));   // no names: numbers
    f.click(0);
    QVERIFY(f.selection.mask().empty());
    ArrayMap large;
    large.arrays["s/std"] = array(std::vector<double>(4000, 1.5), {4000});
    f.view->setArrays(large);
    f.view->grab();
    QCOMPARE(f.view->table().size(), 4001);
    f.view->setArrays({});
    QVERIFY(!f.view->emptyText().isEmpty());
    QTemporaryDir folder;
    for (const char* ending : {"png", "svg", "csv"}) QVERIFY(f.view->exportTo(folder.filePath(QString("a.") + ending)));
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestSourceTable)
#include "tst_source_table.moc"
