// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+Z over what is looked at, the alerts of a live run, and a reference run that goes on training.
#include <QAction>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

#include "app/desktop/main_window.h"
#include "engine/core/log.h"
#include "tests/support/fake_run.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/loss_curves/loss_curves.h"
#include "widgets/matrix_heatmap/matrix_heatmap.h"
#include "widgets/scatter/scatter.h"
#include "widgets/theme/theme.h"

using namespace geocyte;
using namespace geocyte::desktop;

class TestViewUndo : public QObject {
  Q_OBJECT

  template <class T = QWidget>
  T* find(const char* name) const { return window_->findChild<T*>(QString::fromLatin1(name)); }
  void trigger(const char* action) { find<QAction>(action)->trigger(); }

 private slots:
  void init() {
    folder_ = std::make_unique<QTemporaryDir>();
    theme_ = std::make_unique<widgets::Theme>(widgets::ThemeChoice::light);
    preferences_ = std::make_unique<Preferences>(folder_->filePath("p.ini"));
    run_ = std::make_unique<test::FakeRun>(folder_->path().toStdString(), "20261121-141530-gems-a-0001", "a");
    run_->train(0, 100);
    run_->snapshot(100);
    run_->say(store::RunState::running, 100);
    run_->writer().flush();
    window_ = std::make_unique<MainWindow>(plugins::all_specs(), *preferences_, *theme_);
    window_->resize(1400, 900);
    window_->show();
    window_->openFolder(folder_->path());
    window_->setWorkspace("align");
    QTRY_VERIFY(window_->showsData());
  }
  void cleanup() {
    window_.reset();
    run_.reset();
  }

  void selectionColourAndAxesGoBackAndForth() {
    QVERIFY(!find<QAction>("actionUndo")->isEnabled());
    auto* scatter = window_->findChild<widgets::scatter::Scatter*>();
    QTRY_COMPARE(scatter->colorBy(), QStringLiteral("source"));
    auto* matrix = window_->findChild<widgets::matrix_heatmap::MatrixHeatmap*>();
    QTRY_COMPARE(matrix->grid()->data().rows, 6);
    QTest::mouseClick(matrix->grid(), Qt::LeftButton, {}, matrix->grid()->cellRect(0, 3).center().toPoint());
    const widgets::SelectionModel& selection = *window_->workbench().selection();
    QCOMPARE(selection.count(), std::int64_t{120});
    auto* curves = window_->findChild<widgets::loss_curves::LossCurves*>();
    curves->setLogY(true);
    window_->workbench().charts()->setSmoothing(0.9);
    QVERIFY(find<QAction>("actionUndo")->isEnabled());
    trigger("actionUndo");
    QCOMPARE(window_->workbench().charts()->smoothing(), 0.6);
    QVERIFY(curves->logY());
    trigger("actionUndo");
    QVERIFY(!curves->logY());
    trigger("actionUndo");
    QCOMPARE(selection.count(), std::int64_t{0});
    trigger("actionRedo");
    QCOMPARE(selection.count(), std::int64_t{120});
    QCOMPARE(selection.sources(), (QStringList{"P2_ST1", "P2_SC"}));
    trigger("actionRedo");
    trigger("actionRedo");
    QCOMPARE(window_->workbench().charts()->smoothing(), 0.9);
    QVERIFY(!find<QAction>("actionRedo")->isEnabled());
  }

  void anAlertIsToldOnceAndCounted() {
    QVERIFY(!find("alertBadge")->isVisible());
    const Json alert{{"id", "collapse"}, {"state", "raised"}, {"severity", "bad"}, {"headline", "The embedding collapses."}, {"advice", "Raise the variance term."}};
    run_->writer().event(120, "alert", alert);
    run_->writer().flush();
    QTRY_VERIFY(find("alertBadge")->isVisible());
    QCOMPARE(find<QPushButton>("alertBadge")->text(), QStringLiteral("1 alert"));
    QTRY_COMPARE(window_->findChildren<QWidget*>(QStringLiteral("toast")).size(), 1);
    QTest::mouseClick(find("alertBadge"), Qt::LeftButton);
    QCOMPARE(window_->workspace(), QStringLiteral("monitor"));
    QCOMPARE(find<widgets::SegmentedControl>("consoleTabs")->current(), QStringLiteral("alerts"));
    Json over = alert;
    over["state"] = "cleared";
    run_->writer().event(140, "alert", over);
    run_->writer().flush();
    QTRY_VERIFY(!find("alertBadge")->isVisible());
    QCOMPARE(window_->findChildren<QWidget*>(QStringLiteral("toast")).size(), 1);
  }

  void aReferenceThatTrainsIsShownAsItIsNow() {
    test::FakeRun other(folder_->path().toStdString(), "20261121-141531-gems-b-0002", "b");
    other.train(0, 10);
    other.snapshot(10);
    other.say(store::RunState::running, 10);
    other.writer().flush();
    QTRY_COMPARE_WITH_TIMEOUT(window_->workbench().library().order().size(), std::size_t{2}, 10'000);
    const QString path = QString::fromStdString(other.directory().string());
    window_->workbench().reference()->set(path, -1, "b");
    auto* matrix = window_->findChild<widgets::matrix_heatmap::MatrixHeatmap*>();
    QTRY_VERIFY(matrix->grid()->cellText(3, 0) != matrix->grid()->cellText(0, 3));
    const QString before = matrix->grid()->cellText(3, 0);
    other.snapshot(900);
    other.say(store::RunState::running, 900);
    other.writer().flush();
    QTRY_VERIFY_WITH_TIMEOUT(matrix->grid()->cellText(3, 0) != before, 10'000);
  }

 private:
  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<widgets::Theme> theme_;
  std::unique_ptr<Preferences> preferences_;
  std::unique_ptr<test::FakeRun> run_;
  std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(TestViewUndo)
#include "tst_view_undo.moc"
