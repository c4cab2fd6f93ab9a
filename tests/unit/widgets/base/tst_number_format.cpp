// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>

#include "widgets/base/array_map.h"
#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"

using namespace geocyte::widgets;

class TestNumberFormat : public QObject {
  Q_OBJECT

 private slots:
  void groupsOfThree() {
    QCOMPARE(groupedText(0), QString("0"));
    QCOMPARE(groupedText(999), QString("999"));
    QCOMPARE(groupedText(12340), QString("12\u2009340"));
    QCOMPARE(groupedText(-1234567), QString("\u22121\u2009234\u2009567"));
    QVERIFY(groupedText(std::numeric_limits<std::int64_t>::min()).startsWith(QChar(0x2212)));
  }
  void cells() {
    QCOMPARE(cellText(0.712), QString("0.71"));
    QCOMPARE(cellText(2.494), QString("2.49"));
    QCOMPARE(cellText(0), QString("0.00"));
    QCOMPARE(cellText(-0.5), QString("\u22120.50"));
    QCOMPARE(cellText(12.34), QString("12.3"));
    QCOMPARE(cellText(0.0012), QString("1e-3"));
    QCOMPARE(cellText(NAN), QString("–"));
    QCOMPARE(cellText(2.5e6), QString("2.5e6"));
  }
  void axes() {
    QCOMPARE(axisText(0), QString("0"));
    QCOMPARE(axisText(1e-17), QString("0"));
    QCOMPARE(axisText(0.25), QString("0.25"));
    QCOMPARE(axisText(0.001), QString("1e\u22123"));
    QCOMPARE(axisText(15000), QString("15\u2009000"));
    QCOMPARE(axisText(2e7), QString("2e7"));
  }
  void exact() {
    QCOMPARE(exactText(1.0 / 3), QString("0.3333333"));
    QCOMPARE(exactText(NAN), QString("NaN"));
    QCOMPARE(exactText(-INFINITY), QString("-inf"));
  }
  void elementsOfEveryTypeReadAsDouble() {
    const float f[] = {1.5F};
    const std::int32_t i[] = {-7};
    const std::uint8_t u[] = {200};
    ArrayView view;
    view.shape = {1};
    view.data = f;
    QCOMPARE(view.at(0), 1.5);
    view.type = ElementType::i32, view.data = i;
    QCOMPARE(view.at(0), -7.0);
    view.type = ElementType::u8, view.data = u;
    QCOMPARE(view.at(0), 200.0);
  }
  void impossibleShapesAreEmpty() {
    ArrayView view;
    QCOMPARE(view.size(), 0);
    view.shape = {3, 0};
    QCOMPARE(view.size(), 0);
    view.shape = {std::int64_t{1} << 40, std::int64_t{1} << 40};
    QCOMPARE(view.size(), 0);
  }
  void anEmptySelectionIsNone() {
    SelectionModel selection;
    int changes = 0;
    connect(&selection, &SelectionModel::changed, this, [&] { ++changes; });
    selection.clear();
    QCOMPARE(changes, 0);
    selection.select("cell", {0, 1, 1}, "x");
    QCOMPARE(selection.count(), 2);
    selection.select("cell", {0, 0, 0}, "nothing");
    QVERIFY(selection.mask().empty());
    QCOMPARE(changes, 2);
  }
};

QTEST_APPLESS_MAIN(TestNumberFormat)
#include "tst_number_format.moc"
