// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/source_table/source_table.h"

namespace geocyte::widgets::source_table {

View* makeView(const ViewContext& context, QWidget* parent) { return new SourceTable(context, parent); }

}  // namespace geocyte::widgets::source_table
