// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pair_trend/pair_trend.h"

namespace geocyte::widgets::pair_trend {

View* makeView(const ViewContext& context, QWidget* parent) { return new PairTrend(context, parent); }

}  // namespace geocyte::widgets::pair_trend
