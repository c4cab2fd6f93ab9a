// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ablation_matrix/ablation_matrix.h"

namespace geocyte::widgets::ablation_matrix {

View* makeView(const ViewContext& context, QWidget* parent) { return new AblationMatrix(context, parent); }

}  // namespace geocyte::widgets::ablation_matrix
