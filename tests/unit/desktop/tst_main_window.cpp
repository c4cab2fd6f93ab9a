// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDropEvent>
#include <QFileInfo>
#include <QKeySequence>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "app/desktop/command_palette.h"
#include "app/desktop/config_panel.h"
#include "app/desktop/data_dialog.h"
#include "app/desktop/main_window.h"
#include "app/desktop/system_specs.h"
#include "tests/support/fake_run.h"
#include "widgets/theme/theme.h"

using namespace geocyte;
using namespace geocyte::desktop;

class TestMainWindow : public QObject {
  Q_OBJECT

  std::string yaml() {
    for (const config::SystemSpec& spec : specs_)
      if (spec.id == "gems") return config::to_yaml(config::defaults(spec.parameters));
    return {};
  }
  void makeRun(const char* id, const char* name) {
    test::FakeRun run(folder_->path().toStdString(), id, name, yaml());
    run.train(0, 60);
    run.snapshot(50);
    run.say(store::RunState::completed, 60, 60);
    run.writer().flush();
  }

 private slots:
  void initTestCase() { theme_ = std::make_unique<widgets::Theme>(widgets::ThemeChoice::light); }

  void init() {
    folder_ = std::make_unique<QTemporaryDir>();
    settings_ = std::make_unique<QTemporaryDir>();
    specs_ = plugins::all_specs();
    preferences_ = std::make_unique<Preferences>(settings_->filePath("p.ini"));
    preferences_->setRunsFolder(folder_->path());
    window_ = std::make_unique<MainWindow>(specs_, *preferences_, *theme_);
    window_->resize(1400, 900);
    window_->show();
  }
  void cleanup() { window_.reset(); }

  void itBeginsWithTheStartPage() {
    QVERIFY(window_->isOnStartPage());
    QVERIFY(window_->findChild<QWidget*>("tryDemo")->isVisible());
    QVERIFY(!window_->findChild<QWidget*>("primary")->isVisible());
    QVERIFY(!window_->showsData());
  }

  void aFolderShowsItsNewestRunWithCurvesMatrixAndCloud() {
    makeRun("20261121-141530-gems-a-0001", "a");
    makeRun("20261121-141531-gems-b-0002", "b");
    window_->openFolder(folder_->path());
    QTRY_VERIFY(!window_->isOnStartPage());
    QTRY_VERIFY(window_->showsData());
    QCOMPARE(window_->workbench().current()->info.name, QStringLiteral("b"));
    window_->setWorkspace("align");
    QTRY_VERIFY(window_->showsData());
    QCOMPARE(window_->workspace(), QStringLiteral("align"));
    QTRY_COMPARE(window_->findChild<QLabel*>("verdictHeadline")->text(), QStringLiteral("P2_SC is the outlier source."));
    window_->setWorkspace("monitor");
    QTRY_COMPARE(window_->findChild<QLabel*>("verdictHeadline")->text(), QStringLiteral("Learning."));
  }

  void aWorkspaceThatARunLacksFallsBackAndComesBack() {
    makeRun("20261121-141530-gems-a-0001", "a");
    window_->setWorkspace("align");
    QCOMPARE(window_->workspace(), QStringLiteral("monitor"));
    window_->openFolder(folder_->path());
    QTRY_COMPARE(window_->workspace(), QStringLiteral("align"));
  }

  void everyControlHasANameAWordForScreenReadersAndATip() {
    makeRun("20261121-141530-gems-a-0001", "a");
    window_->openFolder(folder_->path());
    QTRY_VERIFY(window_->showsData());
    for (const QAbstractButton* button : window_->findChildren<QAbstractButton*>()) {
      if (button->objectName().startsWith("qt_") || !button->isVisibleTo(window_.get())) continue;
      QVERIFY2(!button->objectName().isEmpty(), qPrintable(button->text()));
      QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(), qPrintable(button->objectName()));
      QVERIFY2(!button->toolTip().isEmpty(), qPrintable(button->objectName()));
    }
    for (const QLineEdit* field : window_->findChildren<QLineEdit*>()) {
      QVERIFY2(!field->objectName().isEmpty() && !field->accessibleName().isEmpty() && !field->toolTip().isEmpty(), qPrintable(field->text()));
    }
  }

  void noKeyMeansTwoThings() {
    QSet<QString> keys;
    for (const QAction* action : window_->findChildren<QAction*>())
      for (const QKeySequence& key : action->shortcuts()) {
        QVERIFY2(!keys.contains(key.toString()), qPrintable(key.toString()));
        keys.insert(key.toString());
      }
    QVERIFY(keys.contains("F5") && keys.contains("Ctrl+Shift+P") && keys.contains("F1"));
  }

  void thePaletteFindsAndRunsACommand() {
    makeRun("20261121-141530-gems-a-0001", "a");
    window_->openFolder(folder_->path());
    QTRY_VERIFY(window_->showsData());
    QTimer::singleShot(0, this, [this] {
      auto* palette = window_->findChild<CommandPalette*>();
      QVERIFY(palette);
      QTest::keyClicks(palette->search(), "align");
      QTest::keyClick(palette->search(), Qt::Key_Return);
    });
    window_->findChild<QAction*>("actionPalette")->trigger();
    QTRY_COMPARE(window_->workspace(), QStringLiteral("align"));
  }

  void parametersAreShownAndFoundAndFixedWhenNobodyWorks() {
    makeRun("20261121-141530-gems-a-0001", "a");
    window_->openFolder(folder_->path());
    auto* panel = window_->findChild<ConfigPanel*>();
    QTRY_VERIFY(panel->findChild<QLineEdit*>("field/steps"));
    auto* steps = panel->findChild<QLineEdit*>("field/steps");
    QVERIFY(steps->isReadOnly());
    auto* search = panel->findChild<QLineEdit*>("configSearch");
    QTest::keyClicks(search, "batch_size");
    QVERIFY(!steps->isVisible());
    QVERIFY(panel->findChild<QLineEdit*>("field/batch_size")->isVisible());
  }

  void aDroppedRunIsOpened() {
    makeRun("20261121-141530-gems-a-0001", "a");
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(folder_->filePath("20261121-141530-gems-a-0001"))});
    QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window_.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window_.get(), &drop);
    QTRY_VERIFY(window_->showsData());
    QCOMPARE(preferences_->recent().size(), 1);
  }

  void aWrongFileIsOneSentenceAndChangesNothing() {
    const QString path = folder_->filePath("bad.yaml");
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("system: [nothing");
    file.close();
    QVERIFY(!classify(path, specs_).problem.isEmpty());
    QVERIFY(!classify("/nowhere", specs_).problem.isEmpty());
    QCOMPARE(classify(folder_->path(), specs_).kind, OpenTarget::Kind::runs_folder);
    window_->open(path);
    const auto isSaid = [this] {
      for (const QLabel* label : window_->findChildren<QLabel*>())
        if (label->text().contains("bad.yaml")) return true;
      return false;
    };
    QTRY_VERIFY(isSaid());
    QVERIFY(window_->isOnStartPage());
  }

  void dataAreLookedAtBeforeTrainingStarts() {
    if (!QFileInfo(qEnvironmentVariable("GEOCYTE_BIN") + "/geocyte-engine").isExecutable()) QSKIP("geocyte-engine was not built (no LibTorch in this configuration)");
    const QString path = folder_->filePath("cells.tsv");
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("cell\tg1\tg2\tg3\nc1\t1\t0\t4\nc2\t0\t2\t1\nc3\t5\t0\t0\n");
    file.close();
    DataDialog dialog(specs_, {path, folder_->filePath("missing.h5ad")}, window_.get());
    QTRY_COMPARE(dialog.files().size(), std::size_t{2});
    int problems = 0;
    for (const InspectedFile& one : dialog.files()) problems += one.problem.isEmpty() ? 0 : 1;
    QCOMPARE(problems, 1);
    const Json sources = sourcesOf(dialog.files(), {});
    QCOMPARE(sources.size(), std::size_t{1});
    QCOMPARE(sources[0]["name"].get<std::string>(), std::string("cells"));
    QVERIFY(!dialog.job().preset.empty());
  }

  void aColumnSplitsOneFileIntoSources() {
    InspectedFile file;
    file.path = "/data/breast.h5ad";
    file.found.trainable = true;
    file.found.batch_candidates = {"batch"};
    file.found.obs = {{"batch", "categorical", 3, {}}, {"patient", "categorical", 2, {}}, {"depth", "numeric", 50, {}}, {"barcode", "text", 9000, {}}};
    QCOMPARE(sourceColumns({file}), (QStringList{"batch", "patient"}));
    QVERIFY(sourcesOf({file}, "batch")[0]["name"] == "");
    QVERIFY(sourcesOf({file}, "batch")[0]["by"] == "batch");
    InspectedFile other = file;
    other.path = "/data/other.h5ad";
    other.found.obs.clear();
    QCOMPARE(sourceColumns({file, other}), (QStringList{"batch"}));
    QVERIFY(sourcesOf({file, other}, "batch")[1]["name"] == "other");
  }

  void theWindowRemembersWhereItWas() {
    makeRun("20261121-141530-gems-a-0001", "a");
    window_->openFolder(folder_->path());
    QTRY_VERIFY(!window_->isOnStartPage());
    window_->resize(1234, 777);
    window_->close();
    window_ = std::make_unique<MainWindow>(specs_, *preferences_, *theme_);
    QCOMPARE(window_->size(), QSize(1234, 777));
  }

 private:
  std::unique_ptr<widgets::Theme> theme_;
  std::unique_ptr<QTemporaryDir> folder_, settings_;
  std::vector<config::SystemSpec> specs_;
  std::unique_ptr<Preferences> preferences_;
  std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
