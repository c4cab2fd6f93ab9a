// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/loom_reader.h"

#include <cmath>

#include "engine/hdf5/h5ad_parts.h"
#include "tests/unit/engine/hdf5/fixture.h"

namespace geocyte::hdf5 {
namespace {

using LoomTest = FileTest;

/// Two genes, three cells.
void put_loom(hid_t file, const std::vector<double>& matrix = {1, 0, 3, 4, 5, 6}, const std::vector<std::int64_t>& shape = {2, 3}) {
  put(file, "matrix", matrix, shape);
  const Handle genes = make_group(file, "row_attrs"), cells = make_group(file, "col_attrs");
  write_texts(genes.get(), "Gene", {"A", "B"}, 0);
  write_texts(cells.get(), "ClusterName", {"L4", "L6", "L4"}, 0);
  put(cells.get(), "BatchID", std::vector<double>{0, 1, 1}, {3, 1});
}

TEST_F(LoomTest, CellsBecomeRowsAndAttributesColumns) {
  const auto loom = read_loom(make("a.loom", [](hid_t f) { put_loom(f); }));
  EXPECT_EQ(loom.name, "a");
  EXPECT_EQ(loom.var.index, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(loom.obs.index, (std::vector<std::string>{"cell_1", "cell_2", "cell_3"}));
  EXPECT_EQ(data::to_dense(loom.x).values, (std::vector<float>{1, 4, 0, 5, 3, 6}));
  EXPECT_TRUE(std::holds_alternative<data::DenseMatrix>(loom.x));
  EXPECT_EQ(loom.obs.find("ClusterName")->text_at(1), "L6");
  EXPECT_EQ(loom.obs.find("ClusterName")->kind, data::ColumnKind::categorical);
  EXPECT_EQ(loom.obs.find("BatchID")->text_at(2), "1");                              // a column of one value a cell, whatever its shape
  EXPECT_EQ(loom.uns.at("loom_version"), "1");
  EXPECT_TRUE(loom.obsm.empty());
}

TEST_F(LoomTest, PlacesComeFromAnAttributeOfSeveralValuesOrFromColumns) {
  const auto first = read_loom(make("a.loom", [](hid_t f) {
    put_loom(f);
    write_attribute(f, "LOOM_SPEC_VERSION", std::string("2.0.1"));
    put(f, "col_attrs/Spatial_coordinates", std::vector<double>{1, 2, 3, 4, 5, 6}, {3, 2});
  }));
  EXPECT_EQ(first.obsm.at("spatial").values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(first.uns.at("loom_version"), "2.0.1");
  const auto second = read_loom(make("b.loom", [](hid_t f) {
    put_loom(f);
    for (const char* name : {"X", "Y", "_tSNE_1", "_tSNE_2"}) put(f, std::string("col_attrs/") + name, std::vector<double>{1, 2, 3 + (name[0] == 'Y' ? 1.0 : 0.0)});
    write_texts(f, "col_attrs/CellID", {"p", "q", "r"}, 0);
  }));
  EXPECT_EQ(second.obsm.at("spatial").values, (std::vector<float>{1, 1, 2, 2, 3, 4}));
  EXPECT_EQ(second.obsm.at("X_tsne").cols, 2);
  EXPECT_EQ(second.obs.index.front(), "p");
  EXPECT_EQ(second.obs.find("CellID"), nullptr);
}

TEST_F(LoomTest, MostlyZerosAreKeptSparse) {
  const auto loom = read_loom(make("a.loom", [](hid_t f) { put_loom(f, {0, 0, 3, 0, 5, 0}); }));
  ASSERT_TRUE(std::holds_alternative<data::CsrMatrix>(loom.x));
  EXPECT_EQ(data::to_dense(loom.x).values, (std::vector<float>{0, 0, 0, 5, 3, 0}));
  const auto tables = read_loom(path("a.loom"), {.expression = false});
  EXPECT_EQ(data::rows(tables.x), 3);
  EXPECT_EQ(data::row_sums(tables.x)[1], 0);
  const auto summary = summarize_loom(path("a.loom"));
  EXPECT_EQ(summary.cells, 3);
  EXPECT_EQ(summary.genes, 2);
  EXPECT_EQ(summary.element, "float64");
}

TEST_F(LoomTest, BadFilesAreOneSentence) {
  EXPECT_SENTENCE(read_loom(path("none.loom")), ErrorCode::bad_data, "none.loom");
  EXPECT_SENTENCE(read_loom(make_text("t.loom", "not a loom")), ErrorCode::bad_data, "t.loom");
  EXPECT_SENTENCE(read_loom(make("h.loom", [](hid_t f) { make_group(f, "obs"); make_group(f, "var"); })), ErrorCode::bad_data, "it looks like a file of AnnData");
  EXPECT_SENTENCE(read_loom(make("n.loom", [](hid_t f) { make_group(f, "row_attrs"); make_group(f, "col_attrs"); })), ErrorCode::bad_data, "has no matrix");
  EXPECT_SENTENCE(read_loom(make("v.loom", [](hid_t f) { put_loom(f, {1, 2, 3}, {3}); })), ErrorCode::bad_data, "not two-dimensional");
  EXPECT_SENTENCE(read_loom(make("l.loom", [](hid_t f) { put_loom(f, {1, 2, 3, 4}, {2, 2}); })), ErrorCode::bad_data, "col_attrs/BatchID has 3 entries, but the matrix has 2");
  const std::string whole = make("w.loom", [](hid_t f) { put_loom(f); });
  std::filesystem::resize_file(whole, std::filesystem::file_size(whole) - 200);
  EXPECT_EQ(error_of([&] { read_loom(whole); }).code(), ErrorCode::bad_data);
}

}  // namespace
}  // namespace geocyte::hdf5
