// SPDX-License-Identifier: GPL-3.0-or-later
// What a run is held against, the history of its small arrays, and selections that are kept in it.
#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

#include "app/desktop/array_bridge.h"
#include "app/desktop/curve_bridge.h"
#include "app/desktop/saved_selections.h"
#include "app/desktop/snapshot_history.h"
#include "app/desktop/view_cards.h"
#include "app/desktop/workbench.h"
#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"
#include "plugins/registry.h"
#include "tests/support/fake_run.h"

using namespace geocyte;
using namespace geocyte::desktop;

class TestComparedRuns : public QObject {
  Q_OBJECT

  std::filesystem::path folder() const { return folder_->path().toStdString(); }
  static QString pathOf(const test::FakeRun& run) { return QDir::cleanPath(QString::fromStdString(run.directory().string())); }
  std::unique_ptr<test::FakeRun> trained(const std::string& id, std::initializer_list<std::int64_t> snapshots) const {
    auto run = std::make_unique<test::FakeRun>(folder(), id, id);
    run->say(store::RunState::running, 10);
    run->train(0, 50);
    for (const std::int64_t step : snapshots) run->snapshot(step);
    run->writer().flush();
    return run;
  }

 private slots:
  void init() { folder_ = std::make_unique<QTemporaryDir>(); }

  void theHistoryHoldsTheWantedArraysOfEachStep() {
    const auto run = trained("a", {100, 200, 400});
    store::RunReader reader(run->directory());
    SnapshotHistory history;
    const auto entries = reader.snapshots();
    const auto moments = history.load(reader, entries, {"align/centroid_distance", "no/such"});
    QCOMPARE(moments.size(), std::size_t{3});
    QCOMPARE(moments[2]->step, std::int64_t{400});
    QCOMPARE(moments[0]->arrays.size(), std::size_t{1});
    QVERIFY(moments[0]->arrays[0].to_double()[3] > moments[2]->arrays[0].to_double()[3]);
    QCOMPARE(history.load(reader, entries, {"align/centroid_distance", "no/such"})[1], moments[1]);   // read once
    std::filesystem::remove_all(run->directory() / "snapshots");
    QVERIFY(history.load(reader, entries, {"align/sampling_floor"}).empty());                          // vanished meanwhile
  }

  void aReferenceIsLoadedFromARunThatIsNotShown() {
    const auto shown = trained("a", {100, 200}), other = trained("b", {300});
    Workbench workbench(plugins::all_specs());
    QSignalSpy references(&workbench, &Workbench::referenceReady), histories(&workbench, &Workbench::historyReady), arrays(&workbench, &Workbench::arraysReady);
    workbench.wantHistory({"align/centroid_distance"});
    workbench.openFolder(folder_->path());
    QTRY_COMPARE(workbench.library().order().size(), std::size_t{2});
    workbench.show(pathOf(*shown));
    QTRY_VERIFY(!histories.isEmpty() && histories.last()[0].value<widgets::ArrayHistory>().moments.size() == 2);
    QVERIFY(histories.last()[0].value<widgets::ArrayHistory>().moments[0].labels["source"].categories.contains("P2_SC"));
    workbench.reference()->set(pathOf(*other), -1, "b");
    QTRY_VERIFY(!references.isEmpty());
    QCOMPARE(references.last()[0].value<widgets::ArrayMap>().step, std::int64_t{300});
    QCOMPARE(references.last()[0].value<widgets::ArrayMap>().run, QString("b"));
    const auto dashed = [&] {
      const widgets::CurveSet curves = curveSetOf(workbench.library(), *workbench.runs(), workbench.currentSpec(), pathOf(*other));
      const auto total = curves.by_tag.value("loss/total");
      return total.size() == 2 && total[0].baseline && !total[1].baseline;
    };
    QTRY_VERIFY(dashed());                             // its curves come as well, below those of the shown run
    workbench.reference()->set(pathOf(*shown), 100, "step 100");
    QTRY_COMPARE(references.last()[0].value<widgets::ArrayMap>().step, std::int64_t{100});
    workbench.show(pathOf(*other));
    QVERIFY(!workbench.reference()->isSet());          // a pinned step stays with its run
    QVERIFY(references.last()[0].value<widgets::ArrayMap>().arrays.isEmpty());
  }

  void aRunOfAnotherSystemIsNotHeldAgainst() {
    const auto first = trained("a", {100}), second = trained("b", {100});
    const auto tissue = std::make_unique<test::FakeRun>(folder(), "c", "c");
    tissue->writer().flush();
    Json facts = store::read_json_file(tissue->directory() / "run.json");
    facts["system"] = "st_edm";
    std::ofstream(tissue->directory() / "run.json") << facts.dump();
    Workbench workbench(plugins::all_specs());
    workbench.openFolder(folder_->path());
    QTRY_COMPARE(workbench.library().order().size(), std::size_t{3});
    workbench.show(pathOf(*first));
    workbench.reference()->set(pathOf(*second), -1, "b");
    QTRY_COMPARE(workbench.library().find(pathOf(*tissue))->info.system, QString("st_edm"));
    for (const widgets::VisibleRun& run : workbench.runs()->runs()) QCOMPARE(run.kind, run.id == pathOf(*tissue) ? QString("st_edm") : QString("gems"));
    workbench.show(pathOf(*tissue));
    QVERIFY2(!workbench.reference()->isSet(), "they share no score");
  }

  void aKeptSelectionIsALabelAndAFile() {
    const auto run = trained("a", {100});
    Workbench workbench(plugins::all_specs());
    QSignalSpy saved(&workbench, &Workbench::selectionSaved), arrays(&workbench, &Workbench::arraysReady);
    workbench.openFolder(folder_->path());
    QTRY_COMPARE(workbench.library().order().size(), std::size_t{1});
    workbench.show(pathOf(*run));
    QTRY_VERIFY(!arrays.isEmpty() && arrays.last()[0].value<widgets::ArrayMap>().step == 100);
    std::vector<std::uint8_t> mask(test::FakeRun::kCells, 0);
    mask[2] = mask[7] = 1;
    workbench.selection()->select("cell", mask, "lasso");
    workbench.selection()->requestSave("../tumour edge?");
    QTRY_COMPARE(saved.count(), 1);
    QCOMPARE(saved[0][0].value<SelectionReport>().rows, qint64{2});
    const Json written = store::read_json_file(run->directory() / "selections" / "tumour edge.json");
    QCOMPARE(written["axis"].get<std::string>(), std::string("cell"));
    QCOMPARE(written["ids"].dump(), std::string(R"(["cell2","cell7"])"));
    const QString name = "kept: tumour edge";
    QTRY_VERIFY(arrays.last()[0].value<widgets::ArrayMap>().labels.contains(name));
    const widgets::LabelView label = arrays.last()[0].value<widgets::ArrayMap>().labels[name];
    QCOMPARE(label.codes->at(7), 0);
    QCOMPARE(label.codes->at(8), -1);
  }

  void damagedAndHostileSelectionsArePassedOver() {
    const auto run = trained("a", {100});
    store::RunReader reader(run->directory());
    const auto axes = reader.read_axes();
    std::filesystem::create_directories(run->directory() / "selections");
    const auto write = [&](const char* name, const QByteArray& content) {
      QFile file(QString::fromStdString((run->directory() / "selections" / name).string()));
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write(content);
    };
    write("a.json", "{");
    write("b.json", R"({"axis":"gene","ids":["x"]})");
    write("c.json", R"({"axis":"cell","ids":[1,null,"cell5","nobody"]})");
    write("d.json", R"({"axis":"cell","ids":{"x":1}})");
    write("e.txt", R"({"axis":"cell","ids":["cell5"]})");
    std::filesystem::create_symlink("/etc/passwd", run->directory() / "selections" / "f.json");
    const auto found = read_selections(run->directory(), axes);
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].name, QString("c"));
    QCOMPARE(std::count(found[0].codes.begin(), found[0].codes.end(), 0), 1);
    QVERIFY(selection_file_name("  ../.. ").empty());
    QCOMPARE(selection_file_name("..hidden/x"), std::string("hiddenx"));
    QVERIFY_EXCEPTION_THROWN(save_selection(run->directory(), "?", "", axes[0], {1}), Error);
    QVERIFY_EXCEPTION_THROWN(save_selection(run->directory(), "none", "", axes[0], {0}), Error);
  }

  void everyViewOfASystemHasACard() {
    for (const config::SystemSpec& spec : plugins::all_specs())
      for (const config::ViewSpec& view : spec.views) {
        QHash<QString, QString> bindings;
        for (const auto& [role, name] : view.bindings) bindings.insert(QString::fromStdString(role), QString::fromStdString(name));
        if (view.type == "selection_counts") continue;            // counts explain themselves
        const widgets::InfoCard card = cardOf(spec, QString::fromStdString(view.title), bindings);
        QVERIFY2(!card.isEmpty(), view.title.c_str());
        for (const widgets::CardSection& section : card.sections) QVERIFY2(section.what.size() > 10, qPrintable(section.title));
      }
  }

 private:
  std::unique_ptr<QTemporaryDir> folder_;
};

QTEST_GUILESS_MAIN(TestComparedRuns)
#include "tst_compared_runs.moc"
