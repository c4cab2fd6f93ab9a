// SPDX-License-Identifier: GPL-3.0-or-later
// The card gui_live: what a person at the window feels while an engine trains, and what the window costs the engine. Prints one
// line a number with its goal; nothing fails by being slow.
//
//   bench_gui_live [--seconds 300] [--pairs 3] [--pauses 10]      under Xvfb or on a desktop; --self is a short run
//
// starting     from the click on Start to the painted word "starting"
// pause        from the click to the engine's answer (of its own clock) less one step, and to the painted "Resume"
// curve        from the moment a step was written by the engine to the first painting of a curve that holds it
// stall        the longest gap between two turns of the event loop that were due every 5 ms
// gui          processor time of the GUI thread, and of what; turns above 50 ms are listed as they happen
// speed        steps a second of the same preset with the window open, over that of the engine alone; pairs alternate
#include <QAction>
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QEvent>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/desktop/main_window.h"
#include "app/desktop/system_specs.h"
#include "engine/jobs/launch.h"
#include "engine/store/run_reader.h"
#include "engine/store/process_identity.h"
#include "widgets/controls/progress_strip.h"
#include "widgets/controls/status_pill.h"
#include "widgets/theme/theme.h"

using namespace geocyte;
using namespace geocyte::desktop;
using store::RunState;

namespace {

constexpr int kAnswerMs = 120'000;

double nowSeconds() { return static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000; }

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return -1;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

/// Notes when a widget was painted.
class PaintWatch : public QObject {
 public:
  explicit PaintWatch(std::function<void()> painted) : painted_(std::move(painted)) {}
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() == QEvent::Paint) painted_();
    return false;
  }

 private:
  std::function<void()> painted_;
};

/// Knows what the GUI thread does: processor time by receiver and event, and every turn that took long, with how much of it was
/// work and how much was waiting for a core.
class WatchedApplication : public QApplication {
 public:
  using QApplication::QApplication;
  bool notify(QObject* receiver, QEvent* event) override {
    if (inside_) return QApplication::notify(receiver, event);
    inside_ = true;
    // Named before: the receiver may be gone afterwards.
    const std::string who = std::string(receiver->metaObject()->className()) + " " + receiver->objectName().toStdString() + ", event " + std::to_string(event->type());
    const double cpu = cpuSeconds();
    QElapsedTimer wall;
    wall.start();
    const bool handled = QApplication::notify(receiver, event);
    const double spent = cpuSeconds() - cpu, took = static_cast<double>(wall.nsecsElapsed()) / 1e6;
    inside_ = false;
    cost_[who] += spent;
    if (took > kLongMs && reports) std::printf("            %.0f ms, %.0f of them work: %s\n", took, 1000 * spent, who.c_str());
    return handled;
  }
  void start() { cost_.clear(), began_ = cpuSeconds(); }
  void sayCost(double seconds) const {
    std::printf("gui         %.1f %% of one core\n", 100 * (cpuSeconds() - began_) / seconds);
    std::vector<std::pair<double, std::string>> sorted;
    for (const auto& [who, cost] : cost_) sorted.emplace_back(cost, who);
    std::sort(sorted.rbegin(), sorted.rend());
    for (std::size_t i = 0; i < std::min<std::size_t>(sorted.size(), 8); ++i) std::printf("            %5.2f %% %s\n", 100 * sorted[i].first / seconds, sorted[i].second.c_str());
  }
  bool reports = false;

 private:
  static constexpr double kLongMs = 50;
  static double cpuSeconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  }
  std::map<std::string, double> cost_;
  double began_ = 0;
  bool inside_ = false;
};

class Bench {
 public:
  Bench(int seconds, int pairs, int pauses) : seconds_(seconds), pairs_(pairs), pauses_(pauses) {
    preferences_ = std::make_unique<Preferences>(folder_.filePath("p.ini"));
    preferences_->setRunsFolder(folder_.filePath("runs"));
    loop_.setTimerType(Qt::PreciseTimer);
    QObject::connect(&loop_, &QTimer::timeout, [this] {
      if (gap_.isValid()) longest_gap_ms_ = std::max(longest_gap_ms_, static_cast<double>(gap_.nsecsElapsed()) / 1e6);
      gap_.start();
    });
  }

  void run() {
    std::printf("gui_live: %d cores, training for %d s, %d pauses, %d pairs\n", QThread::idealThreadCount(), seconds_, pauses_, pairs_);
    openWindow();
    watchLongRun();
    closeWindow();
    compareSpeed();
  }

 private:
  const RunRecord* shown() const { return window_->workbench().current(); }
  bool isIn(RunState state) const { return shown() && shown()->has_status && shown()->status.state == state; }

  void openWindow() {
    window_ = std::make_unique<MainWindow>(plugins::all_specs(), *preferences_, theme_);
    window_->resize(1600, 1000);
    window_->show();
    if (!QTest::qWaitForWindowExposed(window_.get())) std::puts("the window was not exposed");
    window_->workbench().openFolder(preferences_->runsFolder());
    QTest::qWait(500);
  }
  void closeWindow() { window_.reset(); }

  jobs::JobSpec job(const char* name, long long steps) const {
    jobs::JobSpec job;
    job.preset = "gems/demo";
    job.name = name;
    job.runs = preferences_->runsFolder().toStdString();
    job.set = {{"steps", std::to_string(steps)}};
    return job;
  }

  void watchLongRun() {
    // The time a step needs to reach the screen: what the curves held when they were painted.
    PaintWatch curves([this] {
      const RunRecord* run = shown();
      const auto total = run ? run->curves.find(QStringLiteral("loss/total")) : decltype(run->curves.end()){};
      if (!run || total == run->curves.end() || total->second->steps.empty()) return;
      painted_.try_emplace(static_cast<std::int64_t>(total->second->steps.back()), nowSeconds());
    });
    QElapsedTimer since_click;
    double starting_ms = -1;
    auto* pill = window_->findChild<QWidget*>(QStringLiteral("engineState"));
    auto* progress = window_->findChild<QWidget*>(QStringLiteral("progress"));
    PaintWatch state([&] {
      if (starting_ms < 0 && isIn(RunState::starting)) starting_ms = static_cast<double>(since_click.nsecsElapsed()) / 1e6;
    });
    pill->installEventFilter(&state);
    progress->installEventFilter(&state);
    since_click.start();
    window_->workbench().launch(job("long", 100'000'000), QStringLiteral("gems"));
    window_->setWorkspace(QStringLiteral("monitor"));
    (void)QTest::qWaitFor([&] { return window_->showsData(); }, kAnswerMs);
    std::printf("starting    %.0f ms until it is painted (goal 300)\n", starting_ms);
    if (!window_->showsData()) return std::puts("the engine did not begin to train"), void();
    for (QWidget* plot : window_->findChildren<QWidget*>())
      if (plot->inherits("QCustomPlot")) plot->installEventFilter(&curves);

    auto* app = static_cast<WatchedApplication*>(qApp);
    app->reports = true;
    measurePauses();
    const std::int64_t from = shown()->status.step;
    painted_.clear();
    longest_gap_ms_ = 0;
    gap_.invalidate();
    loop_.start(5);
    app->start();
    QTest::qWait(seconds_ * 1000);
    loop_.stop();
    app->reports = false;
    app->sayCost(seconds_);
    const double longest = longest_gap_ms_;
    const auto painted = painted_;
    const QString path = shown()->info.path;
    window_->workbench().order(QStringLiteral("stop"));
    (void)QTest::qWaitFor([&] { return isIn(RunState::stopped); }, kAnswerMs);
    sayCurveDelay(path, painted, from);
    std::printf("stall       %.0f ms at most in %d s of training (goal 200)\n", longest, seconds_);
  }

  struct Pause {
    double clicked = 0, written = 0, answered = 0, painted = 0;   ///< seconds since 1970
    std::int64_t step = 0;                                        ///< the engine answered after it
  };
  /// When the newest request of the shown run was written: its name begins with the milliseconds since 1970.
  double newestRequest() const {
    const QStringList names = QDir(shown()->info.path + QStringLiteral("/control/done")).entryList({QStringLiteral("*.json")}, QDir::Files, QDir::Name);
    return names.isEmpty() ? 0 : names.last().section('-', 0, 0).toDouble() / 1000;
  }

  std::vector<Pause> pauseAndGoOn() {
    std::vector<Pause> pauses;
    auto* primary = window_->findChild<QPushButton*>(QStringLiteral("primary"));
    for (int i = 0; i < pauses_; ++i) {
      Pause pause;
      PaintWatch button([&] {
        if (pause.painted <= 0 && primary->text() == QStringLiteral("Resume")) pause.painted = nowSeconds();
      });
      primary->installEventFilter(&button);
      const std::size_t events = shown()->events.size();
      pause.clicked = nowSeconds();
      QTest::mouseClick(primary, Qt::LeftButton);
      (void)QTest::qWaitFor([&] { return pause.painted > 0; }, kAnswerMs);
      (void)QTest::qWaitFor([&] { return shown()->events.size() > events && shown()->pending.isEmpty(); }, kAnswerMs);
      for (std::size_t e = events; e < shown()->events.size() && pause.answered <= 0; ++e)
        if (const store::RunEvent& event = shown()->events[e]; event.kind == "control") {
          pause.answered = static_cast<double>(store::utc_ms_of(event.time)) / 1000;
          pause.step = event.step;
          pause.written = newestRequest();
        }
      if (pause.answered > 0) pauses.push_back(pause);
      QTest::qWait(200);
      QTest::mouseClick(primary, Qt::LeftButton);
      (void)QTest::qWaitFor([&] { return isIn(RunState::running) && shown()->pending.isEmpty(); }, kAnswerMs);
      QTest::qWait(400);
    }
    return pauses;
  }

  /// A step is the one that ran when it was clicked, as the engine measured it: steps differ by a factor of three.
  void measurePauses() {
    const std::vector<Pause> pauses = pauseAndGoOn();
    const std::map<std::int64_t, double> step_ms = scalarsOf(shown()->info.path, "time/step_ms");
    std::vector<double> written_ms, engine_ms, screen_ms;
    for (const Pause& pause : pauses) {
      const auto step = step_ms.find(pause.step);
      written_ms.push_back(1000 * (pause.written - pause.clicked));
      engine_ms.push_back(1000 * (pause.answered - pause.clicked) - (step == step_ms.end() ? 0 : step->second));
      screen_ms.push_back(1000 * (pause.painted - pause.clicked));
    }
    std::printf("pause       engine: one step + %.0f ms median, + %.0f ms at most (goal 20); on screen %.0f ms median, %.0f ms at most (goal: one step + 150); n = %zu\n",
                quantile(engine_ms, 0.5), quantile(engine_ms, 1), quantile(screen_ms, 0.5), quantile(screen_ms, 1), pauses.size());
    std::printf("            request written %.0f ms median, %.0f ms at most after the click\n", quantile(written_ms, 0.5), quantile(written_ms, 1));
    std::printf("            one by one (engine, written):");
    for (std::size_t i = 0; i < pauses.size(); ++i) std::printf(" %.0f,%.0f", engine_ms[i], written_ms[i]);
    std::printf("\n");
  }

  static std::map<std::int64_t, double> scalarsOf(const QString& path, const std::string& tag) {
    store::RunReader reader(std::filesystem::path(path.toStdString()));
    std::map<std::int64_t, double> values;
    for (bool more = true; more;) {
      const store::ScalarUpdate update = reader.poll_scalars();
      more = update.more;
      if (const auto points = update.points.find(tag); points != update.points.end())
        for (const store::ScalarPoint& point : points->second) values[point.step] = point.value;
    }
    return values;
  }

  static void sayCurveDelay(const QString& path, const std::map<std::int64_t, double>& painted, std::int64_t from) {
    store::RunReader reader(std::filesystem::path(path.toStdString()));
    std::vector<double> delays_ms;
    for (bool more = true; more;) {
      const store::ScalarUpdate update = reader.poll_scalars();
      more = update.more;
      const auto total = update.points.find("loss/total");
      if (total == update.points.end()) continue;
      for (const store::ScalarPoint& point : total->second) {
        const auto first = painted.lower_bound(point.step);
        if (point.step > from && first != painted.end()) delays_ms.push_back(1000 * (first->second - point.wall_time));
      }
    }
    std::printf("curve       p50 %.0f ms, p95 %.0f ms, longest %.0f ms after its step (goal p95 200), n = %zu steps, %zu paintings\n", quantile(delays_ms, 0.5),
                quantile(delays_ms, 0.95), quantile(delays_ms, 1), delays_ms.size(), painted.size());
  }

  /// Steps a second between the first and the last step of a finished run.
  static double rateOf(const std::filesystem::path& run) {
    store::RunReader reader(run);
    store::ScalarPoint first, last;
    bool any = false;
    for (bool more = true; more;) {
      const store::ScalarUpdate update = reader.poll_scalars();
      more = update.more;
      const auto total = update.points.find("loss/total");
      if (total == update.points.end() || total->second.empty()) continue;
      if (!any) first = total->second.front();
      any = true;
      last = total->second.back();
    }
    return last.wall_time > first.wall_time ? static_cast<double>(last.step - first.step) / (last.wall_time - first.wall_time) : 0;
  }

  double trainAlone(long long steps) {
    const jobs::Launched launched = jobs::launch_training(jobs::find_engine(), job("alone", steps), "gems");
    launched.process->wait(600);
    return rateOf(launched.run);
  }
  double trainWatched(long long steps) {
    openWindow();
    window_->workbench().launch(job("watched", steps), QStringLiteral("gems"));
    window_->setWorkspace(QStringLiteral("monitor"));
    (void)QTest::qWaitFor([&] { return isIn(RunState::completed) || isIn(RunState::failed); }, 600'000);
    const std::filesystem::path run(shown()->info.path.toStdString());
    closeWindow();
    return rateOf(run);
  }
  void compareSpeed() {
    constexpr long long kSteps = 2000;
    std::vector<double> ratios;
    for (int i = 0; i < pairs_; ++i) {
      const double alone = trainAlone(kSteps), watched = trainWatched(kSteps);
      std::printf("            pair %d: alone %.1f, window open %.1f steps/s\n", i + 1, alone, watched);
      if (alone > 0) ratios.push_back(watched / alone);
    }
    std::printf("speed       %.1f %% of the engine alone, median of %zu pairs, %.1f to %.1f %% (goal 95)\n", 100 * quantile(ratios, 0.5), ratios.size(),
                100 * quantile(ratios, 0), 100 * quantile(ratios, 1));
  }

  int seconds_, pairs_, pauses_;
  QTemporaryDir folder_;
  widgets::Theme theme_{widgets::ThemeChoice::light};
  std::unique_ptr<Preferences> preferences_;
  std::unique_ptr<MainWindow> window_;
  std::map<std::int64_t, double> painted_;     ///< newest step in the curves -> when it was first painted
  QTimer loop_;
  QElapsedTimer gap_;
  double longest_gap_ms_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  WatchedApplication app(argc, argv);
  std::map<QString, int> options{{"--seconds", 300}, {"--pairs", 3}, {"--pauses", 10}};
  const QStringList arguments = QApplication::arguments();
  if (arguments.contains("--self")) options = {{"--seconds", 10}, {"--pairs", 1}, {"--pauses", 3}};
  for (qsizetype i = 1; i + 1 < arguments.size(); ++i)
    if (options.count(arguments[i])) options[arguments[i]] = arguments[i + 1].toInt();
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  Bench(options["--seconds"], options["--pairs"], options["--pauses"]).run();
  return 0;
}
