// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/loss_curves.h"

namespace geocyte::widgets::loss_curves {

View* makeView(const ViewContext& context, QWidget* parent) { return new LossCurves(context, parent); }

}  // namespace geocyte::widgets::loss_curves
