// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/place_table.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/io/expression_table.h"
#include "tests/support/temp_folder.h"

namespace geocyte::io {
namespace {

using test::expect_error;
using test::TempFolder;

const std::string kNameless = "aay\tAma\n0.5\t2\n0.25\t0\n";
const std::string kNamed = "\taay\tAma\np\t1\t2\nq\t3\t4\n";

TEST(PlaceTable, OfATableWithoutNamesIsJoinedByOrder) {
  const TempFolder folder;
  folder.write("geometry.txt", "xcoord ycoord zcoord\n-1.5 0 2\n 3 4  5\n");
  const auto table = read_expression_table(folder.write("dge.txt", kNameless));
  EXPECT_EQ(table.var.index, (std::vector<std::string>{"aay", "Ama"}));
  EXPECT_EQ(table.obs.index, (std::vector<std::string>{"cell_1", "cell_2"}));
  EXPECT_EQ(data::to_dense(table.x).values, (std::vector<float>{0.5, 2, 0.25, 0}));
  EXPECT_EQ(table.obsm.at("spatial").cols, 3);
  EXPECT_EQ(table.obsm.at("spatial").values, (std::vector<float>{-1.5, 0, 2, 3, 4, 5}));
}

TEST(PlaceTable, OfAMirroredAtlasIsItsFirstHalf) {
  const TempFolder folder;
  folder.write("geometry.txt", "x y\n1 2\n3 4\n-1 2\n-3 4\n");
  EXPECT_EQ(read_expression_table(folder.write("dge.txt", kNameless)).obsm.at("spatial").values, (std::vector<float>{1, 2, 3, 4}));
}

TEST(PlaceTable, WithNamesIsJoinedByThemInAnyOrder) {
  const TempFolder folder;
  folder.write("A1_places.csv", "cell,Y_coord,X_coord\nq,4,3\nother,0,0\n");
  const auto spatial = read_expression_table(folder.write("A1.tsv", kNamed)).obsm.at("spatial");
  EXPECT_TRUE(std::isnan(spatial.values[0]));
  EXPECT_EQ(spatial.values[2], 3);
  EXPECT_EQ(spatial.values[3], 4);
  folder.write("B1_geometry.tsv", "x\ty\np\t7\t8\nq\t9\t10\n");                       // no corner, as R writes it
  EXPECT_EQ(read_expression_table(folder.write("B1.tsv", kNamed)).obsm.at("spatial").values, (std::vector<float>{7, 8, 9, 10}));
}

TEST(PlaceTable, BelongsToTheTableOfItsNameOrToTheOnlyOne) {
  const TempFolder folder;
  folder.write("geometry.txt", "x y\n1 2\n3 4\n");
  const auto one = folder.write("one.tsv", kNamed);
  EXPECT_EQ(find_place_file(one), folder / "geometry.txt");
  folder.write("two.tsv", kNamed);
  EXPECT_TRUE(find_place_file(one).empty());
  folder.write("one_places.txt", "x y\n1 2\n3 4\n");
  EXPECT_EQ(find_place_file(one), folder / "one_places.txt");
}

TEST(PlaceTable, ThatIsWrongIsOneSentence) {
  const auto refused = [](const std::string& places, std::initializer_list<const char*> parts) {
    const TempFolder folder;
    folder.write("A1_places.txt", places);
    const auto table = folder.write("A1.tsv", kNamed);
    expect_error(ErrorCode::bad_data, parts, [&] { read_expression_table(table); });
  };
  refused("", {"A1_places.txt", "is empty"});
  refused("a b\n1 2\n3 4\n", {"line 1", "there are no columns x and y"});
  refused("x y\n1 2\n3 four\n", {"line 3", "\"four\" is not a place"});
  refused("x y\n1 2\n3 4 5\n", {"line 3", "3 fields where 2 are expected"});
  refused("x y\n1 2\n", {"has 1 places for the 2 cells of A1"});
  refused("cell x y\nr 1 2\n", {"names none of the cells of A1", "whose first is"});
}

TEST(ExpressionTable, WithoutNamesSaysHowManyValuesAreMissing) {
  const TempFolder folder;
  expect_error(ErrorCode::bad_data, {"line 3", "1 values, but there are 2 genes"}, [&] { read_expression_table(folder.write("t.txt", "A\tB\n0.5\t1\n0.5\n")); });
}

}  // namespace
}  // namespace geocyte::io
