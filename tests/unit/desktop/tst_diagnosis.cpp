// SPDX-License-Identifier: GPL-3.0-or-later
// What is known about the sources before training: as words, in the dialog, and as the first card of Align.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <memory>

#include "app/desktop/diagnosis_dialog.h"
#include "app/desktop/diagnosis_panel.h"
#include "app/desktop/diagnosis_text.h"
#include "app/desktop/main_window.h"
#include "tests/support/fake_run.h"
#include "widgets/matrix_heatmap/matrix_heatmap.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/theme.h"

using namespace geocyte;
using namespace geocyte::desktop;

namespace {

Json report() {
  const auto source = [](const char* name, int cells, double zeros) {
    return Json{{"name", name}, {"patient", "P2"}, {"modality", "st"}, {"cells", cells}, {"genes", 300}, {"values", "counts"}, {"target_sum", nullptr},
                {"depth", {{"median", 446.0}, {"low", 354.0}, {"high", 557.0}}}, {"detected_genes", 153.0}, {"zero_fraction", zeros}, {"empty_cells", 0}, {"same_gene_order", cells != 1700}};
  };
  return {{"format", 1}, {"kind", "data"}, {"reason", "outlier_source"}, {"outliers", {"P2_SC"}}, {"method", "standardised distance of source means"},
          {"call", {{"id", "diagnosis/sources"}, {"workspace", "diagnosis"}, {"state", "warn"}, {"headline", "P2_SC is the outlier source."}, {"evidence", "It lies far off."}, {"why", "Look at it first."}}},
          {"findings", {{{"id", "diagnosis/depth"}, {"workspace", "diagnosis"}, {"state", "neutral"}, {"headline", "Depths differ."}, {"evidence", "222 against 446."}, {"why", ""}}}},
          {"sources", {source("P2_ST1", 1700, 0.49), source("P2_SC", 2700, 0.73)}},
          {"distances", {{"raw", {{0.0, 2.5}, {2.5, 0.0}}}, {"floor", {{0.0, 0.1}, {0.1, 0.0}}}, {"standardised", {{0.0, 8.0}, {8.0, nullptr}}}, {"floor_standardised", {{0.0, 0.2}, {0.2, 0.0}}}}}};
}

/// As it stands in seed 001, with its line of words above.
constexpr const char* kSeed001 = R"(Current Centroid Distance Matrix (after all alignment attempts):
           P2_ST1   P2_ST2   P2_ST3    P2_SC  P10_ST3   P10_SC
P2_ST1      0.000    0.421    0.685    2.492    0.863    0.576
P2_ST2      0.421    0.000    0.201    2.505    0.790    0.440
P2_ST3      0.685    0.201    0.000    2.623    0.745    0.597
P2_SC       2.492    2.505    2.623    0.000    3.183    2.102
P10_ST3     0.863    0.790    0.745    3.183    0.000    1.119
P10_SC      0.576    0.440    0.597    2.102    1.119    0.000
)";

/// What is painted in a corner of a cell, away from its number.
QColor painted(widgets::matrix_heatmap::MatrixGrid* grid, int row, int column) {
  return grid->grab().toImage().pixelColor((grid->cellRect(row, column).topLeft() + QPointF(5, 5)).toPoint());
}
bool isOrange(const QColor& color) { return color.red() > color.blue() + 20; }
bool isBlue(const QColor& color) { return color.blue() > color.red() + 20; }

}  // namespace

class TestDiagnosis : public QObject {
  Q_OBJECT

  template <class T = QWidget>
  T* find(const char* name) const { return window_->findChild<T*>(QString::fromLatin1(name)); }

  /// For people to look at, beside those of the gallery.
  static void picture(QWidget& shown, const QString& name) {
    const QDir folder(QDir(QCoreApplication::applicationDirPath()).filePath("../gallery"));
    QVERIFY(folder.mkpath("."));
    QVERIFY(shown.grab().save(folder.filePath(name + ".png")));
  }

 private slots:
  void init() {
    theme_ = std::make_unique<widgets::Theme>(widgets::ThemeChoice::light);
    folder_ = std::make_unique<QTemporaryDir>();
    preferences_ = std::make_unique<Preferences>(folder_->filePath("p.ini"));
  }
  void cleanup() { window_.reset(); }

  void aReportBecomesWordsAndATable() {
    const widgets::DiagnosisText text = diagnosisTextOf(report());
    QCOMPARE(text.call.headline, QStringLiteral("P2_SC is the outlier source."));
    QCOMPARE(text.call.state, widgets::VerdictState::warning);
    QCOMPARE(text.findings.size(), std::size_t{1});
    QCOMPARE(text.outliers, QStringList{"P2_SC"});
    QCOMPARE(text.rows.size(), 2);
    QCOMPARE(text.rows[1].value(0), QStringLiteral("P2_SC"));
    QVERIFY(text.rows[1].contains("73 %"));
    QVERIFY(text.rows[0].contains("differs") && text.rows[1].contains("same"));
    const widgets::ArrayMap arrays = distancesOf(report());
    QCOMPARE(arrays.find("diagnosis/standardised")->at(1), 8.0);
    QVERIFY(std::isnan(arrays.find("diagnosis/standardised")->at(3)));
    QCOMPARE(arrays.labels["source"].categories, (QStringList{"P2_ST1", "P2_SC"}));
  }

  void hostileReportsAreLeftOut() {
    for (const Json& bad : {Json(), Json(3), Json::array({1}), Json{{"call", 7}}, Json{{"call", {{"headline", 5}}}}}) QVERIFY(diagnosisTextOf(bad).isEmpty());
    Json odd = report();
    odd["sources"] = {1, "x", nullptr, {{"name", 3}, {"depth", 4}, {"zero_fraction", "y"}, {"same_gene_order", 0}}};
    odd["findings"] = {1, {{"headline", "kept"}}};
    odd["outliers"] = "P2_SC";
    odd["distances"] = {{"raw", {{0.0, 1.0}, {1.0}}}, {"floor", "no"}};
    const widgets::DiagnosisText text = diagnosisTextOf(odd);
    QCOMPARE(text.rows.size(), 4);
    QCOMPARE(text.findings.size(), std::size_t{1});
    QVERIFY(text.outliers.isEmpty());
    QVERIFY(distancesOf(odd).arrays.isEmpty());
  }

  void theSheetShowsCallTableAndMatrix() {
    DiagnosisPanel panel;
    panel.resize(800, 900);
    panel.setReport(report());
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    QCOMPARE(panel.findChild<QLabel*>("diagnosisHeadline")->text(), QStringLiteral("P2_SC is the outlier source."));
    auto* table = panel.findChild<QTableWidget*>("diagnosisTable");
    QCOMPARE(table->rowCount(), 2);
    QVERIFY2(table->item(1, 0)->text().contains(QChar(0x25b2)), "the outlier is marked by more than its colour");
    QVERIFY(!table->item(0, 0)->text().contains(QChar(0x25b2)));
    auto* matrix = panel.findChild<widgets::matrix_heatmap::MatrixHeatmap*>();
    QVERIFY(matrix);
    QCOMPARE(matrix->grid()->data().rows, 2);
    QVERIFY2(matrix->headline().contains("0 of 1 pairs pass"), qPrintable(matrix->headline()));
    QVERIFY2(isOrange(painted(matrix->grid(), 0, 1)), "8.0 is far beyond 1.5 times 0.2: a pair that fails is orange");
    Json near = report();
    near["distances"]["standardised"] = {{0.0, 0.29}, {0.29, 0.0}};   // above its floor of .2, below 1.5 times that
    panel.setReport(near);
    matrix = panel.findChild<widgets::matrix_heatmap::MatrixHeatmap*>();
    QVERIFY2(matrix->headline().contains("1 of 1 pairs pass"), qPrintable(matrix->headline()));
    QVERIFY(isBlue(painted(matrix->grid(), 0, 1)));
    QVERIFY(!matrix->grid()->legendRect().isEmpty());
    panel.setReport(Json());
    QVERIFY(!panel.findChild<widgets::matrix_heatmap::MatrixHeatmap*>());
  }

  void aPastedMatrixIsDiagnosedByTheEngine() {
    const QString engine = qEnvironmentVariable("GEOCYTE_BIN") + "/geocyte-engine";
    if (!QFileInfo(engine).isExecutable()) QSKIP("geocyte-engine was not built");
    qputenv("GEOCYTE_ENGINE", engine.toLocal8Bit());
    DiagnosisDialog dialog;
    dialog.show();
    auto* text = dialog.findChild<QPlainTextEdit*>("matrixText");
    auto* go = dialog.findChild<QPushButton*>("matrixDiagnose");
    QVERIFY(!go->isEnabled());
    QSignalSpy answered(&dialog, &DiagnosisDialog::answered);
    text->setPlainText("these are words and no matrix");
    QTest::mouseClick(go, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, 30'000);
    QVERIFY(!dialog.findChild<QLabel*>("matrixProblem")->text().isEmpty());
    QVERIFY(text->isVisible());
    text->setPlainText("\tP2_ST1\tP2_ST2\tP2_ST3\tP2_SC\nP2_ST1\t0\t.4\t.5\t2.3\nP2_ST2\t.4\t0\t.6\t2.2\nP2_ST3\t.5\t.6\t0\t2.4\nP2_SC\t2.3\t2.2\t2.4\t0\n");
    QTest::mouseClick(go, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 2, 30'000);
    QCOMPARE(dialog.panel().diagnosis().outliers, QStringList{"P2_SC"});
    QVERIFY(!text->isVisible());
    QTest::mouseClick(dialog.findChild<QPushButton*>("matrixBack"), Qt::LeftButton);
    QVERIFY(text->isVisible());
  }

  void seed001IsPastedAndTheWindowSaysWhatItShows() {
    const QString engine = qEnvironmentVariable("GEOCYTE_BIN") + "/geocyte-engine";
    if (!QFileInfo(engine).isExecutable()) QSKIP("geocyte-engine was not built");
    qputenv("GEOCYTE_ENGINE", engine.toLocal8Bit());
    for (const auto choice : {widgets::ThemeChoice::light, widgets::ThemeChoice::dark}) {
      theme_->setChoice(choice);
      DiagnosisDialog dialog;
      dialog.show();
      QVERIFY(QTest::qWaitForWindowExposed(&dialog));
      auto* text = dialog.findChild<QPlainTextEdit*>("matrixText");
      const QString theme = choice == widgets::ThemeChoice::dark ? "dark" : "light";
      picture(dialog, "paste_empty_" + theme);
      QApplication::clipboard()->setText(QString::fromLatin1(kSeed001));
      text->setFocus();
      QTest::keyClick(text, Qt::Key_V, Qt::ControlModifier);
      picture(dialog, "paste_" + theme);
      QSignalSpy answered(&dialog, &DiagnosisDialog::answered);
      QTest::mouseClick(dialog.findChild<QPushButton*>("matrixDiagnose"), Qt::LeftButton);
      QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, 30'000);
      QTRY_VERIFY(dialog.panel().isVisible());
      const QString headline = dialog.findChild<QLabel*>("diagnosisHeadline")->text();
      QVERIFY2(headline.contains("P2_SC") && headline.contains("outlier") && !headline.contains("P10"), qPrintable(headline));
      auto* table = dialog.findChild<QTableWidget*>("diagnosisTable");
      QCOMPARE(table->rowCount(), 6);
      for (int row = 0; row < 6; ++row) QCOMPARE(table->item(row, 0)->text().contains(QChar(0x25b2)), table->item(row, 0)->text().startsWith("P2_SC"));
      auto* matrix = dialog.findChild<widgets::matrix_heatmap::MatrixHeatmap*>();
      QVERIFY2(matrix->headline().startsWith("9 of 15 pairs pass"), qPrintable(matrix->headline()));
      QVERIFY2(matrix->headline().contains("P2_SC – P10_ST3  3.183"), qPrintable(matrix->headline()));
      const auto* grid = matrix->grid();
      QCOMPARE(grid->data().row_names, (QStringList{"P2_ST1", "P2_ST2", "P2_ST3", "P2_SC", "P10_ST3", "P10_SC"}));
      int orange = 0, blue = 0;
      for (int a = 0; a < 6; ++a)
        for (int b = a + 1; b < 6; ++b) {
          const QColor fill = painted(matrix->grid(), a, b);
          const bool fails = a == 3 || b == 3 || (a == 4 && b == 5);   // the five of P2_SC, and 1.119
          QCOMPARE(isOrange(fill), fails);
          QCOMPARE(isBlue(fill), !fails);
          QVERIFY(widgets::contrastRatio(widgets::matrix_heatmap::cellTextColor(fill), fill) >= 4.5);
          orange += isOrange(fill), blue += isBlue(fill);
        }
      QCOMPARE(blue, 9);
      QCOMPARE(orange, 6);
      QCOMPARE(grid->cellText(4, 5), QString("1.12"));
      picture(dialog, "diagnosis_" + theme);
      QVERIFY(!grid->legendRect().isEmpty() && grid->data().within.contains("1"));
    }
    theme_->setChoice(widgets::ThemeChoice::light);
  }

  void itIsTheFirstCardOfAlign() {
    test::FakeRun run(folder_->path().toStdString(), "20261121-141530-gems-a-0001", "a");
    run.train(0, 50);
    const QString path = QString::fromStdString(run.directory().string());
    QVERIFY(QDir(path).mkpath("evaluation"));
    QFile file(path + "/evaluation/diagnosis.json");
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(report().dump()));
    file.close();
    run.writer().event(0, "verdict", {{"id", "diagnosis/sources"}, {"workspace", "diagnosis"}, {"state", "warn"}, {"headline", "P2_SC is the outlier source."}});
    run.say(store::RunState::running, 50);
    run.writer().flush();
    specs_ = plugins::all_specs();
    window_ = std::make_unique<MainWindow>(specs_, *preferences_, *theme_);
    window_->resize(1400, 900);
    window_->show();
    window_->openFolder(folder_->path());
    window_->setWorkspace("align");
    QTRY_VERIFY(find("diagnosisSheet") && find("diagnosisSheet")->isVisible());
    QVERIFY(!find("beforeTraining")->isVisible());
    run.snapshot(40);
    run.writer().flush();
    QTRY_VERIFY(find("beforeTraining")->isVisible());
    QVERIFY(!find("diagnosisSheet")->isVisible());
    QVERIFY(find("beforeTraining")->findChild<QLabel*>("verdictHeadline")->text().contains("P2_SC is the outlier source."));
    QTest::mouseClick(find("diagnosisDetails"), Qt::LeftButton);
    auto* dialog = window_->findChild<DiagnosisDialog*>();
    QVERIFY(dialog && dialog->isVisible());
    QCOMPARE(dialog->panel().diagnosis().rows.size(), 2);
    dialog->close();
  }

 private:
  std::unique_ptr<widgets::Theme> theme_;
  std::unique_ptr<QTemporaryDir> folder_;
  std::vector<config::SystemSpec> specs_;
  std::unique_ptr<Preferences> preferences_;
  std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(TestDiagnosis)
#include "tst_diagnosis.moc"
