// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/check_table/check_table.h"

namespace geocyte::widgets::check_table {

View* makeView(const ViewContext& context, QWidget* parent) { return new CheckTable(context, parent); }

}  // namespace geocyte::widgets::check_table
