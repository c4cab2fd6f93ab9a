// SPDX-License-Identifier: GPL-3.0-or-later
// How far apart the sources are on held-out cells, in the embedding and in what plain tools make of the same cells:
//
//   model   the encoder
//   raw     the log-normalised gene panel
//   pca     50 principal components of it, fitted on training cells
//
// For each: the largest and the median distance between source means, raw and standardised (stats/source_distances.h), with
// 95 % bootstrap intervals and what sampling alone would give as chance; the AUC of a fresh classifier between spots and
// single cells; the share of a cell's neighbours that come from its own source, beside that of a perfect mixture; and, so that
// mixing bought with biology shows, the balanced accuracy of cell types by neighbours among the training cells of the source.
#pragma once

#include "engine/core/stop_token.h"
#include "engine/train/system.h"
#include "plugins/gems/cells.h"
#include "plugins/gems/model.h"

namespace geocyte::plugins::gems {

train::Evaluation evaluate_alignment(const Cells& cells, const Model& model, const train::EvaluationRequest& request, const StopToken& stop);

}  // namespace geocyte::plugins::gems
