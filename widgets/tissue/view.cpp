// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tissue/tissue.h"

namespace geocyte::widgets::tissue {

View* makeView(const ViewContext& context, QWidget* parent) { return new Tissue(context, parent); }

}  // namespace geocyte::widgets::tissue
