// SPDX-License-Identifier: GPL-3.0-or-later
// Try a cure, with the real engine and the real window, by mouse and keys: train plainly, switch a cure on, start, read what is
// known before training, see the matrix change, and hold the two runs against each other.
#include <QAbstractButton>
#include <QListView>
#include <QWindow>

#include <algorithm>

#include "tests/support/journey.h"
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
  QString plain_;
};

QTEST_MAIN(TestCureAndCompare)
#include "tst_cure_and_compare.moc"
