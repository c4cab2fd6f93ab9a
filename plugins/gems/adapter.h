// SPDX-License-Identifier: GPL-3.0-or-later
// A closed-form adapter behind the frozen encoder, fitted when training is over: each source is moved so that its mean and covariance
// are those of the reference, by the Gaussian optimal transport map (monge) or by whitening and colouring (coral). Reference: the
// slides, or all sources together where there is one modality. Fitted on training cells; a source that is held out whole by its
// own cells. Reversible, seconds on a CPU; it sees moments only. Equations: engine/baselines/monge.h, coral.h.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "engine/nn/domain_norm.h"
#include "engine/nn/source_maps.h"
#include "plugins/gems/cells.h"

namespace geocyte::plugins::gems {

/// `z` (N, D) float on the host: the embedding of all cells. `method`: "monge" or "coral". Throws Error{bad_data} for a source of
/// fewer than two cells.
nn::SourceMaps fit_adapter(const std::string& method, const at::Tensor& z, const Cells& cells);

/// What stands behind the bare encoder as one affine map a source: the normalisation by source (null = none), then the adapter.
std::optional<nn::SourceMaps> exported_maps(const Cells& cells, const nn::DomainNorm& norm, const std::optional<nn::SourceMaps>& adapter);

}  // namespace geocyte::plugins::gems
