// SPDX-License-Identifier: GPL-3.0-or-later
// Every real .h5ad file against what Python's anndata finds in it (expected_h5ad.json, see make_expected_h5ad.py).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "engine/core/error.h"
#include "engine/core/json.h"
#include "engine/hdf5/h5ad_reader.h"
#include "tests/real/data_folder.h"

namespace geocyte {
namespace {

Json expected_files() {
  std::ifstream in(std::string(GEOCYTE_SOURCE_DIR) + "/tests/real/expected_h5ad.json");
  return Json::parse(in);
}

void expect_near(double found, const Json& wanted, const std::string& where) {
  const double value = wanted.get<double>();
  EXPECT_NEAR(found, value, 1e-9 * std::max(1.0, std::abs(value))) << where;
}

struct Sums {
  double sum = 0, weighted = 0;
  std::int64_t stored = 0;
};

Sums sums_of(const data::Matrix& matrix) {
  Sums out;
  const auto add = [&](float value, std::int64_t col) {
    out.sum += value;
    out.weighted += static_cast<double>(value) * static_cast<double>(col % 97);
    ++out.stored;
  };
  if (const auto* dense = std::get_if<data::DenseMatrix>(&matrix)) {
    for (std::int64_t row = 0; row < dense->rows; ++row)
      for (std::int64_t col = 0; col < dense->cols; ++col) add(dense->row(row)[static_cast<std::size_t>(col)], col);
  } else {
    const auto& sparse = std::get<data::CsrMatrix>(matrix);
    for (std::size_t k = 0; k < sparse.values.size(); ++k) add(sparse.values[k], sparse.indices[k]);
  }
  return out;
}

void expect_matrix(const data::Matrix& found, const Json& wanted, const std::string& where) {
  EXPECT_EQ(data::rows(found), wanted.at("shape").at(0).get<std::int64_t>()) << where;
  EXPECT_EQ(data::cols(found), wanted.at("shape").at(1).get<std::int64_t>()) << where;
  const Sums sums = sums_of(found);
  if (wanted.contains("stored")) {
    EXPECT_EQ(sums.stored, wanted.at("stored").get<std::int64_t>()) << where;
    EXPECT_EQ(std::holds_alternative<data::CsrMatrix>(found), wanted.at("sparse").get<bool>()) << where;
  }
  expect_near(sums.sum, wanted.at("sum"), where + " sum");
  expect_near(sums.weighted, wanted.at("weighted"), where + " weighted");
}

void expect_column(const data::Column& found, const Json& wanted, const std::string& where) {
  const std::string kind = wanted.at("kind");
  if (kind == "categorical") {
    ASSERT_EQ(found.kind, data::ColumnKind::categorical) << where;
    std::int64_t sum = 0, missing = 0;
    for (const auto code : found.codes) {
      sum += code;
      missing += code < 0 ? 1 : 0;
    }
    EXPECT_EQ(sum, wanted.at("codes").get<std::int64_t>()) << where;
    EXPECT_EQ(missing, wanted.at("missing").get<std::int64_t>()) << where;
    EXPECT_EQ(found.categories.size(), wanted.at("categories").get<std::size_t>()) << where;
    EXPECT_EQ(found.ordered, wanted.at("ordered").get<bool>()) << where;
    if (!found.categories.empty()) {
      EXPECT_EQ(found.categories[0], wanted.at("first").get<std::string>()) << where;
    }
  } else if (kind == "text") {
    ASSERT_EQ(found.kind, data::ColumnKind::text) << where;
    EXPECT_EQ(found.texts.at(0), wanted.at("first").get<std::string>()) << where;
  } else {
    EXPECT_EQ(found.kind, kind == "boolean" ? data::ColumnKind::boolean : data::ColumnKind::numeric) << where;
    double sum = 0;
    for (const double number : found.numbers) sum += std::isnan(number) ? 0 : number;
    expect_near(sum, wanted.at("sum"), where);
  }
}

void expect_table(const data::Table& found, const Json& wanted, const std::string& where) {
  ASSERT_EQ(found.size(), wanted.at("size").get<std::size_t>()) << where;
  EXPECT_EQ(found.index.front(), wanted.at("first").get<std::string>()) << where;
  EXPECT_EQ(found.index.back(), wanted.at("last").get<std::string>()) << where;
  EXPECT_EQ(found.columns.size(), wanted.at("columns").size()) << where;
  for (const auto& [name, column] : wanted.at("columns").items()) {
    const data::Column* own = found.find(name);
    ASSERT_NE(own, nullptr) << where << "/" << name;
    expect_column(*own, column, where + "/" + name);
  }
}

TEST(RealH5adTest, every_file_reads_as_anndata_reads_it) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  int n_files = 0;
  const Json expected = expected_files();
  for (const auto& [file, wanted] : expected.items()) {
    SCOPED_TRACE(file);
    const auto found = hdf5::read_h5ad(folder + "/" + file, {.require_x = false});
    expect_table(found.obs, wanted.at("obs"), "obs");
    expect_table(found.var, wanted.at("var"), "var");
    if (!wanted.at("X").is_null()) expect_matrix(found.x, wanted.at("X"), "X");
    for (const auto& [key, layer] : wanted.at("layers").items()) {
      ASSERT_TRUE(found.layers.contains(key)) << key;
      expect_matrix(found.layers.at(key), layer, "layers/" + key);
    }
    for (const auto& [key, matrix] : wanted.at("obsm").items()) {
      ASSERT_TRUE(found.obsm.contains(key)) << key;
      expect_matrix(data::Matrix(found.obsm.at(key)), matrix, "obsm/" + key);
    }
    if (!wanted.at("raw").is_null())
      expect_matrix(hdf5::read_h5ad(folder + "/" + file, {.use_raw = true}).x, wanted.at("raw"), "raw");
    ++n_files;
  }
  EXPECT_EQ(n_files, 35);
}

TEST(RealH5adTest, summaries_agree_with_what_reading_finds) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  const Json expected = expected_files();
  for (const auto& [file, wanted] : expected.items()) {
    SCOPED_TRACE(file);
    const auto summary = hdf5::summarize_h5ad(folder + "/" + file);
    EXPECT_EQ(summary.n_obs, wanted.at("obs").at("size").get<std::int64_t>());
    EXPECT_EQ(summary.n_vars, wanted.at("var").at("size").get<std::int64_t>());
    EXPECT_EQ(summary.has_x, !wanted.at("X").is_null());
    EXPECT_EQ(summary.has_raw, !wanted.at("raw").is_null());
    EXPECT_EQ(summary.layers.size(), wanted.at("layers").size());
    EXPECT_EQ(summary.x.stored, summary.has_x ? wanted.at("X").at("stored").get<std::int64_t>() : 0);
    EXPECT_EQ(summary.unreadable, "");
  }
}

TEST(RealH5adTest, other_single_cell_files_are_told_apart) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  try {
    hdf5::read_h5ad(folder + "/b_spatial/starmap_wang2018_mpfc/mpfc-starmap.loom");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("loom"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace geocyte
