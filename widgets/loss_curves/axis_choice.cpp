// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/axis_choice.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"

namespace geocyte::widgets::loss_curves {
namespace {

class NumberTicker : public QCPAxisTicker {
 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override { return axisText(tick); }
};

class HourTicker : public QCPAxisTicker {
 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override { return tick == 0 ? QStringLiteral("0 h") : axisText(tick) + QStringLiteral(" h"); }
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

void setStepTicks(QCPAxis* axis, bool logarithmic, int count) {
  if (logarithmic) return axis->setTicker(QSharedPointer<LogTicker>::create());
  const auto ticker = QSharedPointer<NumberTicker>::create();
  ticker->setTickCount(count);
  axis->setTicker(ticker);
}

void setHourTicks(QCPAxis* axis, int count) {
  const auto ticker = QSharedPointer<HourTicker>::create();
  ticker->setTickCount(count);
  axis->setTicker(ticker);
}

void setClockTicks(QCPAxis* axis, int count) {
  const auto ticker = QSharedPointer<QCPAxisTickerDateTime>::create();
  ticker->setDateTimeFormat(axis->range().size() < 600 ? QStringLiteral("HH:mm:ss") : axis->range().size() < 90000 ? QStringLiteral("HH:mm") : QStringLiteral("d MMM"));
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
