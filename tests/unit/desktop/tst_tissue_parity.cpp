// SPDX-License-Identifier: GPL-3.0-or-later
// Views may not include the engine, so the fit of one tissue onto another exists twice: here the two are held equal.
#include <QTest>

#include <random>

#include "engine/embed/procrustes.h"
#include "widgets/tissue/alignment.h"

using namespace geocyte;
using namespace geocyte::widgets::tissue;

class TestTissueParity : public QObject {
  Q_OBJECT
 private slots:
  void theWindowLaysPlacesAsTheEngineDoes_data() {
    QTest::addColumn<int>("dims");
    QTest::addColumn<bool>("scale");
    for (const int dims : {2, 3})
      for (const bool scale : {false, true}) QTest::newRow(qPrintable(QString("%1-D%2").arg(dims).arg(scale ? " with scale" : ""))) << dims << scale;
  }
  void theWindowLaysPlacesAsTheEngineDoes() {
    QFETCH(int, dims);
    QFETCH(bool, scale);
    std::mt19937 random(11);
    std::normal_distribution<double> normal;
    for (int trial = 0; trial < 40; ++trial) {
      constexpr int kPoints = 25;
      Eigen::MatrixXd x(kPoints, dims), y(kPoints, dims);
      Places source, target;
      for (int i = 0; i < kPoints; ++i) {
        Place from{0, 0, 0}, to{0, 0, 0};
        for (int d = 0; d < dims; ++d) {
          x(i, d) = (d + 1) * normal(random) + trial;
          y(i, d) = (trial % 2 ? -1 : 1) * x(i, (d + trial) % dims < d ? (d + trial) % dims : d) + 0.7 * normal(random);   // some mirrored, some turned, all noisy
          from[static_cast<std::size_t>(d)] = x(i, d), to[static_cast<std::size_t>(d)] = y(i, d);
        }
        source.push_back(from), target.push_back(to);
      }
      const embed::Procrustes engine = embed::fit_procrustes(x, y, {true, scale});
      const Similarity window = fitOnto(source, target, {}, dims, scale ? Fit::rotation_scale : Fit::rotation);
      QVERIFY2(std::abs(engine.rms - window.rms) < 1e-10 && std::abs(engine.scale - window.scale) < 1e-10, qPrintable(QString("trial %1: %2 and %3").arg(trial).arg(engine.rms).arg(window.rms)));
      const Eigen::MatrixXd laid = engine.apply(x);
      for (int i = 0; i < kPoints; ++i)
        for (int d = 0; d < dims; ++d) QVERIFY(std::abs(laid(i, d) - window(source[static_cast<std::size_t>(i)])[static_cast<std::size_t>(d)]) < 1e-9);
    }
  }
};

QTEST_GUILESS_MAIN(TestTissueParity)
#include "tst_tissue_parity.moc"
