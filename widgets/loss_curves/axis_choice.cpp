// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/axis_choice.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/base/number_format.h"

namespace geocyte::widgets::loss_curves {
namespace {

class NumberTicker : public QCPAxisTicker {
 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override { return axisText(tick); }
};

class FixedTicker : public QCPAxisTickerFixed {
 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override { return axisText(tick); }
};

class LogTicker : public QCPAxisTickerLog {
 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override { return axisText(tick); }
};

}  // namespace

RoundedAxis roundedAxis(double low, double high) {
  const double power = std::pow(10.0, std::floor(std::log10((high - low) / 4)));
  RoundedAxis best{low, high, high - low};
  double least = std::numeric_limits<double>::infinity();
  for (const double factor : {1.0, 2.5, 2.0, 5.0, 10.0, 7.5, 15.0, 20.0}) {
    const double step = factor * power;
    const double bottom = std::floor(low / step + 1e-6) * step, top = std::ceil(high / step - 1e-6) * step;
    const long count = std::lround((top - bottom) / step);
    if (count < 3 || count > 5 || top - bottom >= least * (1 - 1e-9)) continue;
    least = top - bottom;
    best = {bottom, top, step};
  }
  return best;
}

void setStepTicks(QCPAxis* axis, bool logarithmic, int count) {
  if (logarithmic) return axis->setTicker(QSharedPointer<LogTicker>::create());
  const auto ticker = QSharedPointer<NumberTicker>::create();
  ticker->setTickCount(count);
  axis->setTicker(ticker);
}

void setValueTicks(QCPAxis* axis, const RoundedAxis& choice) {
  const auto ticker = QSharedPointer<FixedTicker>::create();
  ticker->setScaleStrategy(QCPAxisTickerFixed::ssNone);
  ticker->setTickStep(choice.step);
  axis->setTicker(ticker);
  const double room = 1e-3 * (choice.high - choice.low);  // keeps the outer lines and labels
  axis->setRange(choice.low - room, choice.high + room);
}

void setLogValueTicks(QCPAxis* axis, double low, double high) {
  axis->setTicker(QSharedPointer<LogTicker>::create());
  axis->setRange(low, high);
}

double smoothingUnitFor(double steps) { return std::exp2(std::ceil(std::log2(std::max(200.0, steps)))) / 200; }

}  // namespace geocyte::widgets::loss_curves
