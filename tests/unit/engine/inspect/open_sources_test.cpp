// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/open_sources.h"

#include <cmath>
#include <fstream>
#include <limits>

#include "engine/data/predicted_places.h"
#include "engine/data/proportions.h"
#include "engine/hdf5/h5ad_writer.h"
#include "engine/hdf5/writing.h"
#include "engine/inspect/inspect_file.h"
#include "engine/inspect/fingerprint.h"
#include "tests/unit/engine/inspect/temporary_folder.h"

namespace geocyte::inspect {
namespace {

data::Dataset dataset(std::int64_t cells, const std::vector<std::string>& genes, bool spots = false) {
  data::Dataset d;
  d.var.index = genes;
  data::DenseMatrix x{cells, static_cast<std::int64_t>(genes.size()), {}};
  data::Column batch, type;
  batch.name = "batch";
  batch.kind = type.kind = data::ColumnKind::categorical;
  batch.categories = {"one", "two"};
  type.name = "cell_type";
  type.categories = {"T cell", "B cell"};
  for (std::int64_t i = 0; i < cells; ++i) {
    d.obs.index.push_back("c" + std::to_string(i));
    batch.codes.push_back(i % 3 == 0 ? 1 : 0);
    type.codes.push_back(i % 2 == 0 ? 1 : 0);
    for (std::size_t g = 0; g < genes.size(); ++g) x.values.push_back(static_cast<float>((i + static_cast<std::int64_t>(g)) % 4));
  }
  d.x = x;
  d.obs.columns = {batch, type};
  if (spots) d.obsm["spatial"] = data::DenseMatrix{cells, 2, std::vector<float>(static_cast<std::size_t>(2 * cells), 1)};
  return d;
}

class OpenSourcesTest : public FolderTest {
 protected:
  void SetUp() override {
    hdf5::write_h5ad(dataset(6, {"A", "B", "C"}), path("cells.h5ad"));
    hdf5::write_h5ad(dataset(5, {"C", "X", "A"}, true), path("spots.h5ad"));
  }
  OpenedSources open(const std::string& json) const { return open_sources(Json::parse(json), folder_.string()); }
};

TEST_F(OpenSourcesTest, loom_files_and_tables_with_places_are_sources_too) {
  hdf5::write_file(path("s.loom"), false, [](hid_t f) {
    const auto numbers = [f](const std::string& name, const std::vector<double>& values, const std::vector<std::int64_t>& shape) {
      hdf5::write_numbers(f, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), shape, 0);
    };
    numbers("matrix", {1, 2, 3, 4, 5, 6, 7, 8}, {2, 4});
    const auto genes = hdf5::make_group(f, "row_attrs"), cells = hdf5::make_group(f, "col_attrs");
    hdf5::write_texts(genes.get(), "Gene", {"A", "C"}, 0);
    numbers("col_attrs/BatchID", {0, 1, 0, 1}, {4, 1});
    numbers("col_attrs/Spatial_coordinates", {1, 2, 3, 4, 5, 6, 7, 8}, {4, 2});
  });
  const auto opened = open(R"([{"file": "s.loom", "by": "BatchID", "name": "slide"}, {"file": "cells.h5ad"}])");
  ASSERT_EQ(opened.sources.size(), 3u);
  EXPECT_EQ(opened.sources[0].name, "slide_0");
  EXPECT_EQ(opened.sources[1].rows, (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(opened.sources[0].spatial_key, "spatial");
  EXPECT_EQ(opened.sources[0].modality, "st");
  EXPECT_EQ(opened.genes, (std::vector<std::string>{"A", "C"}));
  const auto inspection = inspect_file(path("s.loom"));
  EXPECT_TRUE(inspection.trainable);
  EXPECT_EQ(inspection.layout, "loom 1");
  EXPECT_EQ(inspection.cells, 4);
  EXPECT_EQ(inspection.spatial, "spatial");

  std::ofstream(path("dge.txt")) << "A\tC\n0.5\t1\n2\t3\n";
  std::ofstream(path("dge_geometry.txt")) << "xcoord ycoord zcoord\n1 2 3\n4 5 6\n";
  const auto table = open(R"([{"file": "dge.txt", "counts": "X"}])");
  EXPECT_EQ(table.sources[0].dataset->obsm.at("spatial").cols, 3);
  EXPECT_EQ(table.sources[0].modality, "st");
}

TEST_F(OpenSourcesTest, files_open_with_their_roles_and_share_genes_in_the_order_of_the_first) {
  const auto opened = open(R"([{"name":"sc","file":"cells.h5ad","patient":"p","labels":"cell_type"},{"name":"st","file":"spots.h5ad"}])");
  ASSERT_EQ(opened.sources.size(), 2u);
  EXPECT_EQ(opened.genes, (std::vector<std::string>{"A", "C"}));
  EXPECT_EQ(opened.sources[0].modality, "sc");
  EXPECT_EQ(opened.sources[0].patient, "p");
  EXPECT_EQ(opened.sources[0].label_column, "cell_type");
  EXPECT_EQ(opened.sources[1].modality, "st");
  EXPECT_EQ(opened.sources[1].spatial_key, "spatial");
  EXPECT_EQ(opened.data_note, folder_.string());
  EXPECT_EQ(opened.files.size(), 2u);
  EXPECT_FALSE(opened.simulated);
}

TEST_F(OpenSourcesTest, a_column_splits_one_file_into_sources_that_share_it) {
  const auto opened = open(R"([{"name":"all","file":"cells.h5ad","by":"batch"}])");
  ASSERT_EQ(opened.sources.size(), 2u);
  EXPECT_EQ(opened.sources[0].name, "all_two") << "in order of first appearance";
  EXPECT_EQ(opened.sources[0].rows, (std::vector<std::int64_t>{0, 3}));
  EXPECT_EQ(opened.sources[1].rows, (std::vector<std::int64_t>{1, 2, 4, 5}));
  EXPECT_EQ(opened.sources[0].dataset, opened.sources[1].dataset);
  EXPECT_EQ(opened.files.size(), 1u);
  EXPECT_EQ(open(R"([{"file":"cells.h5ad","by":"batch"}])").sources[0].name, "two");
}

TEST_F(OpenSourcesTest, only_cells_with_a_value_are_taken) {
  const auto opened = open(R"([{"name":"two","file":"cells.h5ad","where":"batch=two"}])");
  ASSERT_EQ(opened.sources.size(), 1u);
  EXPECT_EQ(opened.sources[0].rows, (std::vector<std::int64_t>{0, 3}));
  const auto split = open(R"([{"file":"cells.h5ad","by":"batch","where":"batch=one"}])");
  ASSERT_EQ(split.sources.size(), 1u) << "split after taking";
  EXPECT_EQ(split.sources[0].rows, (std::vector<std::int64_t>{1, 2, 4, 5}));
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","where":"batch=three"}])"), ErrorCode::bad_data, "No cell of");
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","where":"batch"}])"), ErrorCode::bad_config, "COLUMN=VALUE");
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","where":"bach=two"}])"), ErrorCode::bad_data, "Did you mean batch?");
}

TEST_F(OpenSourcesTest, a_slide_is_halved_at_the_median_of_an_axis) {
  auto slide = dataset(5, {"A", "B"});
  slide.obsm["spatial"] = data::DenseMatrix{5, 2, {4, 0, 1, 0, 3, 0, 2, 0, std::numeric_limits<float>::quiet_NaN(), 0}};
  hdf5::write_h5ad(slide, path("slide.h5ad"));
  const auto opened = open(R"([{"name":"half","file":"slide.h5ad","by":"halves:x"}])");
  ASSERT_EQ(opened.sources.size(), 2u);
  EXPECT_EQ(opened.sources[0].name, "half_low");
  EXPECT_EQ(opened.sources[0].rows, (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(opened.sources[1].name, "half_high");
  EXPECT_EQ(opened.sources[1].rows, (std::vector<std::int64_t>{0, 2})) << "from the median on; the cell without a place belongs to none";
  EXPECT_SENTENCE(open(R"([{"file":"slide.h5ad","by":"halves:z"}])"), ErrorCode::bad_config, "no axis");
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","by":"halves:x"}])"), ErrorCode::bad_data, "no coordinates");
}

TEST_F(OpenSourcesTest, from_and_obs_are_other_words) {
  const auto opened = open(R"([{"from":"cells.h5ad","by":"obs.batch","labels":"obs.cell_type"}])");
  ASSERT_EQ(opened.sources.size(), 2u);
  EXPECT_EQ(opened.sources[0].name, "two");
  EXPECT_EQ(opened.sources[0].label_column, "cell_type");
}

TEST_F(OpenSourcesTest, a_patient_may_be_a_column_that_is_the_same_within_each_source) {
  const auto opened = open(R"([{"file":"cells.h5ad","by":"batch","patient":"obs.batch"}])");
  EXPECT_EQ(opened.sources[0].patient, "two");
  EXPECT_EQ(opened.sources[1].patient, "one");
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","patient":"obs.batch"}])"), ErrorCode::bad_data, "several patients");
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","patient":"obs.bach"}])"), ErrorCode::bad_data, "Did you mean batch?");
}

TEST_F(OpenSourcesTest, counts_are_found_where_they_are) {
  auto logged = dataset(6, {"A", "B", "C"});
  const auto counts = logged.x;
  for (float& value : std::get<data::DenseMatrix>(logged.x).values) value /= 3;
  hdf5::write_h5ad(logged, path("logged.h5ad"));
  EXPECT_SENTENCE(open(R"([{"file":"logged.h5ad"}])"), ErrorCode::bad_data, "whole numbers");
  const auto as_it_is = open(R"([{"file":"logged.h5ad","counts":"X"}])");
  EXPECT_EQ(as_it_is.notes.size(), 1u);
  logged.layers["counts"] = counts;
  hdf5::write_h5ad(logged, path("layered.h5ad"));
  const auto found = open(R"([{"file":"layered.h5ad"}])");
  EXPECT_EQ(std::get<data::DenseMatrix>(found.sources[0].dataset->x).values, std::get<data::DenseMatrix>(counts).values);
  ASSERT_EQ(found.notes.size(), 1u);
  EXPECT_NE(found.notes[0].find("the layer counts"), std::string::npos) << found.notes[0];
  EXPECT_TRUE(open(R"([{"file":"layered.h5ad","counts":"layers/counts"}])").notes.empty());
  EXPECT_SENTENCE(open(R"([{"file":"layered.h5ad","counts":"cuonts"}])"), ErrorCode::bad_data, "Did you mean counts?");
  auto negative = dataset(6, {"A", "B", "C"});
  std::get<data::DenseMatrix>(negative.x).values[5] = -1;
  hdf5::write_h5ad(negative, path("negative.h5ad"));
  EXPECT_SENTENCE(open(R"([{"file":"negative.h5ad","counts":"X"}])"), ErrorCode::bad_data, "negative");
}

TEST_F(OpenSourcesTest, absolute_paths_need_no_folder_and_names_default_to_the_file) {
  const auto opened = open_sources(Json::array({{{"file", path("cells.h5ad")}}}), "");
  EXPECT_EQ(opened.sources[0].name, "cells");
  EXPECT_SENTENCE(open_sources(Json::array({{{"file", "cells.h5ad"}}}), ""), ErrorCode::bad_config, "data_folder");
}

TEST_F(OpenSourcesTest, files_of_the_user_are_not_called_simulated_because_a_preset_has_a_simulation_for_its_folder) {
  OpenOptions options;
  options.cache_folder = folder_ / "cache";
  const auto opened = open_sources(Json::array({{{"file", path("cells.h5ad")}}}), "simulate:six_sources?genes=60&scale=0.05&seed=3", options);
  EXPECT_FALSE(opened.simulated);
  EXPECT_EQ(opened.data_note, folder_.string());
  EXPECT_FALSE(std::filesystem::exists(options.cache_folder)) << "a simulation was made that nobody asked for";
}

TEST_F(OpenSourcesTest, tables_of_numbers_are_sources_too) {
  std::ofstream(path("table.tsv")) << "\tA\tC\n1x1\t1\t2\n1x2\t0\t3\n2x1\t4\t0\n";
  const auto opened = open(R"([{"name":"t","file":"table.tsv","modality":"st"},{"name":"sc","file":"cells.h5ad"}])");
  EXPECT_EQ(opened.genes, (std::vector<std::string>{"A", "C"}));
  EXPECT_EQ(opened.sources[0].size(), 3);
}

TEST_F(OpenSourcesTest, places_come_from_an_export_of_a_spatial_run_by_the_names_of_cells) {
  data::Dataset exported;
  exported.obs.index = {"one/c1", "two/c1", "two/c2", "c3"};
  data::Column uncertainty;
  uncertainty.name = "uncertainty";
  uncertainty.numbers = {.1, .2, .3, .4};
  exported.obs.columns = {uncertainty};
  exported.obsm["X_predicted"] = data::DenseMatrix{4, 2, {1, 2, 3, 4, 5, 6, 7, 8}};
  hdf5::write_h5ad(exported, path("places.h5ad"), {.expression = false});
  const auto opened = open(R"([{"name":"two","file":"cells.h5ad","places":"places.h5ad"},{"name":"else","file":"cells.h5ad","places":"places.h5ad"},{"file":"spots.h5ad"}])");
  const data::DenseMatrix* two = data::predicted_places_of(*opened.sources[0].dataset);
  ASSERT_NE(two, nullptr);
  EXPECT_TRUE(std::isnan(two->row(0)[0])) << "c0 has no place";
  EXPECT_EQ(two->row(1)[0], 3) << "the one of its source";
  EXPECT_FLOAT_EQ(two->row(2)[2], .3F);
  EXPECT_EQ(two->row(3)[1], 8);
  const data::DenseMatrix* other = data::predicted_places_of(*opened.sources[1].dataset);
  EXPECT_TRUE(std::isnan(other->row(1)[0])) << "two cells are called so";
  EXPECT_EQ(other->row(2)[0], 5);
  EXPECT_EQ(data::predicted_places_of(*opened.sources[2].dataset), nullptr);
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","places":"spots.h5ad"}])"), ErrorCode::bad_data, "no predicted places");
  exported.obs.index = {"x1", "x2", "x3", "x4"};
  hdf5::write_h5ad(exported, path("places.h5ad"), {.expression = false});
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","places":"places.h5ad"}])"), ErrorCode::bad_data, "of no cell of");
  // What `apply` writes is as good; places that are all NaN are said so at the start.
  exported.obs.index = {"one/c1", "two/c1", "two/c2", "c3"};
  exported.obsm["X_st_edm"] = exported.obsm.at("X_predicted");
  exported.obsm.erase("X_predicted");
  hdf5::write_h5ad(exported, path("places.h5ad"), {.expression = false});
  const auto applied = open(R"([{"name":"two","file":"cells.h5ad","places":"places.h5ad"}])");
  EXPECT_EQ(data::predicted_places_of(*applied.sources[0].dataset)->row(3)[1], 8);
  exported.obsm["X_st_edm"].values.assign(8, NAN);
  hdf5::write_h5ad(exported, path("places.h5ad"), {.expression = false});
  EXPECT_SENTENCE(open(R"([{"name":"two","file":"cells.h5ad","places":"places.h5ad"}])"), ErrorCode::bad_data, "all are NaN");
}

TEST_F(OpenSourcesTest, proportions_come_from_a_table_of_spots_by_types) {
  std::ofstream(path("shares.tsv")) << "\tB\tT\nc0\t0.25\t0.75\nc3\t1\t0\n";
  const auto opened = open(R"([{"file":"spots.h5ad","proportions":"shares.tsv"},{"file":"cells.h5ad"}])");
  const auto found = data::proportions_of(*opened.sources[0].dataset);
  EXPECT_EQ(found.types, (std::vector<std::string>{"B", "T"}));
  EXPECT_EQ(found.values.rows, 5);
  EXPECT_EQ(found.values.row(0)[1], 0.75F);
  EXPECT_TRUE(data::proportions_of(*opened.sources[1].dataset).types.empty());
  EXPECT_EQ(opened.files.size(), 3u);
  EXPECT_SENTENCE(open(R"([{"file":"spots.h5ad","proportions":"none.tsv"}])"), ErrorCode::bad_data, "none.tsv does not exist");
}

TEST_F(OpenSourcesTest, wrong_entries_give_one_sentence_each) {
  EXPECT_SENTENCE(open("[]"), ErrorCode::bad_config, "No sources");
  EXPECT_SENTENCE(open(R"([{"name":"x"}])"), ErrorCode::bad_config, "Entry 1 of sources names no file");
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","fiel":"x"}])"), ErrorCode::bad_config, "fiel");
  EXPECT_SENTENCE(open(R"([{"file":3}])"), ErrorCode::bad_config, "must be a text");
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","modality":"spots"}])"), ErrorCode::bad_config, "st (spots)");
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad"},{"file":"cells.h5ad"}])"), ErrorCode::bad_config, "Two sources");
  EXPECT_SENTENCE(open_sources(Json::array(), path("nowhere")), ErrorCode::bad_data, "does not exist");
  EXPECT_SENTENCE(open(R"([{"file":"none.h5ad"}])"), ErrorCode::bad_data, "none.h5ad does not exist");
}

TEST_F(OpenSourcesTest, missing_columns_and_keys_name_the_nearest_and_what_there_is) {
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","labels":"cell_typ"}])"), ErrorCode::bad_data, "Did you mean cell_type?");
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","by":"qqqqqq"}])"), ErrorCode::bad_data, "There is: batch and cell_type");
  EXPECT_SENTENCE(open(R"([{"file":"spots.h5ad","spatial":"spacial"}])"), ErrorCode::bad_data, "Did you mean spatial?");
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad","spatial":"spatial"}])"), ErrorCode::bad_data, "It has none");
}

TEST_F(OpenSourcesTest, data_that_cannot_train_give_one_sentence_each) {
  const auto with = [&](const data::Dataset& d) {
    hdf5::write_h5ad(d, path("bad.h5ad"));
    return open_sources(Json::parse(R"([{"file":"cells.h5ad"},{"name":"bad","file":"bad.h5ad"}])"), folder_.string());
  };
  EXPECT_SENTENCE(with(dataset(1, {"A"})), ErrorCode::bad_data, "bad");
  EXPECT_SENTENCE(with(dataset(4, {"Q", "R"})), ErrorCode::bad_data, "share no gene");
  EXPECT_SENTENCE(with(dataset(4, {"A", "A"})), ErrorCode::bad_data, "more than once");
  auto nan = dataset(4, {"A"});
  std::get<data::DenseMatrix>(nan.x).values[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_SENTENCE(with(nan), ErrorCode::bad_data, "not a finite number");
}

TEST_F(OpenSourcesTest, files_that_are_no_expression_say_what_they_are) {
  std::ofstream(path("notes.h5ad")) << "These are my notes.\nThey hold no table.\n";
  std::ofstream(path("picture.png"), std::ios::binary) << std::string("\x89PNG\r\n\x1a\n\0\0", 10);
  EXPECT_SENTENCE(open(R"([{"file":"notes.h5ad"}])"), ErrorCode::bad_data, "it is a text");
  EXPECT_SENTENCE(open(R"([{"file":"picture.png"}])"), ErrorCode::bad_data, "binary");
  std::filesystem::resize_file(path("cells.h5ad"), 3000);
  EXPECT_SENTENCE(open(R"([{"file":"cells.h5ad"}])"), ErrorCode::bad_data, "cut short");
}

TEST_F(OpenSourcesTest, simulated_data_open_by_address_with_all_their_sources) {
  OpenOptions options;
  options.cache_folder = folder_ / "cache";
  const auto opened = open_sources(Json::array(), "simulate:six_sources?genes=60&scale=0.05&seed=3", options);
  ASSERT_EQ(opened.sources.size(), 6u);
  EXPECT_EQ(opened.sources[0].name, "P2_ST1");
  EXPECT_EQ(opened.genes.size(), 60u);
  EXPECT_TRUE(opened.simulated);
  EXPECT_EQ(opened.data_note, "simulated: six_sources, 60 genes, seed 3");
}

TEST_F(OpenSourcesTest, a_fingerprint_sees_a_changed_byte_and_nothing_else) {
  const auto a = fingerprint(path("cells.h5ad"));
  EXPECT_EQ(a, fingerprint(path("cells.h5ad")));
  std::fstream file(path("cells.h5ad"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);
  file.put('!');
  file.close();
  const auto b = fingerprint(path("cells.h5ad"));
  EXPECT_NE(a.at("sampled"), b.at("sampled"));
  EXPECT_EQ(a.at("size"), b.at("size"));
  EXPECT_SENTENCE(fingerprint(path("none")), ErrorCode::bad_data, "cannot be read");
}

}  // namespace
}  // namespace geocyte::inspect
