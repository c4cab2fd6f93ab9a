// SPDX-License-Identifier: GPL-3.0-or-later
// Try a cure, with the real engine and the real window, by mouse and keys: train plainly, switch a cure on, start, read what is
// known before training, see the matrix change and the gates and guards being judged, pick the worst pair, and hold the two runs against each other.
#include <QAbstractButton>
#include <QDir>
#include <QListView>
#include <QWindow>

#include <algorithm>

#include "tests/support/journey.h"
#include "widgets/check_table/check_rows.h"
#include "widgets/check_table/check_table.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/controls/run_list.h"
#include "widgets/loss_curves/loss_curves.h"
#include "widgets/matrix_heatmap/matrix_heatmap.h"
#include "widgets/scatter/scatter.h"

using namespace geocyte;
using namespace geocyte::desktop;
using store::RunState;

using test::kAnswer;

namespace {
constexpr int kTraining = 240'000;  ///< on a busy machine
}  // namespace

class TestCureAndCompare : public test::Journey {
  Q_OBJECT

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

  widgets::check_table::CheckTable* checks() const { return window_->findChild<widgets::check_table::CheckTable*>(); }
  int rowOf(const QString& id) const {
    const auto& items = checks()->rows()->items();
    const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.check.id == id; });
    return found == items.end() ? -1 : static_cast<int>(found - items.begin());
  }
  const widgets::check_table::CheckItem& itemOf(const QString& id) const { return checks()->rows()->items().at(static_cast<std::size_t>(rowOf(id))); }

 private slots:
  void initTestCase() {
    if (!prepare()) QSKIP(kNoEngine);
    openWindow();
  }
  void cleanupTestCase() { closeWindow(); }

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

  void everyGateAndGuardIsListedAndJudged() {
    QCOMPARE(checks()->rows()->items().size(), std::size_t{13});
    QTRY_VERIFY_WITH_TIMEOUT(itemOf("gates/domains").check.at_end, kAnswer);   // the evaluation's answers took the place of training's
    for (const auto& item : checks()->rows()->items()) {
      QVERIFY2(item.check.at_end, qPrintable(item.check.id));
      QVERIFY2(item.check.kind == "mixing" ? item.isKnown() : item.check.passes >= 0, qPrintable(item.check.id + ": " + item.check.rule));
    }
    QVERIFY2(checks()->caption().contains("at the end"), qPrintable(checks()->caption()));
    // Training judged them before: the parts of the run directory say when.
    QVERIFY(QDir(run()->info.path + "/snapshots").entryList({"*.alignment_checks.h5"}).size() >= 1);
    QVERIFY(QDir(run()->info.path + "/snapshots").entryList({"*.evaluation.h5"}).size() == 1);
  }

  void aClickPicksTheWorstPairEverywhere() {
    const int row = rowOf("gates/pairs");
    const QStringList worst = itemOf("gates/pairs").check.worst;
    QCOMPARE(worst.size(), qsizetype{2});
    QTest::mouseClick(checks()->rows(), Qt::LeftButton, {}, checks()->rows()->rowRect(row).center().toPoint());
    QCOMPARE(window_->workbench().selection()->sources(), worst);
    QTest::mouseClick(checks()->rows(), Qt::LeftButton, {}, checks()->rows()->explainRect(row).center().toPoint());
    auto* card = checks()->findChild<QWidget*>("infoCard");
    QVERIFY(card && card->isVisible());
    card->close();
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
    QTRY_VERIFY_WITH_TIMEOUT(itemOf("guards/types").other && itemOf("guards/types").other_name == "plain", kAnswer);
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
  QString plain_;
};

QTEST_MAIN(TestCureAndCompare)
#include "tst_cure_and_compare.moc"
