// SPDX-License-Identifier: GPL-3.0-or-later
// Cells as points in the legacy text format of VTK 3.0, which ParaView, VisIt and PyVista read (VTK User's Guide, "File Formats for VTK"):
//
//   POINTS    one obsm of two or three columns (z = 0), cells without a finite place left out
//   VERTICES  one a cell, so that they are drawn
//   POINT_DATA FIELD   row (place of the cell in the table), every other obsm, every numeric column of obs, the codes of every categorical column of obs (-1 = missing)
//   FIELD     CATEGORIES_NAME: the names that codes stand for, percent-encoded as VTK reads strings
#pragma once

#include <functional>
#include <string>

#include "engine/data/dataset.h"

namespace geocyte::io {

/// Gives the file to `put` in pieces. Throws Error{bad_data} when no cell has a finite place; `points` is a key of obsm.
void write_vtk_points(const data::Dataset& table, const std::string& points, const std::function<void(const std::string&)>& put);

}  // namespace geocyte::io
