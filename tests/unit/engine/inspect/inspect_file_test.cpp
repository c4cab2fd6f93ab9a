// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/inspect_file.h"

#include <cmath>
#include <fstream>
#include <limits>

#include "engine/hdf5/h5ad_writer.h"
#include "engine/inspect/sample_data.h"
#include "tests/unit/engine/inspect/temporary_folder.h"

namespace geocyte::inspect {
namespace {

class InspectFileTest : public FolderTest {
 protected:
  FileInspection of(const data::Dataset& d) const {
    hdf5::write_h5ad(d, path("a.h5ad"));
    return inspect_file(path("a.h5ad"));
  }
  FileInspection of_text(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return inspect_file(path(name));
  }
};

data::Dataset with_values(std::vector<float> values) {
  data::Dataset d;
  const auto n = static_cast<std::int64_t>(values.size());
  d.x = data::DenseMatrix{n, 1, std::move(values)};
  for (std::int64_t i = 0; i < n; ++i) d.obs.index.push_back("c" + std::to_string(i));
  d.var.index = {"A"};
  return d;
}

bool mentions(const FileInspection& i, const std::string& part) {
  for (const auto& problem : i.problems)
    if (problem.find(part) != std::string::npos) return true;
  return false;
}

TEST_F(InspectFileTest, values_tell_counts_logs_and_scaled_apart) {
  EXPECT_EQ(of(with_values({0, 3, 12000})).values, "counts");
  EXPECT_EQ(of(with_values({0, 0.7f, 5.1f})).values, "log-normalised");
  EXPECT_EQ(of(with_values({0, 0.7f, 800})).values, "normalised");
  EXPECT_EQ(of(with_values({-1, 0.7f, 2})).values, "scaled");
  EXPECT_EQ(of(with_values({0, 0, 0})).values, "empty");
  EXPECT_TRUE(of(with_values({0, 3, 1})).problems.empty());
}

TEST_F(InspectFileTest, what_training_refuses_is_a_problem_and_not_trainable) {
  const auto nan = of(with_values({1, std::numeric_limits<float>::infinity(), 2}));
  EXPECT_TRUE(mentions(nan, "not finite"));
  EXPECT_FALSE(nan.trainable);
  auto twice = with_values({1, 2, 3});
  twice.x = data::DenseMatrix{3, 2, {1, 2, 3, 4, 5, 6}};
  twice.var.index = {"A", "A"};
  EXPECT_TRUE(mentions(of(twice), "more than once"));
  EXPECT_FALSE(of(with_values({1})).trainable);
}

TEST_F(InspectFileTest, telling_columns_and_coordinates_are_found) {
  const auto request = parse_simulation("simulate:six_sources?genes=60&scale=0.05");
  write_simulation(request, folder_);
  const auto spots = inspect_file(path("P2_ST1.h5ad")), cells = inspect_file(path("P2_SC.h5ad"));
  EXPECT_EQ(spots.modality, "st");
  EXPECT_EQ(spots.spatial, "spatial");
  EXPECT_EQ(cells.modality, "sc");
  EXPECT_EQ(cells.labels, "cell_type");
  EXPECT_EQ(cells.values, "counts");
  EXPECT_TRUE(cells.simulated);
  EXPECT_TRUE(cells.trainable);
  EXPECT_TRUE(cells.batch_candidates.empty()) << "a column of one value splits nothing";
  EXPECT_EQ(to_json(cells).at("genes"), 60);
  EXPECT_NE(to_text(cells).find("simulated"), std::string::npos);
}

TEST_F(InspectFileTest, kinds_are_found_by_content_whatever_the_name) {
  EXPECT_EQ(of_text("a.h5ad", "\tA\tB\nc1\t1\t2\nc2\t0\t1\n").kind, "table of numbers");
  EXPECT_EQ(of_text("b.tsv", "just some words\nand more\n").kind, "text");
  EXPECT_EQ(of_text("c.csv", std::string("\0\1\2", 3)).kind, "binary");
  EXPECT_EQ(of_text("d.h5ad", "").kind, "empty file");
  EXPECT_EQ(of_text("e.txt", "PK\x03\x04rest").kind, "zip archive");
  EXPECT_EQ(inspect_file(folder_.string()).kind, "folder");
  hdf5::write_h5ad(with_values({1, 2}), path("f.png"));
  EXPECT_EQ(inspect_file(path("f.png")).kind, "AnnData");
  std::filesystem::resize_file(path("f.png"), 2000);
  const auto cut = inspect_file(path("f.png"));
  EXPECT_EQ(cut.kind, "damaged HDF5");
  EXPECT_TRUE(mentions(cut, "cut short"));
  EXPECT_FALSE(cut.trainable);
}

TEST_F(InspectFileTest, a_table_of_numbers_has_shape_and_values) {
  const auto i = of_text("t.csv", "cell,A,B\nc1,1,2\nc2,0,1\nc3,0,0\n");
  EXPECT_EQ(i.cells, 3);
  EXPECT_EQ(i.genes, 2);
  EXPECT_EQ(i.values, "counts");
  EXPECT_TRUE(i.trainable);
  const auto bad = of_text("u.csv", "cell,A,B\nc1,1,2\nc2,0\n");
  EXPECT_FALSE(bad.trainable);
  EXPECT_EQ(bad.problems.size(), 1u);
}

TEST_F(InspectFileTest, a_missing_file_is_the_only_error) {
  EXPECT_SENTENCE(inspect_file(path("none")), ErrorCode::bad_data, "does not exist");
}

}  // namespace
}  // namespace geocyte::inspect
