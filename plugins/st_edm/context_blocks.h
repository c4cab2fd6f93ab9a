// SPDX-License-Identifier: GPL-3.0-or-later
// Which cells of a large source are each other's context, where pair heads see one (pair_heads.h).
//
// Heads see at most so many cells at once. A source of more is dealt out into blocks, each a thinned copy of the whole source: cells are put in the order of
// a key that hashes what they express, and cut into blocks of one size. So a block is a random sample, whatever the order of the file (files are often
// sorted by type or by place), and a cell has the same context wherever its row stands. Cells that express the same share a block.
// Cost O(n log n) a source.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/data/matrix.h"

namespace geocyte::plugins::st_edm {

/// A key a row, of the bits of its values.
std::vector<std::uint64_t> keys_of(const data::DenseMatrix& expression);

/// Positions 0 to keys.size() - 1 in blocks of at most `most`, but for equal keys, in the order of the keys; one block in the given order where all fit.
std::vector<std::vector<std::int64_t>> thinned_blocks(std::span<const std::uint64_t> keys, std::int64_t most);

/// `cells` of a source, rows of the cell axis whose keys are `keys`, as they are each other's context: all of them in the given order where at most `most`, else thinned blocks.
std::vector<std::vector<std::int64_t>> context_blocks(std::span<const std::uint64_t> keys, const std::vector<std::int64_t>& cells, std::int64_t most);

}  // namespace geocyte::plugins::st_edm
