// SPDX-License-Identifier: GPL-3.0-or-later
// A user's whole way with the real engine and the real window, by mouse and keys: configure, start, pause, scrub, select, stop,
// resume, export. Nothing is called that a hand could not do.
#include <QDialog>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QImage>
#include <QLabel>
#include <QPushButton>

#include "tests/support/journey.h"
#include "widgets/controls/timeline_strip.h"

using namespace geocyte;
using namespace geocyte::desktop;
using store::RunState;

using test::kAnswer, test::kStart;

class TestConfigureRunExport : public test::Journey {
  Q_OBJECT

  void typeField(const char* field, const QString& text) { type(find("newRunPage")->findChild<QLineEdit*>(QStringLiteral("field/") + field), text, field); }

 private slots:
  void initTestCase() {
    if (!prepare()) QSKIP(kNoEngine);
    QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    openWindow();
  }
  void cleanupTestCase() { closeWindow(); }

  void configure() {
    click("newRun");
    QVERIFY(window_->isConfiguring());
    typeField("steps", "0");
    QVERIFY2(!find("startRun")->isEnabled(), "a wrong value stands in the way");
    typeField("steps", "6000");
    typeField("data_folder", "simulate:six_sources?genes=120&seed=7");
    typeField("genes", "120");
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
    // Drag back along the strip onto its first snapshot: how far the run has come by now is the machine's affair.
    QTRY_VERIFY(!timeline->data().snapshots.empty());
    const double first = timeline->data().snapshots.front();
    const QPoint end(timeline->width() / 2, timeline->height() / 2), beginning(static_cast<int>(timeline->xOfStep(first)), timeline->height() / 2);
    drag(timeline, {end, (end + beginning) / 2, beginning});
    QVERIFY2(!cursor.isLive(), qPrintable(QStringLiteral("step %1 of %2, %3 snapshots from %4").arg(run()->status.step).arg(run()->status.total_steps).arg(run()->snapshots.size()).arg(first)));
    QCOMPARE(static_cast<double>(cursor.step()), first);
    QTest::keyClick(timeline, Qt::Key_End);
    QTRY_VERIFY(cursor.isLive());
  }

  void select() {
    clickTab("align");
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
    clickActionIn<QPushButton>("stop", "actionStop");
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::stopped), kAnswer);
    const std::int64_t at = run()->status.step;
    QVERIFY(run()->status.last_checkpoint >= 0);
    click("resume");
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::running) && run()->status.step > at, kStart);
    QVERIFY(!find("resume")->isVisible());
    clickActionIn<QPushButton>("stop", "actionStop");
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
    clickActionIn<QPushButton>("product", "actionExport");
    QTRY_VERIFY(QFileInfo(file).size() > 1000);
    QVERIFY(!QImage(file).isNull());
  }
};

QTEST_MAIN(TestConfigureRunExport)
#include "tst_configure_run_export.moc"
