// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/proportions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/temp_folder.h"

namespace geocyte::data {
namespace {

using test::expect_error;

Dataset table(std::vector<std::string> rows, std::vector<float> values) {
  Dataset made;
  made.path = "shares.tsv";
  made.obs.index = std::move(rows);
  made.var.index = {"B-cells", "Epithelial"};
  made.x = DenseMatrix{static_cast<std::int64_t>(made.obs.index.size()), 2, std::move(values)};
  return made;
}

Dataset slide(std::vector<std::string> spots) {
  Dataset made;
  made.path = "F1.h5ad";
  made.obs.index = std::move(spots);
  return made;
}

TEST(Proportions, FindTheirSpotsByWholeNamesOrEnds) {
  const auto p = align_proportions(table({"10x11", "F1_9x9"}, {0.25F, 0.75F, 1, 0}), slide({"F1_9x9", "F1_10x10", "F1_10x11"}));
  EXPECT_EQ(p.types, (std::vector<std::string>{"B-cells", "Epithelial"}));
  EXPECT_EQ(p.values.row(0)[0], 1);
  EXPECT_EQ(p.values.row(2)[1], 0.75F);
  EXPECT_TRUE(std::isnan(p.values.row(1)[0]) && std::isnan(p.values.row(1)[1])) << "the table lacks this spot";
}

TEST(Proportions, StayWithTheDataSet) {
  Dataset spots = slide({"F1_1x1", "F1_1x2"});
  EXPECT_TRUE(proportions_of(spots).types.empty());
  attach_proportions(align_proportions(table({"1x2"}, {0.25F, 0.75F}), spots), spots);
  const Proportions found = proportions_of(spots);
  EXPECT_EQ(found.types, (std::vector<std::string>{"B-cells", "Epithelial"}));
  EXPECT_EQ(found.values.row(1)[1], 0.75F);
  spots.uns["proportions"] = "one name only";
  EXPECT_TRUE(proportions_of(spots).types.empty()) << "names and columns must fit";
}

TEST(Proportions, ThatCannotBeMeantAreRefused) {
  const Dataset spots = slide({"F1_1x1", "F2_1x1"});
  expect_error(ErrorCode::bad_data, {"1x1 fits several spots", "whole names"}, [&] { align_proportions(table({"1x1"}, {1, 0}), spots); });
  expect_error(ErrorCode::bad_data, {"no spot of F1.h5ad", "F1_1x1"}, [&] { align_proportions(table({"x"}, {1, 0}), spots); });
  expect_error(ErrorCode::bad_data, {"negative"}, [&] { align_proportions(table({"F1_1x1"}, {1, -0.5F}), spots); });
  expect_error(ErrorCode::bad_data, {"no number"}, [&] { align_proportions(table({"F1_1x1"}, {1, NAN}), spots); });
}

TEST(Proportions, LabelsCountAsTheTypeWhoseWordsTheyBegin) {
  // The types and labels of her2st (stereoscope) and of the breast atlas that it was made with.
  const std::vector<std::string> types{"B-cells", "CAFs", "Endothelial", "Epithelial", "Myeloid", "Plasma Cells", "PVL", "T-cells"};
  EXPECT_EQ(types_of_labels(types, {"B-cells", "CAFs", "Cancer Epithelial", "Endothelial", "Myeloid", "Normal Epithelial", "PVL", "Plasmablasts", "T-cells"}),
            (std::vector<std::int32_t>{0, 1, 3, 2, 4, 3, 6, 5, 7}));
  EXPECT_EQ(types_of_labels(types, {"Basal", "b cell", "Tumour", "Cycling T cells", ""}), (std::vector<std::int32_t>{-1, 0, -1, 7, -1}));
  EXPECT_EQ(types_of_labels({"T cells", "Regulatory T cells"}, {"Regulatory T cells", "CD4+ T cells"}), (std::vector<std::int32_t>{1, 0})) << "the closest";
  EXPECT_EQ(types_of_labels({"Cells"}, {"cells", "T cells"}), (std::vector<std::int32_t>{0, -1}));
}

}  // namespace
}  // namespace geocyte::data
