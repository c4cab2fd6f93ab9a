// SPDX-License-Identifier: GPL-3.0-or-later
// A grid in the window: opened from its file, its folder, its runs or one of them; followed while it runs; its cells lead to configurations, seeds,
// curves, runs and pictures. Damaged files are a sentence, and what was shown stays.
#include <QAction>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <memory>

#include "app/desktop/ablate_page.h"
#include "app/desktop/main_window.h"
#include "app/desktop/system_specs.h"
#include "app/desktop/view_host.h"
#include "tests/support/fake_grid.h"
#include "widgets/ablation_matrix/ablation_grid.h"
#include "widgets/ablation_matrix/ablation_matrix.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/run_list.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/controls/toast.h"
#include "widgets/controls/verdict_line.h"
#include "widgets/theme/theme.h"

using namespace geocyte;
using namespace geocyte::desktop;
using widgets::ablation_matrix::AblationMatrix;

class TestAblate : public QObject {
  Q_OBJECT

  static constexpr int kPatience = 20'000;
  std::filesystem::path place() const { return folder_->path().toStdString(); }
  static QString text(const std::filesystem::path& path) { return QString::fromStdString(path.string()); }
  AblationMatrix* matrix() const { return window_->ablate()->matrix(); }
  CellDetail* detail() const { return window_->ablate()->detail(); }
  bool offersAblate() const { return !window_->findChild<widgets::SegmentedControl*>("workspaces")->findChild<QWidget*>("segment_ablate")->isHidden(); }
  void openAndWait(const QString& path, QSize size = {1500, 900}) {
    window_->resize(size);
    window_->show();
    window_->open(path);
    QTRY_COMPARE_WITH_TIMEOUT(window_->workspace(), QString("ablate"), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(window_->showsData(), kPatience);
  }
  void click(int row, int score) const {
    auto* grid = matrix()->grid();
    for (int line = 0; line < static_cast<int>(grid->arrangement().lines.size()); ++line)
      if (grid->arrangement().at(line, score).row == row) return QTest::mouseClick(grid->viewport(), Qt::LeftButton, {}, grid->slotRect(line, score).center().toPoint());
  }
  QStringList optionTexts() const {
    QStringList texts;
    for (const QLabel* label : detail()->findChild<QWidget*>("cellOptions")->findChildren<QLabel*>()) texts << label->text();
    return texts;
  }

 private slots:
  void init() {
    theme_ = std::make_unique<widgets::Theme>(widgets::ThemeChoice::light);
    folder_ = std::make_unique<QTemporaryDir>();
    preferences_ = std::make_unique<Preferences>(folder_->filePath("p.ini"));
    preferences_->setRunsFolder(folder_->filePath("elsewhere"));
    specs_ = plugins::all_specs();
    grid_ = std::make_unique<test::FakeGrid>(place() / "out", specs_);
    window_ = std::make_unique<MainWindow>(plugins::all_specs(), *preferences_, *theme_);
  }
  void cleanup() { window_.reset(); }

  void withoutAGridThereIsNoSuchWorkspace() {
    grid_->make_run(0, 0);
    QVERIFY(!offersAblate());
    QVERIFY(!window_->findChild<QAction*>("actionAblate")->isEnabled());
    window_->show();
    window_->open(text(grid_->runs_folder()));
    QTRY_VERIFY_WITH_TIMEOUT(window_->workbench().current() != nullptr, kPatience);
    window_->setWorkspace("ablate");
    QCOMPARE(window_->workspace(), QString("monitor"));
    QVERIFY(!offersAblate());
  }

  void itIsOpenedFromItsFileItsFolderAndTheRunsBeside_data() {
    QTest::addColumn<QString>("what");
    for (const char* what : {"out/ablation.json", "out", "out/runs"}) QTest::newRow(what) << what;
  }
  void itIsOpenedFromItsFileItsFolderAndTheRunsBeside() {
    QFETCH(QString, what);
    grid_->finish_all();
    grid_->write();
    openAndWait(folder_->filePath(what));
    QVERIFY(offersAblate());
    QVERIFY(window_->findChild<QAction*>("actionAblate")->isEnabled());
    QTRY_COMPARE_WITH_TIMEOUT(window_->workbench().library().order().size(), std::size_t{8}, kPatience);
    QCOMPARE(matrix()->content().rows.size(), std::size_t{8});   // four cells, a plain tool, two main effects and an interaction
    QVERIFY(matrix()->content().hasEffects() && matrix()->content().rows[7].isInteraction());
    QCOMPARE(matrix()->content().finished(), 8);
    QCOMPARE(matrix()->content().scores[0].title, QString("spots from cells, AUC"));   // what tells most first, by the name that its system gives
    QVERIFY(matrix()->content().scores[0].better == widgets::ablation_matrix::Better::lower);
    const widgets::VerdictText verdict = window_->findChild<widgets::VerdictLine*>("verdict")->verdict();
    QVERIFY2(verdict.headline.contains("Largest change of spots from cells, AUC: mmd off instead of on"), qPrintable(verdict.headline));
    QVERIFY2(verdict.evidence.contains("3 changes were compared"), qPrintable(verdict.evidence));
    QVERIFY(window_->findChild<QWidget*>("configDock")->isHidden());
    QVERIFY(window_->findChild<QWidget*>("timelineBar")->isHidden());
  }

  void aRunOfAGridBringsTheWorkspaceWithoutRaisingIt() {
    grid_->finish_all();
    grid_->write();
    window_->show();
    window_->open(text(grid_->at(1, 0).folder));
    QTRY_VERIFY_WITH_TIMEOUT(offersAblate(), kPatience);
    QCOMPARE(window_->workspace(), QString("monitor"));
    QApplication::setActiveWindow(window_.get());   // under Xvfb no window manager does it
    QTest::keyClick(window_.get(), Qt::Key_4, Qt::ControlModifier);
    QCOMPARE(window_->workspace(), QString("ablate"));
    QTest::keyClick(window_.get(), Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(window_->workspace(), QString("monitor"));
    QVERIFY(!window_->findChild<QWidget*>("configDock")->isHidden());
    test::FakeRun alone(place() / "others", "20260101-000000-gems-alone-aaaa", "alone");
    window_->open(text(alone.directory()));
    QTRY_VERIFY_WITH_TIMEOUT(!offersAblate(), kPatience);                   // it belongs to no grid
  }

  void theMatrixFollowsTheFile() {
    grid_->finish(0, 0);
    grid_->fail(1, 0, "the loss is not finite");
    grid_->write();
    openAndWait(text(grid_->file()));
    QCOMPARE(matrix()->content().finished(), 1);
    QCOMPARE(matrix()->content().rows[1].failed, 1);
    QCOMPARE(matrix()->content().rows[2].pending, 2);
    const widgets::VerdictLine* verdict = window_->findChild<widgets::VerdictLine*>("verdict");
    QVERIFY2(verdict->verdict().evidence.contains("1 of 8 runs have finished"), qPrintable(verdict->verdict().evidence));
    grid_->finish(2, 0);
    grid_->write();
    QTRY_COMPARE_WITH_TIMEOUT(matrix()->content().finished(), 2, kPatience);
    QVERIFY2(verdict->verdict().headline.contains("One seed"), qPrintable(verdict->verdict().headline));
  }

  void aRunThatGoesOnIsSeenBeforeTheTableTellsOfIt() {
    grid_->finish(0, 0);
    const auto living = grid_->make_run(1, 0, store::RunState::running);
    grid_->at(1, 0).folder.clear();                                       // the table was written before it began
    grid_->write();
    openAndWait(text(grid_->file()));
    QTRY_COMPARE_WITH_TIMEOUT(matrix()->content().rows[1].running, 1, kPatience);
    QCOMPARE(matrix()->content().rows[1].pending, 1);
    living->say(store::RunState::stopped, 300, 400);
    living->writer().flush();
    QTRY_COMPARE_WITH_TIMEOUT(matrix()->content().rows[1].running, 0, kPatience);
    QCOMPARE(matrix()->content().rows[1].pending, 2);
  }

  void aDamagedFileIsASentenceAndWhatWasShownStays_data() {
    QTest::addColumn<QString>("content");
    QTest::addColumn<QString>("says");
    QTest::newRow("cut") << "{\"format\": 1, \"cells\": [{\"na" << "ablation.json";
    QTest::newRow("other format") << "{\"format\": 9, \"cells\": [], \"table\": []}" << "reads format 1";
    QTest::newRow("something else") << "{\"hello\": [1, 2]}" << "no table of a grid";
    QTest::newRow("empty") << "" << "ablation.json";
  }
  void aDamagedFileIsASentenceAndWhatWasShownStays() {
    QFETCH(QString, content);
    QFETCH(QString, says);
    grid_->finish_all();
    grid_->write();
    openAndWait(text(grid_->file()));
    QSignalSpy told(window_.get(), &MainWindow::gridRefused);
    write_file_atomically(grid_->file(), content.toStdString());
    QTRY_COMPARE_WITH_TIMEOUT(told.count(), 1, kPatience);
    QVERIFY2(told[0][0].toString().contains(says), qPrintable(told[0][0].toString()));
    QCOMPARE(matrix()->content().finished(), 8);
    QCOMPARE(window_->workspace(), QString("ablate"));
    grid_->fail(3, 1, "lost");
    grid_->write();
    QTRY_COMPARE_WITH_TIMEOUT(matrix()->content().failed(), 1, kPatience);   // whole again: it goes on from there
    QCOMPARE(told.count(), 1);
  }

  void aFileThatIsNoGridOpensNothing() {
    std::ofstream(place() / "other.json") << "{\"hello\": 1}";
    window_->show();
    QSignalSpy told(window_.get(), &MainWindow::gridRefused);
    window_->open(folder_->filePath("other.json"));
    QTRY_COMPARE_WITH_TIMEOUT(told.count(), 1, kPatience);
    QVERIFY2(told[0][0].toString().contains("no table of a grid"), qPrintable(told[0][0].toString()));
    QVERIFY(window_->isOnStartPage());
    QVERIFY(!offersAblate());
  }

  void aCellShowsWhatDiffersSeedBySeedAndCurvesOverTheBaselines() {
    grid_->finish_all();
    grid_->write();
    openAndWait(text(grid_->file()));
    const int types = matrix()->content().indexOf("biology/cell_type_accuracy");
    click(1, types);
    QTRY_VERIFY(detail()->isVisible());
    QCOMPARE(matrix()->score(), QString("biology/cell_type_accuracy"));
    const QString changed = matrix()->content().rows[1].levels.value("mmd") == "off" ? "loss.mmd.enabled" : "encoder.latent";
    QCOMPARE(detail()->story().options.size(), std::size_t{1});             // exactly the factor
    QCOMPARE(detail()->story().options[0].path, changed);
    QVERIFY2(optionTexts().contains(changed), qPrintable(optionTexts().join('|')));
    QTableWidget* seeds = detail()->seeds();
    QCOMPARE(seeds->rowCount(), 2);
    const std::size_t off = detail()->story().options[0].path == "loss.mmd.enabled" ? 1 : 0;
    if (off) {
      QCOMPARE(seeds->item(0, 1)->text(), QString("0.700"));
      QCOMPARE(seeds->item(0, 2)->text(), QString("0.800"));
      QCOMPARE(seeds->item(0, 3)->text(), QString("−0.100"));
    }
    QTRY_COMPARE_WITH_TIMEOUT(detail()->curves()->table().size() > 700, true, kPatience);   // 2 x 2 runs of 200 steps and a header
    QSet<QString> names;
    for (const QStringList& line : detail()->curves()->table()) names << line.first();
    QVERIFY2(names.contains("seed 7") && names.contains("baseline, seed 7"), qPrintable(QStringList(names.values()).join(',')));
    QCOMPARE(detail()->tag(), QString("loss/total"));
    QTest::keyClick(matrix()->grid(), Qt::Key_BracketRight);
    QCOMPARE(matrix()->opened(), 2);
    QTest::keyClick(matrix()->grid(), Qt::Key_BracketRight);
    QCOMPARE(detail()->story().options.size(), std::size_t{2});             // both factors
    QTest::keyClick(matrix()->grid(), Qt::Key_Escape);
    QVERIFY(!detail()->isVisible());
  }

  void aFailedRunSaysWhy() {
    grid_->finish(0, 0);
    grid_->fail(1, 1, "the data folder is gone");
    grid_->write();
    openAndWait(text(grid_->file()));
    click(1, 0);
    QTRY_VERIFY(detail()->isVisible());
    const QLabel* reasons = detail()->findChild<QLabel*>("cellReasons");
    QVERIFY(reasons->isVisible());
    QVERIFY2(reasons->text().contains("Seed 8 failed: the data folder is gone"), qPrintable(reasons->text()));
    QVERIFY(!detail()->findChild<QPushButton*>("cellOpen")->isEnabled());
  }

  void aRunIsOpenedAndItsPicturesStandBesideTheBaselines() {
    grid_->finish_all();
    grid_->write();
    openAndWait(text(grid_->file()));
    click(1, 0);
    QTRY_VERIFY(detail()->isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(window_->workbench().library().order().size(), std::size_t{8}, kPatience);
    detail()->seeds()->selectRow(1);
    QTest::mouseClick(detail()->findChild<QPushButton*>("cellOpen"), Qt::LeftButton);
    QCOMPARE(window_->workspace(), QString("monitor"));
    QCOMPARE(window_->workbench().current()->info.path, text(grid_->at(1, 1).folder));
    window_->setWorkspace("ablate");
    QCOMPARE(matrix()->opened(), 1);                                       // as it was left
    QTest::mouseClick(detail()->findChild<QPushButton*>("cellPictures"), Qt::LeftButton);
    QCOMPARE(window_->workspace(), QString("align"));
    QCOMPARE(window_->workbench().reference()->run(), text(grid_->at(0, 1).folder));   // the same seed
    window_->setWorkspace("ablate");
    click(0, 0);
    QVERIFY(!detail()->findChild<QPushButton*>("cellPictures")->isEnabled());   // the baseline beside itself
  }

  void aRunInTheListOpensItsCell() {
    grid_->finish_all();
    grid_->write();
    openAndWait(text(grid_->file()));
    QTRY_COMPARE_WITH_TIMEOUT(window_->workbench().library().order().size(), std::size_t{8}, kPatience);
    emit window_->findChild<widgets::RunList*>("runList")->currentChanged(text(grid_->at(2, 1).folder));
    QCOMPARE(matrix()->opened(), 2);
    QVERIFY(detail()->isVisible());
    QCOMPARE(window_->workspace(), QString("ablate"));
  }

  void aNewRunIsLookedAtByItself() {
    grid_->finish_all();
    grid_->write();
    openAndWait(text(grid_->file()));
    qputenv("GEOCYTE_ENGINE", "/bin/false");                              // it need not train
    window_->startPreset("gems/demo");
    QTRY_COMPARE(window_->workspace(), QString("monitor"));
    QVERIFY(offersAblate());
    qunsetenv("GEOCYTE_ENGINE");
  }

  void theFirstRunOfAGridThatHasJustBegunIsShown() {
    grid_->write();
    openAndWait(text(grid_->file()));
    QVERIFY(matrix()->emptyText().contains("No run has finished"));
    QVERIFY(!window_->workbench().current());
    const auto living = grid_->make_run(0, 0, store::RunState::running);
    QTRY_VERIFY_WITH_TIMEOUT(window_->workbench().current() != nullptr, kPatience);
    QCOMPARE(window_->workspace(), QString("ablate"));
  }

  void theCellOfTheVerdictIsOpenWhereThereIsRoom() {
    grid_->finish_all();
    grid_->write();
    openAndWait(text(grid_->file()), {1600, 1000});
    QTRY_VERIFY(detail()->isVisible());
    QVERIFY2(window_->findChild<widgets::VerdictLine*>("verdict")->verdict().headline.contains(detail()->story().changes), qPrintable(detail()->story().changes));
  }

  void gridsOfUnknownSystemsHaveNoBetterSide() {
    grid_->finish_all();
    grid_->write();
    Json json = store::read_json_file(grid_->file());
    json["system"] = "unheard_of";
    write_file_atomically(grid_->file(), store::print_json(json));
    openAndWait(text(grid_->file()));
    for (const auto& score : matrix()->content().scores) QVERIFY(score.better == widgets::ablation_matrix::Better::unknown);
  }

 private:
  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<widgets::Theme> theme_;
  std::unique_ptr<Preferences> preferences_;
  std::vector<config::SystemSpec> specs_;
  std::unique_ptr<test::FakeGrid> grid_;
  std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(TestAblate)
#include "tst_ablate.moc"
