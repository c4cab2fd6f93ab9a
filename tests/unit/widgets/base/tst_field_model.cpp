// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>

#include "widgets/base/field_model.h"

using namespace geocyte::widgets;

class TestFieldModel : public QObject {
  Q_OBJECT

  static Field field(FieldType type, QVariant value = {}) {
    Field f;
    f.path = "a.b";
    f.type = type;
    f.value = f.default_value = std::move(value);
    return f;
  }
  static Field between(FieldType type, double low, double high) {
    Field f = field(type);
    f.minimum = low;
    f.maximum = high;
    return f;
  }

 private slots:
  void whatIsPrintedIsReadBackAsTheSameValue() {
    for (const double value : {0.0, 1.0, -2.5, 1e-8, 0.1, 1e300, 123456.789}) {
      const Field f = field(FieldType::number);
      const ParsedField back = parseField(f, fieldText(f, value));
      QVERIFY2(back.error.isEmpty(), qPrintable(back.error));
      QCOMPARE(back.value.toDouble(), value);
    }
    const Field list = field(FieldType::list, QVariantList{512LL, 256LL});
    QCOMPARE(fieldText(list, list.value), QString("512, 256"));
    QCOMPARE(parseField(list, "512, 256").value, list.value);
    QCOMPARE(parseField(field(FieldType::boolean), "on").value, QVariant(true));
  }

  void numbersAreReadStrictly_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("whole");
    QTest::addColumn<bool>("taken");
    QTest::newRow("plain") << "0.5" << false << true;
    QTest::newRow("grouped") << QString("20\u2009000") << true << true;
    QTest::newRow("true minus") << QString("\u22123") << true << true;
    QTest::newRow("power") << "1e4" << true << true;
    QTest::newRow("fraction as whole") << "1.5" << true << false;
    QTest::newRow("comma") << "0,5" << false << false;
    QTest::newRow("word") << "many" << false << false;
    QTest::newRow("nan") << "nan" << false << false;
    QTest::newRow("infinite") << "inf" << false << false;
    QTest::newRow("beyond 2^53") << "1e17" << true << false;
    QTest::newRow("empty") << "" << false << false;
  }
  void numbersAreReadStrictly() {
    QFETCH(QString, text);
    QFETCH(bool, whole);
    QFETCH(bool, taken);
    const ParsedField parsed = parseField(field(whole ? FieldType::integer : FieldType::number), text);
    QCOMPARE(parsed.error.isEmpty(), taken);
  }

  void aCommaIsExplained() {
    QVERIFY(parseField(field(FieldType::number), "0,5").error.contains("0.5"));
    QVERIFY(!parseField(field(FieldType::number), "a,b").error.contains("comma"));
  }

  void rangesAreInclusive() {
    const Field f = between(FieldType::number, 0, 0.9);
    QVERIFY(parseField(f, "0").error.isEmpty());
    QVERIFY(parseField(f, "0.9").error.isEmpty());
    QVERIFY(parseField(f, "0.91").error.contains("from 0 to 0.9"));
    Field layers = field(FieldType::list, QVariantList{1LL});
    layers.maximum = 2;
    QVERIFY(parseField(layers, "1, 2").error.isEmpty());
    QVERIFY(!parseField(layers, "1, 2, 3").error.isEmpty());
  }

  void noValueIsOnlyForFieldsThatDecideThemselves() {
    Field f = field(FieldType::number);
    QVERIFY(!fieldError(f, {}).isEmpty());
    f.nullable = true;
    QVERIFY(fieldError(f, {}).isEmpty());
    QCOMPARE(fieldText(f, {}), QString("auto"));
    QVERIFY(!parseField(f, "auto").value.isValid());
  }

  void listsTakeItemsLikeThoseOfTheirDefault() {
    const Field whole = field(FieldType::list, QVariantList{512LL});
    QVERIFY(!parseField(whole, "12.5").error.isEmpty());
    QVERIFY(!parseField(whole, "12,,3").error.isEmpty());
    QCOMPARE(parseField(whole, "[ ]").value.toList().size(), 0);
    const Field words = field(FieldType::list, QVariantList{"a"});
    QCOMPARE(parseField(words, "x, y").value.toList(), (QVariantList{"x", "y"}));
  }

  void aTableNamesTheRowAndColumnThatIsWrong() {
    Field table = field(FieldType::list);
    Field modality = field(FieldType::choice, QString());
    modality.path = "modality";
    modality.choices = QStringList{"", "st", "sc"};
    table.fields = {modality};
    QVERIFY(fieldError(table, QVariantList{QVariantMap{{"modality", "st"}}, QVariantMap{}}).isEmpty());
    const QString error = fieldError(table, QVariantList{QVariantMap{{"modality", "st"}}, QVariantMap{{"modality", "xx"}}});
    QVERIFY2(error.contains("Row 2") && error.contains("modality"), qPrintable(error));
    QCOMPARE(defaultRow(table), (QVariantMap{{"modality", QString()}}));
  }

  void jsonKeepsTheTypes() {
    QCOMPARE(jsonText(true), QString("true"));
    QCOMPARE(jsonText(0.5), QString("0.5"));
    QCOMPARE(jsonText({}), QString("null"));
    QCOMPARE(jsonText(QString("a \"b\"")), QString("\"a \\\"b\\\"\""));
    QCOMPARE(jsonText(QVariantList{512LL, 256LL}), QString("[512,256]"));
    QCOMPARE(jsonText(QVariant::fromValue(9007199254740991LL)), QString("9007199254740991"));
    QCOMPARE(jsonText(QVariantList{QVariantMap{{"name", "P2"}}}), QString("[{\"name\":\"P2\"}]"));
  }
};

QTEST_MAIN(TestFieldModel)
#include "tst_field_model.moc"
