// SPDX-License-Identifier: GPL-3.0-or-later
#include <QImage>
#include <QTest>

#include <cmath>

#include "tests/unit/widgets/row_of_numbers.h"
#include "widgets/base/shared_models.h"
#include "widgets/calibration/calibration.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::calibration;

class TestCalibration : public QObject {
  Q_OBJECT

  static ArrayView numbers(std::vector<double> values, const QString& caption = {}) { return geocyte::test::rowOfNumbers(std::move(values), "level", caption); }
  static QHash<QString, QString> bindings() {
    return {{"nominal", "calibration/nominal"}, {"observed", "calibration/observed"}, {"low", "calibration/low"}, {"high", "calibration/high"}, {"count", "calibration/n"}};
  }
  static ArrayMap levels(const std::vector<double>& observed, double half_width) {
    ArrayMap map;
    map.step = 500;
    std::vector<double> low, high;
    for (const double share : observed) low.push_back(std::max(0.0, share - half_width)), high.push_back(std::min(1.0, share + half_width));
    map.arrays["calibration/nominal"] = numbers({0.5, 0.8, 0.9, 0.95});
    map.arrays["calibration/observed"] = numbers(observed, "held out: c");
    map.arrays["calibration/low"] = numbers(low);
    map.arrays["calibration/high"] = numbers(high);
    map.arrays["calibration/n"] = numbers({160, 160, 160, 160});
    return map;
  }
  struct Fixture {
    std::unique_ptr<Calibration> view;
    explicit Fixture(const ArrayMap& map) {
      view = std::make_unique<Calibration>(ViewContext());
      view->setTitle("Calibration");
      view->bind(bindings());
      view->resize(360, 320);
      view->show();
      view->setArrays(map);
    }
    QColor colorAt(const QPointF& at) const { return view->plot()->grab().toImage().pixelColor((at * view->plot()->devicePixelRatioF()).toPoint()); }
  };

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }

  void theSentenceSaysWhetherItIsTooSure() {
    QCOMPARE(Fixture(levels({0.5, 0.8, 0.9, 0.95}, 0.03)).view->headline(), QString("90 % circles hold 90 % of the true places: as sure as it may be"));
    QCOMPARE(Fixture(levels({0.3, 0.6, 0.7, 0.8}, 0.03)).view->headline(), QString("90 % circles hold 70 % of the true places: too sure"));
    QCOMPARE(Fixture(levels({0.7, 0.95, 0.99, 1.0}, 0.01)).view->headline(), QString("90 % circles hold 99 % of the true places: it could be surer"));
    QCOMPARE(Fixture(levels({0.5, 0.8, 0.87, 0.9}, 0.01)).view->headline(), QString("90 % circles hold 87 % of the true places: a little too sure"));
    QVERIFY(Fixture(levels({0.3, 0.6, 0.7, 0.8}, 0.03)).view->caption().endsWith("held out: c"));
  }

  void aPointIsFilledWhereItsIntervalHoldsTheNominalShare() {
    const Fixture good(levels({0.52, 0.79, 0.9, 0.95}, 0.05)), bad(levels({0.2, 0.4, 0.5, 0.6}, 0.05));
    QCOMPARE(good.colorAt(good.view->plot()->pointOf(0)), themeColors().accent);
    QCOMPARE(bad.colorAt(bad.view->plot()->pointOf(0)), themeColors().panel);
    // Both axes go from nothing to all.
    const QRectF area = bad.view->plot()->area();
    const QPointF point = bad.view->plot()->pointOf(1);
    QVERIFY(std::abs((point.x() - area.left()) / area.width() - 0.8) < 1e-9 && std::abs((area.bottom() - point.y()) / area.height() - 0.4) < 1e-9);
  }

  void aLevelIsReadOutByMouseAndKeys() {
    const Fixture f(levels({0.5, 0.8, 0.9, 0.95}, 0.03));
    QTest::mouseMove(f.view->plot(), f.view->plot()->pointOf(1).toPoint());
    QTRY_COMPARE(f.view->plot()->current(), 1);
    QTest::keyClick(f.view->plot(), Qt::Key_Right);
    QCOMPARE(f.view->plot()->current(), 2);
    QCOMPARE(f.view->readOut(2).title, QString("90 % circles"));
    QTest::keyClick(f.view->plot(), Qt::Key_Escape);
    QCOMPARE(f.view->plot()->current(), -1);
    QCOMPARE(f.view->table().size(), 5);
    QCOMPARE(f.view->table()[3][1], QString("0.9"));
  }

  void whatIsMissingOrImpossibleIsNotDrawn() {
    QVERIFY(!Fixture(ArrayMap()).view->emptyText().isEmpty());
    ArrayMap odd = levels({0.5, NAN, 7, 0.95}, 0.03);
    const Fixture some(odd);
    QCOMPARE(some.view->plot()->coverage().nominal, (std::vector<double>{0.5, 0.95}));
    odd.arrays["calibration/observed"] = numbers({0.5});
    QVERIFY(!Fixture(odd).view->emptyText().isEmpty());
    odd.arrays["calibration/observed"] = numbers({});
    QVERIFY(Fixture(odd).view->plot()->coverage().isEmpty());
    ArrayMap bare = levels({0.5, 0.8, 0.9, 0.95}, 0.03);
    bare.arrays.remove("calibration/low");
    const Fixture plain(bare);
    QVERIFY(plain.view->plot()->coverage().low.empty());
    plain.view->resize(60, 60);
    plain.view->grab();
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestCalibration)
#include "tst_calibration.moc"
