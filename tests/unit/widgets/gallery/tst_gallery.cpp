// SPDX-License-Identifier: GPL-3.0-or-later
// Renders the views and controls with invented data, light and dark, at one and two device pixels a pixel, and checks
// what can be checked about any picture: it is not blank, text is not too small and not cut. The pictures stay in
// gallery/ beside the test programs for people to look at.
#include <QApplication>
#include <QBoxLayout>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QLineEdit>
#include <QTableWidget>
#include <QHeaderView>
#include <QTabBar>
#include <QTest>

#include "tests/unit/widgets/gallery/gallery_data.h"
#include "tests/unit/widgets/gallery/gallery_grid.h"
#include "widgets/ablation_matrix/ablation_matrix.h"
#include "widgets/base/curve_set.h"
#include "widgets/base/shared_models.h"
#include "widgets/base/view.h"
#include "widgets/base/view_registry.h"
#include "widgets/controls/banner.h"
#include "widgets/controls/config_form.h"
#include "widgets/controls/empty_state.h"
#include "widgets/controls/meter.h"
#include "widgets/controls/progress_strip.h"
#include "widgets/controls/run_list.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/controls/status_pill.h"
#include "widgets/controls/timeline_strip.h"
#include "widgets/controls/verdict_line.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::gallery;

class TestGallery : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    folder_ = QDir(QCoreApplication::applicationDirPath() + "/../gallery");
    QVERIFY(folder_.mkpath("."));
    theme_ = std::make_unique<Theme>(ThemeChoice::light);
  }

  void views_data() { themes(); }
  void views() {
    QFETCH(bool, dark);
    wear(dark);
    SelectionModel selection;
    Crosshair crosshair;
    PaletteModel palette;
    palette.setDark(dark);
    const ViewContext context{&selection, nullptr, nullptr, &palette, &crosshair};
    QWidget page;
    auto* grid = new QGridLayout(&page);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(1);
    const auto add = [&](const char* type, const char* title, const QHash<QString, QString>& bindings, int row, int column, int span = 1) {
      View* view = makeView(type, context, &page);
      view->setTitle(title);
      view->bind(bindings);
      grid->addWidget(view, row, column, 1, span);
      return view;
    };
    View* matrix = add("matrix_heatmap", "Source distance", {{"values", "align/centroid_distance"}, {"values2", "align/raw"}, {"labels", "source"}, {"gate", "0.36"}}, 0, 0, 2);
    View* cloud = add("scatter", "Embedding", {{"points", "embedding/umap"}, {"points2", "embedding/pca"}, {"labels", "source"}}, 0, 2, 2);
    const std::vector<std::pair<const char*, const char*>> tiles{{"loss/total", "loss/total"}, {"adversary balanced accuracy", "adversary/accuracy"}, {"weighted terms", "weighted/*"}, {"align/max", "align/max"}};
    std::vector<View*> curves;
    for (std::size_t i = 0; i < tiles.size(); ++i) curves.push_back(add("loss_curves", tiles[i].first, {{"values", tiles[i].second}}, 1, static_cast<int>(i)));
    grid->setRowStretch(0, 5);
    grid->setRowStretch(1, 3);
    page.resize(1280, 860);
    page.show();
    const ArrayMap arrays = someArrays();
    matrix->setArrays(arrays);
    cloud->setArrays(arrays);
    for (View* view : curves) view->setCurves(someCurves(palette));
    std::vector<std::uint8_t> mask;
    for (const std::int32_t code : *arrays.labels["source"].codes) mask.push_back(code == 2 || code == 3);
    selection.select("cell", mask, "P2_ST3 and P2_SC", {"P2_ST3", "P2_SC"});
    crosshair.setStep(9000);
    QTest::qWait(400);
    save(page, dark ? "views-dark" : "views-light");
    checkTexts(page);
    for (const QAbstractButton* button : page.findChildren<QAbstractButton*>()) {
      const QString what = button->objectName() + '/' + button->text();
      QVERIFY2(!button->objectName().isEmpty() && !button->accessibleName().isEmpty() && !button->toolTip().isEmpty(), qPrintable(what));
    }
  }

  void align_data() { themes(); }
  void align() {
    QFETCH(bool, dark);
    wear(dark);
    SelectionModel selection;
    Reference reference;
    RunSet runs;
    SharedChoice metric;
    PaletteModel palette;
    palette.setDark(dark);
    runs.setRuns({{"a", "recommended", palette.category(0), true}, {"b", "seed", palette.category(4), true}});
    runs.setCurrent("a");
    ViewContext context{&selection, nullptr, &runs, &palette};
    context.reference = &reference;
    context.metric = &metric;
    QWidget page;
    auto* grid = new QGridLayout(&page);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(1);
    std::vector<View*> views;
    const auto add = [&](const char* type, const char* title, const QHash<QString, QString>& bindings, int row, int column, int span) {
      View* view = makeView(type, context, &page);
      view->setTitle(title);
      view->setCard({title, {{title, "What it is.", "a / b", "Near 1.", "0.5"}}});
      view->bind(bindings);
      grid->addWidget(view, row, column, 1, span);
      views.push_back(view);
    };
    const QHash<QString, QString> matrix{{"values", "align/centroid_distance"}, {"values2", "align/raw"}, {"labels", "source"}, {"gate", "0.36"}};
    add("matrix_heatmap", "Source distance", matrix, 0, 0, 3);
    add("scatter", "Embedding", {{"points", "embedding/umap"}, {"points2", "embedding/pca"}, {"labels", "source"}}, 0, 3, 3);
    add("check_table", "Gates and guards", {{"labels", "source"}, {"check1", "gates/pairs"}, {"check2", "gates/auc"}, {"title2", "Most separable pair, AUC"}}, 1, 0, 2);
    add("source_table", "Sources", {{"labels", "source"}, {"counts", "source"}, {"column1", "source/std"}, {"column2", "source/own share"}, {"gate2", ".36"}}, 1, 2, 2);
    add("pair_trend", "Pairs over training", matrix, 1, 4, 2);
    add("selection_counts", "Selection", {{"labels", "source"}}, 2, 0, 2);
    for (int column = 0; column < 6; ++column) grid->setColumnStretch(column, 1);
    grid->setRowStretch(0, 5);
    grid->setRowStretch(1, 3);
    page.resize(1280, 860);
    page.show();
    ArrayMap arrays = someArrays(), before = someArrays();
    std::vector<double> even(36);
    for (int r = 0; r < 6; ++r)
      for (int c = 0; c < 6; ++c) even[static_cast<std::size_t>(6 * r + c)] = r == c ? 0 : (r == 3 || c == 3 ? .74 : .1) + .02 * std::abs(r - c);
    arrays.arrays["align/centroid_distance"] = arrayOf<double>(even, {6, 6}, {"source", "source"}, ElementType::f64);
    arrays.arrays["align/centroid_distance"].caption = "Mahalanobis distance, n = 1 702 held-out cells";
    const auto judged = [](const char* id, const char* kind, const char* title, double value, double low, double high, double bound, int passes, QStringList worst) {
      CheckView check;
      check.id = id, check.kind = kind, check.title = title, check.rule = "what it must reach, in words";
      check.value = value, check.low = low, check.high = high, check.bound = bound, check.passes = passes;
      check.n = 1702, check.worst = std::move(worst), check.step = 12300;
      return check;
    };
    arrays.checks = {judged("gates/pairs", "gate", "Pairs of sources", 9, NAN, NAN, 15, 0, {"P2_SC", "P10_ST3"}), judged("mixing/ilisi", "mixing", "Sources around a cell, iLISI", .61, .58, .64, NAN, -1, {"P2_SC"}),
                     judged("guards/types", "guard", "Cell types", .91, .88, .93, .9, 1, {})};
    arrays.checks[0].counts = true;
    before.step = 500;
    ArrayHistory history;
    for (int m = 0; m < 30; ++m) {
      ArrayMap moment;
      moment.step = 420 * m;
      std::vector<double> values = even;
      for (double& v : values) v *= 1 + 3 * std::exp(-m / 7.0);
      moment.arrays["align/centroid_distance"] = arrayOf<double>(values, {6, 6}, {"source", "source"}, ElementType::f64);
      moment.labels["source"] = {"source", kSources, nullptr};
      history.moments.push_back(moment);
    }
    reference.set("b", -1, "seed");
    for (View* view : views) {
      view->setArrays(arrays);
      view->setHistory(history);
      view->setReference(view == views[0] ? someArrays() : ArrayMap());
    }
    std::vector<std::uint8_t> mask;
    for (const std::int32_t code : *arrays.labels["source"].codes) mask.push_back(code == 2 || code == 3);
    selection.select("cell", mask, "P2_ST3 and P2_SC", {"P2_ST3", "P2_SC"});
    QTest::qWait(400);
    save(page, dark ? "align-dark" : "align-light");
    checkTexts(page);
  }

  void ablation_data() { themes(); }
  void ablation() {
    QFETCH(bool, dark);
    wear(dark);
    QWidget page;
    auto* column = new QVBoxLayout(&page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(1);
    auto *all = new ablation_matrix::AblationMatrix(ViewContext{}), *pivot = new ablation_matrix::AblationMatrix(ViewContext{});
    for (ablation_matrix::AblationMatrix* view : {all, pivot}) {
      column->addWidget(view);
      view->setContent(someGrid());
    }
    pivot->setForm(ablation_matrix::Form::pivot);
    all->setOpened(3);
    page.resize(1280, 980);
    page.show();
    QTest::qWait(100);
    save(page, dark ? "ablation-dark" : "ablation-light");
    checkTexts(page);
    for (const QAbstractButton* button : page.findChildren<QAbstractButton*>()) {
      const QString what = button->objectName() + '/' + button->text();
      QVERIFY2(!button->objectName().isEmpty() && !button->accessibleName().isEmpty() && !button->toolTip().isEmpty(), qPrintable(what));
    }
  }

  void panels_data() { themes(); }
  void panels() {
    QFETCH(bool, dark);
    wear(dark);
    SelectionModel selection;
    Crosshair crosshair;
    PaletteModel palette;
    palette.setDark(dark);
    const ViewContext context{&selection, nullptr, nullptr, &palette, &crosshair};
    QWidget page;
    auto* grid = new QGridLayout(&page);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(1);
    const auto compose = [&](int row) {
      View* view = makeView("loss_composition", context, &page);
      view->setTitle("Loss composition");
      view->bind({{"values", "weighted/vicreg,weighted/adversary,weighted/domain_coral,weighted/patient_coral,weighted/source_coral,weighted/local_align,weighted/sinkhorn,weighted/spatial"}});
      grid->addWidget(view, row, 0);
      view->setCurves(someTerms());
      return view;
    };
    compose(0);
    View* solo = compose(1);
    View* table = makeView("source_table", context, &page);
    table->setTitle("Sources");
    table->bind({{"counts", "cells"}, {"column1", "source/std"}, {"column2", "source/rank"}, {"column3", "source/own share"}, {"column4", "source/AUC"}, {"gate3", ".36"}, {"gate4", ".7"}});
    table->setArrays(someArrays());
    grid->addWidget(table, 2, 0);
    auto* form = new ConfigForm;
    form->setModel(someFields());
    form->setErrors({{"folder", "There is no folder /data/breast on this computer."}});
    form->setFixedWidth(318);
    grid->addWidget(form, 0, 1, 3, 1);
    page.resize(1010, 760);
    page.show();
    selection.select("cell", someArrays().labels["source"].maskOf({"P2_SC"}), "P2_SC", {"P2_SC"});
    QWidget* area = solo->findChild<QWidget*>("compositionArea");
    for (int i = 0; i < 5; ++i) QTest::keyClick(area, Qt::Key_Down);
    QTest::keyClick(area, Qt::Key_Return);
    QTest::qWait(50);
    save(page, dark ? "panels-dark" : "panels-light");
    checkTexts(page);
  }

  void controls_data() { themes(); }
  void controls() {
    QFETCH(bool, dark);
    wear(dark);
    PaletteModel palette;
    palette.setDark(dark);
    QWidget page;
    auto* column = new QVBoxLayout(&page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(runBar(&page));
    auto* verdict = new VerdictLine;
    verdict->setVerdict({VerdictState::warning, "P2_SC is the outlier source.", "It is 1.9–2.6 times its noise floor from every other source, P10_SC is not: this is one sample, not single cells in general.", "<p>text</p>"});
    auto* good = new VerdictLine;
    good->setVerdict({VerdictState::good, "Learning.", "Total loss fell 38 % in the last 2 000 steps; no term above 46 % of the sum; no alert.", ""});
    auto* banner = new Banner;
    banner->showMessage(Tone::bad, "The run failed at step 2 150: the loss is not finite.", "loss/adversary was the first term to fail.", "Resume from checkpoint 2 000 with a smaller learning rate.");
    banner->addAction("Resume from 2 000", [] {});
    auto* note = new Banner;
    note->showMessage(Tone::warn, "The engine has been silent for 12 s.", "Its process is alive.");
    for (QWidget* w : {static_cast<QWidget*>(verdict), static_cast<QWidget*>(good), static_cast<QWidget*>(banner), static_cast<QWidget*>(note)}) column->addWidget(w);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(1);
    middle->addWidget(runList(palette));
    auto* empty = new EmptyState;
    empty->setText("Waiting for the first embedding", "It comes with the first snapshot, after about 2 s of training.");
    empty->addAction("Try the demo tissue", true, [] {});
    empty->addAction("Open data…", false, [] {});
    middle->addWidget(empty, 1);
    middle->addWidget(fields(palette));
    column->addLayout(middle, 1);
    TimeCursor cursor, live;
    for (TimeCursor* c : {&cursor, &live}) {
      auto* strip = new TimelineStrip(c);
      TimelineData data;
      data.total_steps = 20000;
      data.step = 12340;
      for (int s = 0; s <= 12300; s += 380) data.snapshots.push_back(s);
      data.marks = {{2000, "checkpoint", ""}, {4000, "checkpoint", ""}, {6000, "checkpoint", ""}, {6180, "change", "coral 500→50"}, {9900, "alert", "adversary collapsed"}};
      strip->setData(data);
      column->addWidget(strip);
    }
    cursor.setStep(7600);
    page.resize(1280, 760);
    page.show();
    QTest::qWait(50);
    save(page, dark ? "controls-dark" : "controls-light");
    checkTexts(page);
  }

 private:
  void themes() {
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
  }
  void wear(bool dark) { theme_->setChoice(dark ? ThemeChoice::dark : ThemeChoice::light); }

  QWidget* runBar(QWidget* parent) {
    auto* bar = new QWidget(parent);
    bar->setFixedHeight(44);
    bar->setBackgroundRole(QPalette::Base);
    bar->setAutoFillBackground(true);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 0, 12, 0);
    auto* brand = new QLabel("Geocyte");
    brand->setFont(brandFont());
    auto* preset = new QPushButton("breast / recommended ▾");
    auto* pause = new QPushButton(themeIcon("pause", Tone::on_accent), "Pause");
    setButtonKind(pause, "primary");
    auto* stop = new QPushButton(themeIcon("stop"), "Stop ▾");
    auto* checkpoint = new QPushButton(themeIcon("checkpoint"), "Checkpoint");
    checkpoint->setEnabled(false);
    auto* progress = new ProgressStrip;
    progress->setProgress(12340, 20000, "118 it/s · 1 min 5 s left");
    auto* spaces = new SegmentedControl("Workspace");
    for (const char* name : {"Monitor", "Align", "Spatial"}) spaces->addSegment(name, name);
    spaces->setCurrent("Align");
    auto* cpu = new Meter("CPU");
    cpu->setValue("92 %", 0.92);
    auto* ram = new Meter("RAM");
    ram->setValue("1.4 G", 0.1);
    auto* pill = new StatusPill;
    pill->setState(Tone::ok, "engine running");
    for (QWidget* w : std::initializer_list<QWidget*>{brand, preset, pause, stop, checkpoint, progress, spaces, cpu, ram, pill}) row->addWidget(w);
    return bar;
  }

  QWidget* runList(const PaletteModel& palette) {
    auto* list = new RunList;
    list->setFixedWidth(258);
    list->setRows({{"1", "breast", "recommended", "running · 62 %", "0.612", "", palette.category(0)},
                   {"2", "breast", "seed", "completed · baseline", "0.981", "", palette.category(4)},
                   {"3", "breast", "sinkhorn", "completed", "0.702", "", palette.category(2), Tone::dim, false},
                   {"4", "breast", "adversary 6-class", "alert: collapsed at 2 150", "0.993", "", palette.category(3), Tone::bad},
                   {"5", "pdac-a", "recommended", "queued", "–", "", palette.category(1)}});
    list->setCurrent("1");
    return list;
  }

  QWidget* fields(const PaletteModel&) {
    auto* box = new QWidget;
    box->setFixedWidth(318);
    box->setBackgroundRole(QPalette::Base);
    box->setAutoFillBackground(true);
    auto* column = new QVBoxLayout(box);
    auto* tabs = new QTabBar;
    for (const char* name : {"Config", "Selection", "View"}) tabs->addTab(name);
    auto* search = new QLineEdit;
    search->setPlaceholderText("Search parameters");
    auto* table = new QTableWidget(3, 3);
    table->setHorizontalHeaderLabels({"source", "cells", "std"});
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    for (int r = 0; r < 3; ++r) {
      table->setItem(r, 0, new QTableWidgetItem(kSources[r]));
      table->setItem(r, 1, new QTableWidgetItem(QString::number(kCounts[r])));
      table->setItem(r, 2, new QTableWidgetItem("0.98"));
    }
    table->selectRow(1);
    auto* icons = new QWidget;
    auto* grid = new QGridLayout(icons);
    int i = 0;
    for (const QString& name : iconNames()) {
      auto* label = new QLabel;
      label->setPixmap(themeIcon(name).pixmap(QSize(16, 16), label->devicePixelRatioF()));
      grid->addWidget(label, i / 10, i % 10);
      ++i;
    }
    for (QWidget* w : std::initializer_list<QWidget*>{tabs, search, table, icons}) column->addWidget(w);
    return box;
  }

  void save(QWidget& page, const QString& name) {
    for (const int scale : {1, 2}) {
      QImage image(page.size() * scale, QImage::Format_RGB32);
      image.setDevicePixelRatio(scale);
      page.render(&image);
      QVERIFY(image.save(folder_.filePath(QString("%1-%2x.png").arg(name).arg(scale))));
    }
  }

  void checkTexts(QWidget& page) {
    for (const QWidget* widget : page.findChildren<QWidget*>()) {
      const double points = QFontInfo(widget->font()).pixelSize() * 72.0 / 96;
      QVERIFY2(points >= 9, qPrintable(QString("%1 uses %2 pt").arg(widget->objectName()).arg(points)));
      const auto* button = qobject_cast<const QAbstractButton*>(widget);
      if (button && button->isVisible() && !button->text().isEmpty())
        QVERIFY2(button->width() >= button->sizeHint().width() - 1, qPrintable("cut: " + button->text()));
    }
  }

  QDir folder_;
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestGallery)
#include "tst_gallery.moc"
