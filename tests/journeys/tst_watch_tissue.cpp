// SPDX-License-Identifier: GPL-3.0-or-later
// A tissue forms, with the real engine and the real window, by mouse and keys: choose the system, start its demo, watch the held-out
// slide, mark cells there and see them in Align, scrub back, look at it in every way, export. Pictures of each stage stay in
// journeys/ beside the test programs for people to look at.
#include <QDir>
#include <QFile>
#include <QPushButton>
#include <QRegularExpression>
#include <QToolButton>

#include "app/desktop/view_export.h"
#include "app/desktop/view_host.h"
#include "tests/support/journey.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/controls/choice_button.h"
#include "widgets/controls/timeline_strip.h"
#include "widgets/scatter/scatter.h"
#include "widgets/tissue/tissue.h"

using namespace geocyte;
using namespace geocyte::desktop;
using store::RunState;
using widgets::tissue::Show;
using widgets::tissue::Tissue;

using test::kAnswer, test::kStart;

namespace {
constexpr int kTrain = 300'000;
}  // namespace

class TestWatchTissue : public test::Journey {
  Q_OBJECT

  template <class ViewType>
  ViewType* view(const char* workspace) const {
    for (widgets::View* one : find<ViewHost>(workspace)->views())
      if (auto* made = qobject_cast<ViewType*>(one)) return made;
    return nullptr;
  }
  Tissue* tissue() const { return view<Tissue>("spatial"); }
  void picture(const QString& name) {
    QTest::qWait(700);   // points glide into place
    QDir().mkpath(pictures_);
    QVERIFY(window_->grab().save(QDir(pictures_).filePath(name + ".png")));
  }

 private slots:
  void initTestCase() {
    if (!prepare()) QSKIP(kNoEngine);
    pictures_ = QDir(QCoreApplication::applicationDirPath()).filePath("journeys");
    QDir().mkpath(preferences_->runsFolder());
    openWindow({1600, 1000});
  }

  void init() {
    if (failed_) QSKIP("an earlier part of the journey failed");
  }
  void cleanup() { failed_ = failed_ || QTest::currentTestFailed(); }

  void cleanupTestCase() { closeWindow(); }

  void theDemoOfTheSystemIsStarted() {
    click(find("newRun"), "newRun");
    QVERIFY(window_->isConfiguring());
    clickInMenu(find<QPushButton>("system"), "ST-EDM");
    QTRY_COMPARE(find<QPushButton>("preset")->text().section(' ', 0, 0), QString("demo"));
    click(find("startRun"), "startRun");
    QTRY_VERIFY(!window_->isConfiguring());
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::starting) || isIn(RunState::running), kStart);
    clickTab("spatial");
    QCOMPARE(window_->workspace(), QString("spatial"));
    QVERIFY(tissue() && tissue()->isVisible());
  }

  void theHeldOutSlideFormsBeforeOneSEyes() {
    QVERIFY(tissue());
    QTRY_VERIFY_WITH_TIMEOUT(tissue()->scene().judged.size() == 1200, kStart);
    QCOMPARE(tissue()->slide(), QString("P2_ST3"));
    first_ = tissue()->scene().shared({}).recall;
    picture("1_first_places");
    QTRY_VERIFY_WITH_TIMEOUT(isIn(RunState::completed) || isIn(RunState::failed), kTrain);
    QVERIFY(isIn(RunState::completed));
    const auto caption = [&] { return tissue()->caption().remove(QRegularExpression("(?<=\\d)\\s(?=\\d)", QRegularExpression::UseUnicodePropertiesOption)); };   // thousands apart
    QTRY_VERIFY2_WITH_TIMEOUT(caption().startsWith(QString("step %1 ").arg(run()->status.step)), qPrintable(caption()), kAnswer);
    const widgets::tissue::SharedNeighbours last = tissue()->scene().shared({});
    QVERIFY2(last.recall > 2 * last.chance_recall && last.recall > first_, qPrintable(QString("recall %1, at first %2, chance %3").arg(last.recall).arg(first_).arg(last.chance_recall)));
    picture("2_places_at_the_end");
  }

  void cellsThatAreMarkedHereAreMarkedInAlign() {
    auto* canvas = tissue()->canvas();
    const QPoint middle = canvas->rect().center();
    drag(canvas, {middle + QPoint(-60, -60), middle + QPoint(60, -60), middle + QPoint(60, 60), middle + QPoint(-60, 60)});
    widgets::SelectionModel* selection = window_->workbench().selection();
    QVERIFY(selection->count() > 5 && selection->count() < 1200);
    QVERIFY(tissue()->count().contains(QString("n = %1").arg(selection->count())));
    picture("3_selected");
    clickTab("align");
    auto* cloud = view<widgets::scatter::Scatter>("align");
    QTRY_VERIFY(cloud && cloud->count().contains(QString("%1 selected").arg(selection->count())));
    // The other way round: a whole slide by its name in the legend.
    cloud->setColorBy("source");
    QTest::mouseClick(cloud->canvas(), Qt::LeftButton, {}, cloud->canvas()->legendRect(2).topLeft().toPoint() + QPoint(6, 8));
    QCOMPARE(selection->count(), std::int64_t{1200});
    clickTab("spatial");
    QTRY_VERIFY2(tissue()->count().contains(QString("n = 1")), qPrintable(tissue()->count()));
    QTest::keyClick(tissue()->canvas(), Qt::Key_Escape);
    QCOMPARE(selection->count(), std::int64_t{0});
  }

  void scrubbingShowsWhatWasKnownThen() {
    auto* timeline = find<widgets::TimelineStrip>("timeline");
    const QString live = tissue()->caption();
    const auto first = timeline->data().snapshots.front();
    QTest::mouseClick(timeline, Qt::LeftButton, {}, QPoint(static_cast<int>(timeline->xOfStep(first)) + 1, timeline->height() / 2));
    QTRY_VERIFY2_WITH_TIMEOUT(tissue()->caption() != live && !window_->workbench().cursor()->isLive(), qPrintable(tissue()->caption()), kAnswer);
    QVERIFY(std::abs(tissue()->scene().shared({}).recall - first_) < 0.2);
    QTest::keyClick(timeline, Qt::Key_End);
    QTRY_COMPARE_WITH_TIMEOUT(tissue()->caption(), live, kAnswer);
  }

  void everyWayOfLookingIsAKeyOrAClickAway() {
    auto* canvas = tissue()->canvas();
    QTest::keyClick(canvas, Qt::Key_3);
    QVERIFY(tissue()->secondCanvas()->isVisible());
    picture("4_beside");
    QTest::keyClick(canvas, Qt::Key_1);
    clickInMenu(tissue()->findChild<widgets::ChoiceButton*>("tissueColor"), "error");
    QCOMPARE(tissue()->colorBy(), QString("array:tissue/error"));
    click(tissue()->findChild<QToolButton*>("tissueEdges"), "tissueEdges");
    picture("5_error_and_edges");
    clickInMenu(tissue()->findChild<widgets::ChoiceButton*>("tissueFit"), "none");
    QVERIFY(tissue()->count().contains("not fitted"));
    clickInMenu(tissue()->findChild<widgets::ChoiceButton*>("tissueFit"), "rotation + scale");
    QVERIFY(tissue()->count().contains("scale "));
    clickInMenu(tissue()->findChild<widgets::ChoiceButton*>("tissueSlide"), "P2_SC");
    QTRY_VERIFY(tissue()->scene().cells == 2700);
    clickInMenu(tissue()->findChild<widgets::ChoiceButton*>("tissueSlide"), "P2_ST3");
    QTest::keyClick(canvas, Qt::Key_4);
    // The run kept samples of the tissue: their mean by key, one of them by mouse, and back.
    auto* places = tissue()->findChild<widgets::ChoiceButton*>("tissuePlaces");
    QTest::keyClick(canvas, Qt::Key_Period);
    QCOMPARE(places->current(), QString("mean"));
    clickInMenu(places, "sample 3");
    QVERIFY2(tissue()->caption().contains("samples of "), qPrintable(tissue()->caption()));
    clickInMenu(places, "predicted");
    theme_->setChoice(widgets::ThemeChoice::dark);
    picture("6_dark");
    theme_->setChoice(widgets::ThemeChoice::light);
  }

  void picturesAndPlacesLeaveTheWindow() {
    const QTemporaryDir out;
    std::vector<widgets::View*> views;
    for (widgets::View* one : find<ViewHost>("spatial")->views()) views.push_back(one);
    const ExportReport report = exportAll(views, out.path());
    QCOMPARE(report.written, 3 * static_cast<int>(views.size()));
    QFile csv(QDir(out.path()).filePath("tissue.csv"));
    QVERIFY(csv.open(QIODevice::ReadOnly));
    const QByteArray text = csv.readAll();
    QCOMPARE(text.count('\n'), qsizetype{1201});
    QVERIFY(text.startsWith("cell,predicted x,predicted y,true x,true y,\"error, radii\""));
  }

 private:
  QString pictures_;
  double first_ = 0;
  bool failed_ = false;
};

QTEST_MAIN(TestWatchTissue)
#include "tst_watch_tissue.moc"
