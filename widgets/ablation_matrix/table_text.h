// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix as text for papers and other programs: numbers in rows, Markdown, LaTeX. A caption says seeds, n, what the intervals are and which
// version of the code made it.
#pragma once

#include <QList>
#include <QStringList>

#include "widgets/ablation_matrix/arrangement.h"

namespace geocyte::widgets::ablation_matrix {

/// One line a row and score, with a header: numbers with seven digits, what is not known empty.
QList<QStringList> numberRows(const Content& content);
/// "Held-out scores, mean ± sd over 3 seeds (7, 8, 9), …"
QString captionText(const Content& content, bool effects = false);
/// The table as it is arranged; what excludes 0 is bold.
QString markdownOf(const Content& content, const Arrangement& arrangement);
/// A booktabs table with its caption; every sign that LaTeX would take is escaped.
QString latexOf(const Content& content, const Arrangement& arrangement);

}  // namespace geocyte::widgets::ablation_matrix
