// SPDX-License-Identifier: GPL-3.0-or-later
// Which ticks an axis gets and how they are printed.
#pragma once

#include "widgets/base/rounded_axis.h"

class QCPAxis;

namespace geocyte::widgets::loss_curves {

void setStepTicks(QCPAxis* axis, bool logarithmic, int count);
/// Hours as "1.5 h"; seconds since 1970 as local time of day.
void setHourTicks(QCPAxis* axis, int count);
void setClockTicks(QCPAxis* axis, int count);
void setValueTicks(QCPAxis* axis, const RoundedAxis& choice);
void setLogValueTicks(QCPAxis* axis, double low, double high);

/// The unit of smoothing for curves that have come to `steps`: a power of two of at least that many, a 200th of it. It
/// grows by doubling, so that a live curve is smoothed anew only rarely.
double smoothingUnitFor(double steps);

}  // namespace geocyte::widgets::loss_curves
