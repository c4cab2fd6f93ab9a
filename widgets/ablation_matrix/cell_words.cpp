// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ablation_matrix/cell_words.h"

#include <QCoreApplication>

#include <algorithm>

namespace geocyte::widgets::ablation_matrix {
namespace {

constexpr double kUnsure = 0.3, kFaintest = 0.3;   // share of its colour that an unsure difference keeps; least strength of a sure one
const QChar kMinus(0x2212);

QString seedsText(int n) { return n == 1 ? tr("1 seed") : tr("%1 seeds").arg(n); }

}  // namespace

QString tr(const char* text) { return QCoreApplication::translate("AblationMatrix", text); }

Standing standingOf(const Row& row, const Value& value) {
  if (value.isKnown()) return Standing::known;
  if (row.running > 0) return Standing::running;
  if (row.pending > 0) return Standing::pending;
  return row.failed > 0 ? Standing::failed : Standing::none;
}

QString progressText(const Row& row) {
  const int all = row.finished + row.running + row.pending + row.failed;
  if (!row.isCell() || row.finished == all) return {};
  QStringList parts{tr("%1 of %2 seeds finished").arg(row.finished).arg(all)};
  if (row.running > 0) parts << tr("%1 running").arg(row.running);
  if (row.pending > 0) parts << tr("%1 waiting").arg(row.pending);
  if (row.failed > 0) parts << tr("%1 failed").arg(row.failed);
  return parts.join(QStringLiteral(", "));
}

int decimalsFor(double largest) {
  if (!std::isfinite(largest) || largest <= 0) return 3;
  return std::clamp(2 - static_cast<int>(std::floor(std::log10(largest))), 0, 6);
}

QString plainText(double value, int decimals) {
  if (!std::isfinite(value)) return QStringLiteral("–");
  const QString digits = QString::number(std::abs(value), 'f', decimals);
  const bool is_zero = std::all_of(digits.begin(), digits.end(), [](QChar c) { return c == '0' || c == '.'; });
  return value < 0 && !is_zero ? kMinus + digits : digits;
}

QString signedText(double value, int decimals) {
  const QString text = plainText(value, decimals);
  if (!std::isfinite(value) || text.startsWith(kMinus)) return text;
  return QLatin1Char('+') + text;
}

QString meanText(const Value& value, int decimals) {
  if (!value.isKnown()) return QStringLiteral("–");
  return std::isfinite(value.sd) ? plainText(value.mean, decimals) + QStringLiteral(" ± ") + plainText(value.sd, decimals) : plainText(value.mean, decimals);
}

QString differenceText(const Value& value, int decimals) {
  if (!value.hasDifference()) return {};
  if (value.isIdentical()) return tr("no change at all");
  QString text = signedText(value.difference, decimals);
  if (value.hasInterval()) text += QStringLiteral(" [%1, %2]").arg(signedText(value.low, decimals), signedText(value.high, decimals));
  return value.excludesZero() ? text : QStringLiteral("≈ ") + text;
}

QString sideText(const Value& value, const Score& score) {
  if (value.difference == 0) return tr("the same");
  const bool up = value.difference > 0;
  if (score.better == Better::unknown) return up ? tr("higher") : tr("lower");
  return up == (score.better == Better::higher) ? tr("better") : tr("worse");
}

QString sentence(const Content& content, const Row& row, const Score& score) {
  const Value value = row.values.value(score.id);
  const int decimals = decimalsFor(content.largestMean(score.id));
  QStringList parts;
  if (value.isKnown()) parts << tr("%1 %2 over %3").arg(score.title, meanText(value, decimals), seedsText(value.n));
  else if (!row.isCell()) parts << tr("no value of %1").arg(score.title);
  if (row.baseline) parts << tr("it is the baseline");
  if (row.kind == RowKind::effect && value.hasDifference())
    parts << tr("%1 %2").arg(signedText(value.difference, decimals), row.detail)
          << (!value.hasInterval() ? tr("one seed: there is no interval, nothing is proven")
                                   : tr("95 % interval %1 to %2 over %3: %4").arg(signedText(value.low, decimals), signedText(value.high, decimals), seedsText(value.paired),
                                                                                 value.excludesZero() ? sideText(value, score) : tr("the interval contains 0, so it may be nothing")));
  else if (value.hasInterval())
    parts << tr("%1 to the baseline, 95 % interval %2 to %3 over %4 that both have: %5")
                 .arg(signedText(value.difference, decimals), signedText(value.low, decimals), signedText(value.high, decimals), seedsText(value.paired),
                      value.excludesZero() ? sideText(value, score) : tr("the interval contains 0, so it may be nothing"));
  else if (value.hasDifference())
    parts << tr("%1 to the baseline with one seed: there is no interval, nothing is proven").arg(signedText(value.difference, decimals));
  if (std::isfinite(value.chance)) parts << tr("chance %1").arg(plainText(value.chance, decimals));
  if (const QString progress = progressText(row); !progress.isEmpty()) parts << progress;
  for (const QString& reason : row.reasons.mid(0, 3)) parts << tr("failed, %1").arg(reason);
  return row.name + QStringLiteral(": ") + parts.join(QStringLiteral("; ")) + QLatin1Char('.');
}

QColor fillOf(const Value& value, const Score& score, double largest, const ThemeColors& colors) {
  if (!value.hasDifference() || largest <= 0) return colors.at_gate;
  const double t = std::clamp(std::abs(value.difference) / largest, 0.0, 1.0);
  const bool up = value.difference > 0;
  const QColor towards = score.better == Better::unknown ? colors.faint : up == (score.better == Better::higher) ? colors.within : colors.beyond;
  return mixed(colors.at_gate, towards, value.excludesZero() ? std::max(kFaintest, t) : kUnsure * t);
}

QColor textOn(const QColor& fill) { return contrastRatio(fill, Qt::black) >= contrastRatio(fill, Qt::white) ? QColor(Qt::black) : QColor(Qt::white); }

}  // namespace geocyte::widgets::ablation_matrix
