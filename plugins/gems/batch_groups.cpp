// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/batch_groups.h"

#include <numeric>

namespace geocyte::plugins::gems {
namespace {

losses::Groups spread(const BatchLayout& layout, const std::vector<std::int64_t>& value_of_source, std::size_t count, c10::Device device) {
  return {layout.spread(value_of_source), static_cast<std::int64_t>(count), device};
}

std::vector<std::int64_t> numbers_of_sources(const Cells& cells) {
  std::vector<std::int64_t> own(cells.sources.size());
  std::iota(own.begin(), own.end(), 0);
  return own;
}

}  // namespace

BatchGroups::BatchGroups(const BatchLayout& layout, const Cells& cells, c10::Device device)
    : source(spread(layout, numbers_of_sources(cells), cells.sources.size(), device)),
      modality(spread(layout, cells.modality_of_source(), 2, device)),
      patient(spread(layout, cells.patient_of_source(), cells.patients.size(), device)),
      single_cell_patient(patient.within(modality, kSingleCells)) {}

}  // namespace geocyte::plugins::gems
