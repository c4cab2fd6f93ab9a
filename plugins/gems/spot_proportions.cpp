// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/spot_proportions.h"

#include <algorithm>
#include <limits>

#include "engine/data/proportions.h"

namespace geocyte::plugins::gems {

SpotProportions spot_proportions(const train::Inputs& inputs) {
  SpotProportions all;
  std::vector<data::Proportions> given;
  std::size_t cells = 0;
  for (const data::Source& source : inputs.sources) {
    given.push_back(data::proportions_of(*source.dataset));
    cells += static_cast<std::size_t>(source.size());
    for (const std::string& type : given.back().types)
      if (std::find(all.types.begin(), all.types.end(), type) == all.types.end()) all.types.push_back(type);
  }
  all.shares.assign(cells * all.types.size(), std::numeric_limits<float>::quiet_NaN());
  std::size_t first = 0;
  for (std::size_t s = 0; s < given.size(); ++s) {
    const data::Source& source = inputs.sources[s];
    const auto count = static_cast<std::size_t>(source.size());
    for (std::size_t t = 0; t < given[s].types.size(); ++t) {
      const auto to = static_cast<std::size_t>(std::find(all.types.begin(), all.types.end(), given[s].types[t]) - all.types.begin());
      for (std::size_t i = 0; i < count; ++i)
        all.shares[(first + i) * all.types.size() + to] = given[s].values.row(source.rows.empty() ? static_cast<std::int64_t>(i) : source.rows[i])[t];
    }
    first += count;
  }
  return all;
}

}  // namespace geocyte::plugins::gems
