// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>

#include "widgets/controls/config_form.h"
#include "widgets/controls/switch_button.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;

class TestConfigForm : public QObject {
  Q_OBJECT

  static Field field(const QString& path, FieldType type, const QString& group, QVariant value) {
    Field f;
    f.path = path;
    f.title = path.section('.', -1);
    f.help = "About " + path;
    f.group = group;
    f.type = type;
    f.value = f.default_value = std::move(value);
    return f;
  }
  static FieldModel model() {
    FieldModel m;
    Field weight = field("loss.weight", FieldType::number, "Losses", 1.0);
    weight.minimum = 0;
    weight.maximum = 1000;
    weight.live = true;
    Field device = field("device", FieldType::choice, "General", "auto");
    device.choices = QStringList{"auto", "cpu", "cuda"};
    Field name = field("name", FieldType::text, "", QString());
    Field cells = field("cells", FieldType::integer, "", 100LL);
    cells.minimum = 1;
    Field modality = field("modality", FieldType::choice, "", QString());
    modality.choices = QStringList{"", "st", "sc"};
    Field sources = field("sources", FieldType::list, "Data", QVariantList{});
    sources.fields = {name, cells, modality, field("use", FieldType::boolean, "", true)};
    sources.maximum = 3;
    m.fields = {weight, field("loss.enabled", FieldType::boolean, "Losses", true), device, field("folder", FieldType::path, "Data", QString("here")),
                field("hidden", FieldType::list, "Data", QVariantList{512LL, 256LL}), sources};
    return m;
  }
  struct Fixture {
    QUndoStack undo;
    ConfigForm form;
    QSignalSpy changed{&form, &ConfigForm::valueChanged}, validity{&form, &ConfigForm::validityChanged};
    Fixture() {
      form.setUndoStack(&undo);
      form.setModel(model());
      form.resize(320, 900);
      form.show();
      QVERIFY(QTest::qWaitForWindowExposed(&form));
      QApplication::setActiveWindow(&form);   // under Xvfb no window manager does it
    }
    QLineEdit* edit(const QString& path) { return form.findChild<QLineEdit*>("field/" + path); }
    QWidget* any(const QString& name) { return form.findChild<QWidget*>(name); }
    QString error(const QString& path) {
      auto* label = form.findChild<QLabel*>("error/" + path);
      return label->isHidden() ? QString() : label->text();
    }
    void type(const QString& path, const QString& text) {
      edit(path)->setFocus();
      edit(path)->selectAll();
      QTest::keyClicks(edit(path), text);
    }
    QTableView* table() { return form.findChild<QTableView*>("field/sources"); }
    void press(const QString& name) { QTest::mouseClick(any(name), Qt::LeftButton); }
    QVariantList sources() { return form.value("sources").toList(); }
  };

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void enterCommitsAndLeavingDoes() {
    Fixture f;
    f.type("loss.weight", "2.5");
    QCOMPARE(f.changed.size(), 0);   // typing alone changes nothing
    QTest::keyClick(f.edit("loss.weight"), Qt::Key_Return);
    QCOMPARE(f.changed.size(), 1);
    QCOMPARE(f.form.value("loss.weight").toDouble(), 2.5);
    QTest::keyClick(f.edit("loss.weight"), Qt::Key_Return);
    QCOMPARE(f.changed.size(), 1);   // the same value again is no change
    f.type("hidden", "64, 32, 16");
    QTest::keyClick(f.edit("hidden"), Qt::Key_Tab);
    QTRY_COMPARE(f.changed.size(), 2);
    QCOMPARE(f.form.value("hidden").toList(), (QVariantList{64LL, 32LL, 16LL}));
  }

  void aWrongValueStaysInItsFieldAndIsNeverCommitted() {
    Fixture f;
    f.type("loss.weight", "5000");
    QTest::keyClick(f.edit("loss.weight"), Qt::Key_Return);
    QCOMPARE(f.changed.size(), 0);
    QCOMPARE(f.undo.count(), 0);
    QCOMPARE(f.edit("loss.weight")->text(), QString("5000"));
    QVERIFY2(f.error("loss.weight").contains("from 0 to 1000"), qPrintable(f.error("loss.weight")));
    QVERIFY(!f.form.isValid());
    QCOMPARE(f.validity.takeFirst().first().toBool(), false);
    QCOMPARE(f.form.value("loss.weight").toDouble(), 1.0);
    f.type("loss.weight", "50");
    QTest::keyClick(f.edit("loss.weight"), Qt::Key_Return);
    QVERIFY(f.form.isValid());
    QCOMPARE(f.validity.takeFirst().first().toBool(), true);
    QCOMPARE(f.error("loss.weight"), QString());
    QCOMPARE(f.changed.size(), 1);
  }

  void escapeBringsTheCommittedValueBack() {
    Fixture f;
    f.type("loss.weight", "abc");
    QTest::keyClick(f.edit("loss.weight"), Qt::Key_Return);
    QVERIFY(!f.error("loss.weight").isEmpty());
    QTest::keyClick(f.edit("loss.weight"), Qt::Key_Escape);
    QCOMPARE(f.edit("loss.weight")->text(), QString("1"));
    QVERIFY(f.form.isValid());
  }

  void aChangeIsMarkedAndTheArrowTakesItBack() {
    Fixture f;
    QVERIFY(f.any("reset/loss.weight")->isHidden());
    f.type("loss.weight", "3");
    QTest::keyClick(f.edit("loss.weight"), Qt::Key_Return);
    QVERIFY(!f.any("reset/loss.weight")->isHidden());
    f.press("reset/loss.weight");
    QCOMPARE(f.form.value("loss.weight").toDouble(), 1.0);
    QCOMPARE(f.edit("loss.weight")->text(), QString("1"));
    QVERIFY(f.any("reset/loss.weight")->isHidden());
    QCOMPARE(f.undo.count(), 2);
  }

  void everyChangeIsOneStepOfUndo() {
    Fixture f;
    f.type("loss.weight", "3");
    QTest::keyClick(f.edit("loss.weight"), Qt::Key_Return);
    f.press("field/loss.enabled");
    QCOMPARE(f.form.value("loss.enabled"), QVariant(false));
    f.undo.undo();
    QCOMPARE(f.form.value("loss.enabled"), QVariant(true));
    QVERIFY(f.form.findChild<SwitchButton*>("field/loss.enabled")->isChecked());
    f.undo.undo();
    QCOMPARE(f.edit("loss.weight")->text(), QString("1"));
    f.undo.redo();
    QCOMPARE(f.edit("loss.weight")->text(), QString("3"));
    QCOMPARE(f.changed.size(), 5);
    f.form.setModel({});
    f.undo.undo();   // the field is gone: nothing happens
    QCOMPARE(f.changed.size(), 5);
  }

  void switchesAndChoicesObeyTheKeys() {
    Fixture f;
    f.any("field/loss.enabled")->setFocus();
    QTest::keyClick(f.any("field/loss.enabled"), Qt::Key_Space);
    QCOMPARE(f.form.value("loss.enabled"), QVariant(false));
    auto* device = f.form.findChild<QComboBox*>("field/device");
    device->setFocus();
    QTest::keyClick(device, Qt::Key_Down);
    QCOMPARE(f.form.value("device"), QVariant("cpu"));
  }

  void theSearchLeavesWhatItFindsAndItsHeading() {
    Fixture f;
    QTest::keyClicks(f.form.findChild<QLineEdit*>("configSearch"), "weight");
    QVERIFY(!f.any("row/loss.weight")->isHidden());
    QVERIFY(f.any("row/device")->isHidden());
    QVERIFY(f.any("group/General")->isHidden());
    QVERIFY(!f.any("group/Losses")->isHidden());
    f.form.setSearch("no such thing");
    QVERIFY(f.form.findChild<QLabel*>("configNothing")->isVisible());
    f.form.reveal("device");   // what must be seen is shown in spite of the search
    QVERIFY(!f.any("row/device")->isHidden());
    QVERIFY(f.any("field/device")->hasFocus());
  }

  void complaintsFromOutsideStandUnderTheirField() {
    Fixture f;
    f.form.setErrors({{"folder", "There is no such folder."}, {"unknown", "x"}});
    QCOMPARE(f.error("folder"), QString("There is no such folder."));
    QCOMPARE(f.form.errors().size(), 1);
    f.type("folder", "there");
    QTest::keyClick(f.edit("folder"), Qt::Key_Return);
    QCOMPARE(f.form.value("folder"), QVariant("there"));
    QCOMPARE(f.error("folder"), QString());   // it spoke of the old value
    f.form.setErrors({{"folder", "Neither there."}});
    f.form.setErrors({});
    QVERIFY(f.form.isValid());
  }

  void accessDecidesWhatCanBeTyped() {
    Fixture f;
    f.form.setAccess(FormAccess::live);
    QVERIFY(!f.edit("loss.weight")->isReadOnly());
    QVERIFY(f.edit("hidden")->isReadOnly());
    QVERIFY(!f.any("field/device")->isEnabled());
    f.form.setReadOnly(true);
    QVERIFY(f.edit("loss.weight")->isReadOnly());
    f.type("loss.weight", "7");
    QTest::keyClick(f.edit("loss.weight"), Qt::Key_Return);
    QTest::keyClick(f.table(), Qt::Key_Insert);
    QVERIFY(!f.any("addRow/sources")->isEnabled());
    QCOMPARE(f.changed.size(), 0);
  }

  void whatActsOnlyWithAChoiceSaysSo() {
    Fixture f;
    FieldModel m = model();
    for (const char* path : {"folder", "hidden"}) m.find(path)->only_with = "device=cuda";
    f.form.setModel(m);
    auto* note = f.form.findChild<QLabel*>("idle/hidden");
    QVERIFY(note && !note->isHidden());
    f.form.resize(500, 1200);
    f.form.show();
    QCoreApplication::processEvents();
    QVERIFY2(note->y() > f.any("field/hidden")->mapTo(note->parentWidget(), QPoint()).y(), "a hint stands below its field");
    QCOMPARE(note->text(), QString("Acts only where device is “cuda”: now it is “auto”."));
    QVERIFY2(f.form.findChild<QLabel*>("idle/folder")->isHidden(), "of rows that follow each other for one reason the last says it");
    QVERIFY(f.any("field/hidden")->toolTip().contains("cuda"));
    QVERIFY(f.edit("folder")->isReadOnly() || !f.edit("folder")->isEnabled());
    QVERIFY(f.form.setValue("device", "cuda"));
    QVERIFY(note->isHidden());
    QVERIFY(!f.edit("folder")->isReadOnly() && f.edit("folder")->isEnabled());
    f.form.setAccess(FormAccess::none);
    QVERIFY(f.form.setValue("device", "cpu"));
    QVERIFY(f.form.setValue("device", "cuda"));
    QVERIFY2(f.edit("folder")->isReadOnly() || !f.edit("folder")->isEnabled(), "a form that is only read stays so");
    m.find("folder")->only_with = "device=cuda|cpu";
    QCOMPARE(idleReason(m, *m.find("folder")), QString("Acts only where device is “cuda” or “cpu”: now it is “auto”."));
    m.find("device")->value = "cpu";
    QVERIFY(idleReason(m, *m.find("folder")).isEmpty());
  }

  void unitsAreNotSaidTwice() {
    FieldModel m = model();
    m.find("folder")->title = "Counts per cell";
    m.find("folder")->unit = "counts";
    m.find("hidden")->unit = "cells";
    Fixture f;
    f.form.setModel(m);
    QVERIFY(!f.form.findChild<QLabel*>("unit/folder"));
    QCOMPARE(f.any("field/folder")->accessibleName(), QString("Counts per cell"));
    QVERIFY(f.form.findChild<QLabel*>("unit/hidden"));
  }

  void valuesFromOutsideAreShownSilently() {
    Fixture f;
    QVERIFY(f.form.setValue("loss.weight", 4.0));
    QVERIFY(!f.form.setValue("loss.weight", -4.0));
    QVERIFY(!f.form.setValue("nowhere", 1));
    QCOMPARE(f.edit("loss.weight")->text(), QString("4"));
    FieldModel next = model();
    next.find("loss.weight")->value = 9.0;
    QWidget* before = f.edit("loss.weight");
    f.form.setModel(next);
    QCOMPARE(f.edit("loss.weight")->text(), QString("9"));
    QVERIFY2(f.any("field/loss.weight") == before, "the same fields keep their rows");
    QCOMPARE(f.changed.size(), 0);
    QCOMPARE(f.undo.count(), 0);
  }

  void rowsAreAddedDuplicatedAndRemoved() {
    Fixture f;
    f.press("addRow/sources");
    QCOMPARE(f.sources().size(), 1);
    QCOMPARE(f.sources()[0].toMap()["cells"].toInt(), 100);
    QTest::keyClick(f.table(), Qt::Key_D, Qt::ControlModifier);
    f.press("duplicateRow/sources");
    QCOMPARE(f.sources().size(), 3);
    QTest::keyClick(f.table(), Qt::Key_Insert);   // at most three
    QCOMPARE(f.sources().size(), 3);
    QVERIFY(!f.error("sources").isEmpty());
    QTest::keyClick(f.table(), Qt::Key_Delete);
    QCOMPARE(f.sources().size(), 2);
    QCOMPARE(f.error("sources"), QString());
    f.undo.undo();
    QCOMPARE(f.sources().size(), 3);
    QCOMPARE(f.table()->model()->rowCount(), 3);
  }

  void cellsAreEditedByTheirType() {
    Fixture f;
    f.press("addRow/sources");
    QTableView* table = f.table();
    const auto edit = [&](int column, const QString& text) {
      table->setCurrentIndex(table->model()->index(0, column));
      table->setFocus();
      QTest::keyClick(table, Qt::Key_F2);
      auto* editor = table->findChild<QLineEdit*>(column == 0 ? "cell/name" : "cell/cells");
      QVERIFY(editor);
      editor->selectAll();
      QTest::keyClicks(editor, text);
      QTest::keyClick(editor, Qt::Key_Return);
      QCoreApplication::processEvents();   // the table takes the text when Enter has been dealt with
      QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);   // the editor that has just closed
    };
    edit(0, "P2_ST1");
    edit(1, "1700");
    QTRY_COMPARE(f.sources()[0].toMap()["cells"], QVariant(1700LL));
    QCOMPARE(f.sources()[0].toMap()["name"], QVariant("P2_ST1"));
    edit(1, "none");
    QTRY_VERIFY(f.error("sources").contains("Row 1, cells"));
    QCOMPARE(f.sources()[0].toMap()["cells"], QVariant(1700LL));
    QVERIFY(!f.form.isValid());
    table->setCurrentIndex(table->model()->index(0, 3));
    QVERIFY2(f.form.isValid(), "the cell kept its value, and going on ends the complaint");
    QTest::keyClick(table, Qt::Key_Space);
    QCOMPARE(f.sources()[0].toMap()["use"], QVariant(false));
    QVERIFY(table->model()->setData(table->model()->index(0, 2), "sc", Qt::EditRole));
    QVERIFY(!table->model()->setData(table->model()->index(0, 2), "xx", Qt::EditRole));
    QCOMPARE(f.sources()[0].toMap()["modality"], QVariant("sc"));
  }

  void everyFieldHasItsNames() {
    Fixture f;
    f.press("addRow/sources");
    for (const Field& field : f.form.model().fields) {
      QWidget* target = f.any("field/" + field.path);
      QVERIFY2(target && !target->accessibleName().isEmpty() && target->toolTip().contains(field.path), qPrintable(field.path));
    }
    for (const auto* button : f.form.findChildren<QToolButton*>())
      if (!qobject_cast<QLineEdit*>(button->parentWidget()))
        QVERIFY2(!button->objectName().isEmpty() && !button->accessibleName().isEmpty() && !button->toolTip().isEmpty(), qPrintable(button->objectName()));
  }

  void anEmptyModelSaysSo() {
    ConfigForm form;
    form.show();
    QVERIFY(form.findChild<QLabel*>("configNothing")->isVisible());
    QVERIFY(form.isValid());
    form.setErrors({{"a", "b"}});
    form.reveal("a");
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestConfigForm)
#include "tst_config_form.moc"
