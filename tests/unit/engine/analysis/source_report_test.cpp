// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/source_report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::analysis {
namespace {

/// As seed 001 prints it.
const char* const kSeed = R"(Current Centroid Distance Matrix (after all alignment attempts):
           P2_ST1   P2_ST2   P2_ST3    P2_SC  P10_ST3   P10_SC
P2_ST1      0.000    0.421    0.685    2.492    0.863    0.576
P2_ST2      0.421    0.000    0.201    2.505    0.790    0.440
P2_ST3      0.685    0.201    0.000    2.623    0.745    0.597
P2_SC       2.492    2.505    2.623    0.000    3.183    2.102
P10_ST3     0.863    0.790    0.745    3.183    0.000    1.119
P10_SC      0.576    0.440    0.597    2.102    1.119    0.000

**Observations**:
)";

const store::Verdict* find(const SourceReport& report, const std::string& id) {
  for (const auto& finding : report.findings)
    if (finding.id == id) return &finding;
  return nullptr;
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

template <class Work>
std::string refusal(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    return error.what();
  }
  return "";
}

TEST(SourceReport, Seed001IsOneOutlierAndNoGapOfSingleCells) {
  const auto report = diagnose_matrix(parse_distance_matrix(kSeed));
  EXPECT_EQ(report.reason, GapReason::outlier_source);
  EXPECT_EQ(report.outliers, std::vector<int>{3});
  EXPECT_EQ(report.call.headline, "P2_SC is the outlier source.");
  EXPECT_EQ(report.call.evidence, "It lies 2.102–3.183 from every other source, also from P10_SC (2.102) of its own modality; the other 10 pairs are 0.201–1.119 apart.");
  const auto* modality = find(report, "diagnosis/modality");
  ASSERT_NE(modality, nullptr);
  EXPECT_EQ(modality->headline, "ST↔SC is not the problem.");
  EXPECT_TRUE(says(modality->evidence, "P10_SC lies 1.119 from P10_ST3 and 0.440–0.597 from P2_ST1, P2_ST2 and P2_ST3.")) << modality->evidence;
}

TEST(SourceReport, Seed001CountsNineOfFifteenAndReadsTheRightCells) {
  const auto report = diagnose_matrix(parse_distance_matrix(kSeed));
  const auto* gate = find(report, "diagnosis/gate");
  ASSERT_NE(gate, nullptr);
  EXPECT_EQ(gate->headline, "9 of 15 pairs are below 1.0.");
  EXPECT_TRUE(says(gate->evidence, "The farthest pair is P2_SC–P10_ST3 (3.183).")) << gate->evidence;
  const auto* patient = find(report, "diagnosis/same_patient");
  ASSERT_NE(patient, nullptr);
  EXPECT_TRUE(says(patient->evidence, "P10_ST3–P10_SC (1.119)")) << patient->evidence;
  EXPECT_FALSE(says(patient->evidence, "3.183"));
}

TEST(SourceReport, ScaleChangesNoCall) {
  auto matrix = parse_distance_matrix(kSeed);
  matrix.distance *= 0.1;
  const auto report = diagnose_matrix(matrix, 0.1);
  EXPECT_EQ(report.reason, GapReason::outlier_source);
  EXPECT_EQ(find(report, "diagnosis/gate")->headline, "9 of 15 pairs are below 0.1.");
}

TEST(SourceReport, ReadsCsvTsvQuotesAndHalfAMatrix) {
  for (const char* text : {"name,A_ST,A_SC\nA_ST,0,2.5\nA_SC,2.5,0\n", "\tA_ST\tA_SC\nA_ST\t0\t2.5\nA_SC\t\t0\n", "\"A_ST\",\"A_SC\"\n\"A_ST\",0,2.5\n\"A_SC\",NA,0\n",
                           "A_ST;0;2.5\nA_SC;2.5;0"}) {
    const auto matrix = parse_distance_matrix(text);
    EXPECT_EQ(matrix.names, (std::vector<std::string>{"A_ST", "A_SC"})) << text;
    EXPECT_EQ(matrix.distance(1, 0), 2.5) << text;
    EXPECT_EQ(matrix.distance(0, 1), 2.5) << text;
  }
}

TEST(SourceReport, RefusesInOneSentence) {
  EXPECT_TRUE(says(refusal([] { parse_distance_matrix("hello\nworld\n"); }), "no matrix"));
  EXPECT_TRUE(says(refusal([] { parse_distance_matrix("x A B\nA 0 1\nB 2 0\n"); }), "1 and 2 for A and B"));
  EXPECT_TRUE(says(refusal([] { parse_distance_matrix("x A B\nA 0 1 3\nB 1 0\n"); }), "3 values"));
  EXPECT_TRUE(says(refusal([] { parse_distance_matrix("x B A\nA 0 1\nB 1 0\n"); }), "column 1"));
  EXPECT_TRUE(says(refusal([] { parse_distance_matrix("x A B\nA 1 .5\nB .5 1\n"); }), "Similarities"));
  EXPECT_TRUE(says(refusal([] { parse_distance_matrix("x A B\nA 0 -1\nB -1 0\n"); }), "0 or more"));
  EXPECT_TRUE(says(refusal([] { parse_distance_matrix("x A A\nA 0 1\nA 1 0\n"); }), "twice"));
}

TEST(SourceReport, GroupsOfAMatrixAreAModalityGap) {
  const auto report = diagnose_matrix(parse_distance_matrix("x a_ST1 a_ST2 b_SC1 b_SC2\na_ST1 0 .3 3 3.1\na_ST2 .3 0 2.9 3\nb_SC1 3 2.9 0 .4\nb_SC2 3.1 3 .4 0\n"));
  EXPECT_EQ(report.reason, GapReason::modality);
  EXPECT_EQ(find(report, "diagnosis/modality")->state, "warn");
}

TEST(SourceReport, NamesSayPatientAndModality) {
  EXPECT_EQ(parts_of_name("P2_ST1").patient, "P2");
  EXPECT_EQ(parts_of_name("P2_ST1").modality, "st");
  EXPECT_EQ(parts_of_name("tumour-A scRNA2").modality, "sc");
  EXPECT_EQ(parts_of_name("batch7").modality, "");
}

// --- data ---

struct Recipe {
  std::string patient, modality;
  int cells = 300;
  double depth = 1;
  std::vector<double> types = {1, 1, 1};   ///< shares
  double shift = 0;                        ///< log-sd of factors of this source alone
};

constexpr int kGenes = 120;

data::Source source(const std::string& name, const Recipe& recipe, std::uint64_t seed) {
  Rng shared(4), modality(hash64("modality" + recipe.modality, 9)), patient(hash64("patient" + recipe.patient, 9)), own(hash64(name, seed));
  double total = 0;
  for (const double share : recipe.types) total += share;
  std::vector<double> base, factor;
  for (int g = 0; g < kGenes; ++g) {
    base.push_back(0.5 + 2 * shared.uniform());
    factor.push_back(std::exp((recipe.modality.ends_with('!') ? 0.8 : 0) * modality.normal() + (recipe.patient.ends_with('!') ? 0.8 : 0) * patient.normal() +
                              recipe.shift * own.normal()));
  }
  auto dataset = std::make_shared<data::Dataset>();
  dataset->name = name;
  data::DenseMatrix x{recipe.cells, kGenes, {}};
  data::Column type;
  type.name = "type";
  type.kind = data::ColumnKind::categorical;
  type.categories = {"A", "B", "C"};
  for (int i = 0; i < recipe.cells; ++i) {
    double at = own.uniform() * total;
    int t = 0;
    while (t < 2 && at >= recipe.types[static_cast<std::size_t>(t)]) at -= recipe.types[static_cast<std::size_t>(t++)];
    type.codes.push_back(t);
    for (int g = 0; g < kGenes; ++g)
      x.values.push_back(static_cast<float>(own.poisson(recipe.depth * base[static_cast<std::size_t>(g)] * factor[static_cast<std::size_t>(g)] * (g % 3 == t ? 4 : 1))));
    dataset->obs.index.push_back("c" + std::to_string(i));
  }
  for (int g = 0; g < kGenes; ++g) dataset->var.index.push_back("g" + std::to_string(g));
  dataset->obs.columns.push_back(std::move(type));
  dataset->x = std::move(x);
  data::Source out;
  out.name = name;
  out.patient = recipe.patient;
  out.modality = recipe.modality.substr(0, 2);
  out.dataset = std::move(dataset);
  out.label_column = "type";
  return out;
}

SourceReport report_of(const std::vector<Recipe>& recipes) {
  std::vector<data::Source> sources;
  for (std::size_t i = 0; i < recipes.size(); ++i) sources.push_back(source("s" + std::to_string(i), recipes[i], 2));
  return diagnose_data(sources);
}

TEST(SourceReport, OneDistributionHasNoGap) {
  const auto report = report_of({{"p", "st"}, {"p", "st"}, {"q", "sc"}, {"q", "sc"}});
  EXPECT_EQ(report.reason, GapReason::none) << to_text(report);
  EXPECT_EQ(report.call.state, "good");
  EXPECT_TRUE(report.findings.empty()) << to_text(report);
}

TEST(SourceReport, APlatformFactorIsAModalityGap) {
  const auto report = report_of({{"p", "st"}, {"q", "st"}, {"p", "sc!"}, {"q", "sc!"}});
  EXPECT_EQ(report.reason, GapReason::modality) << to_text(report);
}

TEST(SourceReport, APatientFactorIsAPatientGap) {
  const auto report = report_of({{"p!", "st"}, {"p!", "sc"}, {"q!", "st"}, {"q!", "sc"}});
  EXPECT_EQ(report.reason, GapReason::patient) << to_text(report);
}

TEST(SourceReport, OneOddSourceIsTheOutlier) {
  const auto report = report_of({{"p", "st"}, {"q", "st"}, {"p", "sc", 300, 1, {1, 1, 1}, 0.8}, {"q", "sc"}});
  EXPECT_EQ(report.reason, GapReason::outlier_source) << to_text(report);
  EXPECT_EQ(report.outliers, std::vector<int>{2});
  EXPECT_TRUE(says(report.call.evidence, "s3 is of the same modality and is not")) << report.call.evidence;
}

TEST(SourceReport, OtherSharesOfCellTypesAreComposition) {
  const auto report = report_of({{"p", "st", 400, 1, {6, 3, 1}}, {"q", "st", 400, 1, {6, 2, 2}}, {"p", "sc", 400, 1, {1, 3, 6}}, {"q", "sc", 400, 1, {2, 2, 6}}});
  EXPECT_EQ(report.reason, GapReason::composition) << to_text(report);
}

TEST(SourceReport, TwoSourcesOfOnePatientAreAModalityGapThatCannotBeTold) {
  const auto report = report_of({{"p", "st"}, {"p", "sc!"}});
  EXPECT_EQ(report.reason, GapReason::modality) << to_text(report);
  EXPECT_TRUE(says(report.call.evidence, "cannot be told apart")) << report.call.evidence;
}

TEST(SourceReport, DepthAndSizeAreNoticed) {
  const auto report = report_of({{"p", "st", 300, 8}, {"q", "st", 60, 1}});
  ASSERT_NE(find(report, "diagnosis/depth"), nullptr) << to_text(report);
  EXPECT_TRUE(says(find(report, "diagnosis/depth")->headline, "Depth differs"));
  EXPECT_NE(find(report, "diagnosis/sizes"), nullptr);
}

/// A copy of a source with every value changed.
template <class Change>
data::Source changed(const data::Source& from, const Change& change) {
  auto dataset = std::make_shared<data::Dataset>(*from.dataset);
  auto& x = std::get<data::DenseMatrix>(dataset->x);
  for (std::int64_t i = 0; i < x.rows; ++i) change(x.row(i));
  auto out = from;
  out.dataset = std::move(dataset);
  return out;
}

void log_normalise_row(std::span<float> row, double target) {
  double sum = 0;
  for (const float value : row) sum += value;
  for (float& value : row) value = static_cast<float>(std::log1p(target * value / sum));
}

TEST(SourceReport, ALogNormalisedSourceBesideCountsIsTheFaultAndIsUndone) {
  const auto a = source("a", {"p", "st"}, 2), b = source("b", {"p", "st"}, 2);
  const auto report = diagnose_data({a, changed(b, [](auto row) { log_normalise_row(row, 1e4); })});
  ASSERT_NE(find(report, "diagnosis/parity"), nullptr) << to_text(report);
  EXPECT_EQ(report.findings[0].id, "diagnosis/parity") << "worst first";
  EXPECT_EQ(report.findings[0].state, "bad");
  EXPECT_EQ(report.sources[1].values, "log-normalised");
  EXPECT_NEAR(report.sources[1].target_sum, 1e4, 1);
  EXPECT_EQ(report.reason, GapReason::none) << "the logarithm is undone before distances are taken";
}

TEST(SourceReport, DifferentTargetSumsAreNamed) {
  const auto a = source("a", {"p", "st"}, 2), b = source("b", {"p", "st"}, 2);
  const auto report = diagnose_data({changed(a, [](auto row) { log_normalise_row(row, 1e4); }), changed(b, [](auto row) { log_normalise_row(row, 1e6); })});
  ASSERT_NE(find(report, "diagnosis/target_sum"), nullptr) << to_text(report);
  EXPECT_TRUE(says(find(report, "diagnosis/target_sum")->evidence, "10 000")) << find(report, "diagnosis/target_sum")->evidence;
}

TEST(SourceReport, AScaledSourceIsNotCompared) {
  const auto a = source("a", {"p", "st"}, 2), b = source("b", {"p", "st"}, 2), c = source("c", {"p", "st"}, 2);
  const auto report = diagnose_data({a, b, changed(c, [](auto row) { for (float& value : row) value -= 3; })});
  EXPECT_EQ(report.sources[2].values, "scaled");
  EXPECT_TRUE(std::isnan(report.raw(0, 2)));
  EXPECT_FALSE(std::isnan(report.raw(0, 1)));
  EXPECT_EQ(find(report, "diagnosis/parity")->state, "bad");
}

TEST(SourceReport, GeneOrderAndOverlapAreSaid) {
  const auto a = source("a", {"p", "st"}, 2), b = source("b", {"p", "st"}, 2);
  auto dataset = std::make_shared<data::Dataset>(*b.dataset);
  std::swap(dataset->var.index[0], dataset->var.index[1]);
  for (int g = 40; g < kGenes; ++g) dataset->var.index[static_cast<std::size_t>(g)] = "ENSG" + std::to_string(g);
  auto other = b;
  other.dataset = dataset;
  const auto report = diagnose_data({a, other});
  EXPECT_EQ(report.shared_genes, 40);
  EXPECT_NE(find(report, "diagnosis/genes"), nullptr);
  EXPECT_NE(find(report, "diagnosis/gene_order"), nullptr);
  EXPECT_FALSE(report.sources[1].same_gene_order);
}

TEST(SourceReport, JsonHoldsNoNaN) {
  const auto a = source("a", {"p", "st"}, 2), c = source("c", {"p", "st"}, 2);
  const Json json = to_json(diagnose_data({a, changed(c, [](auto row) { for (float& value : row) value -= 3; })}));
  EXPECT_EQ(Json::parse(json.dump()), json);
  EXPECT_TRUE(json["distances"]["raw"][0][1].is_null());
  EXPECT_EQ(json["format"], 1);
  EXPECT_EQ(json["sources"].size(), 2U);
}

}  // namespace
}  // namespace geocyte::analysis
