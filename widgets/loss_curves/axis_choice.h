// SPDX-License-Identifier: GPL-3.0-or-later
// Which ticks an axis gets and how they are printed.
#pragma once

class QCPAxis;

namespace geocyte::widgets::loss_curves {

struct RoundedAxis {
  double low, high, step;
};

/// Three to five equal intervals with round ends that waste the least room around [low, high], low < high.
RoundedAxis roundedAxis(double low, double high);

void setStepTicks(QCPAxis* axis, bool logarithmic, int count);
void setValueTicks(QCPAxis* axis, const RoundedAxis& choice);
void setLogValueTicks(QCPAxis* axis, double low, double high);

/// The unit of smoothing for curves that have come to `steps`: a power of two of at least that many, a 200th of it. It
/// grows by doubling, so that a live curve is smoothed anew only rarely.
double smoothingUnitFor(double steps);

}  // namespace geocyte::widgets::loss_curves
