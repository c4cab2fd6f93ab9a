// SPDX-License-Identifier: GPL-3.0-or-later
// The baselines on two real layouts beside figures got independently with numpy, scikit-learn and harmonypy on the same
// files. The figures are of one split without interval; ours are of several splits, whose mean and standard deviation give the
// interval in which the figure of one more split would lie:
//
//   mean ± t sd sqrt(1 + 1/splits)     (t of 97.5 %)   plus what is not known of the figures, below.
//
// What made earlier comparisons differ, found by trying (numpy, 4 splits each):
//   gene panel    "by within-source dispersion" of the figures is not the binned dispersion of preprocess/hvg.h but, it seems, its residual, which gives their
//                 distances (24.7-27.3 and 21.1 raw in units; found 25-27 and 20), overlap (.041/.089; .038/.088) and types (.184/.641; .19/.62); the dispersion gives 42, .050/.104
//                 and .24/.73. Panels near this one move distances by 7 %, types by .04, overlap by .005: that much is not known.
//   S_w           pooled over cells there, over sources in stats/source_distances.h. Single cells of breast spread 1.8 times as
//                 wide as spots: lengths come out up to 13 % larger here.
//   classifier    scikit-learn's on coordinates as they are. On coordinates scaled each by itself, as ours was, it finds an AUC of .54
//                 after a Monge map on breast, on coordinates as they are .72 (sd .02); the figure is .69. stats/probe_classifier.h now
//                 tries both.
//   reference     F1 and F2 are moved onto their common moments as well, the default here. Left where they are
//                 (ReferenceSources::stay) the largest distance after a map is 2.4 units, against 1.3 of the figures.
//   spots asked   all of a slide there, held-out ones among all here: the same in the mean.
//   not met       z-score+monge on pancreas: AUC .55 (sd .02 over 6 splits), .42 in the figures, which call below .5 a chance of
//                 few cells themselves. Left out below.
//   Harmony       printed beside its figures and held to its order only, because its outcome hangs on where it stops.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <numeric>
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
  std::vector<std::int32_t> source_of_cell;
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
  for (std::size_t s = 0; s < layout.sources.size(); ++s) {
    const data::Source& source = layout.sources[s];
    layout.source_of_cell.insert(layout.source_of_cell.end(), static_cast<std::size_t>(source.size()), static_cast<std::int32_t>(s));
    layout.domain.push_back(source.modality == "sc" ? 1 : 0);
    layout.reference.push_back(std::find(reference.begin(), reference.end(), source.name) != reference.end() ? 1 : 0);
    append_types(source, layout.type);
    append_places(source, source.name == scored_slide, layout.xy);
  }
  return layout;
}

/// Log-normalised cells of the panel of the figures, chosen on training cells.
baselines::Cells panel_of(const Layout& layout, const data::Split& split) {
  preprocess::RecipeOptions options;
  options.genes = kGenes;
  options.variability = preprocess::Variability::residual;
  const preprocess::Recipe recipe = preprocess::Recipe::fit(layout.sources, split.train, options);
  baselines::Cells cells{Eigen::MatrixXd(layout.source_of_cell.size(), kGenes), layout.source_of_cell, static_cast<int>(layout.sources.size())};
  Eigen::Index to = 0;
  for (const data::Source& source : layout.sources) {
    const data::DenseMatrix values = recipe.log_normalised(source);
    for (std::int64_t row = 0; row < values.rows; ++row)
      cells.x.row(to++) = Eigen::Map<const Eigen::RowVectorXf>(values.row(row).data(), kGenes).cast<double>();
  }
  return cells;
}

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<const char*, 6> kScores = {"unit_across", "standardised_across", "probe_auc", "own_domain_share", "cell_type_accuracy", "spatial_overlap"};
/// What is not known of the figures: distances as a share of them (S_w, panel), the rest as it is.
constexpr std::array<double, 6> kUnknown = {0.13, 0.20, 0.03, 0.03, 0.04, 0.005};

/// Figures for one method, in the order of kScores; kNone where there is none.
struct Figures {
  std::string method;
  std::array<double, 6> value;
};
using Values = std::map<std::string, std::map<std::string, std::vector<double>>>;   ///< method, score -> one a split

double student(std::size_t splits) {   // 97.5 %, splits - 1 degrees
  constexpr std::array<double, 7> kTable = {12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36};
  return kTable[std::min(splits, kTable.size() + 1) - 2];
}

/// Scores of every method of the figures over splits 1 … `splits`.
Values score_splits(const Layout& layout, const std::vector<Figures>& figures, std::uint64_t splits) {
  Values values;
  for (std::uint64_t seed = 1; seed <= splits; ++seed) {
    Rng rng(seed);
    const data::Split split = data::split_by_source(layout.source_of_cell, static_cast<int>(layout.sources.size()), kHeldOut, rng);
    const baselines::Cells cells = panel_of(layout, split);
    baselines::BaselineRun run(baselines::all_baselines(), cells, split.train, layout.reference);
    for (const Figures& one : figures) {
      if (one.method.starts_with("harmony") && seed > 1) continue;
      const auto embedding = baselines::to_float(run.embedding(one.method));
      baselines::ScoredCells scored;
      scored.points = embedding.points();
      scored.source = cells.source;
      scored.sources = cells.sources;
      scored.domain = layout.domain;
      scored.train = split.train;
      scored.held_out = split.held_out;
      scored.cell_type = layout.type;
      scored.xy = layout.xy;
      baselines::ScoreOptions options;
      options.bootstrap = 0;
      options.seed = seed;
      const auto scores = baselines::alignment_scores(scored, options);
      for (const char* name : kScores)
        if (const auto* score = scores.find(name)) values[one.method][name].push_back(score->value);
    }
  }
  return values;
}

double mean_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()); }
double deviation_of(const std::vector<double>& values) {
  double squares = 0;
  for (const double value : values) squares += (value - mean_of(values)) * (value - mean_of(values));
  return values.size() > 1 ? std::sqrt(squares / static_cast<double>(values.size() - 1)) : 0;
}

/// Prints all; compares all but Harmony.
void compare(const Values& values, const std::vector<Figures>& figures) {
  std::printf("%-15s", "");
  for (const char* name : kScores) std::printf(" %22s", name);
  std::printf("   (ours, sd over splits | figure)\n");
  for (const Figures& wanted : figures) {
    SCOPED_TRACE(wanted.method);
    std::printf("%-15s", wanted.method.c_str());
    for (std::size_t i = 0; i < kScores.size(); ++i) {
      const auto& ours = values.at(wanted.method).at(kScores[i]);
      const double figure = wanted.value[i], mean = mean_of(ours), sd = deviation_of(ours);
      std::printf(" %8.3f ±%.3f |%7.3f", mean, sd, figure);
      if (wanted.method.starts_with("harmony") || std::isnan(figure)) continue;
      const double unknown = i < 2 ? kUnknown[i] * std::max(figure, 1.0) : kUnknown[i];
      const double half = student(ours.size()) * sd * std::sqrt(1 + 1 / static_cast<double>(ours.size())) + unknown;
      EXPECT_NEAR(mean, figure, half) << kScores[i] << " over " << ours.size() << " splits, sd " << sd;
    }
    std::printf("\n");
    std::fflush(stdout);
  }
}

double value_of(const Values& values, const char* method, const char* name) { return mean_of(values.at(method).at(name)); }

void expect_what_the_figures_are_quoted_for(const Values& values) {
  const char *unit = "unit_across", *probe = "probe_auc", *types = "cell_type_accuracy";
  for (const char* method : {"centre", "z-score"}) {
    EXPECT_LT(value_of(values, method, unit), 0.15 * value_of(values, "pca", unit)) << method;
    EXPECT_GT(value_of(values, method, probe), 0.9) << method << ": means agree, sources are told apart";
  }
  for (const char* method : {"coral", "monge"}) {
    EXPECT_LT(value_of(values, method, probe), 0.8) << method;
    EXPECT_LT(value_of(values, method, types), value_of(values, "pca", types) - 0.1) << method << ": paid with cell types";
  }
  EXPECT_LT(value_of(values, "harmony-strong", "own_domain_share"), value_of(values, "harmony", "own_domain_share"));
  EXPECT_LT(value_of(values, "harmony-strong", unit), value_of(values, "pca", unit) / 2);
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
  const std::vector<Figures> figures = {{"pca", {14.5, 13.8, 1.000, 1.000, 0.641, 0.089}},
                                        {"centre", {1.20, 0.94, 0.998, 0.850, 0.636, 0.087}},
                                        {"z-score", {1.23, 0.85, 0.995, 0.854, 0.650, 0.078}},
                                        {"coral", {1.27, 0.82, 0.603, 0.572, 0.340, 0.083}},
                                        {"monge", {1.28, 0.82, 0.691, 0.580, 0.390, 0.086}},
                                        {"z-score+monge", {1.15, 0.84, 0.538, 0.594, 0.343, 0.070}},
                                        {"combat", {0.78, 0.64, 0.986, 0.853, 0.663, 0.075}},
                                        {"harmony", {12.5, 7.6, 0.999, 0.977, 0.626, 0.088}},
                                        {"harmony-strong", {1.50, kNone, 0.985, 0.604, 0.319, kNone}}};
  const Values values = score_splits(open_layout(folder, list, {"F_ST1", "F_ST2"}, "F_ST3"), figures, 3);
  compare(values, figures);
  expect_what_the_figures_are_quoted_for(values);
}

TEST(RealBaselinesTest, pancreas_layout_agrees_with_figures_got_independently) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  const Json list = {entry("PDACA_ST1", "moncada2020_pdac_a/PDAC-A_ST1.h5ad"),
                     entry("PDACA_SC", "moncada2020_pdac_a/PDAC-A_sc.h5ad", "celltype")};
  const std::vector<Figures> figures = {{"pca", {8.75, 8.5, 0.999, 0.981, 0.631, 0.188}},
                                        {"centre", {0.94, 1.04, 0.972, 0.805, 0.631, 0.189}},
                                        {"z-score", {0.92, 0.93, 0.936, 0.734, 0.520, 0.170}},
                                        {"coral", {0.97, 1.15, 0.446, 0.576, 0.356, 0.188}},
                                        {"monge", {0.97, 1.13, 0.453, 0.594, 0.449, 0.188}},
                                        {"z-score+monge", {0.95, 0.98, kNone, 0.626, 0.326, 0.170}},
                                        {"combat", {0.77, 0.85, 0.954, 0.761, 0.667, 0.187}},
                                        {"harmony", {8.12, 6.7, 0.998, 0.966, 0.632, 0.192}},
                                        {"harmony-strong", {2.41, kNone, 0.778, 0.607, 0.592, kNone}}};
  const Values values = score_splits(open_layout(folder, list, {"PDACA_ST1"}, "PDACA_ST1"), figures, 6);
  compare(values, figures);
  expect_what_the_figures_are_quoted_for(values);
}

}  // namespace
}  // namespace geocyte
