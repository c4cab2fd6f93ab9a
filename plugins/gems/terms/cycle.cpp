// SPDX-License-Identifier: GPL-3.0-or-later
// Cycle consistency: a spot that goes to the cells that are like it and back comes home.
#include "engine/losses/round_trip.h"

#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {
namespace {

class Cycle : public Term {
 public:
  explicit Cycle(const TermSetup& setup) : cells_(setup.cells), single_cell_(static_cast<std::size_t>(setup.cells.count()), -1) {
    for (std::size_t i = 0; i < single_cell_.size(); ++i)
      if (cells_.sources[static_cast<std::size_t>(cells_.source_of_cell[i])].modality == kSingleCells) single_cell_[i] = 0;
  }

  losses::Term evaluate(const TermInput& input) override {
    if (!cells_.xy.defined()) return losses::Term::absent("no source has coordinates");
    losses::RoundTripOptions how;
    how.temperature = input.own.number("temperature");
    how.home = input.own.number("home");
    const at::Tensor& rows = input.views.rows;
    return losses::round_trip(input.views.z1, cells_.xy.index_select(0, rows),
                              groups_of_rows(cells_.slide_of_cell, rows, static_cast<std::int64_t>(cells_.sources.size())),
                              groups_of_rows(single_cell_, rows, 1), how);
  }

 private:
  const Cells& cells_;
  std::vector<std::int64_t> single_cell_;
};

}  // namespace

std::unique_ptr<Term> make_cycle(const TermSetup& setup) { return std::make_unique<Cycle>(setup); }

}  // namespace geocyte::plugins::gems
