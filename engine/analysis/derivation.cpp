// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/derivation.h"

#include "engine/analysis/derive_alignment_checks.h"
#include "engine/analysis/derive_alignment_gates.h"
#include "engine/analysis/derive_centroid_distance.h"
#include "engine/analysis/derive_pca.h"
#include "engine/analysis/derive_source_table.h"
#include "engine/analysis/derive_umap.h"
#include "engine/core/check.h"

namespace geocyte::analysis {

std::unique_ptr<Derivation> make_derivation(const config::DerivedSpec& spec, std::uint64_t seed) {
  if (spec.method == "pca") return std::make_unique<DerivePca>(spec);
  if (spec.method == "umap") return std::make_unique<DeriveUmap>(spec, seed);
  if (spec.method == "centroid_distance") return std::make_unique<DeriveCentroidDistance>(spec, seed);
  if (spec.method == "source_table") return std::make_unique<DeriveSourceTable>(spec, seed);
  if (spec.method == "alignment_gates") return std::make_unique<DeriveAlignmentGates>(spec, seed);
  if (spec.method == "alignment_checks") return std::make_unique<DeriveAlignmentChecks>(spec, seed);
  throw Error(ErrorCode::internal, "no derivation is called " + spec.method);
}

std::vector<std::string> derivation_methods() { return {"pca", "umap", "centroid_distance", "source_table", "alignment_gates", "alignment_checks"}; }

}  // namespace geocyte::analysis
