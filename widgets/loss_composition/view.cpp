// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_composition/loss_composition.h"

namespace geocyte::widgets::loss_composition {

View* makeView(const ViewContext& context, QWidget* parent) { return new LossComposition(context, parent); }

}  // namespace geocyte::widgets::loss_composition
