// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "app/desktop/array_bridge.h"
#include "app/desktop/view_host.h"
#include "widgets/base/curve_set.h"
#include "widgets/base/shared_models.h"

#include "widgets/controls/segmented_control.h"

using namespace geocyte;
using namespace geocyte::desktop;

class TestViewHost : public QObject {
  Q_OBJECT

  static config::MetricSpec metric(const std::string& path, const std::string& tile) {
    config::MetricSpec spec;
    spec.path = path;
    spec.tile = tile;
    return spec;
  }
  static config::SystemSpec spec() {
    config::SystemSpec spec;
    spec.id = "made_up";
    spec.views = {{"loss_curves", "Total", "monitor", {{"values", "loss/total"}}},
                  {"matrix_heatmap", "Distance", "align", {{"values", "far"}, {"labels", "source"}}},
                  {"scatter", "Cloud", "align", {{"points", "flat"}, {"labels", "source"}}},
                  {"hologram", "Of a newer build", "align", {}}};
    spec.metrics = {metric("loss/total", "Total again"), metric("loss/a", "Terms"), metric("loss/b", "Terms"), metric("lr/*", "Rates"), metric("quiet", "")};
    return spec;
  }
  static LoadedSnapshot snapshot() {
    auto axes = std::make_shared<std::vector<store::Axis>>();
    axes->push_back({"cell", {"c0", "c1", "c2", "c3"}, {{"source", {0, 0, 1, 1}, {"A", "B"}}}, {}});
    axes->push_back({"source", {"A", "B"}, {}, {}});
    auto part = std::make_shared<store::Snapshot>();
    part->step = 40;
    part->arrays = {make_array<double>("far", std::vector<double>{0, 1, 1, 0}, {2, 2}, {"source", "source"}),
                    make_array<float>("flat", std::vector<float>{0, 0, 1, 1, 2, 2, 3, 3}, {4, 2}, {"cell", "xy"}, "points", "drawn by hand")};
    LoadedSnapshot loaded;
    loaded.step = 50;
    loaded.axes = axes;
    loaded.parts = {part};
    return loaded;
  }
  widgets::ViewContext context() { return {&selection_, &cursor_, &runs_, &palette_}; }

 private slots:
  void theFirstViewOfAFocusHasMostOfTheRoomInEveryWindow() {
    config::SystemSpec made = spec();
    made.views = {{"scatter", "Tissue", "spatial", {{"points", "flat"}, {"labels", "source"}}},
                  {"skill_panel", "Skill", "spatial", {}},
                  {"calibration", "Calibration", "spatial", {}}};
    for (const int width : {1000, 1450, 1985, 3000}) {
      ViewHost host(ViewHost::Layout::focus, context());
      host.resize(width, 900);
      host.setPlans(plansOf(made, "spatial"));
      host.show();
      QCoreApplication::processEvents();
      const double share = host.views().front()->width() / static_cast<double>(width);
      QVERIFY2(share > 0.62 && share < 0.76, qPrintable(QString("%1 of %2").arg(share).arg(width)));
    }
  }

  void plansComeFromTheSpecAlone() {
    const auto monitor = plansOf(spec(), "monitor");
    QCOMPARE(monitor.size(), std::size_t{3});
    QCOMPARE(monitor[0].title, QStringLiteral("Total"));
    QVERIFY(!monitor[0].only_with_data);
    QCOMPARE(monitor[1].title, QStringLiteral("Terms"));
    QCOMPARE(monitor[1].bindings["values"], QStringLiteral("loss/a,loss/b"));
    QVERIFY(monitor[1].only_with_data);
    QCOMPARE(plansOf(spec(), "align").size(), std::size_t{3});
    QVERIFY(plansOf(spec(), "spatial").empty());
    QVERIFY(plansOf({}, "monitor").empty());
  }

  void foreignTagsBecomeTilesWithTheTotalFirst() {
    const auto plans = plansOfTags({"acc", "loss/b", "loss/total"});
    QCOMPARE(plans.size(), std::size_t{3});
    QCOMPARE(plans[0].title, QStringLiteral("loss/total"));
    QCOMPARE(plans[2].title, QStringLiteral("acc"));
    QStringList many;
    for (int i = 0; i < 1000; ++i) many << QString::number(i);
    QCOMPARE(plansOfTags(many).size(), std::size_t{60});
  }

  void unknownViewTypesAreLeftOut() {
    ViewHost host(ViewHost::Layout::pairs, context());
    host.setPlans(plansOf(spec(), "align"));
    QCOMPARE(host.views().size(), std::size_t{2});
    QCOMPARE(host.views()[0]->title(), QStringLiteral("Distance"));
  }

  void whatDoesNotFitBelowSharesTheLastPlace() {
    ViewHost host(ViewHost::Layout::pairs, context());
    std::vector<ViewPlan> plans;
    for (int i = 0; i < 6; ++i) plans.push_back({"loss_curves", QStringLiteral("View %1").arg(i), {{"values", "loss/total"}}, false, {}});
    host.setPlans(plans);
    host.resize(1000, 700);
    host.show();
    const auto seen = [&] {
      QList<int> numbers;
      for (std::size_t i = 0; i < host.views().size(); ++i)
        if (host.views()[i]->isVisible()) numbers << static_cast<int>(i);
      return numbers;
    };
    QCOMPARE(seen(), (QList<int>{0, 1, 2, 3, 4}));
    for (const widgets::View* view : host.views()) QVERIFY2(host.shows(view), "a view behind a tab is exported as well");
    auto* tabs = host.findChild<widgets::SegmentedControl*>("viewTabs");
    QVERIFY(tabs);
    QTest::mouseClick(tabs->findChild<QWidget*>("segment_5"), Qt::LeftButton);
    QCOMPARE(seen(), (QList<int>{0, 1, 2, 3, 5}));
    host.raise(host.views()[4]);
    QCOMPARE(seen(), (QList<int>{0, 1, 2, 3, 4}));
    QCOMPARE(tabs->current(), QStringLiteral("4"));
  }

  void thePlansOfTheSameRunKeepTheirViews() {
    ViewHost host(ViewHost::Layout::pairs, context());
    host.setPlans(plansOf(spec(), "align"));
    const widgets::View* before = host.views()[0];
    host.setPlans(plansOf(spec(), "align"));
    QCOMPARE(host.views()[0], before);
    host.setPlans({});
    QVERIFY(host.views().empty());
  }

  void optionalTilesAppearWithTheirFirstPoint() {
    ViewHost host(ViewHost::Layout::board, context());
    auto* console = new QWidget;
    host.setCompanion(console);
    host.setPlans(plansOf(spec(), "monitor"));
    host.resize(900, 700);
    host.show();
    QVERIFY(host.views()[0]->isVisible() && !host.views()[1]->isVisible() && !host.views()[2]->isVisible());
    QVERIFY(console->isVisible());
    widgets::CurveSet curves;
    curves.by_tag["loss/b"] = {};
    curves.by_tag["lr/encoder"] = {};
    host.setCurves(curves);
    QVERIFY(host.views()[1]->isVisible() && host.views()[2]->isVisible());
    host.setPlans({});
    host.setPlans(plansOf(spec(), "monitor"));
    QTRY_VERIFY2(console->isVisible(), "the console outlives the tiles beside it");
  }

  void tilesStandInAsManyColumnsAsHaveRoom() {
    ViewHost host(ViewHost::Layout::board, context());
    std::vector<ViewPlan> plans;
    for (int i = 0; i < 6; ++i) plans.push_back({"loss_curves", "A title of some length", {{"values", "loss/total"}}, false, {}});
    host.setPlans(plans);
    host.show();
    for (const int width : {1400, 640, 300, 1400}) {
      host.resize(width, 700);
      const auto right_edge = [&] {
        int right = 0;
        for (const widgets::View* view : host.views()) right = std::max(right, view->mapTo(&host, QPoint(view->width(), 0)).x());
        return right;
      };
      QTRY_VERIFY2(right_edge() <= width + 1, qPrintable(QStringLiteral("%1 of %2").arg(right_edge()).arg(width)));
      QTRY_COMPARE(host.views()[0]->y() == host.views()[2]->y(), width == 1400);
    }
  }

  void aTileOfWhatIsOffGoesAway() {
    ViewHost host(ViewHost::Layout::board, context());
    std::vector<ViewPlan> plans = plansOf(spec(), "monitor");
    plans.push_back({"loss_curves", "Off in this run", {{"values", "loss/off,val/off"}}, false, {}});
    host.setPlans(plans);
    host.resize(900, 700);
    host.show();
    widgets::CurveSet curves;
    auto series = std::make_shared<widgets::Series>();
    const auto say = [&](int steps) {
      for (int i = static_cast<int>(series->steps.size()); i < steps; ++i) series->steps.push_back(i), series->values.push_back(1);
      widgets::Curve curve;
      curve.series = series;
      curves.by_tag["loss/total"] = {curve};
      host.setCurves(curves);
    };
    say(5);
    QVERIFY2(host.views().back()->isVisible(), "it may still come");
    say(150);
    QVERIFY(!host.views().back()->isVisible());
    QVERIFY(host.views().front()->isVisible());
    curves.by_tag["loss/off"] = {};
    say(150);
    QVERIFY(host.views().back()->isVisible());
  }

  void arraysReachTheirViewsByName() {
    ViewHost host(ViewHost::Layout::pairs, context());
    host.setPlans(plansOf(spec(), "align"));
    host.setArrays(arrayMapOf(snapshot(), "run"));
    const auto rows = host.views()[0]->table();
    QVERIFY(rows.size() >= 3);
    QVERIFY(rows[0].contains("A") && rows[0].contains("B"));
    host.setArrays({});
    LoadedSnapshot empty;
    host.setArrays(arrayMapOf(empty, {}));
  }

  void wrappingCopiesNoElements() {
    const LoadedSnapshot loaded = snapshot();
    const widgets::ArrayMap map = arrayMapOf(loaded, "run");
    const widgets::ArrayView* flat = map.find("flat");
    QVERIFY(flat);
    QCOMPARE(flat->data, static_cast<const void*>(loaded.parts[0]->arrays[1].bytes->data()));
    QCOMPARE(map.labels["source"].codes->data(), loaded.axes->front().labels[0].codes.data());
    QVERIFY2(flat->caption.contains("40"), "an array older than the shown moment says its step");
    QCOMPARE(map.step, std::int64_t{50});
    QCOMPARE(map.stepText(), QStringLiteral("step 50"));
  }

  void aMomentSaysWhoseWeightsItShows() {
    LoadedSnapshot loaded = snapshot();
    auto part = std::make_shared<store::Snapshot>(*loaded.parts[0]);
    part->step = loaded.step;
    part->attributes[store::kWeightsOf] = 30;
    loaded.parts = {part};
    QCOMPARE(arrayMapOf(loaded, "run").stepText(), QStringLiteral("step 30, the best of 50"));
    part->attributes[store::kWeightsOf] = "thirty";
    QCOMPARE(arrayMapOf(loaded, "run").stepText(), QStringLiteral("step 50"));
    QCOMPARE(widgets::ArrayMap().stepText(), QString());
  }

  void theBufferLivesAsLongAsAView() {
    widgets::ArrayMap map;
    {
      const LoadedSnapshot loaded = snapshot();
      map = arrayMapOf(loaded, "run");
    }
    QCOMPARE(map.find("flat")->at(7), 3.0);
    QCOMPARE((*map.labels["source"].codes)[3], 1);
  }

  void aShapeLargerThanItsBufferIsEmpty() {
    NamedArray lying = make_array<float>("x", std::vector<float>{1, 2}, {2}, {"cell"});
    lying.shape = {1 << 20};
    QVERIFY(viewOf(lying).isEmpty());
    lying.bytes = nullptr;
    QVERIFY(viewOf(lying).isEmpty());
    lying.shape = {-5};
    QVERIFY(viewOf(lying).isEmpty());
  }

  void labelsFollowASubsetOfRows() {
    LoadedSnapshot loaded = snapshot();
    auto part = std::make_shared<store::Snapshot>(*loaded.parts[0]);
    part->arrays = {make_array<std::int64_t>("flat/row_index", std::vector<std::int64_t>{3, 0, 99}, {3}, {"cell"}, "row_index")};
    loaded.parts = {part};
    const widgets::ArrayMap map = arrayMapOf(loaded, "run");
    QCOMPARE(*map.labels["source"].codes, (std::vector<std::int32_t>{1, 0, -1}));
  }

 private:
  widgets::SelectionModel selection_;
  widgets::TimeCursor cursor_;
  widgets::RunSet runs_;
  widgets::PaletteModel palette_;
};

QTEST_MAIN(TestViewHost)
#include "tst_view_host.moc"
