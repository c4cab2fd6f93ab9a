// SPDX-License-Identifier: GPL-3.0-or-later
// Two finished runs, by mouse and keys: hold one against the other, see it in the matrix, beside the embedding and dashed in
// the curves; pick a pair, see it everywhere, keep it under a name; scrub, and export everything.
#include <QAbstractButton>
#include <QAction>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QMenu>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

#include "app/desktop/main_window.h"
#include "app/desktop/system_specs.h"
#include "app/desktop/view_export.h"
#include "app/desktop/view_host.h"
#include "tests/support/fake_run.h"
#include "widgets/base/reference_choice.h"
#include "widgets/matrix_heatmap/matrix_heatmap.h"
#include "widgets/pair_trend/pair_trend.h"
#include "widgets/pair_trend/trend_canvas.h"
#include "widgets/scatter/scatter.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/selection_counts/category_bars.h"
#include "widgets/selection_counts/selection_counts.h"
#include "widgets/theme/theme.h"

using namespace geocyte;
using namespace geocyte::desktop;

class TestPinTwoRuns : public QObject {
  Q_OBJECT

  void makeRun(const char* id, const char* name, std::initializer_list<std::int64_t> snapshots) {
    std::string yaml;
    for (const config::SystemSpec& spec : plugins::all_specs())
      if (spec.id == "gems") yaml = config::to_yaml(config::defaults(spec.parameters));
    test::FakeRun run(folder_->path().toStdString(), id, name, yaml);
    run.train(0, 400);
    for (const std::int64_t step : snapshots) run.snapshot(step);
    run.say(store::RunState::completed, 400, 400);
    run.writer().flush();
  }
  template <class T>
  T* view() const { return window_->findChild<T*>(); }

  /// Two views share a place in the lower row.
  void clickTab(const QString& name) {
    for (QAbstractButton* tab : window_->findChild<QWidget*>("viewTabs")->findChildren<QAbstractButton*>())
      if (tab->text() == name) QTest::mouseClick(tab, Qt::LeftButton);
  }

 private slots:
  void initTestCase() {
    theme_ = std::make_unique<widgets::Theme>(widgets::ThemeChoice::light);
    folder_ = std::make_unique<QTemporaryDir>();
    makeRun("20260101-000000-gems-seed-aaaa", "seed", {10});
    makeRun("20260102-000000-gems-recommended-bbbb", "recommended", {10, 100, 400});
    preferences_ = std::make_unique<Preferences>(folder_->filePath("p.ini"));
    window_ = std::make_unique<MainWindow>(plugins::all_specs(), *preferences_, *theme_);
    window_->resize(1500, 950);
    window_->show();
    window_->open(folder_->path());
    QTRY_VERIFY_WITH_TIMEOUT(window_->workbench().library().order().size() == 2, 10000);
    window_->workbench().show(window_->workbench().library().order()[0]);
    window_->setWorkspace("align");
    QTRY_VERIFY_WITH_TIMEOUT(window_->showsData(), 10000);
    QCOMPARE(window_->workbench().current()->info.name, QString("recommended"));
  }

  void theOtherRunTakesTheLowerTriangleAndStandsBeside() {
    auto* matrix = view<widgets::matrix_heatmap::MatrixHeatmap>();
    QTRY_COMPARE(matrix->grid()->data().rows, 6);
    const QString above = matrix->grid()->cellText(0, 3);
    QCOMPARE(matrix->grid()->cellText(3, 0), above);
    auto* against = matrix->findChild<widgets::ReferenceChoice*>();
    QAction* seed = nullptr;
    for (QAction* action : against->menu()->actions())
      if (action->text() == "seed") seed = action;
    QVERIFY(seed);
    against->menu()->popup(QPoint(100, 100));
    QTest::mouseClick(against->menu(), Qt::LeftButton, {}, against->menu()->actionGeometry(seed).center());
    QTRY_VERIFY(matrix->grid()->cellText(3, 0) != above);
    QCOMPARE(matrix->grid()->cellText(0, 3), above);
    QVERIFY(matrix->caption().contains("seed"));
    QTRY_VERIFY(view<widgets::scatter::Scatter>()->secondCanvas()->isVisible());
    QVERIFY(view<widgets::scatter::Scatter>()->secondCanvas()->corner().contains("seed"));
  }

  void theKeyTakesItAwayAndBringsItBack() {
    auto* matrix = view<widgets::matrix_heatmap::MatrixHeatmap>();
    QTest::keyClick(matrix->grid(), Qt::Key_B);
    QTRY_VERIFY(!view<widgets::scatter::Scatter>()->secondCanvas()->isVisible());
    QTest::keyClick(matrix->grid(), Qt::Key_B);
    QTRY_VERIFY(view<widgets::scatter::Scatter>()->secondCanvas()->isVisible());
  }

  void aPairIsPickedEverywhereAndKept() {
    auto* matrix = view<widgets::matrix_heatmap::MatrixHeatmap>();
    QTest::mouseClick(matrix->grid(), Qt::LeftButton, {}, matrix->grid()->cellRect(1, 3).center().toPoint());
    QCOMPARE(window_->workbench().selection()->sources(), (QStringList{"P2_ST2", "P2_SC"}));
    clickTab("Selection");
    auto* counts = view<widgets::selection_counts::SelectionCounts>();
    QVERIFY(counts->isVisible());
    QCOMPARE(counts->count(), QString("120 of 360"));
    QTest::keyClick(counts->bars(), Qt::Key_K);
    auto* name = counts->findChild<QLineEdit*>("keepName");
    QVERIFY(name);
    QTest::keyClicks(name, "worst pair");
    QTest::keyClick(name, Qt::Key_Return);
    const QString file = window_->workbench().current()->info.path + "/selections/worst pair.json";
    QTRY_VERIFY(QFile::exists(file));
  }

  void theTimelineMovesAllViews() {
    clickTab("Pairs over training");
    auto* trend = view<widgets::pair_trend::PairTrend>();
    QVERIFY(trend->isVisible());
    QTRY_COMPARE(trend->canvas()->pairs().steps.size(), std::size_t{3});
    auto* matrix = view<widgets::matrix_heatmap::MatrixHeatmap>();
    const QString now = matrix->grid()->cellText(0, 3);
    window_->workbench().cursor()->setStep(10);
    QTRY_VERIFY(matrix->grid()->cellText(0, 3) != now);
    QCOMPARE(trend->canvas()->pairs().shown_step, 10.0);
    QVERIFY(view<widgets::scatter::Scatter>()->caption().startsWith("step 10 "));
    window_->workbench().cursor()->setLive();
    QTRY_COMPARE(matrix->grid()->cellText(0, 3), now);
  }

  void everyViewIsExportedAsPictureDrawingAndTable() {
    for (const char* workspace : {"align", "monitor"}) {
      window_->setWorkspace(workspace);
      QTest::qWait(50);
      std::vector<widgets::View*> views;
      for (widgets::View* one : window_->findChild<ViewHost*>(workspace)->views())
        if (!one->isHidden()) views.push_back(one);
      QVERIFY(views.size() >= 5);
      const QTemporaryDir out;
      const ExportReport report = exportAll(views, out.path());
      QVERIFY2(report.failed.isEmpty(), qPrintable(report.failed.join(' ')));
      QCOMPARE(report.written, 3 * static_cast<int>(views.size()));
      for (const QFileInfo& file : QDir(out.path()).entryInfoList(QDir::Files)) QVERIFY2(file.size() > 0, qPrintable(file.fileName()));
    }
    const ExportReport nowhere = exportAll({view<widgets::scatter::Scatter>()}, "/no/such/folder");
    QCOMPARE(nowhere.failed.size(), 3);
  }

 private:
  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<widgets::Theme> theme_;
  std::unique_ptr<Preferences> preferences_;
  std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(TestPinTwoRuns)
#include "tst_pin_two_runs.moc"
