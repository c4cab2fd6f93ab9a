// SPDX-License-Identifier: GPL-3.0-or-later
// How new cells are brought into the frame of the first training slide, and what the networks see of them.
#include "plugins/st_edm/new_cells.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <numeric>
#include <set>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/nn/generator.h"
#include "tests/support/slides.h"
#include "tests/unit/plugins/st_edm/normal.h"

namespace geocyte::plugins::st_edm {
namespace {

/// Turned by `angle`, mirrored, and moved.
at::Tensor elsewhere(const at::Tensor& places, double angle) {
  const auto c = static_cast<float>(std::cos(angle)), s = static_cast<float>(std::sin(angle));
  return places.matmul(at::tensor({c, s, s, -c}).reshape({2, 2})) + static_cast<float>(angle);
}

TEST(NewCells, AreTurnedAsTheKnownSlideLies) {
  constexpr std::int64_t kKnown = 12, kFirst = 30;
  const at::Tensor frame = normal({kKnown, 2}, 1);
  for (const std::int64_t count : {5, 24, 101}) {       // fewer than 2 known, as many, more
    const at::Tensor truth = normal({count, 2}, 2);
    CellSet cells{"new", std::vector<std::int64_t>(static_cast<std::size_t>(count))};
    std::iota(cells.rows.rbegin(), cells.rows.rend(), kFirst);   // rows of a file in any order
    std::size_t asked = 0;
    const at::Tensor turned = turned_onto(frame, cells, elsewhere(truth, 0.7), [&](std::span<const std::int64_t> rows) {
      asked = rows.size();
      std::vector<std::int64_t> own;
      for (const std::int64_t row : rows) own.push_back(count - 1 - (row - kFirst));
      return elsewhere(at::cat({frame, truth.index_select(0, at::tensor(own, at::kLong))}), 2.1);
    });
    EXPECT_EQ(asked, static_cast<std::size_t>(std::min(count, 2 * kKnown)));
    EXPECT_LT((turned - truth).abs().max().item<double>(), 1e-4) << count;
  }
}

TEST(NewCells, TheFrameIsOfCellsThroughTheFirstTrainingSlide) {
  Tissue tissue;
  for (const auto& [role, size] : {std::pair{Role::to_place, 40}, std::pair{Role::train, 1000}, std::pair{Role::train, 30}}) {
    SourceFacts facts;
    facts.role = role;
    facts.first = tissue.count();
    facts.size = size;
    tissue.source_of_cell.resize(tissue.source_of_cell.size() + static_cast<std::size_t>(size));
    tissue.sources.push_back(facts);
  }
  const std::vector<std::int64_t> rows = frame_rows(tissue);
  ASSERT_EQ(rows.size(), 500u);
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], 40 + 2 * static_cast<std::int64_t>(i));
}

TEST(NewCells, HaveTheSameKeysInAnyOrderOfTheirRows) {
  // Standardising adds in another order, so what the networks see differs by rounding; keys must not.
  data::Dataset data = test::slide(60, 20, 3);
  data::Source source;
  source.name = "slide";
  source.dataset = std::make_shared<data::Dataset>(data);
  Tissue known;
  std::vector<std::int64_t> all(60), order(60);
  std::iota(all.begin(), all.end(), 0);
  for (std::int64_t i = 0; i < 60; ++i) order[static_cast<std::size_t>(i)] = (i * 7 + 11) % 60;
  known.recipe = preprocess::Recipe::fit({source}, all, {});
  known.map.kind = "genes";
  known.map.genes_unit = 1;
  known.map.mean = at::zeros({20});
  known.map.axes = at::eye(20).narrow(1, 0, 3).contiguous();
  known.map.seen = 3;
  known.profile.cells = at::zeros({4, 3});
  const auto read = [&](const std::vector<std::int64_t>& rows) {
    train::NewCells cells;
    data::Dataset tables;
    tables.var = data.var;
    for (const std::int64_t row : rows) tables.obs.index.push_back(data.obs.index[static_cast<std::size_t>(row)]);
    cells.tables = &tables;
    cells.sources = {"new"};
    cells.source_of_cell.assign(rows.size(), 0);
    cells.counts = [&](std::int64_t begin, std::int64_t end) {
      data::DenseMatrix x{0, 20, {}};
      for (std::int64_t i = begin; i < end; ++i, ++x.rows) {
        const auto row = std::get<data::DenseMatrix>(data.x).row(rows[static_cast<std::size_t>(i)]);
        x.values.insert(x.values.end(), row.begin(), row.end());
      }
      return data::Matrix(std::move(x));
    };
    return read_new_cells(known, cells, {}).keys;
  };
  const auto usual = read(all), other = read(order);
  ASSERT_EQ(usual.size(), 60u);
  EXPECT_EQ(std::set<std::uint64_t>(usual.begin(), usual.end()).size(), 60u);
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(other[i], usual[static_cast<std::size_t>(order[i])]);
}

}  // namespace
}  // namespace geocyte::plugins::st_edm
