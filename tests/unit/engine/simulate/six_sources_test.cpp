// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/simulate/six_sources.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "engine/core/error.h"

namespace geocyte::simulate {
namespace {

SixSourcesOptions small() {
  SixSourcesOptions o;
  o.genes = 200;
  o.scale = 0.2;
  return o;
}

const data::CsrMatrix& counts(const data::Dataset& d) { return std::get<data::CsrMatrix>(d.x); }

std::vector<double> gene_means(const data::Dataset& d) {
  std::vector<double> sums(d.var.size());
  double total = 0;
  for (std::size_t k = 0; k < counts(d).values.size(); ++k) {
    sums[static_cast<std::size_t>(counts(d).indices[k])] += counts(d).values[k];
    total += counts(d).values[k];
  }
  for (double& sum : sums) sum /= total;
  return sums;
}

/// RMS difference of log mean profiles, over genes that both have.
double profile_distance(const data::Dataset& a, const data::Dataset& b) {
  const auto left = gene_means(a), right = gene_means(b);
  double sum = 0;
  int n = 0;
  for (std::size_t g = 0; g < left.size(); ++g)
    if (left[g] > 0 && right[g] > 0) {
      sum += std::pow(std::log(left[g] / right[g]), 2);
      ++n;
    }
  return std::sqrt(sum / n);
}

TEST(SixSourcesTest, sources_have_the_sizes_of_the_seed) {
  SixSourcesOptions o;
  o.genes = 50;
  const std::map<std::string, std::int64_t> wanted = {{"P2_ST1", 1700}, {"P2_ST2", 1500}, {"P2_ST3", 1200},
                                                      {"P2_SC", 2700},  {"P10_ST3", 460}, {"P10_SC", 950}};
  const auto sources = simulate_six_sources(o);
  ASSERT_EQ(sources.size(), wanted.size());
  for (const auto& d : sources) {
    EXPECT_EQ(data::rows(d.x), wanted.at(d.name)) << d.name;
    EXPECT_EQ(data::cols(d.x), 50);
    EXPECT_EQ(static_cast<std::int64_t>(d.obs.size()), data::rows(d.x));
    EXPECT_TRUE(d.simulated);
    EXPECT_TRUE(d.uns.contains("geocyte_simulated"));
    EXPECT_EQ(d.obsm.contains("spatial"), d.name.find("_ST") != std::string::npos);
    EXPECT_TRUE(d.obsm.contains("true_coordinates"));
  }
}

TEST(SixSourcesTest, the_same_seed_gives_the_same_numbers_and_another_seed_others) {
  const auto a = simulate_six_sources(small()), b = simulate_six_sources(small());
  auto other = small();
  other.seed = 8;
  const auto c = simulate_six_sources(other);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(counts(a[i]).values, counts(b[i]).values);
    EXPECT_EQ(counts(a[i]).indices, counts(b[i]).indices);
    EXPECT_EQ(a[i].obsm.at("true_coordinates").values, b[i].obsm.at("true_coordinates").values);
    EXPECT_NE(counts(a[i]).values, counts(c[i]).values);
  }
}

TEST(SixSourcesTest, counts_are_whole_positive_and_stored_in_order) {
  for (const auto& d : simulate_six_sources(small())) {
    const auto& x = counts(d);
    for (const float value : x.values) ASSERT_TRUE(value > 0 && value == std::floor(value));
    for (std::int64_t row = 0; row < x.rows; ++row)
      for (std::int64_t k = x.indptr[row] + 1; k < x.indptr[row + 1]; ++k) ASSERT_LT(x.indices[k - 1], x.indices[k]);
    EXPECT_EQ(x.indptr.back(), static_cast<std::int64_t>(x.values.size()));
  }
}

TEST(SixSourcesTest, switching_one_effect_off_leaves_places_and_types_alone) {
  auto off = small();
  off.platform_log_sd = off.patient_log_sd = off.outlier_log_sd = off.library_log_sd = off.dropout = 0;
  const auto a = simulate_six_sources(small()), b = simulate_six_sources(off);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].obsm.at("true_coordinates").values, b[i].obsm.at("true_coordinates").values);
    EXPECT_EQ(a[i].obs.find("cell_type")->codes, b[i].obs.find("cell_type")->codes);
    for (const char* factor : {"platform_log_factor", "patient_log_factor", "outlier_log_factor"})
      for (const double value : b[i].var.find(factor)->numbers) ASSERT_EQ(value, 0) << factor;
    for (const double value : b[i].obs.find("library_factor")->numbers) ASSERT_EQ(value, 1);
  }
}

TEST(SixSourcesTest, the_dissociated_cells_of_p2_are_the_outlier_and_slides_lie_together) {
  auto o = small();
  o.genes = 500;
  const auto sources = simulate_six_sources(o);
  std::map<std::string, const data::Dataset*> by_name;
  for (const auto& d : sources) by_name[d.name] = &d;
  const auto distance = [&](const char* a, const char* b) { return profile_distance(*by_name.at(a), *by_name.at(b)); };
  const double among_slides = std::max(distance("P2_ST1", "P2_ST2"), distance("P2_ST1", "P2_ST3"));
  EXPECT_LT(among_slides, 0.5 * distance("P2_ST3", "P10_SC"));
  for (const char* other : {"P2_ST1", "P2_ST2", "P2_ST3", "P10_ST3", "P10_SC"})
    EXPECT_GT(distance("P2_SC", other), 1.5 * distance("P10_SC", "P2_ST1")) << other;
}

TEST(SixSourcesTest, without_effects_cells_and_spots_of_a_patient_agree_up_to_composition) {
  auto off = small();
  off.platform_log_sd = off.outlier_log_sd = off.dropout = 0;
  const auto with = simulate_six_sources(small()), without = simulate_six_sources(off);
  EXPECT_LT(profile_distance(without[0], without[3]), 0.55 * profile_distance(with[0], with[3]));
}

TEST(SixSourcesTest, proportions_add_up_to_one_and_the_label_is_the_largest) {
  for (const auto& d : simulate_six_sources(small())) {
    const auto& shares = d.obsm.at("cell_type_proportions");
    const auto& codes = d.obs.find("cell_type")->codes;
    for (std::int64_t i = 0; i < shares.rows; ++i) {
      const auto row = shares.row(i);
      EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-5);
      EXPECT_EQ(row[static_cast<std::size_t>(codes[static_cast<std::size_t>(i)])], *std::max_element(row.begin(), row.end()));
    }
  }
}

TEST(SixSourcesTest, spots_lie_on_a_hexagonal_grid_of_one_pitch) {
  const auto sources = simulate_six_sources(small());
  const auto& places = sources[0].obsm.at("spatial");
  int full = 0;
  for (std::int64_t i = 0; i < places.rows; ++i) {
    int neighbours = 0;
    double nearest = 1e9;
    for (std::int64_t j = 0; j < places.rows; ++j) {
      if (i == j) continue;
      const double d = std::hypot(places.row(i)[0] - places.row(j)[0], places.row(i)[1] - places.row(j)[1]);
      nearest = std::min(nearest, d);
      neighbours += std::abs(d - 100) < 0.1 ? 1 : 0;
    }
    EXPECT_NEAR(nearest, 100, 0.1);
    full += neighbours == 6 ? 1 : 0;
  }
  EXPECT_GT(full, 0.6 * static_cast<double>(places.rows)) << "most spots are inside the tissue, with six neighbours";
}

TEST(SixSourcesTest, domains_are_regions_and_not_noise) {
  const auto sources = simulate_six_sources(small());
  const auto& places = sources[0].obsm.at("spatial");
  const auto& domain = sources[0].obs.find("domain")->codes;
  double same = 0, pairs = 0;
  std::map<std::int32_t, double> share;
  for (const auto code : domain) share[code] += 1.0 / static_cast<double>(domain.size());
  for (std::int64_t i = 0; i < places.rows; ++i)
    for (std::int64_t j = 0; j < i; ++j)
      if (std::hypot(places.row(i)[0] - places.row(j)[0], places.row(i)[1] - places.row(j)[1]) < 110) {
        ++pairs;
        same += domain[static_cast<std::size_t>(i)] == domain[static_cast<std::size_t>(j)] ? 1 : 0;
      }
  double chance = 0;
  for (const auto& [code, p] : share) chance += p * p;
  EXPECT_GE(share.size(), 5u);
  EXPECT_GT(same / pairs, 2 * chance);
  EXPECT_GT(same / pairs, 0.6);
}

TEST(SixSourcesTest, options_out_of_range_are_named) {
  const auto expect_named = [](void (*change)(SixSourcesOptions&), const std::string& name) {
    auto o = small();
    change(o);
    try {
      simulate_six_sources(o);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_config);
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  };
  expect_named([](SixSourcesOptions& o) { o.genes = 3; }, "genes");
  expect_named([](SixSourcesOptions& o) { o.scale = 0; }, "scale");
  expect_named([](SixSourcesOptions& o) { o.dropout = -1; }, "dropout");
  expect_named([](SixSourcesOptions& o) { o.dispersion = std::nan(""); }, "dispersion");
}

TEST(SixSourcesTest, the_source_list_names_what_is_simulated) {
  const auto sources = simulate_six_sources(small());
  const Json list = six_sources_list();
  ASSERT_EQ(list.size(), sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    EXPECT_EQ(list[i].at("name"), sources[i].name);
    EXPECT_EQ(list[i].at("file"), sources[i].name + ".h5ad");
    EXPECT_NE(sources[i].obs.find(list[i].at("labels").get<std::string>()), nullptr);
  }
}

TEST(SixSourcesTest, without_any_effect_the_slides_differ_by_their_cells_alone) {
  SixSourcesOptions o = small();
  o.platform_log_sd = 0;
  only_platform(o);
  const auto sources = simulate_six_sources(o);
  for (const auto& d : sources)
    for (const char* factor : {"platform_log_factor", "patient_log_factor", "slide_log_factor", "outlier_log_factor"})
      for (const double value : d.var.find(factor)->numbers) ASSERT_EQ(value, 0) << d.name << " " << factor;
  for (const double value : sources[0].obs.find("library_factor")->numbers) EXPECT_EQ(value, 1);
}

TEST(SixSourcesTest, equal_recovery_gives_a_suspension_the_types_of_the_tissue) {
  SixSourcesOptions unequal = small(), equal = small();
  equal.recovery = 0;
  EXPECT_NE(simulate_six_sources(unequal)[3].obs.find("cell_type")->codes, simulate_six_sources(equal)[3].obs.find("cell_type")->codes);
  EXPECT_EQ(simulate_six_sources(unequal)[0].obs.find("cell_type")->codes, simulate_six_sources(equal)[0].obs.find("cell_type")->codes);
}

}  // namespace
}  // namespace geocyte::simulate
