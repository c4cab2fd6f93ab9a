// SPDX-License-Identifier: GPL-3.0-or-later
// Through a grid with mouse and keys: the real engine works through it while the window looks on; then read the verdict, open a cell, step to the
// next, see its runs and their pictures beside the baseline's, take the table along. Pictures of each stage stay in journeys/ beside the test programs.
#include <QAction>
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QMenu>
#include <QProcess>
#include <QPushButton>
#include <QTableWidget>
#include <QToolButton>

#include "app/desktop/ablate_page.h"
#include "tests/support/journey.h"
#include "widgets/ablation_matrix/ablation_grid.h"
#include "widgets/ablation_matrix/ablation_matrix.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/verdict_line.h"

using namespace geocyte;
using namespace geocyte::desktop;
using test::kAnswer, test::kStart;
using widgets::ablation_matrix::AblationMatrix;
using widgets::ablation_matrix::Form;

namespace {
constexpr int kWholeGrid = 400'000;
}  // namespace

class TestClickThroughGrid : public test::Journey {
  Q_OBJECT

  AblationMatrix* matrix() const { return window_->ablate()->matrix(); }
  CellDetail* detail() const { return window_->ablate()->detail(); }
  void picture(const QString& name) {
    QTest::qWait(400);   // curves come into their places
    const QString folder = QDir(QCoreApplication::applicationDirPath()).filePath("journeys");
    QDir().mkpath(folder);
    QVERIFY(window_->grab().save(QDir(folder).filePath("grid_" + name + ".png")));
  }
  void clickSlot(int line, int head) { QTest::mouseClick(matrix()->grid()->viewport(), Qt::LeftButton, {}, matrix()->grid()->slotRect(line, head).center().toPoint()); }
  int running() const {
    int count = 0;
    for (const auto& row : matrix()->content().rows) count += row.running;
    return count;
  }

 private slots:
  void initTestCase() {
    if (!prepare()) QSKIP(kNoEngine);
    QFile grid(folder_->filePath("which.yaml"));
    QVERIFY(grid.open(QIODevice::WriteOnly));
    grid.write("title: What two ingredients are worth\nbase: gems/demo\n"
               "set: {data_folder: 'simulate:six_sources?genes=60&seed=7&scale=0.12', genes: 60, steps: 60, snapshot.every_s: 0.2}\n"
               "factors:\n  mmd: {path: loss.mmd.enabled, bool: true}\n  encoder.latent: [20, 4]\nplan: one_at_a_time\nbaseline: {mmd: 'on', encoder.latent: 20}\nseeds: 2\n");
    grid.close();
    engine_.setProcessChannelMode(QProcess::MergedChannels);
    engine_.start(qEnvironmentVariable("GEOCYTE_ENGINE"), {"ablate", "--grid", grid.fileName(), "--out", folder_->filePath("out"), "--threads", "1", "--jobs", "1"});
    QVERIFY(engine_.waitForStarted());
    openWindow({1600, 1000});
  }
  void init() {
    if (!window_) QSKIP(kNoEngine);
  }

  void theWindowLooksOnWhileTheGridRuns() {
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(folder_->filePath("out/ablation.json")), kStart);
    window_->open(folder_->filePath("out"));
    QTRY_COMPARE_WITH_TIMEOUT(window_->workspace(), QString("ablate"), kAnswer);
    QTRY_VERIFY_WITH_TIMEOUT(matrix()->content().rows.size() >= 3, kAnswer);
    QTRY_VERIFY_WITH_TIMEOUT(running() == 1, kAnswer);
    QVERIFY(matrix()->content().finished() < 6);
    picture("runs");
    QTRY_COMPARE_WITH_TIMEOUT(matrix()->content().finished(), 6, kWholeGrid);
    QTRY_COMPARE_WITH_TIMEOUT(engine_.state(), QProcess::NotRunning, kWholeGrid);   // it may have left already
    QVERIFY2(engine_.exitStatus() == QProcess::NormalExit && engine_.exitCode() == 0, engine_.readAll().constData());
    const widgets::VerdictText verdict = find<widgets::VerdictLine>("verdict")->verdict();
    QVERIFY2(verdict.evidence.contains("2 changes were compared"), qPrintable(verdict.evidence));
  }

  void aCellIsOpenedAndTheNextOne() {
    matrix()->grid()->setFocus();
    clickSlot(1, 0);
    QTRY_VERIFY(detail()->isVisible());
    QCOMPARE(detail()->story().options.size(), std::size_t{1});
    QCOMPARE(detail()->seeds()->rowCount(), 2);
    for (int seed = 0; seed < 2; ++seed) QVERIFY(std::isfinite(detail()->story().seeds[static_cast<std::size_t>(seed)].value));
    QTRY_VERIFY_WITH_TIMEOUT(detail()->curves()->table().size() > 4, kAnswer);
    picture("cell");
    const QString first = detail()->story().options[0].path;
    QTest::keyClick(matrix()->grid(), Qt::Key_BracketRight);
    QTRY_VERIFY(detail()->story().options[0].path != first);
    QTest::keyClick(matrix()->grid(), Qt::Key_P);
    QVERIFY(matrix()->form() == Form::pivot);
    picture("pivot");
    QTest::keyClick(matrix()->grid(), Qt::Key_P);
  }

  void itsPicturesStandBesideTheBaselines() {
    clickSlot(1, 0);
    click("cellPictures");
    QTRY_COMPARE(window_->workspace(), QString("align"));
    QVERIFY(window_->workbench().reference()->run() != run()->info.path);
    QTRY_VERIFY_WITH_TIMEOUT(window_->showsData(), kAnswer);
    picture("pictures");
    QTest::keyClick(window_.get(), Qt::Key_4, Qt::ControlModifier);
    QCOMPARE(window_->workspace(), QString("ablate"));
    click("cellOpen");
    QTRY_COMPARE(window_->workspace(), QString("monitor"));
    QTest::keyClick(window_.get(), Qt::Key_4, Qt::ControlModifier);
  }

  void theTableIsTakenAlong() {
    clickInMenu(find<QToolButton>("ablationMenu"), QStringLiteral("Copy as Markdown"));
    QTRY_VERIFY(QGuiApplication::clipboard()->text().contains("2 seeds"));
    matrix()->grid()->setFocus();
    QTest::keyClick(window_.get(), Qt::Key_F9);
    QTRY_VERIFY(find("viewTable") && find("viewTable")->isVisible());
    find("viewTable")->close();
  }

  void cleanupTestCase() {
    closeWindow();
    if (engine_.state() == QProcess::NotRunning) return;
    engine_.terminate();
    engine_.waitForFinished();
  }

 private:
  QProcess engine_;
};

QTEST_MAIN(TestClickThroughGrid)
#include "tst_click_through_grid.moc"
