// SPDX-License-Identifier: GPL-3.0-or-later
// Questions of views about the shown run: who is asked, what comes back, and what is said when nobody can answer.
#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "app/desktop/probe_watch.h"
#include "app/desktop/workbench.h"
#include "plugins/registry.h"
#include "tests/support/fake_run.h"

using namespace geocyte;
using namespace geocyte::desktop;
using widgets::ProbeModel;

class TestProbeDesk : public QObject {
  Q_OBJECT

  std::filesystem::path folder() const { return folder_->path().toStdString(); }
  static QString pathOf(const test::FakeRun& run) { return QDir::cleanPath(QString::fromStdString(run.directory().string())); }
  std::unique_ptr<test::FakeRun> training(const std::string& id) const {
    auto run = std::make_unique<test::FakeRun>(folder(), id, id);
    run->say(store::RunState::running, 10);
    run->snapshot(10);
    run->writer().flush();
    return run;
  }
  /// What an engine does between two steps.
  static void answer(test::FakeRun& run, int* asked, const std::string& refusal = {}) {
    for (const store::ControlRequest& request : run.writer().poll_control()) {
      ++*asked;
      if (!refusal.empty()) {
        run.writer().answer(request, false, refusal, 10);
        continue;
      }
      store::Snapshot made;
      made.step = 10;
      const double sigma = request.args.value("sigma", -1.0);
      std::vector<float> places(2 * test::FakeRun::kCells, static_cast<float>(sigma));
      made.arrays = {make_array<float>("coordinates/probe", places, {test::FakeRun::kCells, 2}, {"cell", "xy"}, "points", "refined: " + request.args.value("source", std::string()))};
      run.writer().answer_probe(request, made, 10);
    }
    run.writer().flush();
  }
  struct Asked {
    Workbench workbench{plugins::all_specs()};
    explicit Asked(const QString& folder, const QString& run) {
      workbench.openFolder(folder);
      (void)QTest::qWaitFor([&] { return !workbench.library().order().empty(); }, 5000);
      workbench.show(run);
    }
    ProbeModel* model() { return workbench.viewContext().probe; }
  };

 private slots:
  void init() { folder_ = std::make_unique<QTemporaryDir>(); }

  void theEngineThatTrainsTheRunIsAsked() {
    const auto run = training("a");
    Asked asked(folder_->path(), pathOf(*run));
    QVERIFY(asked.model());
    int count = 0;
    QTimer engine;
    connect(&engine, &QTimer::timeout, this, [&] { answer(*run, &count); });
    engine.start(20);
    asked.model()->ask({{"sigma", 0.5}, {"source", "P2_ST3"}});
    QCOMPARE(asked.model()->state(), ProbeModel::State::pending);
    QTRY_COMPARE(asked.model()->state(), ProbeModel::State::answered);
    const widgets::ArrayView* places = asked.model()->arrays().find("coordinates/probe");
    QVERIFY(places && places->shape[0] == test::FakeRun::kCells);
    QCOMPARE(places->at(7), 0.5);
    QCOMPARE(places->caption, QString("refined: P2_ST3"));
    QVERIFY(asked.model()->seconds() < 5);
    QCOMPARE(count, 1);
  }

  void aRefusalIsSaid() {
    const auto run = training("a");
    Asked asked(folder_->path(), pathOf(*run));
    int count = 0;
    QTimer engine;
    connect(&engine, &QTimer::timeout, this, [&] { answer(*run, &count, "sigma is from 0 to 20"); });
    engine.start(20);
    asked.model()->ask({{"sigma", 99.0}});
    QTRY_COMPARE(asked.model()->state(), ProbeModel::State::failed);
    QVERIFY2(asked.model()->problem().contains("sigma is from 0 to 20"), qPrintable(asked.model()->problem()));
  }

  void anotherRunForgetsTheQuestion() {
    const auto run = training("a"), other = training("b");
    Asked asked(folder_->path(), pathOf(*run));
    QTRY_COMPARE(asked.workbench.library().order().size(), std::size_t{2});
    asked.model()->ask({{"sigma", 0.5}});
    QTRY_VERIFY(!QDir(pathOf(*run) + "/control").entryList({"*.json"}, QDir::Files).isEmpty());
    asked.workbench.show(pathOf(*other));
    QCOMPARE(asked.model()->state(), ProbeModel::State::idle);
    QTRY_VERIFY2(QDir(pathOf(*run) + "/control").entryList({"*.json"}, QDir::Files).isEmpty(), "the request is taken back");
  }

  void aRunThatCannotBeServedSaysWhy() {
    if (!QFileInfo(qEnvironmentVariable("GEOCYTE_BIN") + "/geocyte-engine").isExecutable()) QSKIP("geocyte-engine was not built (no LibTorch in this configuration)");
    auto run = training("a");
    run->say(store::RunState::completed, 10);
    run->writer().flush();
    const QString path = pathOf(*run);
    run.reset();
    QVERIFY(!ProbeWatch::isServed(path));
    Asked asked(folder_->path(), path);
    asked.model()->ask({{"sigma", 0.5}});
    QTRY_VERIFY(asked.model()->progress().contains("starting an engine") || asked.model()->state() == ProbeModel::State::failed);
    QTRY_COMPARE_WITH_TIMEOUT(asked.model()->state(), ProbeModel::State::failed, 30'000);
    // It was never trained, so it has no configuration: the engine's own sentence, without its name.
    QVERIFY2(asked.model()->problem().startsWith("a configuration must be"), qPrintable(asked.model()->problem()));
    QVERIFY2(QDir(path + "/control").entryList({"*.json"}, QDir::Files).isEmpty(), "the request is taken back");
  }

 private:
  std::unique_ptr<QTemporaryDir> folder_;
};

QTEST_GUILESS_MAIN(TestProbeDesk)
#include "tst_probe_desk.moc"
