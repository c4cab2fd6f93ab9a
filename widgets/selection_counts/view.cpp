// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/selection_counts/selection_counts.h"

namespace geocyte::widgets::selection_counts {

View* makeView(const ViewContext& context, QWidget* parent) { return new SelectionCounts(context, parent); }

}  // namespace geocyte::widgets::selection_counts
