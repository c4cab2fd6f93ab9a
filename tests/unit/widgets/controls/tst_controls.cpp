// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QContextMenuEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "widgets/base/shared_models.h"
#include "widgets/controls/banner.h"
#include "widgets/controls/choice_button.h"
#include "widgets/controls/elided_label.h"
#include "widgets/controls/progress_strip.h"
#include "widgets/controls/run_list.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/controls/timeline_strip.h"
#include "widgets/controls/toast.h"
#include "widgets/controls/verdict_line.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;

class TestControls : public QObject {
  Q_OBJECT

  static std::unique_ptr<TimelineStrip> timeline(TimeCursor* cursor) {
    auto strip = std::make_unique<TimelineStrip>(cursor);
    strip->resize(800, 58);
    TimelineData data;
    data.total_steps = 1000;
    data.step = 620;
    data.snapshots = {0, 100, 200, 300, 400, 500, 600};
    data.marks = {{250, "checkpoint", ""}, {450, "checkpoint", ""}, {300, "change", "lr"}};
    strip->setData(data);
    strip->show();
    return strip;
  }

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void draggingTheTimelineStandsOnSnapshots() {
    TimeCursor cursor;
    auto strip = timeline(&cursor);
    QTest::mouseClick(strip.get(), Qt::LeftButton, {}, QPoint(static_cast<int>(strip->xOfStep(212)), 31));
    QVERIFY(!cursor.isLive());
    QCOMPARE(cursor.step(), 200);
    QTest::mouseClick(strip.get(), Qt::LeftButton, {}, QPoint(static_cast<int>(strip->xOfStep(800)), 31));
    QVERIFY2(cursor.isLive(), "right of the newest step is live");
  }

  void theFirstSnapshotIsReachedHoweverFarTheEndIs() {
    TimeCursor cursor;
    TimelineStrip strip(&cursor);
    strip.resize(800, 58);
    TimelineData data;
    data.total_steps = 1e8;
    data.step = 5;
    data.snapshots = {0, 2, 5};
    strip.setData(data);
    strip.show();
    QTest::mouseClick(&strip, Qt::LeftButton, {}, QPoint(static_cast<int>(strip.xOfStep(0)) + 2, 31));
    QVERIFY(!cursor.isLive());
    QCOMPARE(cursor.step(), 0);
  }

  void theKeysOfTheTimeline() {
    TimeCursor cursor;
    auto strip = timeline(&cursor);
    QTest::keyClick(strip.get(), Qt::Key_Left);
    QCOMPARE(cursor.step(), 600);
    QTest::keyClick(strip.get(), Qt::Key_Left);
    QCOMPARE(cursor.step(), 500);
    QTest::keyClick(strip.get(), Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(cursor.step(), 450);
    QTest::keyClick(strip.get(), Qt::Key_Right);
    QCOMPARE(cursor.step(), 500);
    QTest::keyClick(strip.get(), Qt::Key_Home);
    QCOMPARE(cursor.step(), 0);
    QTest::keyClick(strip.get(), Qt::Key_Left);
    QCOMPARE(cursor.step(), 0);
    QTest::keyClick(strip.get(), Qt::Key_End);
    QVERIFY(cursor.isLive());
  }

  void playingRunsToTheEndAndThenShowsLive() {
    TimeCursor cursor;
    auto strip = timeline(&cursor);
    QTest::keyClick(strip.get(), Qt::Key_Space);
    QVERIFY(strip->isPlaying());
    QCOMPARE(cursor.step(), 0);
    QTRY_VERIFY(cursor.step() >= 200);
    QTRY_VERIFY(cursor.isLive());
    QVERIFY(!strip->isPlaying());
  }

  void anEmptyTimelineDoesNothing() {
    TimeCursor cursor;
    TimelineStrip strip(&cursor), alone(nullptr);
    for (TimelineStrip* s : {&strip, &alone}) {
      s->resize(300, 58);
      s->show();
      s->grab();
      for (const int key : {Qt::Key_Left, Qt::Key_Right, Qt::Key_Space, Qt::Key_Home, Qt::Key_End}) QTest::keyClick(s, static_cast<Qt::Key>(key));
      QTest::mouseClick(s, Qt::LeftButton, {}, QPoint(150, 31));
      QVERIFY(!s->isPlaying());
    }
    QVERIFY(cursor.isLive());
  }

  void theRunListKeepsItsSelectionThroughUpdates() {
    RunList list;
    list.resize(258, 400);
    list.show();
    QSignalSpy shown(&list, &RunList::currentChanged), eye(&list, &RunList::visibilityToggled);
    std::vector<RunRow> rows{{"1", "breast", "one", "running · 1 %", "0.5", "", Qt::red}, {"2", "breast", "two", "completed", "0.6", "", Qt::blue}, {"3", "pdac", "three", "queued", "–", "", Qt::green}};
    list.setRows(rows);
    auto* view = list.findChild<QListView*>("runList");
    QCOMPARE(view->model()->rowCount(), 5);   // two headings
    const QRect second = view->visualRect(view->model()->index(2, 0));
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, second.center());
    QCOMPARE(shown.takeLast()[0].toString(), QString("2"));
    rows[1].state = "failed";
    list.setRows(rows);
    QCOMPARE(list.current(), QString("2"));
    rows.insert(rows.begin(), {"0", "breast", "zero", "", "", "", Qt::black});
    list.setRows(rows);
    QCOMPARE(list.current(), QString("2"));
    QVERIFY2(shown.isEmpty(), "updates are not choices of the user");
    const QRect dot = view->visualRect(view->model()->index(1, 0));
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, QPoint(18, dot.center().y()));
    QCOMPARE(eye.takeLast()[0].toString(), QString("0"));
    QCOMPARE(list.current(), QString("2"));
    // A right click asks what can be done with a run and leaves the shown one alone; the menu key asks about the shown one.
    QSignalSpy asked(&list, &RunList::menuRequested);
    const QPoint third = view->viewport()->mapTo(&list, view->visualRect(view->model()->index(5, 0)).center());
    QVERIFY(QTest::qWaitForWindowExposed(&list));
    QTest::mouseClick(list.windowHandle(), Qt::RightButton, {}, third);
    QCOMPARE(asked.size(), 1);
    QCOMPARE(asked.takeLast()[0].toString(), QString("3"));
    QVERIFY(shown.isEmpty());
    QCOMPARE(list.current(), QString("2"));
    QContextMenuEvent key(QContextMenuEvent::Keyboard, QPoint(), QPoint());
    QApplication::sendEvent(view, &key);
    QCOMPARE(asked.takeLast()[0].toString(), QString("2"));
    list.setRows({});
    QVERIFY(!view->isVisible());
  }

  void theSegmentsTellTheUsersChoiceOnly() {
    SegmentedControl control("Workspace");
    for (const char* id : {"monitor", "align"}) control.addSegment(id, id);
    control.show();
    QSignalSpy spy(&control, &SegmentedControl::activated);
    control.setCurrent("align");
    QCOMPARE(spy.count(), 0);
    QTest::mouseClick(control.findChild<QAbstractButton*>("segment_monitor"), Qt::LeftButton);
    QCOMPARE(spy.takeFirst()[0].toString(), QString("monitor"));
    QCOMPARE(control.current(), QString("monitor"));
  }

  void aChoiceOfOneIsPlainText() {
    ChoiceButton button("Metric");
    QVERIFY(button.isHidden());
    button.setChoices({{"a", "first", ""}});
    QCOMPARE(button.text(), QString("first"));
    QVERIFY(!button.isEnabled());
    button.setChoices({{"a", "first", ""}, {"b", "second", ""}});
    button.setCurrent("b");
    QCOMPARE(button.text(), QString("second ▾"));
    QSignalSpy spy(&button, &ChoiceButton::chosen);
    button.menu()->actions()[0]->trigger();
    QCOMPARE(spy.takeFirst()[0].toString(), QString("a"));
    button.setChoices({{"c", "third", ""}});
    QCOMPARE(button.current(), QString("c"));
  }

  void aVerdictSpeaksAndItsCardOpens() {
    VerdictLine line;
    line.resize(700, 40);
    line.show();
    line.setVerdict({VerdictState::warning, "P2_SC is the outlier source.", "It is far.", "<p>formula</p>"});
    QCOMPARE(line.accessibleName(), QString("Warning: P2_SC is the outlier source."));
    auto* why = line.findChild<QPushButton*>("verdictWhy");
    QVERIFY(why->isVisible());
    QTest::mouseClick(why, Qt::LeftButton);
    auto* card = line.findChild<QFrame*>("infoCard");
    QVERIFY(card && card->isVisible());
    card->close();
    line.setVerdict({VerdictState::good, "Learning.", "", ""});
    QVERIFY(!why->isVisible());
  }

  void aBannerRunsItsAction() {
    Banner banner;
    int runs = 0;
    banner.showMessage(Tone::bad, "It failed.", "Because.", "Do this.");
    banner.addAction("Do it", [&] { ++runs; });
    QTest::mouseClick(banner.findChild<QPushButton*>("bannerAction0"), Qt::LeftButton);
    QCOMPARE(runs, 1);
    QCOMPARE(banner.findChild<QLabel*>("bannerWhy")->text(), QString("Because. Do this."));
    banner.showMessage(Tone::warn, "Another.", "");
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QVERIFY(!banner.findChild<QPushButton*>("bannerAction0"));
    QSignalSpy closed(&banner, &Banner::dismissed);
    QTest::mouseClick(banner.findChild<QToolButton*>("bannerClose"), Qt::LeftButton);
    QCOMPARE(closed.count(), 1);
    QCOMPARE(banner.message(), QString());
  }

  void toastsNeverExceedThreeAndErrorsStay() {
    QWidget host;
    host.resize(600, 400);
    host.show();
    Toasts toasts(&host);
    toasts.show(Tone::bad, "error");
    for (int i = 0; i < 5; ++i) toasts.show(Tone::ok, QString("note %1").arg(i));
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCOMPARE(toasts.count(), 3);
    bool error = false;
    for (const QWidget* box : host.findChildren<QWidget*>("toast")) {
      error = error || box->accessibleName() == "error";
      QVERIFY(host.rect().contains(box->geometry()));
    }
    QVERIFY(error);
  }

  void aLongLineIsCutAndItsTooltipHasAll() {
    ElidedLabel label(QString(200, 'x'));
    label.resize(100, 20);
    label.show();
    QVERIFY(label.text().size() < 30);
    QCOMPARE(label.toolTip().size(), 200);
  }

  void progressSaysWhatItDraws() {
    ProgressStrip strip;
    strip.setProgress(12340, 20000, "118 it/s");
    QCOMPARE(strip.accessibleDescription(), QString("step 12\u2009340 / 20\u2009000, 118 it/s"));
    strip.setProgress(5, 0, "");
    QCOMPARE(strip.accessibleDescription(), QString("step 5"));
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestControls)
#include "tst_controls.moc"
