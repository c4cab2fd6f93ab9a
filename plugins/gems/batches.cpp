// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/batches.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "engine/core/check.h"
#include "engine/core/error.h"

namespace geocyte::plugins::gems {
namespace {

/// `total` over `parts` as evenly as whole numbers allow, larger shares first.
std::vector<std::int64_t> shares(std::int64_t total, std::size_t parts) {
  const auto count = static_cast<std::int64_t>(parts);
  std::vector<std::int64_t> all(parts, total / count);
  for (std::int64_t i = 0; i < total % count; ++i) ++all[static_cast<std::size_t>(i)];
  return all;
}

void check_room(std::int64_t batch_size, std::int64_t sources) {
  if (batch_size < sources)
    throw Error(ErrorCode::bad_config,
                "a batch of " + std::to_string(batch_size) + " cells cannot hold one of each of " + std::to_string(sources) + " sources",
                "set batch_size to at least " + std::to_string(4 * sources));
}

}  // namespace

std::int64_t BatchLayout::cells() const { return std::accumulate(size.begin(), size.end(), std::int64_t{0}); }

std::vector<std::int64_t> BatchLayout::spread(std::span<const std::int64_t> value_of_source) const {
  std::vector<std::int64_t> values;
  values.reserve(static_cast<std::size_t>(cells()));
  for (std::size_t part = 0; part < source.size(); ++part)
    values.insert(values.end(), static_cast<std::size_t>(size[part]), value_of_source[static_cast<std::size_t>(source[part])]);
  return values;
}

BatchLayout balanced_layout(std::span<const std::int64_t> modality_of_source, const std::vector<bool>& has_cells,
                            std::int64_t batch_size) {
  require(modality_of_source.size() == has_cells.size(), "every source has a modality");
  std::set<std::int64_t> modalities;
  std::int64_t present = 0;
  for (std::size_t s = 0; s < has_cells.size(); ++s)
    if (has_cells[s]) {
      modalities.insert(modality_of_source[s]);
      ++present;
    }
  require(present > 0, "a batch is drawn from at least one source");
  check_room(batch_size, present);
  BatchLayout layout;
  const auto of_modality = shares(batch_size, modalities.size());
  std::size_t m = 0;
  for (const std::int64_t modality : modalities) {
    std::vector<std::int64_t> members;
    for (std::size_t s = 0; s < has_cells.size(); ++s)
      if (has_cells[s] && modality_of_source[s] == modality) members.push_back(static_cast<std::int64_t>(s));
    // A modality with more sources than its share of a tiny batch still shows each of them once.
    const auto sizes = shares(std::max(of_modality[m++], static_cast<std::int64_t>(members.size())), members.size());
    layout.source.insert(layout.source.end(), members.begin(), members.end());
    layout.size.insert(layout.size.end(), sizes.begin(), sizes.end());
  }
  return layout;
}

BatchLayout proportional_layout(std::span<const std::int64_t> cells_of_source, std::int64_t batch_size) {
  BatchLayout layout;
  std::int64_t all = 0;
  for (std::size_t s = 0; s < cells_of_source.size(); ++s) {
    if (cells_of_source[s] == 0) continue;
    layout.source.push_back(static_cast<std::int64_t>(s));
    all += cells_of_source[s];
  }
  const auto present = static_cast<std::int64_t>(layout.source.size());
  require(present > 0, "a batch is drawn from at least one source");
  check_room(batch_size, present);
  std::vector<std::pair<double, std::size_t>> left;   // minus what is left over of a share, its place
  std::int64_t given = 0;
  for (const std::int64_t source : layout.source) {
    const double share = static_cast<double>(batch_size) * static_cast<double>(cells_of_source[static_cast<std::size_t>(source)]) / static_cast<double>(all);
    const std::int64_t whole = std::max<std::int64_t>(1, static_cast<std::int64_t>(share));
    left.emplace_back(static_cast<double>(whole) - share, layout.size.size());
    layout.size.push_back(whole);
    given += whole;
  }
  std::sort(left.begin(), left.end());
  for (std::size_t i = 0; given < batch_size; i = (i + 1) % left.size(), ++given) ++layout.size[left[i].second];
  return layout;
}

Batches::Batches(std::vector<std::vector<std::int64_t>> rows_of_source, BatchLayout layout)
    : rows_of_source_(std::move(rows_of_source)), layout_(std::move(layout)) {
  std::size_t largest = 0;
  for (const std::int64_t source : layout_.source) {
    const auto& rows = rows_of_source_.at(static_cast<std::size_t>(source));
    require(!rows.empty(), "a source of the layout has cells to draw");
    largest = std::max(largest, rows.size());
  }
  drawn_in_.assign(largest, 0);
}

void Batches::draw(Rng& rng, std::span<std::int64_t> rows) {
  require(static_cast<std::int64_t>(rows.size()) == layout_.cells(), "a batch is as long as its layout");
  std::size_t begin = 0;
  for (std::size_t part = 0; part < layout_.source.size(); ++part) {
    const auto& from = rows_of_source_[static_cast<std::size_t>(layout_.source[part])];
    const auto to = rows.subspan(begin, static_cast<std::size_t>(layout_.size[part]));
    begin += to.size();
    if (to.size() <= from.size()) {
      draw_without_replacement(from, rng, to);
    } else {
      for (std::int64_t& row : to) row = from[rng.below(from.size())];
    }
  }
}

void Batches::draw_without_replacement(const std::vector<std::int64_t>& from, Rng& rng, std::span<std::int64_t> to) {
  ++draw_;
  std::size_t filled = 0;
  for (std::size_t last = from.size() - to.size(); last < from.size(); ++last) {
    const auto candidate = static_cast<std::size_t>(rng.below(last + 1));
    const std::size_t chosen = drawn_in_[candidate] == draw_ ? last : candidate;
    drawn_in_[chosen] = draw_;
    to[filled++] = from[chosen];
  }
}

}  // namespace geocyte::plugins::gems
