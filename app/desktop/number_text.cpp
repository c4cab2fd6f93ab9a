// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/number_text.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace geocyte::desktop {

QString durationText(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return QStringLiteral("–");
  const auto whole = static_cast<std::int64_t>(std::min(std::round(seconds), 1e12));
  const auto two = [](std::int64_t a, const char* big, std::int64_t b, const char* small) {
    return b ? QStringLiteral("%1 %2 %3 %4").arg(a).arg(big).arg(b).arg(small) : QStringLiteral("%1 %2").arg(a).arg(big);
  };
  if (whole < 60) return QStringLiteral("%1 s").arg(whole);
  if (whole < 3600) return two(whole / 60, "min", whole % 60, "s");
  if (whole < 86400) return two(whole / 3600, "h", whole % 3600 / 60, "min");
  return two(whole / 86400, "d", whole % 86400 / 3600, "h");
}

QString rateText(double rate) {
  if (!std::isfinite(rate) || rate <= 0) return {};
  if (rate < 1) return QStringLiteral("%1 s/it").arg(1 / rate, 0, 'f', 1);
  return rate < 10 ? QStringLiteral("%1 it/s").arg(rate, 0, 'f', 1) : QStringLiteral("%1 it/s").arg(std::llround(rate));
}

QString memoryText(double bytes) {
  if (!std::isfinite(bytes) || bytes <= 0) return QStringLiteral("–");
  return bytes < 1e9 ? QStringLiteral("%1 M").arg(std::llround(bytes / 1e6)) : QStringLiteral("%1 G").arg(bytes / 1e9, 0, 'f', 1);
}

QString ageText(std::int64_t utc_ms, std::int64_t now_ms) {
  const double seconds = static_cast<double>(now_ms - utc_ms) / 1000;
  if (seconds < 60) return QStringLiteral("just now");
  if (seconds < 3600) return QStringLiteral("%1 min ago").arg(static_cast<int>(seconds / 60));
  const QDateTime then = QDateTime::fromMSecsSinceEpoch(utc_ms), now = QDateTime::fromMSecsSinceEpoch(now_ms);
  if (then.date() == now.date()) return QStringLiteral("%1 h ago").arg(static_cast<int>(seconds / 3600));
  if (then.date().daysTo(now.date()) == 1) return QStringLiteral("yesterday");
  return QLocale::c().toString(then.date(), QStringLiteral("d MMM yyyy"));
}

}  // namespace geocyte::desktop
