// SPDX-License-Identifier: GPL-3.0-or-later
// Opening the real data as the presets do, and inspecting every real file.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "engine/inspect/inspect_file.h"
#include "engine/inspect/open_sources.h"
#include "tests/real/data_folder.h"

namespace geocyte {
namespace {

Json source(const std::string& name, const std::string& file, const std::string& patient, const std::string& labels = "") {
  return {{"name", name}, {"file", file}, {"patient", patient}, {"labels", labels}};
}

TEST(RealSourcesTest, the_breast_layout_opens_with_five_sources_and_their_shared_genes) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  const Json list = {source("F_ST1", "her2st/h5ad/F1.h5ad", "F"), source("F_ST2", "her2st/h5ad/F2.h5ad", "F"),
                     source("F_ST3", "her2st/h5ad/F3.h5ad", "F"),
                     source("SC_1", "wu2021_breast_sc/CID4465_sc.h5ad", "CID4465", "celltype_major"),
                     source("E_ST3", "her2st/h5ad/E3.h5ad", "E")};
  const auto opened = inspect::open_sources(list, folder + "/a_gems");
  ASSERT_EQ(opened.sources.size(), 5u);
  const std::vector<std::int64_t> sizes = {691, 695, 712, 1564, 570};
  const std::vector<std::string> modalities = {"st", "st", "st", "sc", "st"};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(opened.sources[i].size(), sizes[i]);
    EXPECT_EQ(opened.sources[i].modality, modalities[i]);
  }
  EXPECT_EQ(opened.genes.size(), 13429u) << "as Python counted";
  EXPECT_FALSE(opened.simulated);
}

TEST(RealSourcesTest, one_file_of_four_sections_opens_as_four_sources) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  const Json list = {{{"file", "stahl2016_breast_layers/breast_layers_L1-L4.h5ad"}, {"by", "slice"}}};
  const auto opened = inspect::open_sources(list, folder + "/a_gems");
  std::vector<std::int64_t> sizes;
  for (const auto& one : opened.sources) sizes.push_back(one.size());
  EXPECT_EQ(sizes, (std::vector<std::int64_t>{254, 251, 264, 262}));
}

TEST(RealSourcesTest, the_same_slide_as_text_and_as_h5ad_has_the_same_counts) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  const auto text = inspect::inspect_file(folder + "/a_gems/her2st/ST-cnts/F1.tsv.gz");
  const auto h5ad = inspect::inspect_file(folder + "/a_gems/her2st/h5ad/F1.h5ad");
  EXPECT_EQ(text.cells, h5ad.cells);
  EXPECT_EQ(text.genes, h5ad.genes);
  EXPECT_EQ(text.maximum, h5ad.maximum);
  EXPECT_DOUBLE_EQ(text.mean_library, h5ad.mean_library);
  EXPECT_EQ(text.values, "counts");
  EXPECT_EQ(text.modality, "st");
}

TEST(RealSourcesTest, starmap_osmfish_and_the_embryo_open_with_their_places) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  const std::string at = folder + "/b_spatial/";
  const auto starmap = inspect::open_sources(Json::parse(R"([{"file": "starmap_wang2018_mpfc/mpfc-starmap.loom", "by": "BatchID", "name": "slide", "labels": "Clusters"}])"), at);
  ASSERT_EQ(starmap.sources.size(), 3u);
  EXPECT_EQ(starmap.genes.size(), 158u);
  std::vector<std::int64_t> cells;
  for (const auto& source : starmap.sources) cells.push_back(source.size());
  std::sort(cells.begin(), cells.end());
  EXPECT_EQ(cells, (std::vector<std::int64_t>{1123, 1214, 1367}));                   // recipes/spatial.md, section 4
  const auto osmfish = inspect::open_sources(Json::parse(R"([{"file": "osmfish_codeluppi2018/osmFISH_SScortex_mouse_all_cells.loom"}])"), at);
  EXPECT_EQ(osmfish.genes.size(), 33u);
  EXPECT_EQ(osmfish.sources[0].size(), 6471);
  EXPECT_EQ(osmfish.sources[0].spatial_key, "spatial");
  const auto embryo = inspect::open_sources(Json::parse(R"([{"file": "bdtnp_drosophila/dge.txt.gz", "counts": "X"}])"), at);
  EXPECT_EQ(embryo.genes.size(), 84u);
  EXPECT_EQ(embryo.sources[0].size(), 3039);
  const auto& places = embryo.sources[0].dataset->obsm.at("spatial");
  EXPECT_EQ(places.cols, 3);
  EXPECT_FLOAT_EQ(places.values[0], -194.04f);
}

TEST(RealSourcesTest, every_real_file_is_described_without_an_error) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  int anndata = 0, looms = 0, tables = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    SCOPED_TRACE(entry.path().string());
    const auto found = inspect::inspect_file(entry.path().string());
    EXPECT_FALSE(found.kind.empty());
    EXPECT_FALSE(inspect::to_text(found).empty());
    anndata += found.kind == "AnnData" ? 1 : 0;
    looms += found.kind == "loom" && found.trainable && found.spatial == "spatial" ? 1 : 0;
    tables += found.kind.starts_with("table") && found.trainable ? 1 : 0;
  }
  EXPECT_EQ(anndata, 35);
  EXPECT_EQ(looms, 2);
  EXPECT_GT(tables, 20);
}

}  // namespace
}  // namespace geocyte
