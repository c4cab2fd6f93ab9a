// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine finds when a configuration is tried: asked without waiting, told at its check, ended when it takes long.
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>

#include "app/desktop/inspected_file.h"
#include "tests/unit/desktop/configuring.h"

using namespace geocyte;
using namespace geocyte::desktop;
using widgets::CheckState;

class TestPreflight : public test::Configuring {
  Q_OBJECT

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

 private slots:
  void initTestCase() { prepare(); }
  void init() { renew(); }

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
    const auto trial = [&](double milliseconds) {
      good.json["step"]["milliseconds"] = milliseconds;
      const auto checks = reportOf(good).checks;
      return std::find_if(checks.begin(), checks.end(), [](const auto& row) { return row.id == QLatin1String("steps"); })->text;
    };
    QVERIFY2(trial(5.5).contains("5.5 ms a step"), qPrintable(trial(5.5)));
    QVERIFY2(trial(118).contains("118 ms a step"), qPrintable(trial(118)));
    QVERIFY2(trial(4164.5).contains("4.2 s a step"), qPrintable(trial(4164.5)));
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
};

QTEST_MAIN(TestPreflight)
#include "tst_preflight.moc"
