// SPDX-License-Identifier: GPL-3.0-or-later
// Expression as delimited text (.tsv, .csv, .txt, each also gzipped): one line a cell or spot, one column a gene, the
// first column its name, the first line the gene names. The first line may have an empty or any text in its corner, or
// no corner at all (as R writes it). A table whose first cell is a fraction has no names: its cells are cell_1, cell_2, …
// Places of cells come from a file beside it (spot positions below; place_table.h). Values are decimal numbers; an empty cell, "NA" or any other text is an error.
// Read in one pass with bounded memory; stored as sparse rows, since such tables are mostly zeros.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/core/stop_token.h"
#include "engine/data/dataset.h"

namespace geocyte::io {

struct ExpressionTableOptions {
  char separator = '\0';            ///< '\0' = tab when the first line has one, else comma, else semicolon
  std::filesystem::path spots;      ///< positions of spots; empty = look beside the table, see find_spot_file
  bool find_spots = true;
  std::int64_t max_rows = -1;       ///< stop after so many cells (for a preview); -1 = all
  StopToken stop;                   ///< checked now and then; a stopped read throws Error{interrupted}
};

/// Throws Error{bad_data} with the line number for: no cells or genes, a line with too few or too many cells, text that
/// is not a finite number, a gene or cell named twice, a damaged gzip stream.
data::Dataset read_expression_table(const std::filesystem::path& path, const ExpressionTableOptions& options = {});

/// The file of spot positions that belongs to an expression table: for `.../A1.tsv.gz` the first of
/// `A1_selection.tsv`, `A1_coordinates.tsv` (also .csv and .gz) in the same folder, or in the sibling folder
/// `ST-spotfiles` (the layout of legacy spatial transcriptomics). Empty when there is none.
std::filesystem::path find_spot_file(const std::filesystem::path& expression_table);

/// Adds obsm "spatial" (pixel_x, pixel_y; without them new_x, new_y or x, y) and, when there are both kinds,
/// "spatial_array" (new_x, new_y or x, y) to spots named "XxY". A table has a header with x, y and any of those columns.
/// Positions of a "#" comment are passed over; spots that are not listed get NaN. Throws Error{bad_data} when no spot
/// is listed.
void join_spot_positions(data::Dataset& dataset, const std::filesystem::path& spot_file);

}  // namespace geocyte::io
