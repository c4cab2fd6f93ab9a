// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration in the window: fields, text, undo, the user's own presets, changes of a running run. Drafts: tst_run_draft; trials: tst_preflight.
#include <QAction>
#include <QDialog>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTimer>
#include <QToolButton>

#include "app/desktop/config_editor.h"
#include "app/desktop/config_panel.h"
#include "app/desktop/preset_menu.h"
#include "app/desktop/run_library.h"
#include "tests/unit/desktop/configuring.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/controls/switch_button.h"

using namespace geocyte;
using namespace geocyte::desktop;

class TestConfigure : public test::Configuring {
  Q_OBJECT

  RunRecord running() {
    RunRecord run;
    run.info.path = "/runs/a";
    run.info.system = "gems";
    run.info.preset = "gems/demo";
    run.has_status = true;
    run.status.state = store::RunState::running;
    run.options = demo().options;
    return run;
  }
  static store::RunEvent change(const char* path, double value) {
    store::RunEvent event;
    event.kind = "change";
    event.details = {{"path", path}, {"new", value}};
    return event;
  }

 private slots:
  void initTestCase() { prepare(); }
  void init() { renew(); }

  void runsThatCanBeMeantAreOfferedAtTheirField() {
    RunDraft draft = draftOf(specs_, "st_edm/demo");
    ConfigEditor editor(specs_);
    editor.setDraft(&stEdm(), draft);
    QVERIFY2(!editor.form()->findChild<QToolButton*>("offers/input.encoder"), "there is nothing to choose from");
    config::set(draft.options, "input.kind", "encoder");
    editor.setDraft(&stEdm(), draft);
    editor.setRuns({{"gems", {"/runs/new", "/runs/old"}}, {"mantra", {"/runs/other"}}});
    auto* offers = editor.form()->findChild<QToolButton*>("offers/input.encoder");
    QVERIFY(offers && offers->menu());
    QCOMPARE(offers->menu()->actions().size(), 2);
    offers->menu()->actions().last()->trigger();
    QVERIFY(*config::find(editor.draft().options, "input.encoder") == "/runs/old");
    QVERIFY(editor.isValid());
  }

  void aRunThatEndsMeanwhileIsOfferedAndWhatIsBeingTypedStays() {
    RunDraft draft = draftOf(specs_, "st_edm/demo");
    config::set(draft.options, "input.kind", "encoder");
    ConfigEditor editor(specs_);
    editor.setDraft(&stEdm(), draft);
    const auto offers = [&] { return editor.form()->findChild<QToolButton*>("offers/input.encoder"); };
    QVERIFY(!offers());
    QLineEdit *run = field(&editor, "input.encoder"), *steps = field(&editor, "steps");
    run->setText("/runs/ha");
    steps->setText("30");
    editor.setRuns({{"gems", {"/runs/new"}}});
    QVERIFY2(field(&editor, "steps") == steps && steps->text() == "30" && run->text() == "/runs/ha", "nothing of the form was made anew");
    QVERIFY(offers() && offers()->isEnabled());
    QCOMPARE(offers()->menu()->actions().size(), 1);
    editor.setRuns({{"gems", {"/runs/newer", "/runs/new"}}});
    QCOMPARE(offers()->menu()->actions().size(), 2);
    offers()->menu()->actions().first()->trigger();
    QVERIFY(*config::find(editor.draft().options, "input.encoder") == "/runs/newer");
    editor.setRuns({});
    QVERIFY2(!offers(), "all of them went");
  }

  void anEditMarksItsFieldAndCtrlZTakesItBack() {
    Page p(*this);
    QLineEdit* steps = field(p.operator->(), "steps");
    type(steps, "300");
    QVERIFY(p.page.draft().options["steps"] == 300);
    QVERIFY(!p->findChild<QWidget*>("reset/steps")->isHidden());
    QCOMPARE(p.page.job().set.size(), std::size_t{1});
    p.page.undoStack()->undo();
    QVERIFY(p.page.draft().options["steps"] == 600);
    QCOMPARE(steps->text(), QStringLiteral("600"));
    p.page.undoStack()->redo();
    QCOMPARE(steps->text(), QStringLiteral("300"));
  }

  void aWrongValueStandsInTheWayOfTheStart() {
    Page p(*this);
    QVERIFY(p.page.obstacle().isEmpty());
    type(field(p.operator->(), "steps"), "0");
    QVERIFY(p.page.obstacle().contains("Steps"));
    QVERIFY(!p->findChild<QPushButton*>("startRun")->isEnabled());
    QVERIFY(p->findChild<QLabel*>("startReason")->text().contains("Steps"));
    type(field(p.operator->(), "steps"), "10");
    QVERIFY(p->findChild<QPushButton*>("startRun")->isEnabled());
  }

  void formAndTextFollowEachOther() {
    Page p(*this);
    type(field(p.operator->(), "steps"), "300");
    p.page.editor()->showText(true);
    auto* text = p->findChild<QPlainTextEdit*>("configText");
    QVERIFY2(text->toPlainText().contains("steps: 300") && text->toPlainText().contains("parent: gems/demo"), qPrintable(text->toPlainText()));
    QTest::keyClick(text, Qt::Key_End, Qt::ControlModifier);
    QTest::keyClicks(text, "batch_size: 64");
    QTest::keyClick(text, Qt::Key_Return);
    QTRY_VERIFY(p.page.draft().options["batch_size"] == 64);
    QCOMPARE(field(p.operator->(), "batch_size")->text(), QStringLiteral("64"));
    QTest::keyClicks(text, "genez: 3");
    QTRY_VERIFY2(p.page.obstacle().contains("genes"), "the nearest name is offered");
    QVERIFY(p->findChild<QLabel*>("configTextProblem")->isVisible());
    text->setPlainText("system: gems\nparent: gems/seed\nsteps: 12\n");
    QTRY_COMPARE(p.page.draft().preset, QStringLiteral("gems/seed"));
    QVERIFY(p.page.obstacle().isEmpty());
    p.page.editor()->showText(false);
    p.page.undoStack()->undo();
    QCOMPARE(p.page.draft().preset, QStringLiteral("gems/demo"));
    QVERIFY(p.page.draft().options["steps"] == 300);
  }

  void anotherPresetIsOneStepOfUndo() {
    Page p(*this);
    type(field(p.operator->(), "steps"), "300");
    QVERIFY(p.page.choosePreset("gems/seed"));
    QCOMPARE(field(p.operator->(), "steps")->text(), QStringLiteral("2000"));
    p.page.undoStack()->undo();
    QCOMPARE(field(p.operator->(), "steps")->text(), QStringLiteral("300"));
    QVERIFY(!p.page.choosePreset("gems/nothing"));
    QCOMPARE(p.page.draft().preset, QStringLiteral("gems/demo"));
  }

  void whatASwitchGovernsStandsBelowItWhileItIsOn() {
    Page p(*this);
    QWidget* row = p->findChild<QWidget*>("row/loss.local_align.weight");
    QVERIFY(row->isHidden());
    QTest::mouseClick(p->findChild<QWidget*>("field/loss.local_align.enabled"), Qt::LeftButton);
    QVERIFY(!row->isHidden());
    QTest::mouseClick(p->findChild<QWidget*>("group/Losses"), Qt::LeftButton);
    QVERIFY(row->isHidden());
    p.page.editor()->form()->setSearch("local alignment weight");
    QVERIFY2(!row->isHidden(), "a search finds what is closed");
  }

  void aSavedPresetIsInTheMenuAndTrains() {
    Page p(*this);
    type(field(p.operator->(), "steps"), "300");
    QSignalSpy saved(&p.page, &NewRunPage::presetSaved);
    QTimer::singleShot(0, this, [&] {
      auto* dialog = p->findChild<QDialog*>("savePresetDialog");
      QVERIFY(dialog);
      auto* name = dialog->findChild<QLineEdit*>("presetName");
      QTest::keyClicks(name, "../up");
      QVERIFY(!dialog->findChild<QPushButton*>("presetSave")->isEnabled());
      name->clear();
      QTest::keyClicks(name, "mine");
      QTest::mouseClick(dialog->findChild<QPushButton*>("presetSave"), Qt::LeftButton);
    });
    QTest::mouseClick(p->findChild<QPushButton*>("savePreset"), Qt::LeftButton);
    QCOMPARE(saved.size(), 1);
    QCOMPARE(saved.first().first().toString(), QStringLiteral("user/mine"));
    QVERIFY(draftOf(specs_, "user/mine").options["steps"] == 300);
    QMenu menu;
    QString chosen;
    fillPresetMenu(&menu, gems(), [&](const QString& preset) { chosen = preset; });
    menu.actions().last()->trigger();
    QCOMPARE(chosen, QStringLiteral("user/mine"));
  }

  void changesOfARunningRunWaitUntilTheyAreApplied() {
    ConfigPanel panel(specs_);
    panel.resize(320, 900);
    panel.show();
    QApplication::setActiveWindow(&panel);
    RunRecord run = running();
    panel.showRun(&run, &gems());
    QVERIFY(field(&panel, "steps")->isReadOnly());
    QVERIFY(!panel.findChild<QPushButton*>("configApply")->isVisible());
    QSignalSpy applied(&panel, &ConfigPanel::applied);
    type(field(&panel, "loss.mmd.weight"), "7");
    QCOMPARE(panel.staged().size(), std::size_t{1});
    QCOMPARE(panel.findChild<QLabel*>("configStaged")->text(), QStringLiteral("MMD weight: 8 → 7"));
    run.status.step = 50;
    run.events.push_back(change("optimizer.lr", 0.5));
    panel.showRun(&run, &gems());   // news of the run leave what waits alone
    QCOMPARE(panel.staged().size(), std::size_t{1});
    QCOMPARE(field(&panel, "optimizer.lr")->text(), QStringLiteral("0.5"));
    QTest::mouseClick(panel.findChild<QPushButton*>("configApply"), Qt::LeftButton);
    QCOMPARE(applied.size(), 1);
    QCOMPARE(applied.first().first().toString(), QStringLiteral("loss.mmd.weight"));
    panel.showRun(&run, &gems());   // the engine has not answered: the new value stays
    QCOMPARE(field(&panel, "loss.mmd.weight")->text(), QStringLiteral("7"));
    run.events.push_back(change("loss.mmd.weight", 7));
    panel.showRun(&run, &gems());
    QVERIFY(panel.staged().empty());
    type(field(&panel, "loss.mmd.weight"), "9");
    QTest::mouseClick(panel.findChild<QPushButton*>("configDiscard"), Qt::LeftButton);
    QCOMPARE(field(&panel, "loss.mmd.weight")->text(), QStringLiteral("7"));
    run.status.state = store::RunState::completed;
    panel.showRun(&run, &gems());
    QVERIFY(field(&panel, "loss.mmd.weight")->isReadOnly());
    QVERIFY(panel.findChild<QPushButton*>("configReuse")->isVisible());
  }

};

QTEST_MAIN(TestConfigure)
#include "tst_configure.moc"
