// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/umap.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/core/check.h"
#include "engine/embed/scnum/scnum.h"

namespace geocyte::embed {
namespace {

scnum_start start_of(UmapOptions::Start start) {
  switch (start) {
    case UmapOptions::Start::spectral:
      return SCNUM_START_SPECTRAL;
    case UmapOptions::Start::random:
      return SCNUM_START_RANDOM;
    case UmapOptions::Start::given:
      break;
  }
  return SCNUM_START_GIVEN;
}

[[noreturn]] void fail() {
  throw Error(ErrorCode::internal, std::string("the UMAP layout could not be computed: ") + scnum_error());
}

}  // namespace

void Umap::Free::operator()(scnum_umap* state) const { scnum_umap_free(state); }

Umap::Umap(const kernels::KnnGraph& graph, const UmapOptions& options, std::vector<float> start)
    : layout_(std::move(start)) {
  require(graph.complete && graph.k >= 1, "UMAP needs a complete neighbour graph");
  require(options.epochs >= 1, "UMAP needs at least one epoch");
  if (graph.rows < 3) throw Error(ErrorCode::bad_data, "a UMAP layout needs at least three points");
  const auto coordinates = static_cast<std::size_t>(2 * graph.rows);
  if (options.start == UmapOptions::Start::given) {
    require(layout_.size() == coordinates, "a UMAP start has two coordinates a point");
    require(std::all_of(layout_.begin(), layout_.end(), [](float value) { return std::isfinite(value); }),
            "a UMAP start is finite");
  } else {
    layout_.assign(coordinates, 0.0f);
  }
  const scnum_umap_options wanted{options.epochs, start_of(options.start), options.min_dist,
                                  options.spread, options.learning_rate,   options.seed};
  state_.reset(scnum_umap_new(graph.index.data(), graph.distance.data(), static_cast<std::int32_t>(graph.rows), graph.k,
                              &wanted, layout_.data()));
  if (!state_) fail();
  epochs_ = scnum_umap_epochs(state_.get());
}

Umap::~Umap() = default;
Umap::Umap(Umap&&) noexcept = default;
Umap& Umap::operator=(Umap&&) noexcept = default;

int Umap::run(int until_epoch) {
  const int reached = scnum_umap_run(state_.get(), layout_.data(), until_epoch);
  if (reached < 0) fail();
  return epoch_ = reached;
}

}  // namespace geocyte::embed
