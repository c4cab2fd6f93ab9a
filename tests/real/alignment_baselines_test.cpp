// SPDX-License-Identifier: GPL-3.0-or-later
// The baselines on two real layouts beside figures got independently with numpy, scikit-learn and harmonypy on the same
// files (one split, one seed, no intervals). Split, seed, gene selection, probe and the weights in S_w differ, so a
// figure can only be met within what those change:
//
//   distances     The figures pool S_w over cells, stats/source_distances.h over sources. On breast single cells spread
//                 1.8 times as wide as spots, so that lengths come out 1.13 times larger here. The gene panel gives
//                 another 1.1 (unscaled: 18.7 there, 20.4 here), the split the rest: 40 % of a large distance.
//                 A small one is sampling: the floor is .63 (breast) and .77 (pancreas), and the figures of one method
//                 range over .6 between pairs: +-.55, standardised +-.45.
//   probe AUC     Saturated (>= .97): +-.03. Others +-.18: three splits of ours range over .11 on the pancreas, and the
//                 probe there is another network with another stop (its two affine maps differ by .09 on one data set).
//   own domain    +-.12: nearest among held-out cells here, of which the pancreas has 256 in a balanced set.
//   cell types    +-.12 for the 9 types of breast; +-.18 for the 20 of pancreas, many of them with one to five
//                 held-out cells: three splits of ours range over .13.
//   space         +-.04: the overlap moves by that between gene panels.
//
// What those figures were quoted for is checked without tolerance: centring meets every gate on means while a
// classifier still tells spots from cells; affine maps hide the domain and pay with cell types. Harmony is printed
// beside its figures and only held to its order, because its outcome hangs on where it stops.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "engine/baselines/alignment_scores.h"
#include "engine/baselines/baseline.h"
#include "engine/data/split.h"
#include "engine/inspect/open_sources.h"
#include "engine/preprocess/recipe.h"
#include "tests/real/data_folder.h"

namespace geocyte {
namespace {

constexpr double kHeldOut = 0.3;
constexpr std::int64_t kGenes = 2000;

struct Layout {
  std::vector<data::Source> sources;
  baselines::Cells cells;  ///< log-normalised panel
  data::Split split;
  std::vector<std::uint8_t> domain, reference;
  std::vector<std::int32_t> type;
  std::vector<float> xy;
};

/// Codes of a column over the rows of a source, -1 where it has none.
void append_types(const data::Source& source, std::vector<std::int32_t>& type) {
  const data::Column* column = source.dataset->obs.find(source.label_column);
  const data::Column codes = column && source.modality == "sc" ? data::as_categorical(*column) : data::Column{};
  for (std::int64_t i = 0; i < source.size(); ++i) {
    const auto row = static_cast<std::size_t>(source.rows.empty() ? i : source.rows[static_cast<std::size_t>(i)]);
    type.push_back(codes.codes.empty() ? -1 : codes.codes[row]);
  }
}

void append_places(const data::Source& source, bool wanted, std::vector<float>& xy) {
  for (std::int64_t i = 0; i < source.size(); ++i) {
    const std::int64_t row = source.rows.empty() ? i : source.rows[static_cast<std::size_t>(i)];
    for (std::size_t axis = 0; axis < 2; ++axis)
      xy.push_back(wanted ? source.dataset->obsm.at(source.spatial_key).row(row)[axis]
                          : std::numeric_limits<float>::quiet_NaN());
  }
}

/// `reference` and `scored_slide` are names of sources.
Layout open_layout(const std::string& folder, const Json& list, const std::vector<std::string>& reference,
                   const std::string& scored_slide) {
  Layout layout;
  layout.sources = inspect::open_sources(list, folder + "/a_gems").sources;
  const auto sources = static_cast<int>(layout.sources.size());
  std::vector<std::int32_t> source_of_cell;
  for (int s = 0; s < sources; ++s) {
    const data::Source& source = layout.sources[static_cast<std::size_t>(s)];
    source_of_cell.insert(source_of_cell.end(), static_cast<std::size_t>(source.size()), s);
    layout.domain.push_back(source.modality == "sc" ? 1 : 0);
    layout.reference.push_back(std::find(reference.begin(), reference.end(), source.name) != reference.end() ? 1 : 0);
    append_types(source, layout.type);
    append_places(source, source.name == scored_slide, layout.xy);
  }
  Rng rng(1);
  layout.split = data::split_by_source(source_of_cell, sources, kHeldOut, rng);
  preprocess::RecipeOptions options;
  options.genes = kGenes;
  const auto recipe = preprocess::Recipe::fit(layout.sources, layout.split.train, options);
  std::vector<float> values;
  for (const data::Source& source : layout.sources) {
    const data::DenseMatrix panel = recipe.apply(source);
    values.insert(values.end(), panel.values.begin(), panel.values.end());
  }
  layout.cells = baselines::cells_of({values.data(), static_cast<std::int64_t>(source_of_cell.size()), kGenes},
                                     source_of_cell, sources);
  return layout;
}

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Figures for one method; kNone where there is none.
struct Figures {
  std::string method;
  double unit, standardised, probe, own_domain, types, space;
};
using Table = std::map<std::string, baselines::AlignmentScores>;

double distance_tolerance(double figure, double sampling) { return figure > 2 ? 0.4 * figure : sampling; }
double probe_tolerance(double figure) { return figure >= 0.97 ? 0.03 : 0.18; }

/// Prints all; compares all but Harmony.
Table compare(const Layout& layout, const std::vector<Figures>& figures, double types_tolerance) {
  baselines::BaselineRun run(baselines::all_baselines(), layout.cells, layout.split.train, layout.reference);
  std::printf("%-15s %15s %15s %15s %15s %15s %15s   (ours | figure)\n", "", "unit", "standardised", "probe AUC",
              "own domain", "cell types", "space");
  Table table;
  for (const Figures& wanted : figures) {
    SCOPED_TRACE(wanted.method);
    const auto embedding = baselines::to_float(run.embedding(wanted.method));
    baselines::ScoreOptions options;
    options.bootstrap = 0;
    const auto& scores = table[wanted.method] =
        baselines::alignment_scores({embedding.points(), layout.cells.source, layout.cells.sources, layout.domain,
                                     layout.split.train, layout.split.held_out, layout.type, layout.xy},
                                    options);
    const bool held = !wanted.method.starts_with("harmony");
    std::printf("%-15s", wanted.method.c_str());
    const auto meet = [&](const char* name, double figure, double tolerance) {
      const baselines::Score* score = scores.find(name);
      ASSERT_NE(score, nullptr) << name;
      std::printf(" %7.3f|%7.3f", score->value, figure);
      if (held) {
        EXPECT_NEAR(score->value, figure, tolerance) << name;
      }
    };
    meet("unit_across", wanted.unit, distance_tolerance(wanted.unit, 0.55));
    meet("standardised_across", wanted.standardised, distance_tolerance(wanted.standardised, 0.45));
    meet("probe_auc", wanted.probe, probe_tolerance(wanted.probe));
    meet("own_domain_share", wanted.own_domain, 0.12);
    meet("cell_type_accuracy", wanted.types, types_tolerance);
    meet("spatial_overlap", wanted.space, 0.04);
    std::printf("\n");
    std::fflush(stdout);
  }
  return table;
}

double value_of(const Table& table, const char* method, const char* name) { return table.at(method).find(name)->value; }

void expect_what_the_figures_are_quoted_for(const Table& table) {
  const char *unit = "unit_across", *probe = "probe_auc", *types = "cell_type_accuracy";
  for (const char* method : {"centre", "z-score"}) {
    EXPECT_LT(value_of(table, method, unit), 0.15 * value_of(table, "pca", unit)) << method;
    EXPECT_GT(table.at(method).find(probe)->low.value(), 0.8) << method << ": means agree, sources are told apart";
  }
  for (const char* method : {"coral", "monge"}) {
    EXPECT_LT(table.at(method).find(probe)->high.value(), 0.8) << method;
    EXPECT_LT(value_of(table, method, types), value_of(table, "pca", types) - 0.1)
        << method << ": paid with cell types";
  }
  EXPECT_LT(value_of(table, "harmony-strong", "own_domain_share"), value_of(table, "harmony", "own_domain_share"));
  EXPECT_LT(value_of(table, "harmony-strong", unit), value_of(table, "pca", unit) / 2);
}

Json entry(const std::string& name, const std::string& file, const std::string& labels = "") {
  return {{"name", name}, {"file", file}, {"labels", labels}};
}

TEST(RealBaselinesTest, breast_layout_agrees_with_figures_got_independently) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  const Json list = {entry("F_ST1", "her2st/h5ad/F1.h5ad"), entry("F_ST2", "her2st/h5ad/F2.h5ad"),
                     entry("F_ST3", "her2st/h5ad/F3.h5ad"),
                     entry("SC_1", "wu2021_breast_sc/CID4465_sc.h5ad", "celltype_major"),
                     entry("E_ST3", "her2st/h5ad/E3.h5ad")};
  const Table table = compare(open_layout(folder, list, {"F_ST1", "F_ST2"}, "F_ST3"),
                              {{"pca", 14.5, 13.8, 1.000, 1.000, 0.641, 0.089},
                               {"centre", 1.20, 0.94, 0.998, 0.850, 0.636, 0.087},
                               {"z-score", 1.23, 0.85, 0.995, 0.854, 0.650, 0.078},
                               {"coral", 1.27, 0.82, 0.603, 0.572, 0.340, 0.083},
                               {"monge", 1.28, 0.82, 0.691, 0.580, 0.390, 0.086},
                               {"harmony", 12.5, 7.6, 0.999, 0.977, 0.626, 0.088},
                               {"harmony-strong", 1.50, kNone, 0.985, 0.604, 0.319, kNone}},
                              0.12);
  expect_what_the_figures_are_quoted_for(table);
}

TEST(RealBaselinesTest, pancreas_layout_agrees_with_figures_got_independently) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  const Json list = {entry("PDACA_ST1", "moncada2020_pdac_a/PDAC-A_ST1.h5ad"),
                     entry("PDACA_SC", "moncada2020_pdac_a/PDAC-A_sc.h5ad", "celltype")};
  const Table table = compare(open_layout(folder, list, {"PDACA_ST1"}, "PDACA_ST1"),
                              {{"pca", 8.75, 8.5, 0.999, 0.981, 0.631, 0.188},
                               {"centre", 0.94, 1.04, 0.972, 0.805, 0.631, 0.189},
                               {"z-score", 0.92, 0.93, 0.936, 0.734, 0.520, 0.170},
                               {"coral", 0.97, 1.15, 0.446, 0.576, 0.356, 0.188},
                               {"monge", 0.97, 1.13, 0.453, 0.594, 0.449, 0.188},
                               {"harmony", 8.12, 6.7, 0.998, 0.966, 0.632, 0.192},
                               {"harmony-strong", 2.41, kNone, 0.778, 0.607, 0.592, kNone}},
                              0.18);
  expect_what_the_figures_are_quoted_for(table);
}

}  // namespace
}  // namespace geocyte
