// SPDX-License-Identifier: GPL-3.0-or-later
// From an encoder to a tissue, by mouse and keys with the real engine and the real window: choose a gems run as encoder, look at the form, start,
// watch the tissue form, slide the noise, read the verdict, place cells that the run has never seen. Pictures of each stage stay in journeys/ beside the test programs.
#include <QDir>
#include <QProcess>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>

#include "app/desktop/apply_dialog.h"
#include "app/desktop/config_editor.h"
#include "app/desktop/new_run_page.h"
#include "app/desktop/view_host.h"
#include "tests/support/journey.h"
#include "widgets/controls/choice_button.h"
#include "widgets/controls/run_list.h"
#include "widgets/controls/verdict_line.h"
#include "widgets/tissue/probe_bar.h"
#include "widgets/tissue/tissue.h"

using namespace geocyte;
using namespace geocyte::desktop;
using store::RunState;
using test::kAnswer, test::kStart;
using widgets::tissue::Tissue;

namespace {
constexpr int kTrain = 300'000;
}  // namespace

class TestTissueFromEncoder : public test::Journey {
  Q_OBJECT

  Tissue* tissue() const {
    for (widgets::View* one : find<ViewHost>("spatial")->views())
      if (auto* made = qobject_cast<Tissue*>(one)) return made;
    return nullptr;
  }
  void picture(const QString& name) {
    QTest::qWait(700);   // points glide into place
    QDir().mkpath(pictures_);
    QVERIFY(window_->grab().save(QDir(pictures_).filePath("encoder_" + name + ".png")));
  }
  QString option(const char* path) const {
    const Json* value = run() ? config::find(run()->options, path) : nullptr;
    return value && value->is_string() ? QString::fromStdString(value->get<std::string>()) : QString();
  }

 private slots:
  void initTestCase() {
    if (!prepare()) QSKIP(kNoEngine);
    pictures_ = QDir(QCoreApplication::applicationDirPath()).filePath("journeys");
    // An encoder that somebody trained yesterday.
    QProcess engine;
    engine.start(qEnvironmentVariable("GEOCYTE_ENGINE"), {"train", "--preset", "gems/demo", "--set", "steps=60", "--threads", "1", "--runs", preferences_->runsFolder(), "--run-id", "encoder"});
    QVERIFY(engine.waitForFinished(kTrain));
    QCOMPARE(engine.exitCode(), 0);
    openWindow({1600, 1000});
  }
  void init() {
    if (failed_) QSKIP("an earlier part of the journey failed");
  }
  void cleanup() { failed_ = failed_ || QTest::currentTestFailed(); }
  void cleanupTestCase() { closeWindow(); }

  void theEncoderIsChosenByItsRun() {
    window_->open(preferences_->runsFolder() + "/encoder");
    QTRY_VERIFY_WITH_TIMEOUT(run() && run()->info.system == "gems" && run()->status.last_checkpoint >= 0, kAnswer);
    clickActionIn<QPushButton>("product", "actionTissueFrom");
    QVERIFY(window_->isConfiguring());
    auto* page = window_->findChild<NewRunPage*>();
    QVERIFY(page);
    const Json& options = page->draft().options;
    QVERIFY(*config::find(options, "input.kind") == "encoder");
    QVERIFY(QString::fromStdString(config::find(options, "input.encoder")->get<std::string>()).endsWith("/encoder"));
    auto* offers = page->findChild<QToolButton*>("offers/input.encoder");
    QVERIFY2(offers && offers->menu() && offers->menu()->actions().size() == 1, "other runs could be taken instead");
    picture("1_configured");
    const auto is_held_out = [&] {
      const auto labels = page->findChild<QWidget*>("foundSources")->findChildren<QLabel*>();
      return std::any_of(labels.begin(), labels.end(), [](const QLabel* label) { return label->text() == QLatin1String("held out"); });
    };
    QTRY_VERIFY2_WITH_TIMEOUT(is_held_out(), "which slide the run is judged on", kStart);
    type("field/steps", "240");
    QTRY_VERIFY2_WITH_TIMEOUT(page->obstacle().isEmpty(), qPrintable(page->obstacle()), kStart);
  }

  void theTissueFormsWhileItTrains() {
    click("startRun");
    QTRY_VERIFY(!window_->isConfiguring());
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::starting) || isIn(RunState::running), kStart);
    clickTab("spatial");
    QTRY_VERIFY_WITH_TIMEOUT(tissue() && tissue()->scene().judged.size() == 1200, kStart);
    QCOMPARE(option("input.kind"), QString("encoder"));
    const double first = tissue()->scene().shared({}).recall;
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::completed) || isIn(RunState::failed), kTrain);
    QVERIFY2(isIn(RunState::completed), qPrintable(run()->stateText()));
    QTRY_VERIFY2_WITH_TIMEOUT(tissue()->scene().shared({}).recall > first, qPrintable(QString("recall %1, at first %2").arg(tissue()->scene().shared({}).recall).arg(first)), kAnswer);
    picture("2_tissue");
  }

  void theNoiseSliderAsksTheEngine() {
    auto* slider = tissue()->findChild<QSlider*>("probeSigma");
    QVERIFY(slider && slider->isVisible());
    const int before = slider->value();
    QTest::mouseClick(slider, Qt::LeftButton, {}, QPoint(slider->width() * 3 / 4, slider->height() / 2));
    slider->setFocus();
    for (int i = 0; i < 3; ++i) QTest::keyClick(slider, Qt::Key_Right);
    QVERIFY(slider->value() != before);
    QTRY_VERIFY2_WITH_TIMEOUT(tissue()->probeBar()->text().contains("answered in"), qPrintable(tissue()->probeBar()->text()), kStart);
    QCOMPARE(tissue()->findChild<widgets::ChoiceButton*>("tissuePlaces")->current(), QString("probe"));
    picture("3_refined_from_noise");
  }

  void theVerdictSaysWhatTheRefinerIsWorth() {
    QTRY_VERIFY_WITH_TIMEOUT(!run()->verdicts("spatial").empty(), kAnswer);
    auto* line = window_->findChild<widgets::VerdictLine*>();
    QVERIFY(line && line->isVisible());
    const auto verdicts = run()->verdicts("spatial");
    const bool about_refiner = std::any_of(verdicts.begin(), verdicts.end(), [](const store::Verdict& one) { return one.headline.find("efine") != std::string::npos; });
    QVERIFY2(about_refiner, verdicts.front().headline.c_str());
  }

  void newCellsArePlacedByTheRun() {
    QProcess engine;
    engine.start(qEnvironmentVariable("GEOCYTE_ENGINE"), {"simulate", "--genes", "500", "--seed", "8", "--set", "scale=0.3", "--out", folder_->filePath("new")});
    QVERIFY(engine.waitForFinished(kStart));
    QCOMPARE(engine.exitCode(), 0);
    QTest::keyClick(window_.get(), Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
    auto* dialog = window_->findChild<ApplyDialog*>();
    QVERIFY(dialog && dialog->isVisible());
    QVERIFY(QTest::qWaitForWindowExposed(dialog));
    auto* apply = dialog->findChild<QPushButton*>("applyStart");
    auto* problem = dialog->findChild<QLabel*>("applyProblem");
    QVERIFY2(!apply->isEnabled(), "nothing to apply it to");
    // A file that is not there, then the right one.
    auto* data = dialog->findChild<QLineEdit*>("applyData");
    data->setFocus();
    QTest::keyClicks(data, folder_->filePath("new/P2_ST4.h5ad"));
    QTRY_VERIFY_WITH_TIMEOUT(problem->isVisible(), kAnswer);
    QVERIFY2(problem->text().contains("P2_ST4.h5ad"), qPrintable(problem->text()));
    QVERIFY(!apply->isEnabled());
    data->selectAll();
    QTest::keyClicks(data, folder_->filePath("new/P2_ST3.h5ad"));
    QTRY_VERIFY_WITH_TIMEOUT(apply->isEnabled(), kAnswer);
    QVERIFY(!problem->isVisible());
    QVERIFY(dialog->checks().rows().size() >= 4);
    const QString out = dialog->findChild<QLineEdit*>("applyOut")->text();
    QCOMPARE(out, folder_->filePath("new/P2_ST3.st_edm.h5ad"));
    click(apply, "apply");
    QTRY_VERIFY_WITH_TIMEOUT(!dialog->isBusy(), kTrain);
    QVERIFY2(dialog->hasResult(), qPrintable(problem->text()));
    QVERIFY(QFileInfo(out).size() > 1000);
    auto* placed = qobject_cast<Tissue*>(dialog->view());
    QVERIFY(placed && placed->isVisible());
    QCOMPARE(placed->table().size(), 1 + 360);   // a heading and a row a spot: 1 200 spots at a scale of .3
    QTest::qWait(700);
    QVERIFY(dialog->grab().save(QDir(pictures_).filePath("encoder_4_new_cells.png")));
    theme_->setChoice(widgets::ThemeChoice::dark);
    QTest::qWait(200);
    QVERIFY(dialog->grab().save(QDir(pictures_).filePath("encoder_4_new_cells_dark.png")));
    theme_->setChoice(widgets::ThemeChoice::light);
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!window_->findChild<ApplyDialog*>());
  }

 private:
  QString pictures_;
  bool failed_ = false;
};

QTEST_MAIN(TestTissueFromEncoder)
#include "tst_tissue_from_encoder.moc"
