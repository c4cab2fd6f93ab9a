// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/calibration.h"

namespace geocyte::widgets::calibration {

View* makeView(const ViewContext& context, QWidget* parent) { return new Calibration(context, parent); }

}  // namespace geocyte::widgets::calibration
