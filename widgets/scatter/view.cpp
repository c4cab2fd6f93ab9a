// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scatter/scatter.h"

namespace geocyte::widgets::scatter {

View* makeView(const ViewContext& context, QWidget* parent) { return new Scatter(context, parent); }

}  // namespace geocyte::widgets::scatter
