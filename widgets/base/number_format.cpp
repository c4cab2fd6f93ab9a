// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/number_format.h"

#include <cmath>

namespace geocyte::widgets {
namespace {

const QChar kThinSpace(0x2009), kMinus(0x2212);

QString scientific(double value, int digits) {
  QString text = QString::number(value, 'e', digits);
  const qsizetype e = text.indexOf('e');
  QString mantissa = text.left(e);
  if (mantissa.contains('.')) {
    while (mantissa.endsWith('0')) mantissa.chop(1);
    if (mantissa.endsWith('.')) mantissa.chop(1);
  }
  return mantissa + 'e' + QString::number(text.mid(e + 1).toInt());
}

QString grouped(QString digits) {
  for (qsizetype i = digits.size() - 3; i > 0; i -= 3) digits.insert(i, kThinSpace);
  return digits;
}

}  // namespace

QString groupedText(std::int64_t value) {
  const QString text = grouped(QString::number(value).remove('-'));
  return value < 0 ? kMinus + text : text;
}

QString cellText(double value, int decimals) {
  if (!std::isfinite(value)) return QStringLiteral("–");
  const double size = std::abs(value);
  if (size >= 1e5) return scientific(value, 1);
  if (size >= 1000) return groupedText(std::llround(value));
  if (size >= 100) return QString::number(value, 'f', 0).replace('-', kMinus);
  if (size > 0 && size < 0.5 * std::pow(10.0, -decimals)) return scientific(value, 0);
  return QString::number(value, 'f', size >= 10 ? 1 : decimals).replace('-', kMinus);
}

QString axisText(double value) {
  if (!std::isfinite(value)) return {};
  const double size = std::abs(value);
  if (size < 1e-12) return QStringLiteral("0");
  if (size >= 1e7 || size < 9.999e-3) return scientific(value, 2).replace('-', kMinus);
  if (size >= 1000 && std::abs(value - std::round(value)) < 1e-6 * size) return groupedText(std::llround(value));
  return QString::number(value, 'g', 6).replace('-', kMinus);
}

QString exactText(double value) {
  if (std::isnan(value)) return QStringLiteral("NaN");
  if (std::isinf(value)) return value > 0 ? QStringLiteral("inf") : QStringLiteral("-inf");
  return QString::number(value, 'g', 7);
}

}  // namespace geocyte::widgets
