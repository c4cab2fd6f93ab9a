// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/frames.h"

#include <ATen/ops/empty.h>

#include "engine/geometry/rigid.h"

namespace geocyte::plugins::st_edm {

namespace {

at::Tensor own(const at::Tensor& all, const SourceFacts& source) { return all.narrow(0, source.first, source.size); }

}  // namespace

at::Tensor turned_places(const Tissue& tissue, const at::Tensor& joint) {
  const SourceFacts& first = tissue.sources[tissue.sources_with(Role::train).front()];
  return geometry::fit_rigid(own(joint, first), own(tissue.places.to(at::kCPU, at::kFloat), first)).apply(joint);
}

at::Tensor shown_places(const Tissue& tissue, const std::vector<at::Tensor>& places, const at::Tensor& joint) {
  const at::Tensor truth = tissue.places.to(at::kCPU, at::kFloat);
  const at::Tensor turned = turned_places(tissue, joint);
  at::Tensor shown = at::empty({tissue.count(), tissue.dims}, at::kFloat);
  for (std::size_t s = 0; s < tissue.sources.size(); ++s) {
    const SourceFacts& source = tissue.sources[s];
    const at::Tensor onto = own(source.has_places() ? truth : turned, source);
    own(shown, source).copy_(geometry::fit_rigid(places[s], onto).apply(places[s]));
  }
  return shown;
}

}  // namespace geocyte::plugins::st_edm
