// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/dataset.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/temp_folder.h"

namespace geocyte::data {
namespace {

using test::expect_error;

Source source(const std::string& name, std::vector<std::string> genes, std::int64_t cells = 3) {
  auto dataset = std::make_shared<Dataset>();
  dataset->var.index = std::move(genes);
  const auto n_genes = static_cast<std::int64_t>(dataset->var.index.size());
  dataset->x = DenseMatrix{cells, n_genes, std::vector<float>(static_cast<std::size_t>(cells * n_genes), 1.0F)};
  Source result;
  result.name = name;
  result.dataset = std::move(dataset);
  return result;
}

TEST(SharedGenes, AreTheIntersectionInTheOrderOfTheFirst) {
  EXPECT_EQ(shared_genes({source("a", {"C", "A", "B"}), source("b", {"A", "C", "X"})}), (std::vector<std::string>{"C", "A"}));
  EXPECT_TRUE(shared_genes({}).empty());
}

TEST(SharedGenes, NameTheTwoSourcesThatShareNothing) {
  expect_error(ErrorCode::bad_data, {"sources b and c share no gene", "ENSG1"}, [] {
    shared_genes({source("a", {"A", "ENSG1"}), source("b", {"A"}), source("c", {"ENSG1"})});
  });
}

TEST(SharedGenes, SayWhenOnlyAllTogetherShareNothing) {
  expect_error(ErrorCode::bad_data, {"no gene is in all of the 3 sources", "any two"},
               [] { shared_genes({source("a", {"A", "B"}), source("b", {"B", "C"}), source("c", {"C", "A"})}); });
}

TEST(SharedGenes, RefuseDuplicatesAndSourcesWithoutGenes) {
  expect_error(ErrorCode::bad_data, {"source b", "more than once, for example A", "unique"},
               [] { shared_genes({source("a", {"A"}), source("b", {"A", "B", "A"})}); });
  expect_error(ErrorCode::bad_data, {"source b has no genes"}, [] { shared_genes({source("a", {"A"}), source("b", {})}); });
}

TEST(CheckSource, NamesWhatIsWrong) {
  expect_error(ErrorCode::bad_data, {"source a has 1 cell, but at least 2"}, [] { check_source(source("a", {"A"}, 1), 2); });
  expect_error(ErrorCode::bad_data, {"source a has no genes"}, [] { check_source(source("a", {}), 2); });
  EXPECT_NO_THROW(check_source(source("a", {"A"}), 2));
}

TEST(CheckSource, LooksForNonFiniteValuesInItsOwnRowsOnly) {
  DenseMatrix x{3, 1, {1, NAN, 2}};
  auto dataset = std::make_shared<Dataset>();
  dataset->var.index = {"A"};
  dataset->x = x;
  Source bad;
  bad.name = "a";
  bad.dataset = dataset;
  expect_error(ErrorCode::bad_data, {"source a has 1 expression value that is not a finite number"}, [&] { check_source(bad, 2); });
  bad.rows = {0, 2};
  EXPECT_EQ(bad.size(), 2);
  EXPECT_NO_THROW(check_source(bad, 2));
}

TEST(Column, BecomesCategoricalInOrderOfFirstAppearance) {
  Column column;
  column.name = "type";
  column.kind = ColumnKind::text;
  column.texts = {"T", "", "B", "T"};
  const Column categorical = as_categorical(column);
  EXPECT_EQ(categorical.categories, (std::vector<std::string>{"T", "B"}));
  EXPECT_EQ(categorical.codes, (std::vector<std::int32_t>{0, -1, 1, 0}));
  for (std::size_t row = 0; row < 4; ++row) EXPECT_EQ(categorical.text_at(row), column.texts[row]);
}

TEST(Column, WritesNumbersShortAndMissingOnesEmpty) {
  Column column;
  column.numbers = {1, 0.5, NAN};
  EXPECT_EQ(column.text_at(0), "1");
  EXPECT_EQ(column.text_at(1), "0.5");
  EXPECT_EQ(column.text_at(2), "");
  EXPECT_EQ(as_categorical(column).codes, (std::vector<std::int32_t>{0, 1, -1}));
  EXPECT_THROW(column.text_at(3), Error);
}

TEST(Column, ACodeWithoutACategoryIsMissing) {
  Column column;
  column.kind = ColumnKind::categorical;
  column.codes = {5, -1};
  column.categories = {"T"};
  EXPECT_EQ(column.text_at(0), "");
  EXPECT_EQ(column.text_at(1), "");
}

}  // namespace
}  // namespace geocyte::data
