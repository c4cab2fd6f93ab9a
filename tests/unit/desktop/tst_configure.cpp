// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration from preset to start: fields, text, undo, checks, the user's own presets, changes of a running run.
#include <QAction>
#include <QDialog>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include "app/desktop/config_editor.h"
#include "app/desktop/config_panel.h"
#include "app/desktop/field_bridge.h"
#include "app/desktop/inspected_file.h"
#include "app/desktop/main_window.h"
#include "app/desktop/new_run_page.h"
#include "app/desktop/preflight.h"
#include "app/desktop/preset_menu.h"
#include "app/desktop/run_draft.h"
#include "app/desktop/run_library.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/controls/switch_button.h"
#include "widgets/theme/theme.h"

using namespace geocyte;
using namespace geocyte::desktop;
using widgets::CheckState;

class TestConfigure : public QObject {
  Q_OBJECT

  const config::SystemSpec& specOf(const char* id) {
    for (const config::SystemSpec& spec : specs_)
      if (spec.id == id) return spec;
    qFatal("%s is not built in", id);
  }
  const config::SystemSpec& gems() { return specOf("gems"); }
  const config::SystemSpec& stEdm() { return specOf("st_edm"); }
  static std::vector<std::string> assignmentsOf(const jobs::JobSpec& job) {
    std::vector<std::string> assignments;
    for (const auto& [path, value] : job.set) assignments.push_back(path + "=" + value);
    return assignments;
  }
  RunDraft demo() { return draftOf(specs_, "gems/demo"); }
  static QLineEdit* field(QWidget* in, const char* path) { return in->findChild<QLineEdit*>(QStringLiteral("field/") + path); }
  static void type(QLineEdit* line, const QString& text) {
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, text);
    QTest::keyClick(line, Qt::Key_Return);
  }
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
  QString script(const char* name, const char* lines) {
    QFile file(folder_->filePath(name));
    if (!file.open(QIODevice::WriteOnly)) return {};
    file.write(QByteArray("#!/bin/sh\n") + lines);
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return file.fileName();
  }
  static EngineAnswer ask(const QString& program) {
    EngineCall call({}, nullptr, program);
    QSignalSpy done(&call, &EngineCall::finished);
    if (!done.wait(5000)) return {};
    return done.first().first().value<EngineAnswer>();
  }
  struct Page {
    NewRunPage page;
    explicit Page(TestConfigure& t) : page(t.specs_) {
      page.setRunsFolder(t.folder_->path());
      page.setDraft(t.demo());
      page.resize(1100, 900);
      page.show();
      QApplication::setActiveWindow(&page);
    }
    QWidget* operator->() { return &page; }
  };

 private slots:
  void initTestCase() {
    theme_ = std::make_unique<widgets::Theme>(widgets::ThemeChoice::light);
    specs_ = plugins::all_specs();
    qRegisterMetaType<EngineAnswer>();
  }
  void init() {
    folder_ = std::make_unique<QTemporaryDir>();
    qputenv("GEOCYTE_PRESETS", folder_->filePath("presets").toLocal8Bit());
  }

  void everyParameterGoesIntoItsFieldAndBack() {
    for (const config::SystemSpec& spec : specs_)
      for (const config::PresetSpec& preset : spec.presets) {
        const RunDraft draft = draftOf(specs_, QString::fromStdString(spec.id + "/" + preset.id));
        const widgets::FieldModel model = fieldModelOf(spec.parameters, draft.options, draft.base, {});
        QCOMPARE(model.fields.size(), spec.parameters.size());
        for (const config::Parameter& parameter : spec.parameters) {
          const widgets::Field* one = model.find(QString::fromStdString(parameter.path));
          QVERIFY2(one && !one->isChanged(), parameter.path.c_str());
          QCOMPARE(widgets::fieldError(*one, one->value), QString());
          QVERIFY2(jsonOf(parameter, one->value) == *config::find(draft.options, parameter.path), parameter.path.c_str());
        }
      }
  }

  void aDraftIsItsPresetAndItsChangesInTextAndInTheJob() {
    RunDraft draft = demo();
    QVERIFY(changesOf(gems().parameters, draft).empty());
    config::set(draft.options, "steps", 300);
    config::set(draft.options, "sources", Json::array({{{"name", "a"}, {"file", "x.h5ad"}}}));
    const jobs::JobSpec job = jobOf(gems().parameters, draft);
    QCOMPARE(job.preset, std::string("gems/demo"));
    QCOMPARE(job.set.size(), std::size_t{2});
    QVERIFY2(job.device.empty(), "what the preset says of the device counts");
    const auto assignments = assignmentsOf(job);
    QVERIFY(config::resolve_run(specs_, job.preset, assignments).options["steps"] == 300);
    const RunDraft again = draftFromYaml(specs_, yamlOf(gems().parameters, draft), draft);
    QCOMPARE(again.preset, draft.preset);
    QVERIFY(again.options == config::resolve_run(specs_, job.preset, assignments).options);
  }

  void aTissueIsConfiguredFromTheRunOfAnEncoder() {
    const auto draft = draftWithEncoder(specs_, "gems", "/runs/one", demo().options);
    QVERIFY(draft);
    QCOMPARE(draft->preset, QStringLiteral("st_edm/recommended"));
    const auto value = [&](const char* path) { return *config::find(draft->options, path); };
    QVERIFY(value("input.kind") == "encoder" && value("input.encoder") == "/runs/one");
    QVERIFY2(value("sources") == *config::find(draft->base, "sources"), "the run names no sources, so the preset's are taken");
    QVERIFY2(value("held_out.sources") == Json::array({"P2_ST3"}), "the slide that the preset holds out is there");
    Json other = demo().options;
    config::set(other, "sources", Json::array({{{"name", "a"}, {"file", "a.h5ad"}, {"modality", "st"}, {"proportions", "a.tsv"}}, {{"name", "b"}, {"file", "b.h5ad"}, {"modality", "st"}},
                                               {{"name", "c"}, {"file", "c.h5ad"}, {"modality", "sc"}}}));
    const auto last = draftWithEncoder(specs_, "gems", "/runs/one", other);
    QVERIFY(*config::find(last->options, "held_out.sources") == Json::array({"b"}));
    QVERIFY2(!config::find(last->options, "sources")->front().contains("proportions"), "what the other system does not know stays behind");
    config::set(other, "held_out.coordinates", Json::array({"a", "gone"}));
    QVERIFY(*config::find(draftWithEncoder(specs_, "gems", "/runs/one", other)->options, "held_out.sources") == Json::array({"a"}));
    QVERIFY(config::resolve_run(specs_, last->preset.toStdString(), assignmentsOf(jobOf(stEdm().parameters, *last))).options["input"]["kind"] == "encoder");
    QVERIFY(!draftWithEncoder(specs_, "mantra", "/runs/one", Json::object()));
  }

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

  void ARunWhosePresetIsGoneIsComparedWithTheDefaults() {
    const RunDraft draft = draftOfRun(specs_, "gems", "user/gone", "mine", demo().options);
    QCOMPARE(draft.preset, QStringLiteral("gems"));
    QCOMPARE(baseName(draft), QStringLiteral("default"));
    QVERIFY(draft.options == demo().options);
    QVERIFY(!changesOf(gems().parameters, draft).empty());
  }

  void whatTheTrialFoundStandsAtItsCheck() {
    EngineAnswer good;
    good.exit_code = 0;
    good.json = {{"total_steps", 1000}, {"device", "cpu"}, {"threads", 2}, {"seconds", 65},
                 {"data", {{"cells", 8510}, {"shared_genes", 500}, {"sources", {{{"name", "P2_ST1"}, {"cells", 1700}, {"modality", "st"}}}}}},
                 {"memory", {{"estimate_bytes", 2e8}, {"measured_bytes", 3e8}, {"free_bytes", 7e9}}}, {"disk", {{"estimate_bytes", 1e8}, {"free_bytes", 9e10}}},
                 {"step", {{"total", 24.1}, {"milliseconds", 5.5}}}, {"notes", {"patient_coral is off"}},
                 {"identical", {{{"id", "r"}, {"name", "earlier"}, {"state", "completed"}, {"directory", "/runs/r"}}}}};
    const PreflightReport report = reportOf(good);
    QVERIFY(report.failed.isEmpty());
    QCOMPARE(report.sources.size(), std::size_t{1});
    QCOMPARE(report.identical_run, QStringLiteral("/runs/r"));
    for (const widgets::CheckRow& row : report.checks) QVERIFY(row.state == CheckState::ok || row.state == CheckState::note);
    EngineAnswer bad;
    bad.problem = "it does not fit";
    bad.hint = "use fewer genes";
    const std::pair<int, const char*> codes[] = {{3, "data"}, {4, "configuration"}, {5, "steps"}, {6, "memory"}, {7, "device"}, {8, "disk"}, {-1, "data"}};
    for (const auto& [code, id] : codes) {
      bad.exit_code = code;
      for (const widgets::CheckRow& row : reportOf(bad).checks) {
        QCOMPARE(row.state == CheckState::failed, row.id == QLatin1String(id));
        if (row.state == CheckState::failed) QCOMPARE(row.hint, QStringLiteral("Use fewer genes"));
      }
    }
    good.json = Json::array({1, "x"});   // hostile: nothing is thrown
    reportOf(good);
    good.json = {{"data", 3}, {"step", "x"}, {"identical", {1}}, {"notes", {{{"a", 1}}}}};
    reportOf(good);
  }

  void theEngineIsAskedWithoutWaitingAndMayBreak() {
    QVERIFY(ask(script("good", "echo '{\"a\": 1}'\n")).json == Json({{"a", 1}}));
    EngineAnswer answer = ask(script("bad", "echo '{\"error\": {\"what\": \"no such file\", \"hint\": \"look\"}}'; exit 3\n"));
    QCOMPARE(answer.exit_code, 3);
    QCOMPARE(answer.problem, QStringLiteral("no such file"));
    QCOMPARE(answer.hint, QStringLiteral("look"));
    answer = ask(script("crash", "kill -SEGV $$\n"));
    QCOMPARE(answer.exit_code, -1);
    QVERIFY(answer.problem.contains("broke off"));
    QVERIFY(!inspectedFrom("/x.h5ad", answer).problem.isEmpty());
    QVERIFY(!ask(script("mute", "exit 0\n")).ok());
    QVERIFY(!ask(folder_->filePath("nowhere")).ok());
    const QString mark = folder_->filePath("mark");
    const QString slow = script("slow", qPrintable("echo $$ > '" + mark + "'; exec sleep 60\n"));
    auto call = std::make_unique<EngineCall>(QStringList(), nullptr, slow);
    QTRY_VERIFY(QFile::exists(mark) && QFileInfo(mark).size() > 0);
    QFile file(mark);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString place = "/proc/" + QString::fromLatin1(file.readAll().trimmed());
    QVERIFY(QFile::exists(place));
    call.reset();   // giving up ends it
    QTRY_VERIFY(!QFile::exists(place));
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

  void aTrialThatTakesLongCanBeEnded() {
    Page p(*this);
    p.page.setActive(true);
    QTRY_VERIFY(p.page.preflight()->isRunning());
    auto* end = p->findChild<QPushButton*>("checkAgain");
    QTRY_VERIFY(end->isVisible());
    QTest::mouseClick(end, Qt::LeftButton);
    QVERIFY(!p.page.preflight()->isRunning());
    QVERIFY(!p.page.preflight()->report().has_value());
    QVERIFY2(p.page.obstacle().isEmpty(), "what was not tried stands in nobody's way");
  }

  void theTrialFindsWhatIsWrongAndTheWindowSaysIt() {
    if (!QFileInfo(qEnvironmentVariable("GEOCYTE_BIN") + "/geocyte-engine").isExecutable()) QSKIP("geocyte-engine was not built (no LibTorch in this configuration)");
    Page p(*this);
    type(field(p.operator->(), "data_folder"), "/nowhere/at/all");
    p.page.setActive(true);
    QTRY_VERIFY_WITH_TIMEOUT(p.page.preflight()->report().has_value(), 60'000);
    QVERIFY2(p.page.obstacle().contains("Data"), qPrintable(p.page.obstacle()));
    QVERIFY(!p->findChild<QPushButton*>("startRun")->isEnabled());
    QVERIFY(p->findChild<QLabel*>("checkText/data")->text().contains("nowhere"));
    type(field(p.operator->(), "data_folder"), "simulate:six_sources?genes=60&seed=3");
    QTRY_VERIFY_WITH_TIMEOUT(p.page.preflight()->report().has_value(), 120'000);
    QVERIFY2(p.page.obstacle().isEmpty(), qPrintable(p.page.obstacle()));
    QVERIFY(p->findChild<QLabel*>("checkText/data")->text().contains("6 sources"));
  }

 private:
  std::unique_ptr<widgets::Theme> theme_;
  std::vector<config::SystemSpec> specs_;
  std::unique_ptr<QTemporaryDir> folder_;
};

QTEST_MAIN(TestConfigure)
#include "tst_configure.moc"
