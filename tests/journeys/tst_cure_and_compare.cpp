// SPDX-License-Identifier: GPL-3.0-or-later
// Try a cure, with the real engine and the real window, by mouse and keys: train plainly, switch a cure on, start, read what is
// known before training, see the matrix change, and hold the two runs against each other.
#include <QAbstractButton>
#include <QApplication>
#include <QFileInfo>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QWindow>

#include <algorithm>
#include <csignal>
#include <memory>

#include "app/desktop/main_window.h"
#include "app/desktop/system_specs.h"
#include "widgets/controls/run_list.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/loss_curves/loss_curves.h"
#include "widgets/matrix_heatmap/matrix_heatmap.h"
#include "widgets/scatter/scatter.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/theme/theme.h"

using namespace geocyte;
using namespace geocyte::desktop;
using store::RunState;

namespace {
constexpr int kTraining = 240'000;  ///< on a busy machine
constexpr int kAnswer = 60'000;
}  // namespace

class TestCureAndCompare : public QObject {
  Q_OBJECT

  const RunRecord* run() const { return window_->workbench().current(); }
  bool isIn(RunState state) const { return run() && run()->has_status && run()->status.state == state; }
  template <class Widget = QWidget>
  Widget* find(const QString& name) const {
    return window_->findChild<Widget*>(name);
  }
  void click(const QString& name) {
    QWidget* widget = find(name);
    QVERIFY2(widget, qPrintable(name));
    QTRY_VERIFY2_WITH_TIMEOUT(widget->isVisible() && widget->isEnabled(), qPrintable(name), kAnswer);
    QTest::mouseClick(widget, Qt::LeftButton);
  }
  void type(const QString& name, const QString& text) {
    auto* line = find<QLineEdit>(name);
    QVERIFY2(line, qPrintable(name));
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, text);
    QTest::keyClick(line, Qt::Key_Return);
  }
  void configure(const QString& name) {
    QTest::keyClick(window_.get(), Qt::Key_N, Qt::ControlModifier);
    QTRY_VERIFY(window_->isConfiguring());
    type("field/steps", "1200");
    type("field/data_folder", "simulate:six_sources?genes=100&seed=7");
    type("field/genes", "100");
    type("newRunName", name);
  }
  void start(const QString& name) {
    click("startRun");
    QTRY_VERIFY_WITH_TIMEOUT(!window_->isConfiguring() && run() && run()->info.name == name, kAnswer);
  }
  widgets::matrix_heatmap::MatrixGrid* grid() const { return window_->findChild<widgets::matrix_heatmap::MatrixHeatmap*>()->grid(); }

 private slots:
  void initTestCase() {
    const QString engine = qEnvironmentVariable("GEOCYTE_BIN") + "/geocyte-engine";
    if (!QFileInfo(engine).isExecutable()) QSKIP("geocyte-engine was not built (no LibTorch in this configuration)");
    qputenv("GEOCYTE_ENGINE", engine.toLocal8Bit());
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

  void trainPlainly() {
    configure("plain");
    start("plain");
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::completed), kTraining);
    QVERIFY(run()->options["loss"]["energy"]["enabled"] == false);
    plain_ = run()->info.path;
  }

  void switchACureOnAndStart() {
    configure("with energy");
    type("configSearch", "energy");
    auto* cure = find<QAbstractButton>("field/loss.energy.enabled");
    QVERIFY(cure);
    QTRY_VERIFY(cure->isVisible());
    QVERIFY(!cure->isChecked());
    QTest::mouseClick(cure, Qt::LeftButton, {}, QPoint(cure->height() / 2, cure->height() / 2));
    QVERIFY(cure->isChecked());
    start("with energy");
    QTRY_VERIFY_WITH_TIMEOUT(run()->options.is_object(), kAnswer);
    QVERIFY(run()->options["loss"]["energy"]["enabled"] == true);
  }

  void theDiagnosisIsThereBeforeTheFirstSnapshot() {
    click("segment_align");
    QTRY_COMPARE(window_->workspace(), QStringLiteral("align"));
    QTRY_VERIFY_WITH_TIMEOUT(run()->diagnosis.is_object(), kAnswer);
    QTRY_VERIFY(find("beforeTraining")->isVisible() || find("diagnosisSheet")->isVisible());
  }

  void theMatrixChanges() {
    QTRY_VERIFY_WITH_TIMEOUT(window_->showsData() && grid()->data().rows == 6, kTraining);
    const QString first = grid()->cellText(0, 3);
    QVERIFY(!first.isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(grid()->cellText(0, 3) != first, kTraining);
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::completed), kTraining);
    QTRY_VERIFY(run()->curves.count("loss/energy") == 1);
  }

  void pinTheTwoAgainstEachOther() {
    auto* list = find("runList")->findChild<QListView*>();
    QModelIndex row;
    for (int r = 0; r < list->model()->rowCount(); ++r)
      if (list->model()->index(r, 0).data().toString().contains("plain")) row = list->model()->index(r, 0);
    QVERIFY(row.isValid());
    bool chosen = false;
    QTimer choosing;
    connect(&choosing, &QTimer::timeout, this, [&] {
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      if (!menu) return;
      for (QAction* action : menu->actions())
        if (action->text().contains("Compare")) {
          chosen = true;
          choosing.stop();
          return QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
        }
      menu->close();
    });
    choosing.start(50);
    const QPoint at = list->viewport()->mapTo(window_.get(), list->visualRect(row).center());
    QTest::mouseClick(window_->windowHandle(), Qt::RightButton, {}, at);
    QTRY_VERIFY(chosen);
    QCOMPARE(window_->workbench().reference()->run(), plain_);
    QTRY_VERIFY_WITH_TIMEOUT(grid()->cellText(3, 0) != grid()->cellText(0, 3), kAnswer);
    QTRY_VERIFY_WITH_TIMEOUT(window_->findChild<widgets::scatter::Scatter*>()->secondCanvas()->isVisible(), kAnswer);
    QCOMPARE(run()->info.name, QStringLiteral("with energy"));
    click("segment_monitor");
    const auto shows_both = [this] {
      for (auto* curves : window_->findChildren<widgets::loss_curves::LossCurves*>())
        for (const QStringList& line : curves->table())
          if (line.value(0) == QLatin1String("plain")) return true;
      return false;
    };
    QTRY_VERIFY_WITH_TIMEOUT(shows_both(), kAnswer);
  }

 private:
  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<widgets::Theme> theme_;
  std::unique_ptr<Preferences> preferences_;
  std::unique_ptr<MainWindow> window_;
  QString plain_;
};

QTEST_MAIN(TestCureAndCompare)
#include "tst_cure_and_compare.moc"
