// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/h5ad_writer.h"

#include <cmath>
#include <limits>

#include "engine/hdf5/attributes.h"
#include "engine/hdf5/h5ad_reader.h"
#include "engine/hdf5/node.h"
#include "tests/unit/engine/hdf5/fixture.h"

namespace geocyte::hdf5 {
namespace {

class H5adWriterTest : public FileTest {};

data::Column column(std::string name, data::ColumnKind kind) {
  data::Column out;
  out.name = std::move(name);
  out.kind = kind;
  return out;
}

data::Dataset sample_cells() {
  data::Dataset d;
  d.name = "sample";
  d.x = data::CsrMatrix{3, 4, {1, 2.5f, 3, 4}, {0, 3, 1, 2}, {0, 2, 2, 4}};
  d.obs.index = {"c1", "c2", "Zelle ß"};
  d.var.index = {"A", "B", "C", "D"};
  auto numbers = column("score", data::ColumnKind::numeric);
  numbers.numbers = {0.1, std::numeric_limits<double>::quiet_NaN(), -3e300};
  auto flags = column("good", data::ColumnKind::boolean);
  flags.numbers = {1, 0, 1};
  auto maybe = column("maybe", data::ColumnKind::boolean);
  maybe.numbers = {1, std::numeric_limits<double>::quiet_NaN(), 0};
  auto texts = column("note", data::ColumnKind::text);
  texts.texts = {"x", "", "y"};
  auto types = column("cell_type", data::ColumnKind::categorical);
  types.codes = {1, -1, 0};
  types.categories = {"T cell", "B cell", "unused"};
  types.ordered = true;
  d.obs.columns = {numbers, flags, maybe, texts, types};
  d.layers["dense"] = data::DenseMatrix{3, 4, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}};
  d.obsm["spatial"] = data::DenseMatrix{3, 2, {1, 2, 3, 4, 5, 6}};
  d.uns = {{"title", "a test"}, {"nested/method", "none"}};
  d.simulated = true;
  return d;
}

void expect_equal(const data::Column& a, const data::Column& b) {
  EXPECT_EQ(a.kind, b.kind) << a.name;
  EXPECT_EQ(a.texts, b.texts);
  EXPECT_EQ(a.codes, b.codes);
  EXPECT_EQ(a.categories, b.categories);
  EXPECT_EQ(a.ordered, b.ordered);
  ASSERT_EQ(a.numbers.size(), b.numbers.size());
  for (std::size_t i = 0; i < a.numbers.size(); ++i)
    EXPECT_TRUE(a.numbers[i] == b.numbers[i] || (std::isnan(a.numbers[i]) && std::isnan(b.numbers[i]))) << a.name << i;
}

TEST_F(H5adWriterTest, what_was_written_is_read) {
  const auto wanted = sample_cells();
  write_h5ad(wanted, path("sample.h5ad"));
  const auto found = read_h5ad(path("sample.h5ad"));
  EXPECT_EQ(found.name, "sample");
  EXPECT_EQ(found.obs.index, wanted.obs.index);
  EXPECT_EQ(found.var.index, wanted.var.index);
  EXPECT_EQ(found.obs.column_names(), wanted.obs.column_names());
  for (std::size_t i = 0; i < wanted.obs.columns.size(); ++i) expect_equal(wanted.obs.columns[i], found.obs.columns[i]);
  const auto &x = std::get<data::CsrMatrix>(found.x), &wanted_x = std::get<data::CsrMatrix>(wanted.x);
  EXPECT_EQ(x.values, wanted_x.values);
  EXPECT_EQ(x.indices, wanted_x.indices);
  EXPECT_EQ(x.indptr, wanted_x.indptr);
  EXPECT_EQ(std::get<data::DenseMatrix>(found.layers.at("dense")).values,
            std::get<data::DenseMatrix>(wanted.layers.at("dense")).values);
  EXPECT_EQ(found.obsm.at("spatial").values, wanted.obsm.at("spatial").values);
  EXPECT_EQ(found.uns.at("nested/method"), "none");
  EXPECT_TRUE(found.simulated);
}

TEST_F(H5adWriterTest, every_element_carries_its_encoding) {
  write_h5ad(sample_cells(), path("sample.h5ad"));
  EntryGuard guard;
  const Handle file = open_file(path("sample.h5ad"));
  const std::map<std::string, std::string> wanted = {
      {".", "anndata"},          {"X", "csr_matrix"},          {"X/indptr", "array"},       {"obs", "dataframe"},
      {"obs/_index", "string-array"}, {"obs/good", "array"},   {"obs/maybe", "nullable-boolean"}, {"obs/maybe/mask", "array"},
      {"obs/cell_type", "categorical"}, {"obs/cell_type/codes", "array"}, {"obs/cell_type/categories", "string-array"},
      {"layers", "dict"},        {"layers/dense", "array"},    {"obsm/spatial", "array"},   {"uns", "dict"},
      {"uns/nested", "dict"},    {"uns/nested/method", "string"}, {"uns/geocyte_simulated", "string"}};
  for (const auto& [at, type] : wanted) {
    EXPECT_EQ(text_attribute(file.get(), at, "encoding-type"), type) << at;
    EXPECT_FALSE(text_attribute(file.get(), at, "encoding-version").empty()) << at;
  }
}

TEST_F(H5adWriterTest, a_table_without_columns_and_a_matrix_without_rows_survive) {
  data::Dataset d;
  d.x = data::CsrMatrix{0, 2, {}, {}, {0}};
  d.var.index = {"A", "B"};
  write_h5ad(d, path("empty.h5ad"));
  const auto found = read_h5ad(path("empty.h5ad"));
  EXPECT_EQ(found.obs.size(), 0u);
  EXPECT_EQ(data::cols(found.x), 2);
  EXPECT_FALSE(found.simulated);
}

TEST_F(H5adWriterTest, parts_of_different_length_are_a_broken_promise) {
  auto d = sample_cells();
  d.obs.index.pop_back();
  EXPECT_SENTENCE(write_h5ad(d, path("a.h5ad")), ErrorCode::internal, "X");
  d = sample_cells();
  d.obs.columns[0].numbers.pop_back();
  EXPECT_SENTENCE(write_h5ad(d, path("a.h5ad")), ErrorCode::internal, "score");
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(H5adWriterTest, a_missing_folder_is_a_storage_error) {
  EXPECT_SENTENCE(write_h5ad(sample_cells(), path("no/a.h5ad")), ErrorCode::storage, "does not exist");
}

}  // namespace
}  // namespace geocyte::hdf5
