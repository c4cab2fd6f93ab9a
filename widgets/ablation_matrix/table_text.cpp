// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ablation_matrix/table_text.h"

#include <QCoreApplication>

#include "widgets/ablation_matrix/cell_words.h"
#include "widgets/base/number_format.h"

namespace geocyte::widgets::ablation_matrix {
namespace {

QString numberText(double value) { return std::isfinite(value) ? exactText(value) : QString(); }

QString standingText(const Row& row, const Value& value) {
  switch (standingOf(row, value)) {
    case Standing::known: return progressText(row).isEmpty() ? tr("finished") : progressText(row);
    case Standing::running: return tr("running");
    case Standing::pending: return tr("waiting");
    case Standing::failed: return tr("failed");
    case Standing::none: break;
  }
  return {};
}

QString headText(const Arrangement& arrangement, int head) {
  const Head& one = arrangement.heads[static_cast<std::size_t>(head)];
  return one.level.isEmpty() ? (one.detail.isEmpty() ? one.text : one.text + QLatin1Char(' ') + one.detail) : one.detail + QLatin1Char(' ') + one.level;
}

QString lineText(const Line& line) {
  QString text = line.text;
  if (line.baseline) text += tr(" (baseline)");
  else if (line.kind == LineKind::effect || line.kind == LineKind::interaction) text += QStringLiteral(" (%1)").arg(line.detail);
  else if (line.row < 0 && line.kind == LineKind::cell && !line.detail.isEmpty()) text += QStringLiteral(" (%1)").arg(line.detail);
  return text;
}

/// What stands in a slot; `bold` wraps what excludes 0.
template <class Bold>
QString slotText(const Content& content, const Arrangement& arrangement, int line, int head, Bold bold) {
  const Place place = arrangement.at(line, head);
  if (place.score < 0) return {};
  const Score& score = content.scores[static_cast<std::size_t>(place.score)];
  const int decimals = decimalsFor(content.largestMean(score.id));
  if (arrangement.lines[static_cast<std::size_t>(line)].kind == LineKind::chance) return plainText(content.chance(score.id), decimals);
  if (place.row < 0) return {};
  const Row& row = content.rows[static_cast<std::size_t>(place.row)];
  const Value value = row.values.value(score.id);
  if (!value.isKnown()) return standingText(row, value);
  QString text = meanText(value, decimals);
  if (row.kind != RowKind::tool && value.n != static_cast<int>(content.seeds.size())) text += tr(" (n %1)").arg(value.n);
  const QString difference = differenceText(value, decimals);
  if (difference.isEmpty()) return text;
  text += QStringLiteral("; ") + difference;
  return value.excludesZero() ? bold(text) : text;
}

QString escapedMarkdown(QString text) { return text.replace('|', QLatin1String("\\|")).replace('\n', ' '); }

QString escapedLatex(const QString& text) {
  QString out;
  for (const QChar c : text) {
    if (QStringLiteral("&%$#_{}").contains(c)) out += QLatin1Char('\\') + c;
    else if (c == '\\') out += QLatin1String("\\textbackslash{}");
    else if (c == '~') out += QLatin1String("\\textasciitilde{}");
    else if (c == '^') out += QLatin1String("\\textasciicircum{}");
    else if (c == QChar(0x2212)) out += QLatin1String("$-$");
    else if (c == QChar(0x00B1)) out += QLatin1String("$\\pm$");
    else if (c == QChar(0x2248)) out += QLatin1String("$\\approx$");
    else if (c == QChar(0x2191)) out += QLatin1String("$\\uparrow$");
    else if (c == QChar(0x2193)) out += QLatin1String("$\\downarrow$");
    else if (c == QChar(0x2192)) out += QLatin1String("$\\rightarrow$");
    else if (c == QChar(0x00B7)) out += QLatin1String("$\\cdot$");
    else if (c == QChar(0x2013)) out += QLatin1String("--");
    else out += c == '\n' ? QChar(' ') : c;
  }
  return out;
}

}  // namespace

QList<QStringList> numberRows(const Content& content) {
  QStringList header{tr("kind"), tr("name"), tr("baseline")};
  for (const Factor& factor : content.factors) header << factor.name;
  header << QStringList{tr("score"), tr("n"), tr("mean"), tr("sd"), tr("chance"), tr("difference"), tr("low"), tr("high"), tr("paired seeds"), tr("excludes 0"), tr("state"), tr("seconds a run"), tr("reason")};
  QList<QStringList> lines{header};
  for (const Row& row : content.rows) {
    QStringList front{row.isCell() ? tr("cell") : row.kind == RowKind::tool ? tr("tool") : row.isInteraction() ? tr("interaction") : tr("effect"), row.name, row.baseline ? tr("yes") : QString()};
    for (const Factor& factor : content.factors) front << row.levels.value(factor.name);
    for (const Score& score : content.scores) {
      const Value value = row.values.value(score.id);
      lines << front + QStringList{score.id, QString::number(value.n), numberText(value.mean), numberText(value.sd), numberText(value.chance), numberText(value.difference), numberText(value.low),
                                   numberText(value.high), value.hasDifference() ? QString::number(value.paired) : QString(), value.hasInterval() ? (value.excludesZero() ? tr("yes") : tr("no")) : QString(),
                                   !row.isCell() ? QString() : standingText(row, value), numberText(row.seconds), row.reasons.join(QStringLiteral("; "))};
    }
  }
  return lines;
}

QString captionText(const Content& content, bool effects) {
  const qsizetype seeds = content.seeds.size();
  QString text = seeds == 1 ? tr("Held-out scores of one seed (%1), so there are no intervals and nothing is proven").arg(content.seeds.first())
                            : tr("Held-out scores, mean ± sd over %1 seeds (%2); difference to the baseline paired by seed, 95 % interval (paired t), ≈ where it contains 0").arg(seeds).arg(content.seeds.join(QStringLiteral(", ")));
  if (effects && seeds > 1)
    text = tr("Means over the settings of the other factors, of the seeds (%1) that have them all; change against the baseline's level with its 95 % interval (paired t), ≈ where it contains 0; an interaction is what two "
              "changes do together beyond the sum of both").arg(content.seeds.join(QStringLiteral(", ")));
  if (content.finished() < content.runs()) text += tr("; %1 of %2 runs finished").arg(content.finished()).arg(content.runs());
  if (!content.made_by.isEmpty()) text += tr("; Geocyte %1").arg(content.made_by);
  return text;
}

QString markdownOf(const Content& content, const Arrangement& arrangement) {
  const int heads = static_cast<int>(arrangement.heads.size());
  QString text = QStringLiteral("| %1 |").arg(escapedMarkdown(arrangement.corner)), rule = QStringLiteral("|---|");
  for (int h = 0; h < heads; ++h) {
    text += QStringLiteral(" %1 |").arg(escapedMarkdown(headText(arrangement, h)));
    rule += QStringLiteral("---|");
  }
  text += QLatin1Char('\n') + rule + QLatin1Char('\n');
  const auto bold = [](const QString& words) { return QStringLiteral("**%1**").arg(words); };
  for (int l = 0; l < static_cast<int>(arrangement.lines.size()); ++l) {
    text += QStringLiteral("| %1 |").arg(escapedMarkdown(lineText(arrangement.lines[static_cast<std::size_t>(l)])));
    for (int h = 0; h < heads; ++h) text += QStringLiteral(" %1 |").arg(escapedMarkdown(slotText(content, arrangement, l, h, bold)));
    text += QLatin1Char('\n');
  }
  return text + QStringLiteral("\n%1. %2.\n").arg(content.title, captionText(content, isOfEffects(arrangement)));
}

QString latexOf(const Content& content, const Arrangement& arrangement) {
  const int heads = static_cast<int>(arrangement.heads.size());
  // What is bold is marked with a sign that no text has, and escaped before the mark becomes a command.
  const QChar mark(0x1);
  const auto bold = [mark](const QString& words) { return mark + words + mark; };
  const auto tex = [mark](const QString& words) {
    return words.startsWith(mark) ? QStringLiteral("\\textbf{%1}").arg(escapedLatex(words.mid(1, words.size() - 2))) : escapedLatex(words);
  };
  QString text = QStringLiteral("\\begin{table}\n\\centering\n\\begin{tabular}{l%1}\n\\toprule\n%2").arg(QString(heads, 'r'), tex(arrangement.corner));
  for (int h = 0; h < heads; ++h) text += QStringLiteral(" & ") + tex(headText(arrangement, h));
  text += QStringLiteral(" \\\\\n\\midrule\n");
  for (int l = 0; l < static_cast<int>(arrangement.lines.size()); ++l) {
    const Line& line = arrangement.lines[static_cast<std::size_t>(l)];
    if (standsApart(arrangement.lines, l)) text += QStringLiteral("\\midrule\n");
    text += tex(lineText(line));
    for (int h = 0; h < heads; ++h) text += QStringLiteral(" & ") + tex(slotText(content, arrangement, l, h, bold));
    text += QStringLiteral(" \\\\\n");
  }
  return text + QStringLiteral("\\bottomrule\n\\end{tabular}\n\\caption{%1. %2.}\n\\end{table}\n").arg(tex(content.title), tex(captionText(content, isOfEffects(arrangement))));
}

}  // namespace geocyte::widgets::ablation_matrix
