// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/matrix_heatmap/matrix_heatmap.h"

namespace geocyte::widgets::matrix_heatmap {

View* makeView(const ViewContext& context, QWidget* parent) { return new MatrixHeatmap(context, parent); }

}  // namespace geocyte::widgets::matrix_heatmap
