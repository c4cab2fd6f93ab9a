// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/vtk_points.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"

namespace geocyte::io {
namespace {

data::Dataset table() {
  data::Dataset made;
  made.obs.index = {"a", "b", "c"};
  data::Column type;
  type.name = "cell type";
  type.kind = data::ColumnKind::categorical;
  type.categories = {"T cell", "B/plasma"};
  type.codes = {1, 0, -1};
  made.obs.columns.push_back(type);
  data::Column sure;
  sure.name = "uncertainty";
  sure.numbers = {0.25, 1, NAN};
  made.obs.columns.push_back(sure);
  made.obsm["X_predicted"] = {3, 2, {0.5F, -1, NAN, 2, 3, 4}};
  made.obsm["X_gems"] = {3, 1, {7, 8, 9}};
  return made;
}

TEST(VtkPoints, AreWrittenAsTheFormatSays) {
  std::string text;
  write_vtk_points(table(), "X_predicted", [&](const std::string& piece) { text += piece; });
  EXPECT_EQ(text,
            "# vtk DataFile Version 3.0\ncells by X_predicted, written by Geocyte\nASCII\nDATASET POLYDATA\n"
            "FIELD FieldData 1\nCATEGORIES_cell%20type 1 2 string\nT%20cell\nB%2Fplasma\n"
            "POINTS 2 float\n0.5 -1 0\n3 4 0\n"                                        // the cell in between has no place
            "VERTICES 2 4\n1 0\n1 1\n"
            "POINT_DATA 2\nFIELD FieldData 4\nrow 1 2 int\n0\n2\nX_gems 1 2 float\n7\n9\nuncertainty 1 2 float\n0.25\nnan\ncell%20type 1 2 int\n1\n-1\n");
}

TEST(VtkPoints, WithoutAnyPlaceAreRefused) {
  auto none = table();
  none.obsm["X_predicted"].values.assign(6, NAN);
  EXPECT_THROW(write_vtk_points(none, "X_predicted", [](const std::string&) {}), Error);
}

}  // namespace
}  // namespace geocyte::io
