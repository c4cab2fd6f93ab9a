// SPDX-License-Identifier: GPL-3.0-or-later
// A stranger's first minute, with the real engine and the real window, by mouse: try the demo, see curves move, pause,
// go on, stop; close the window while a run is going and find it again.
#include <QPushButton>

#include "tests/support/journey.h"

using namespace geocyte;
using namespace geocyte::desktop;
using store::RunState;

using test::kAnswer, test::kStart;

class TestFirstMinute : public test::Journey {
  Q_OBJECT

  std::size_t points() const {
    const auto found = run() ? run()->curves.find("loss/total") : decltype(run()->curves.end()){};
    return !run() || found == run()->curves.end() ? 0 : found->second->steps.size();
  }
  /// A demo that lasts long enough to be steered: the preset itself, with many more steps.
  void launchLong() {
    jobs::JobSpec job;
    job.preset = "gems/demo";
    job.name = "long";
    job.set = {{"steps", "100000"}};
    window_->workbench().launch(job, "gems");
    window_->setWorkspace("monitor");
  }

 private slots:
  void initTestCase() {
    if (!prepare()) QSKIP(kNoEngine);
  }
  void cleanup() { closeWindow(); }

  void theDemoTrainsAfterOneClickAndObeys() {
    openWindow();
    QVERIFY(window_->isOnStartPage());
    click("tryDemo");
    QTRY_VERIFY(!window_->isOnStartPage());
    QTRY_VERIFY(isIn(RunState::starting) || isIn(RunState::running));
    QTRY_VERIFY_WITH_TIMEOUT(points() >= 2, kStart);
    const std::size_t before = points();
    QTRY_VERIFY_WITH_TIMEOUT(points() > before, kStart);

    click("primary");
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::paused), kAnswer);
    QTRY_VERIFY(run()->pending.isEmpty());
    QTRY_COMPARE(window_->findChild<QPushButton*>("primary")->text(), QStringLiteral("Resume"));
    const std::int64_t paused_at = run()->status.step;
    click("primary");
    QTRY_VERIFY_WITH_TIMEOUT(run()->status.step > paused_at, kAnswer);

    clickActionIn<QPushButton>("stop", "actionStop");
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::stopped), kAnswer);
    QVERIFY(run()->status.last_checkpoint >= 0);
    QTRY_COMPARE(window_->findChild<QPushButton*>("primary")->text(), QStringLiteral("Start"));
  }

  void aClosedWindowLeavesTheRunGoingAndFindsItAgain() {
    openWindow();
    launchLong();
    QTRY_VERIFY_WITH_TIMEOUT(points() >= 2, kStart);
    const QString path = run()->info.path;
    const std::int64_t step = run()->status.step;
    window_->close();
    window_.reset();

    openWindow();
    QTRY_VERIFY_WITH_TIMEOUT(run() && run()->info.path == path, kAnswer);
    QVERIFY(!window_->isOnStartPage());
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::running) && run()->status.step > step, kAnswer);
    QTRY_VERIFY_WITH_TIMEOUT(points() > 0, kAnswer);
    window_->workbench().order("stop");
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::stopped), kAnswer);
  }

  void aKilledEngineIsSaidToBeLostAndResumes() {
    openWindow();
    launchLong();
    QTRY_VERIFY_WITH_TIMEOUT(points() >= 2, kStart);
    window_->workbench().order("checkpoint");
    QTRY_VERIFY_WITH_TIMEOUT(run()->status.last_checkpoint >= 0 && run()->pending.isEmpty(), kAnswer);
    const std::int64_t pid = run()->status.pid;
    kill(static_cast<pid_t>(pid), SIGKILL);
    QTRY_VERIFY_WITH_TIMEOUT(run()->health == store::Health::lost, kAnswer);
    auto* banner = window_->findChild<QWidget*>("banner");
    QTRY_VERIFY(banner->isVisible());
    auto* resume = banner->findChild<QPushButton*>("bannerAction0");
    QVERIFY(resume);
    QTest::mouseClick(resume, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::running) && run()->status.pid != pid && run()->health == store::Health::ok, kStart);
    QTRY_VERIFY(!banner->isVisible());
    window_->workbench().order("stop");
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::stopped), kAnswer);
  }

  void anEngineThatCannotStartSaysWhy() {
    openWindow();
    jobs::JobSpec job;
    job.preset = "gems/demo";
    job.set = {{"data_folder", "/nowhere/at/all"}};
    window_->workbench().launch(job, "gems");
    window_->setWorkspace("monitor");
    QTRY_VERIFY_WITH_TIMEOUT(run() && (!run()->problem.isEmpty() || isIn(RunState::failed)), kAnswer);
    QTRY_VERIFY(window_->findChild<QWidget*>("banner")->isVisible());
    QVERIFY(!run()->isAlive());
  }
};

QTEST_MAIN(TestFirstMinute)
#include "tst_first_minute.moc"
