// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include <cmath>

#include "app/desktop/curve_bridge.h"
#include "app/desktop/event_text.h"
#include "app/desktop/number_text.h"
#include "app/desktop/run_library.h"
#include "app/desktop/run_words.h"

using namespace geocyte;
using namespace geocyte::desktop;

class TestRunLibrary : public QObject {
  Q_OBJECT

  static RunUpdate update(const QString& run, qint64 created = 0) {
    RunUpdate update;
    update.run = run;
    RunInfo& info = update.info.emplace();
    info.path = info.id = run;
    info.name = info.original = "demo";
    info.system = "gems";
    info.preset = "gems/demo";
    info.created_ms = created;
    return update;
  }
  static store::Status status(store::RunState state, std::int64_t step = 620) {
    store::Status status;
    status.state = state;
    status.step = step;
    status.total_steps = 1000;
    return status;
  }
  static store::RunEvent event(const std::string& kind, Json details, std::int64_t step = 10) {
    return {"2026-11-21T12:41:07.123Z", kind, step, std::move(details)};
  }

 private slots:
  void runsAreListedNewestFirst() {
    RunLibrary library;
    library.apply(update("/old", 1));
    library.apply(update("/new", 3));
    library.apply(update("/middle", 2));
    QCOMPARE(library.order(), (std::vector<QString>{"/new", "/middle", "/old"}));
    library.remove("/middle");
    QCOMPARE(library.order().size(), std::size_t{2});
    QVERIFY(!library.find("/middle"));
  }

  void pointsAreAppendedToTheSameSeries() {
    RunLibrary library;
    RunUpdate first = update("/r");
    first.scalars = {{"loss/total", {1, 2}, {5, 4}, {}}};
    library.apply(first);
    const auto series = library.find("/r")->curves.at("loss/total");
    RunUpdate second;
    second.run = "/r";
    second.scalars = {{"loss/total", {3}, {NAN}, {}}};
    library.apply(second);
    QCOMPARE(series.get(), library.find("/r")->curves.at("loss/total").get());
    QCOMPARE(series->steps, (std::vector<double>{1, 2, 3}));
    QVERIFY(std::isnan(series->values[2]));
  }

  void aResumeDropsWhatItRepeats() {
    RunLibrary library;
    RunUpdate first = update("/r");
    first.scalars = {{"loss/total", {1, 2, 3, 4}, {5, 4, 3, 2}}};
    library.apply(first);
    RunUpdate resumed;
    resumed.run = "/r";
    resumed.superseded_from = 3;
    resumed.scalars = {{"loss/total", {3}, {9}}};
    library.apply(resumed);
    QCOMPARE(library.find("/r")->curves.at("loss/total")->values, (std::vector<double>{5, 4, 9}));
    RunUpdate again;
    again.run = "/r";
    again.restarted = true;
    again.scalars = {{"loss/other", {1}, {1}}};
    library.apply(again);
    QCOMPARE(library.find("/r")->curves.size(), std::size_t{1});
  }

  void stepsStayAscendingWhateverTheWriterDoes() {
    RunLibrary library;
    RunUpdate messy = update("/r");
    messy.scalars = {{"a", {5, 3, 3, 7}, {1, 2, 3, 4}}};
    library.apply(messy);
    const auto& steps = library.find("/r")->curves.at("a")->steps;
    QVERIFY(std::is_sorted(steps.begin(), steps.end()));
    QCOMPARE(library.find("/r")->curves.at("a")->values, (std::vector<double>{3, 4}));
  }

  void stateSaysWhatAReaderDerives() {
    RunLibrary library;
    RunUpdate running = update("/r");
    running.status = status(store::RunState::running);
    library.apply(running);
    QCOMPARE(library.find("/r")->stateText(), QStringLiteral("running · 62 %"));
    QVERIFY(library.find("/r")->isAlive());
    running.health = store::Health::lost;
    library.apply(running);
    QVERIFY(!library.find("/r")->isAlive());
    QVERIFY(library.find("/r")->stateText().startsWith("lost at step"));
    QVERIFY(bannerOf(library.find("/r")).what.startsWith("Engine exited at step 620"));
    QVERIFY(!bannerOf(library.find("/r")).can_resume);
    running.status->last_checkpoint = 600;
    library.apply(running);
    QVERIFY(bannerOf(library.find("/r")).can_resume);
  }

  void aStartThatFailedOnItsDataSaysThatNothingCanBeResumed() {
    RunLibrary library;
    RunUpdate failed = update("/r");
    failed.status = status(store::RunState::failed, 0);
    failed.status->error = store::StatusError{"bad_data", "The file a.h5ad does not exist", {}, "Check the path."};
    library.apply(failed);
    const BannerWords words = bannerOf(library.find("/r"));
    QCOMPARE(words.what, QStringLiteral("The file a.h5ad does not exist"));
    QCOMPARE(words.why, QStringLiteral("Check the path. The run ended before its first step: nothing of it can be resumed."));
    QVERIFY(!words.can_resume && words.can_restart);
    QCOMPARE(library.find("/r")->stateText(), QStringLiteral("failed at the start"));
    QCOMPARE(verdictOf(library.find("/r"), "monitor").headline, QStringLiteral("Did not start."));
    failed.status->step = 620;                 // it had trained, but no checkpoint was due
    library.apply(failed);
    QCOMPARE(bannerOf(library.find("/r")).why, QStringLiteral("Check the path. There is no checkpoint to go on from."));
    failed.status->last_checkpoint = 600;
    library.apply(failed);
    QVERIFY(bannerOf(library.find("/r")).can_resume && !bannerOf(library.find("/r")).can_restart);
  }

  void aCommandReadsPendingUntilItIsAnswered() {
    RunLibrary library;
    RunUpdate running = update("/r");
    running.status = status(store::RunState::running);
    library.apply(running);
    QSignalSpy changed(&library, &RunLibrary::runChanged);
    library.setPending("/r", "pause");
    QCOMPARE(changed.count(), 1);
    QCOMPARE(library.find("/r")->stateText(), QStringLiteral("pause · pending"));
    library.setPending("/r", {});
    QCOMPARE(library.find("/r")->stateText(), QStringLiteral("running · 62 %"));
  }

  void theGravestVerdictOfAWorkspaceIsShown() {
    RunLibrary library;
    RunUpdate judged = update("/r");
    judged.status = status(store::RunState::running);
    judged.events = {event("verdict", {{"id", "a"}, {"workspace", "align"}, {"state", "bad"}, {"headline", "Old."}}),
                     event("verdict", {{"id", "a"}, {"workspace", "align"}, {"state", "good"}, {"headline", "Fine now."}}),
                     event("verdict", {{"id", "b"}, {"workspace", "align"}, {"state", "warn"}, {"headline", "P2_SC is the outlier."}, {"why", "<b>x</b>"}}),
                     event("verdict", {{"id", "c"}, {"workspace", "monitor"}, {"state", "bad"}, {"headline", "Elsewhere."}})};
    library.apply(judged);
    const widgets::VerdictText shown = verdictOf(library.find("/r"), "align");
    QCOMPARE(shown.headline, QStringLiteral("P2_SC is the outlier."));
    QVERIFY2(!shown.card.contains("<b>"), "words of a file are text, not markup");
    QCOMPARE(verdictOf(library.find("/r"), "nowhere").headline, QStringLiteral("Running."));
    QVERIFY(verdictOf(nullptr, "align").headline.isEmpty());
  }

  void eventsWithWrongTypesAreStillOneLine() {
    for (const Json& details : {Json(), Json("text"), Json(7), Json::array({1, 2}), Json{{"text", nullptr}}, Json{{"text", "two\nlines"}}, Json{{"old", Json::object()}, {"new", 1.5}}})
      for (const char* kind : {"change", "verdict", "snapshot", "checkpoint", "error", "stage", "control", "note", "", "\xff"})
        QVERIFY(!eventText(event(kind, details)).contains('\n'));
    QCOMPARE(eventText(event("change", {{"path", "loss.coral.weight"}, {"old", 500}, {"new", 50}}, 6810)), QStringLiteral("loss.coral.weight 500 → 50 at step 6\u2009810"));
    QVERIFY(clockText("yesterday").isEmpty());
  }

  void shownRunIsDrawnLastAndHiddenOnesNotAtAll() {
    RunLibrary library;
    widgets::RunSet runs;
    std::vector<widgets::VisibleRun> visible;
    for (const char* name : {"/a", "/b", "/c"}) {
      RunUpdate one = update(name);
      one.scalars = {{"loss/total", {1, 2}, {1, 1}}};
      library.apply(one);
      visible.push_back({name, name, Qt::blue, QString(name) != "/c"});
    }
    runs.setRuns(visible);
    runs.setCurrent("/a");
    const widgets::CurveSet set = curveSetOf(library, runs, nullptr);
    const auto& curves = set.by_tag["loss/total"];
    QCOMPARE(curves.size(), std::size_t{2});
    QCOMPARE(curves.back().run, QStringLiteral("/a"));
    QCOMPARE(curves.back().series.get(), library.find("/a")->curves.at("loss/total").get());
  }

  void timesAndSizesReadAsAPersonSaysThem() {
    QCOMPARE(durationText(65), QStringLiteral("1 min 5 s"));
    QCOMPARE(durationText(7800), QStringLiteral("2 h 10 min"));
    QCOMPARE(durationText(NAN), QStringLiteral("–"));
    QCOMPARE(durationText(1e300).isEmpty(), false);
    QCOMPARE(rateText(118.2), QStringLiteral("118 it/s"));
    QCOMPARE(rateText(0.25), QStringLiteral("4.0 s/it"));
    QCOMPARE(rateText(0), QString());
    QCOMPARE(memoryText(1.4e9), QStringLiteral("1.4 G"));
    QCOMPARE(memoryText(-1), QStringLiteral("–"));
  }
};

QTEST_GUILESS_MAIN(TestRunLibrary)
#include "tst_run_library.moc"
