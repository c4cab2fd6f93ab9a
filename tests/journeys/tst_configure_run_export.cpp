// SPDX-License-Identifier: GPL-3.0-or-later
// A user's whole way with the real engine and the real window, by mouse and keys: configure, start, pause, scrub, select, stop,
// resume, export. Nothing is called that a hand could not do.
#include <QAction>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMouseEvent>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <csignal>
#include <memory>

#include "app/desktop/main_window.h"
#include "app/desktop/system_specs.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/controls/timeline_strip.h"
#include "widgets/theme/theme.h"

using namespace geocyte;
using namespace geocyte::desktop;
using store::RunState;

namespace {
constexpr int kStart = 120'000;  ///< simulation of the tissue included, on a busy machine
constexpr int kAnswer = 30'000;
constexpr int kAxisBegins = 86;  ///< pixels from the left edge of the timeline
}  // namespace

class TestConfigureRunExport : public QObject {
  Q_OBJECT

  const RunRecord* run() const { return window_->workbench().current(); }
  bool isIn(RunState state) const { return run() && run()->has_status && run()->status.state == state; }
  template <class Widget = QWidget>
  Widget* find(const char* name) const {
    return window_->findChild<Widget*>(QString::fromLatin1(name));
  }
  void click(QWidget* widget, const char* name) {
    QVERIFY2(widget, name);
    QTRY_VERIFY2_WITH_TIMEOUT(widget->isVisible() && widget->isEnabled(), name, kAnswer);
    QTest::mouseClick(widget, Qt::LeftButton);
  }
  void click(const char* name) { click(find(name), name); }
  void clickTab(const char* control, const char* id) {
    click(find<widgets::SegmentedControl>(control)->findChild<QWidget*>(QStringLiteral("segment_") + id), id);
  }
  /// A button that opens a menu does not return before the menu is closed: the second click waits inside of it.
  void clickInMenu(const char* name, QAction* action) {
    QMenu* menu = find<QPushButton>(name)->menu();
    const auto shown = connect(menu, &QMenu::aboutToShow, this, [&] {
      QTimer::singleShot(50, menu, [menu, action] { QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center()); });
    });
    click(name);
    disconnect(shown);
  }
  /// QTest::mouseMove() tells no pressed button.
  static void drag(QWidget* widget, const QList<QPoint>& way) {
    QTest::mousePress(widget, Qt::LeftButton, {}, way.first());
    for (const QPoint& at : way) {
      QMouseEvent move(QEvent::MouseMove, QPointF(at), widget->mapToGlobal(QPointF(at)), Qt::NoButton, Qt::LeftButton, {});
      QApplication::sendEvent(widget, &move);
    }
    QTest::mouseRelease(widget, Qt::LeftButton, {}, way.last());
  }
  void type(const char* field, const QString& text) {
    auto* line = find("newRunPage")->findChild<QLineEdit*>(QStringLiteral("field/") + field);
    QVERIFY2(line, field);
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, text);
    QTest::keyClick(line, Qt::Key_Return);
  }

 private slots:
  void initTestCase() {
    const QString engine = qEnvironmentVariable("GEOCYTE_BIN") + "/geocyte-engine";
    if (!QFileInfo(engine).isExecutable()) QSKIP("geocyte-engine was not built (no LibTorch in this configuration)");
    qputenv("GEOCYTE_ENGINE", engine.toLocal8Bit());
    QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    folder_ = std::make_unique<QTemporaryDir>();
    theme_ = std::make_unique<widgets::Theme>(widgets::ThemeChoice::light);
    preferences_ = std::make_unique<Preferences>(folder_->filePath("preferences.ini"));
    preferences_->setRunsFolder(folder_->filePath("runs"));
    window_ = std::make_unique<MainWindow>(plugins::all_specs(), *preferences_, *theme_);
    window_->resize(1500, 950);
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
    QApplication::setActiveWindow(window_.get());   // under Xvfb no window manager does it
    window_->attachToLiving(preferences_->runsFolder());
  }

  void cleanupTestCase() {
    if (!window_) return;
    for (const QString& path : window_->workbench().library().order())
      if (const RunRecord* left = window_->workbench().library().find(path); left->isAlive() && left->status.pid > 0) kill(static_cast<pid_t>(left->status.pid), SIGTERM);
    window_.reset();
  }

  void configure() {
    click("newRun");
    QVERIFY(window_->isConfiguring());
    type("steps", "0");
    QVERIFY2(!find("startRun")->isEnabled(), "a wrong value stands in the way");
    type("steps", "6000");
    type("data_folder", "simulate:six_sources?genes=120&seed=7");
    type("genes", "120");
    QLineEdit* name = find<QLineEdit>("newRunName");
    name->setFocus();
    QTest::keyClicks(name, "journey");
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("checkText/steps") && find<QLabel>("checkText/steps")->text().contains("loss"), kStart);
    QVERIFY(find<QLabel>("checkText/data")->text().contains("6 sources"));
  }

  void start() {
    click("startRun");
    QTRY_VERIFY(!window_->isConfiguring());
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::starting) || isIn(RunState::running), kAnswer);
    QCOMPARE(run()->info.name, QStringLiteral("journey"));
    QTRY_VERIFY_WITH_TIMEOUT(run()->snapshots.size() >= 3 && window_->showsData(), kStart);
  }

  void pause() {
    click("primary");
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::paused), kAnswer);
    QTRY_COMPARE(find<QPushButton>("primary")->text(), QStringLiteral("Resume"));
    QVERIFY(run()->status.step < 6000);
  }

  void scrub() {
    auto* timeline = find<widgets::TimelineStrip>("timeline");
    const widgets::TimeCursor& cursor = *window_->workbench().cursor();
    QVERIFY(cursor.isLive());
    // Drag back along the strip to where its axis begins: how far the run has come by now is the machine's affair.
    const QPoint end(timeline->width() / 2, timeline->height() / 2), beginning(kAxisBegins, timeline->height() / 2);
    drag(timeline, {end, (end + beginning) / 2, beginning});
    QTRY_VERIFY2(!cursor.isLive(), qPrintable(QStringLiteral("step %1 of %2, %3 snapshots, strip %4 x %5 %6").arg(run()->status.step).arg(run()->status.total_steps)
                                                  .arg(run()->snapshots.size()).arg(timeline->width()).arg(timeline->height()).arg(timeline->isVisible())));
    QVERIFY2(cursor.step() < run()->status.step, qPrintable(QString::number(cursor.step())));
    QTest::keyClick(timeline, Qt::Key_End);
    QTRY_VERIFY(cursor.isLive());
  }

  void select() {
    clickTab("workspaces", "align");
    QTRY_COMPARE(window_->workspace(), QStringLiteral("align"));
    QTRY_VERIFY_WITH_TIMEOUT(window_->showsData(), kAnswer);
    QWidget* canvas = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((canvas = find("scatterCanvas")) && canvas->isVisible(), kAnswer);
    QTest::qWait(300);   // the layout glides into place
    const QPoint centre = canvas->rect().center();
    const int reach = std::min(canvas->width(), canvas->height()) / 2 - 12;
    drag(canvas, {centre + QPoint(-reach, -reach), centre + QPoint(reach, -reach), centre + QPoint(reach, reach), centre + QPoint(-reach, reach),
                  centre + QPoint(-reach, -reach + 6)});
    QTRY_VERIFY_WITH_TIMEOUT(window_->workbench().selection()->count() > 0, kAnswer);
    QTRY_VERIFY(find<QLabel>("selectionText")->text().contains("selected"));
  }

  void stopAndResume() {
    clickInMenu("stop", window_->findChild<QAction*>("actionStop"));
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::stopped), kAnswer);
    const std::int64_t at = run()->status.step;
    QVERIFY(run()->status.last_checkpoint >= 0);
    click("resume");
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::running) && run()->status.step > at, kStart);
    QVERIFY(!find("resume")->isVisible());
    clickInMenu("stop", window_->findChild<QAction*>("actionStop"));
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::stopped), kAnswer);
  }

  void exportAView() {
    const QString file = folder_->filePath("figure.png");
    QTimer typing;
    connect(&typing, &QTimer::timeout, this, [&] {
      auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
      auto* line = dialog ? dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit")) : nullptr;
      auto* buttons = dialog ? dialog->findChild<QDialogButtonBox*>() : nullptr;
      if (!line || !buttons) return;
      line->setText(file);   // typed, it would open a list of completions that takes the next click
      QTest::mouseClick(buttons->button(QDialogButtonBox::Save), Qt::LeftButton);
    });
    typing.start(100);
    clickInMenu("product", window_->findChild<QAction*>("actionExport"));
    QTRY_VERIFY(QFileInfo(file).size() > 1000);
    QVERIFY(!QImage(file).isNull());
  }

 private:
  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<widgets::Theme> theme_;
  std::unique_ptr<Preferences> preferences_;
  std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(TestConfigureRunExport)
#include "tst_configure_run_export.moc"
