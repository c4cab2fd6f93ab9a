// SPDX-License-Identifier: GPL-3.0-or-later
// A stranger's first minute, with the real engine and the real window, by mouse: try the demo, see curves move, pause,
// go on, stop; close the window while a run is going and find it again.
#include <QAction>
#include <QDir>
#include <QFileInfo>
#include <QMenu>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <csignal>
#include <memory>

#include "app/desktop/main_window.h"
#include "app/desktop/system_specs.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/theme/theme.h"

using namespace geocyte;
using namespace geocyte::desktop;
using store::RunState;

namespace {
constexpr int kStart = 90'000;   ///< simulation of the tissue included, on a busy machine
constexpr int kAnswer = 20'000;
}  // namespace

class TestFirstMinute : public QObject {
  Q_OBJECT

  void openWindow() {
    window_ = std::make_unique<MainWindow>(plugins::all_specs(), *preferences_, *theme_);
    window_->resize(1400, 900);
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
    window_->attachToLiving(preferences_->runsFolder());
  }
  const RunRecord* run() const { return window_ ? window_->workbench().current() : nullptr; }
  bool isIn(RunState state) const { return run() && run()->has_status && run()->status.state == state; }
  std::size_t points() const {
    const auto found = run() ? run()->curves.find("loss/total") : decltype(run()->curves.end()){};
    return !run() || found == run()->curves.end() ? 0 : found->second->steps.size();
  }
  void click(const char* name) {
    auto* button = window_->findChild<QPushButton*>(QString::fromLatin1(name));
    QVERIFY2(button, name);
    QTRY_VERIFY_WITH_TIMEOUT(button->isVisible() && button->isEnabled(), kAnswer);
    QTest::mouseClick(button, Qt::LeftButton);
  }
  /// A button that opens a menu does not return before the menu is closed: the second click waits inside of it.
  void clickInMenu(const char* name, QAction* action) {
    QMenu* menu = window_->findChild<QPushButton*>(QString::fromLatin1(name))->menu();
    QMetaObject::Connection shown;
    shown = connect(menu, &QMenu::aboutToShow, this, [&] {
      QTimer::singleShot(50, menu, [menu, action] { QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center()); });
    });
    click(name);
    disconnect(shown);
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
    const QString engine = qEnvironmentVariable("GEOCYTE_BIN") + "/geocyte-engine";
    if (!QFileInfo(engine).isExecutable()) QSKIP("geocyte-engine was not built (no LibTorch in this configuration)");
    qputenv("GEOCYTE_ENGINE", engine.toLocal8Bit());
    folder_ = std::make_unique<QTemporaryDir>();
    theme_ = std::make_unique<widgets::Theme>(widgets::ThemeChoice::light);
    preferences_ = std::make_unique<Preferences>(folder_->filePath("preferences.ini"));
    preferences_->setRunsFolder(folder_->filePath("runs"));
  }

  void cleanup() {
    if (!window_) return;
    // Engines outlive windows by design: those that this test started must not outlive the test.
    for (const QString& path : window_->workbench().library().order())
      if (const RunRecord* left = window_->workbench().library().find(path); left->isAlive() && left->status.pid > 0) kill(static_cast<pid_t>(left->status.pid), SIGTERM);
    window_.reset();
  }

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

    clickInMenu("stop", window_->findChild<QAction*>("actionStop"));
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

 private:
  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<widgets::Theme> theme_;
  std::unique_ptr<Preferences> preferences_;
  std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(TestFirstMinute)
#include "tst_first_minute.moc"
