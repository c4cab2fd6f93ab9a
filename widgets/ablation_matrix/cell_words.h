// SPDX-License-Identifier: GPL-3.0-or-later
// What a slot of the matrix says: its numbers in words, its state, its colour.
//
// The fill is the difference over the largest one of the score, blue (`within`) towards the better side, orange (`beyond`) towards the worse,
// grey where no side is better, neutral at the baseline. A difference whose interval contains 0, or that has none, keeps three tenths of its
// colour and is written with ≈; one that excludes 0 is written in bold with its sign.
#pragma once

#include <QColor>
#include <QString>

#include "widgets/ablation_matrix/content.h"
#include "widgets/theme/colors.h"

namespace geocyte::widgets::ablation_matrix {

/// In the context of this view.
QString tr(const char* text);

enum class Standing { none, known, running, pending, failed };   ///< none: it was not planned

/// Of what there is of a row in a score: known as soon as one seed has a value.
Standing standingOf(const Row& row, const Value& value);
/// "3 of 5 seeds, 1 failed, 1 running"; "" when all have finished.
QString progressText(const Row& row);

/// Digits after the point that give values of this size three significant digits, 0 to 6.
int decimalsFor(double largest);
/// With a proper minus; "–" when not finite.
QString plainText(double value, int decimals);
QString signedText(double value, int decimals);
/// "0.676 ± 0.021", "0.676".
QString meanText(const Value& value, int decimals);
/// "−0.031 [−0.052, −0.010]", "≈ +0.010 [−0.020, +0.040]", "≈ +0.010" (one seed), "no change at all"; "" without a difference.
QString differenceText(const Value& value, int decimals);
/// "better", "worse", "higher", "lower", "the same".
QString sideText(const Value& value, const Score& score);
/// All of it in one sentence, for tooltips and screen readers.
QString sentence(const Content& content, const Row& row, const Score& score);

/// `largest`: the difference at which colours are full.
QColor fillOf(const Value& value, const Score& score, double largest, const ThemeColors& colors);
/// Black or white, whichever reads better.
QColor textOn(const QColor& fill);

}  // namespace geocyte::widgets::ablation_matrix
