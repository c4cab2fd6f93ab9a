// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "app/desktop/run_library.h"
#include "app/desktop/tailer_thread.h"
#include "tests/support/fake_run.h"

using namespace geocyte;
using namespace geocyte::desktop;

namespace {

/// A tailer on its own thread, its updates collected in a library on this one.
struct Watched {
  TailerThread thread;
  RunLibrary library;
  std::shared_ptr<const LoadedSnapshot> loaded;
  QStringList vanished;
  int folders_read = 0;
  QObject here;

  Watched() {
    QObject::connect(thread.tailer(), &RunTailer::updated, &here, [this](const std::shared_ptr<const RunUpdate>& update) { library.apply(*update); });
    QObject::connect(thread.tailer(), &RunTailer::snapshotLoaded, &here, [this](const std::shared_ptr<const LoadedSnapshot>& s) { loaded = s; });
    QObject::connect(thread.tailer(), &RunTailer::vanished, &here, [this](const QString& path) { vanished << path; });
    QObject::connect(thread.tailer(), &RunTailer::folderRead, &here, [this] { ++folders_read; });
  }
  void open(const QString& folder) {
    thread.post([folder](RunTailer& t) { t.openFolder(folder, 1); });
    QTRY_COMPARE(folders_read, 1);
  }
  void show(const QString& path) {
    thread.post([path](RunTailer& t) { t.show(path); });
  }
  std::size_t points(const QString& run, const QString& tag) const {
    const RunRecord* record = library.find(run);
    if (!record || record->curves.count(tag) == 0) return 0;
    return record->curves.at(tag)->steps.size();
  }
};

QString pathOf(const test::FakeRun& run) { return QString::fromStdString(run.directory().string()); }

}  // namespace

class TestRunTailer : public QObject {
  Q_OBJECT

  std::filesystem::path folder() const { return folder_->path().toStdString(); }
  void write(const QString& name, const QByteArray& content) {
    const QString path = folder_->filePath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
  }

 private slots:
  void init() { folder_ = std::make_unique<QTemporaryDir>(); }

  void curvesFollowARunThatIsBeingWritten() {
    test::FakeRun run(folder(), "20261121-141530-gems-a-0001", "a", "steps: 1000\n");
    run.say(store::RunState::running, 0);
    run.train(0, 50);
    Watched watched;
    watched.open(folder_->path());
    watched.show(pathOf(run));
    QTRY_COMPARE(watched.points(pathOf(run), "loss/total"), std::size_t{50});
    run.train(50, 80);
    run.say(store::RunState::running, 80);
    QTRY_COMPARE(watched.points(pathOf(run), "loss/total"), std::size_t{80});
    QTRY_COMPARE(watched.library.find(pathOf(run))->status.step, std::int64_t{80});
    QVERIFY(watched.library.find(pathOf(run))->options["steps"] == 1000);
    run.say(store::RunState::completed, 1000);
    QTRY_COMPARE(watched.library.find(pathOf(run))->status.state, store::RunState::completed);
  }

  void runsThatAreNotShownCostNoCurves() {
    test::FakeRun shown(folder(), "20261121-141530-gems-a-0001", "a"), other(folder(), "20261121-141531-gems-b-0002", "b");
    for (test::FakeRun* run : {&shown, &other}) run->train(0, 20), run->say(store::RunState::running, 20);
    shown.writer().flush(), other.writer().flush();
    Watched watched;
    watched.open(folder_->path());
    watched.show(pathOf(shown));
    QTRY_COMPARE(watched.points(pathOf(shown), "loss/total"), std::size_t{20});
    QVERIFY(watched.library.find(pathOf(other)));
    QCOMPARE(watched.points(pathOf(other), "loss/total"), std::size_t{0});
    const QString wanted = pathOf(other);
    watched.thread.post([wanted](RunTailer& t) { t.setWanted({wanted}); });
    QTRY_COMPARE(watched.points(pathOf(other), "loss/total"), std::size_t{20});
  }

  void snapshotsComeWithTheNewestPartsThatAreNotYounger() {
    test::FakeRun run(folder(), "20261121-141530-gems-a-0001", "a");
    run.snapshot(100);
    store::Snapshot raw_only;
    raw_only.step = 200;
    raw_only.arrays = {make_array<float>("embedding", std::vector<float>(720, 1.0F), {360, 2}, {"cell", "latent"})};
    run.writer().snapshot(raw_only);
    run.writer().flush();
    Watched watched;
    watched.open(folder_->path());
    watched.show(pathOf(run));
    QTRY_VERIFY(watched.library.find(pathOf(run)) && watched.library.find(pathOf(run))->snapshots.size() == 2);
    const auto load = [&](std::int64_t step) {
      watched.loaded = nullptr;
      watched.thread.post([path = pathOf(run), step](RunTailer& t) { t.loadSnapshot(path, step, 1); });
      QTRY_VERIFY(watched.loaded);
    };
    load(-1);
    QCOMPARE(watched.loaded->step, std::int64_t{200});
    QCOMPARE(watched.loaded->parts.size(), std::size_t{3});
    for (const auto& part : watched.loaded->parts) QCOMPARE(part->step, part->part.empty() ? std::int64_t{200} : std::int64_t{100});
    load(150);
    QCOMPARE(watched.loaded->step, std::int64_t{100});
    QVERIFY(watched.loaded->axes && !watched.loaded->axes->empty());
    load(50);
    QCOMPARE(watched.loaded->step, std::int64_t{-1});
    QVERIFY(watched.loaded->parts.empty());
  }

  void runsAppearAndVanishWhileTheFolderIsWatched() {
    Watched watched;
    watched.open(folder_->path());
    QVERIFY(watched.library.order().empty());
    QString path;
    {
      test::FakeRun run(folder(), "20261121-141530-gems-a-0001", "a");
      path = pathOf(run);
      QTRY_VERIFY(watched.library.find(path));
    }
    QVERIFY(QDir(path).removeRecursively());
    QTRY_COMPARE(watched.vanished, QStringList{path});
  }

  void aDeadEngineIsFoundLost() {
    test::FakeRun run(folder(), "20261121-141530-gems-a-0001", "a");
    run.say(store::RunState::running, 40);
    run.writer().flush();
    // A copy: its heart stopped long ago and its process never existed.
    const QString copy = folder_->filePath("copy");
    QDir().mkpath(copy);
    QVERIFY(QFile::copy(pathOf(run) + "/run.json", copy + "/run.json"));
    QFile status(pathOf(run) + "/status.json");
    QVERIFY(status.open(QIODevice::ReadOnly));
    Json json = Json::parse(status.readAll().toStdString());
    json["pid"] = 999999999;
    json["heartbeat"] = "2020-01-01T00:00:00.000Z";
    write("copy/status.json", QByteArray::fromStdString(json.dump()));
    Watched watched;
    watched.open(folder_->path());
    QTRY_VERIFY(watched.library.find(copy) && watched.library.find(copy)->health == store::Health::lost);
    QVERIFY(!watched.library.find(copy)->isAlive());
    QVERIFY(watched.library.find(pathOf(run))->isAlive());
  }

  void emptyAndHostileFoldersAreRowsNeverCrashes() {
    QDir().mkpath(folder_->filePath("empty"));
    write("no_json/run.json", "{ this is not json");
    write("wrong_types/run.json", R"({"format": "one", "id": 7, "name": [], "created": {}})");
    write("future/run.json", R"({"format": 99, "id": "future"})");
    write("bad_status/run.json", R"({"format": 1, "id": "x", "system": "gems", "name": "bad_status"})");
    write("bad_status/status.json", R"({"state": "dreaming", "step": "many"})");
    write("bad_status/events.jsonl", QByteArray("{\"kind\":\n") + QByteArray(100000, '[') + "\n{\"kind\":\"note\",\"text\":\"seen\",\"step\":1,\"time\":\"x\"}\n");
    write("bad_status/events.out.tfevents.1.host.1.0", QByteArray(4096, '\xff'));
    write("bad_status/config.yaml", "a: [unclosed");
    write("bad_status/axes.h5", "not hdf5");
    write("bad_status/snapshots/00000100.h5", QByteArray(2000, '\0'));
    QFile::link("/", folder_->filePath("link"));
    test::FakeRun good(folder(), "20261121-141530-gems-good-0001", "good");
    good.train(0, 10);
    good.writer().flush();
    Watched watched;
    watched.open(folder_->path());
    const QString bad = folder_->filePath("bad_status");
    watched.show(bad);
    QTRY_VERIFY(watched.library.find(bad) && !watched.library.find(bad)->events.empty());
    watched.thread.post([bad](RunTailer& t) { t.loadSnapshot(bad, -1, 1); });
    QTRY_VERIFY(watched.loaded);
    QVERIFY(!watched.loaded->problem.isEmpty());
    QVERIFY(watched.loaded->parts.empty());
    watched.show(pathOf(good));
    QTRY_COMPARE(watched.points(pathOf(good), "loss/total"), std::size_t{10});
    for (const QString& path : watched.library.order()) QVERIFY(!watched.library.find(path)->stateText().contains('\n'));
  }

  void aFolderThatDoesNotExistHasNoRuns() {
    Watched watched;
    watched.open(folder_->filePath("nowhere"));
    QVERIFY(watched.library.order().empty());
    watched.thread.post([](RunTailer& t) { t.openRun("/nowhere/at/all"); });
    QTRY_VERIFY(watched.library.find("/nowhere/at/all"));
    QVERIFY(!watched.library.find("/nowhere/at/all")->problem.isEmpty());
  }

 private:
  std::unique_ptr<QTemporaryDir> folder_;
};

QTEST_GUILESS_MAIN(TestRunTailer)
#include "tst_run_tailer.moc"
