// SPDX-License-Identifier: GPL-3.0-or-later
#include <QImage>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "widgets/base/shared_models.h"
#include "widgets/selection_counts/category_bars.h"
#include "widgets/selection_counts/selection_counts.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::selection_counts;

class TestSelectionCounts : public QObject {
  Q_OBJECT

  static LabelView label(const QString& name, QStringList categories, std::vector<std::int32_t> codes) {
    return {name, std::move(categories), std::make_shared<std::vector<std::int32_t>>(std::move(codes))};
  }
  static ArrayMap sixCells() {
    ArrayMap map;
    map.labels["source"] = label("source", {"A", "B"}, {0, 0, 0, 1, 1, -1});
    map.labels["cell_type"] = label("cell_type", {"t", "b", "m"}, {0, 1, 2, 0, 1, 2});
    return map;
  }
  struct Fixture {
    SelectionModel selection;
    PaletteModel palette;
    std::unique_ptr<SelectionCounts> view;
    explicit Fixture(const ArrayMap& map) {
      ViewContext context;
      context.selection = &selection;
      context.palette = &palette;
      view = std::make_unique<SelectionCounts>(context);
      view->bind({{"labels", "source"}});
      view->resize(640, 220);
      view->show();
      view->setArrays(map);
    }
  };

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void eachCategoryIsCountedAndTheUnknownAreNotLost() {
    const LabelBlock block = blockOf(label("source", {"A", "B", "C"}, {0, 0, 1, -1, 7}), {1, 0, 1, 1, 0});
    QCOMPARE(block.rows.size(), std::size_t{4});
    QCOMPARE(block.rows[0].selected, std::int64_t{1});
    QCOMPARE(block.rows[0].all, std::int64_t{2});
    QCOMPARE(block.rows[2].all, std::int64_t{0});
    QCOMPARE(block.rows[3].name, QString("not known"));
    QCOMPARE(block.rows[3].all, std::int64_t{2});
    QVERIFY(blockOf(label("source", {"A"}, {0, 0}), {1}).rows.empty());
    QVERIFY(blockOf({"source", {"A"}, nullptr}, {}).rows.empty());
  }

  void withoutASelectionTheWholeIsCounted() {
    const Fixture f(sixCells());
    QCOMPARE(f.view->count(), QString("all 6"));
    QCOMPARE(f.view->table()[1], (QStringList{"source", "A", "0", "3"}));
    QVERIFY(!f.view->findChild<QToolButton*>("selectionKeep")->isEnabled());
  }

  void aSelectionIsCountedBySourceAndType() {
    Fixture f(sixCells());
    f.selection.select("cell", {1, 1, 0, 1, 0, 0}, "lasso");
    QCOMPARE(f.view->count(), QString("3 of 6"));
    QCOMPARE(f.view->table()[1], (QStringList{"source", "A", "2", "3"}));
    QCOMPARE(f.view->table()[4], (QStringList{"cell_type", "t", "2", "2"}));
    const QImage image = f.view->bars()->grab().toImage();
    const QRectF row = f.view->bars()->rowRect(0, 0);
    int colored = 0;
    for (int x = static_cast<int>(row.left()) + 20; x < row.right(); ++x) colored += image.pixelColor(x, static_cast<int>(row.center().y())) == f.palette.category(0);
    QVERIFY2(colored > 10, qPrintable(QString::number(colored)));
  }

  void aClickSelectsACategoryAndCtrlAdds() {
    Fixture f(sixCells());
    const auto click = [&](int block, int row, Qt::KeyboardModifiers modifiers = {}) {
      QTest::mouseClick(f.view->bars(), Qt::LeftButton, modifiers, f.view->bars()->rowRect(block, row).center().toPoint());
    };
    click(0, 1);
    QCOMPARE(f.selection.sources(), QStringList{"B"});
    QCOMPARE(f.selection.mask(), (std::vector<std::uint8_t>{0, 0, 0, 1, 1, 0}));
    click(1, 2, Qt::ControlModifier);
    QCOMPARE(f.selection.mask(), (std::vector<std::uint8_t>{0, 0, 1, 1, 1, 1}));
    QTest::keyClick(f.view->bars(), Qt::Key_Escape);
    QCOMPARE(f.selection.count(), 0);
  }

  void aNameIsAskedForAndGivenOn() {
    Fixture f(sixCells());
    f.selection.select("cell", {1, 1, 0, 1, 0, 0}, "lasso");
    QSignalSpy asked(&f.selection, &SelectionModel::saveRequested);
    QTest::keyClick(f.view->bars(), Qt::Key_K);
    auto* name = f.view->findChild<QLineEdit*>("keepName");
    QVERIFY(name && name->isVisible());
    QTest::keyClicks(name, "tumour edge");
    QTest::keyClick(name, Qt::Key_Return);
    QCOMPARE(asked.count(), 1);
    QCOMPARE(asked[0][0].toString(), QString("tumour edge"));
  }

  void manyCategoriesAndNothingSurvive() {
    Fixture f({});
    QVERIFY(!f.view->emptyText().isEmpty());
    ArrayMap map;
    QStringList names;
    std::vector<std::int32_t> codes;
    for (int i = 0; i < 60; ++i) {
      names << QString("a rather long name of a category number %1").arg(i);
      codes.push_back(i);
    }
    map.labels["source"] = label("source", names, codes);
    f.view->setArrays(map);
    f.view->bars()->grab();
    f.selection.select("cell", std::vector<std::uint8_t>(7, 1), "of other cells");
    QVERIFY(!f.view->emptyText().isEmpty());
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestSelectionCounts)
#include "tst_selection_counts.moc"
