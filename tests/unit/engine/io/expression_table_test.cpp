// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/expression_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>

#include "engine/core/rng.h"
#include "engine/io/text_lines.h"
#include "tests/support/temp_folder.h"

namespace geocyte::io {
namespace {

using test::expect_error;
using test::TempFolder;

const std::string kTable = "\tACTB\tB2M\tGAPDH\n10x13\t0\t6\t1.5\n10x14\t3\t0\t1e2\n";

std::filesystem::path write_gzip(const TempFolder& folder, const std::string& name, const std::string& content) {
  const auto path = folder / name;
  gzFile file = ::gzopen(path.c_str(), "wb");
  ::gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
  ::gzclose(file);
  return path;
}

void expect_refused(const std::string& content, std::initializer_list<const char*> parts) {
  const TempFolder folder;
  expect_error(ErrorCode::bad_data, parts, [&] { read_expression_table(folder.write("t.tsv", content)); });
}

std::vector<float> dense(const data::Dataset& dataset) { return data::to_dense(dataset.x).values; }

TEST(ExpressionTable, ReadsCellsAsRowsAndGenesAsColumns) {
  const TempFolder folder;
  const data::Dataset dataset = read_expression_table(folder.write("A1.tsv", kTable));
  EXPECT_EQ(dataset.name, "A1");
  EXPECT_EQ(dataset.obs.index, (std::vector<std::string>{"10x13", "10x14"}));
  EXPECT_EQ(dataset.var.index, (std::vector<std::string>{"ACTB", "B2M", "GAPDH"}));
  EXPECT_EQ(dense(dataset), (std::vector<float>{0, 6, 1.5, 3, 0, 100}));
}

TEST(ExpressionTable, GzipCommasQuotesMissingCornersAndLineEndsChangeNothing) {
  const TempFolder folder;
  const auto expected = read_expression_table(folder.write("A1.tsv", kTable));
  const std::vector<std::filesystem::path> same{
      write_gzip(folder, "a.tsv.gz", kTable),
      folder.write("b.csv", "spot,ACTB,B2M,GAPDH\n10x13,0,6,1.5\n10x14,3,0,1e2"),
      folder.write("c.csv", "\"\";\"ACTB\";\"B2M\";\"GAPDH\"\n\"10x13\";\"0\";6;+1.5\n\"10x14\";3; 0 ;100\n"),
      folder.write("d.tsv", "ACTB\tB2M\tGAPDH\r\n10x13\t0\t6\t1.5\r\n\r\n10x14\t3\t0\t1e2\r\n"),
      folder.write("e.tsv", "\xEF\xBB\xBF" + kTable + "\n\n")};
  for (const auto& path : same) {
    const auto dataset = read_expression_table(path);
    EXPECT_EQ(dense(dataset), dense(expected)) << path;
    EXPECT_EQ(dataset.obs.index, expected.obs.index) << path;
    EXPECT_EQ(dataset.var.index, expected.var.index) << path;
  }
}

TEST(ExpressionTable, LargeTablesEqualWhatWasWritten) {
  // Several blocks of the reader, so that lines and numbers lie across their ends.
  Rng rng(3);
  const int rows = 150, cols = 4000;
  std::string text = "spot";
  std::vector<float> expected;
  for (int g = 0; g < cols; ++g) text += fmt::format("\tg{}", g);
  for (int i = 0; i < rows; ++i) {
    text += fmt::format("\nc{}", i);
    for (int g = 0; g < cols; ++g) {
      expected.push_back(static_cast<float>(rng.poisson(rng.uniform() < 0.05 ? 400 : 0.5)));
      text += fmt::format("\t{}", expected.back());
    }
  }
  const TempFolder folder;
  EXPECT_EQ(dense(read_expression_table(write_gzip(folder, "big.tsv.gz", text))), expected);
}

TEST(ExpressionTable, APreviewStopsEarly) {
  const TempFolder folder;
  ExpressionTableOptions options;
  options.max_rows = 1;
  const auto dataset = read_expression_table(folder.write("a.tsv", kTable + "10x15\tbroken\n"), options);
  EXPECT_EQ(dataset.obs.size(), 1u);
  EXPECT_EQ(data::rows(dataset.x), 1);
}

TEST(ExpressionTable, AStoppedReadSaysSo) {
  const TempFolder folder;
  StopSource source;
  source.request_stop();
  ExpressionTableOptions options;
  options.stop = source.get_token();
  expect_error(ErrorCode::interrupted, {"was stopped"}, [&] { read_expression_table(folder.write("a.tsv", kTable), options); });
}

TEST(ExpressionTable, RaggedLinesAreToldByNumber) {
  expect_refused(kTable + "10x15\t1\t2\n", {"t.tsv, line 4", "2 values, but there are 3 genes"});
  expect_refused(kTable + "10x15\t1\t2\t3\t4\n", {"line 4", "4 values"});
  expect_refused(kTable + "10x15\n", {"line 4", "0 values"});
  expect_refused("\tA\tB\nx\t1\n", {"line 2", "2 cells", "has 3"});
  expect_refused("A\tB\nx\t1\t2\t3\t4\n", {"line 2", "5 cells", "has 2"});
}

TEST(ExpressionTable, TextThatIsNotAFiniteNumberIsToldByLineAndGene) {
  for (const char* bad : {"NA", "", "nan", "inf", "1,5", "0x10", "1e999", "1e40", "--1", "3 4"})
    expect_refused("\tA\tB\nx\t1\t" + std::string(bad) + "\n", {"line 2", "gene 2"});
}

TEST(ExpressionTable, NamesMustBeThereAndBeUnique) {
  expect_refused("\tA\tB\tA\nx\t1\t2\t3\n", {"line 1", "gene A is named twice"});
  expect_refused("\tA\t\nx\t1\t2\n", {"gene 2 has no name"});
  expect_refused("\tA\nx\t1\nx\t2\n", {"line 3", "the name x was given to an earlier line"});
  expect_refused("\tA\n\t1\n", {"line 2", "no name"});
}

TEST(ExpressionTable, EmptyFilesAndTablesAreRefused) {
  expect_refused("", {"is empty"});
  expect_refused("\n\n", {"is empty"});
  expect_refused("\tA\tB\n", {"no cells"});
  expect_refused("x\ny\n", {"no genes"});
  const TempFolder folder;
  expect_error(ErrorCode::bad_data, {"cannot read", "No such file"}, [&] { read_expression_table(folder / "none.tsv"); });
  expect_error(ErrorCode::bad_data, {"it is a folder"}, [&] { read_expression_table(folder.path()); });
}

TEST(ExpressionTable, BinaryAndTruncatedFilesAreRefused) {
  expect_refused(std::string("\tA\nx\t1\0\n", 8), {"not a text file"});
  const TempFolder folder;
  std::string text = "\tA\tB\n";
  Rng rng(1);
  for (int i = 0; i < 20000; ++i) text += fmt::format("c{}\t{}\t1\n", i, rng.below(100000));
  const auto path = write_gzip(folder, "t.tsv.gz", text);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  expect_error(ErrorCode::bad_data, {"damaged or cut short"}, [&] { read_expression_table(path); });
}

TEST(SpotPositions, AreFoundBesideTheTableAndJoinedByName) {
  const TempFolder folder;
  const auto table = folder.write("her2st/ST-cnts/A1.tsv", kTable);
  EXPECT_TRUE(find_spot_file(table).empty());
  EXPECT_TRUE(read_expression_table(table).obsm.empty());
  folder.write("her2st/ST-spotfiles/A1_selection.tsv",
               "x\ty\tnew_x\tnew_y\tpixel_x\tpixel_y\tselected\n10\t14\t10.1\t13.9\t455.5\t239\t1\n99\t99\t0\t0\t0\t0\t1\n");
  const data::Dataset dataset = read_expression_table(table);
  const auto& pixels = dataset.obsm.at("spatial");
  EXPECT_EQ(pixels.rows, 2);
  EXPECT_EQ(pixels.cols, 2);
  EXPECT_TRUE(std::isnan(pixels.values[0])) << "10x13 is not listed";
  EXPECT_EQ(pixels.values[2], 455.5F);
  EXPECT_EQ(dataset.obsm.at("spatial_array").values[3], 13.9F);
}

TEST(SpotPositions, ATableOfArrayPositionsAloneIsEnough) {
  const TempFolder folder;
  const auto table = folder.write("A1.tsv", kTable);
  folder.write("A1_coordinates.csv", "# remark\ny,x\n13,10\n14,10\n");
  const data::Dataset dataset = read_expression_table(table);
  EXPECT_EQ(dataset.obsm.at("spatial").values, (std::vector<float>{10, 13, 10, 14}));
  EXPECT_FALSE(dataset.obsm.contains("spatial_array"));
}

TEST(SpotPositions, FaultsAreToldByLine) {
  const TempFolder folder;
  data::Dataset dataset = read_expression_table(folder.write("A1.tsv", kTable));
  const auto refuse = [&](const std::string& content, std::initializer_list<const char*> parts) {
    const auto path = folder.write("spots.tsv", content);
    expect_error(ErrorCode::bad_data, parts, [&] { join_spot_positions(dataset, path); });
  };
  refuse("", {"is empty"});
  refuse("a\tb\n1\t2\n", {"no columns x and y"});
  refuse("x\ty\n10\n", {"line 2", "1 cells"});
  refuse("x\ty\n10\tabc\n", {"line 2", "\"abc\" is not a position"});
  refuse("x\ty\n10\t1e300\n", {"is not a position"});
  refuse("x\ty\n10\t13\n10\t13\n", {"line 3", "10x13 is listed twice"});
  refuse("x\ty\n1\t1\n", {"lists none of the spots of A1", "10x13"});
}

TEST(TextLines, CountsLinesAndKeepsALastOneWithoutAnEnd) {
  const TempFolder folder;
  TextLines lines(folder.write("t", "one\r\n\nthree"));
  std::string_view line;
  std::vector<std::string> seen;
  while (lines.next(line)) seen.emplace_back(line);
  EXPECT_EQ(seen, (std::vector<std::string>{"one", "", "three"}));
  EXPECT_EQ(lines.line_number(), 3);
  EXPECT_FALSE(lines.next(line));
}

}  // namespace
}  // namespace geocyte::io
