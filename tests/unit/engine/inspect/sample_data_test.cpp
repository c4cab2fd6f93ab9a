// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/sample_data.h"

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "engine/hdf5/h5ad_reader.h"
#include "tests/unit/engine/inspect/temporary_folder.h"

namespace geocyte::inspect {
namespace {

constexpr const char* kSmall = "simulate:six_sources?genes=60&scale=0.05&seed=3";

class SampleDataTest : public FolderTest {};

TEST_F(SampleDataTest, an_address_sets_the_options_it_names) {
  const auto request = parse_simulation("simulate:six_sources?genes=500&seed=9&dropout=0.1");
  EXPECT_EQ(request.options.genes, 500);
  EXPECT_EQ(request.options.seed, 9u);
  EXPECT_DOUBLE_EQ(request.options.dropout, 0.1);
  EXPECT_EQ(parse_simulation("simulate:six_sources").options.genes, simulate::SixSourcesOptions{}.genes);
  EXPECT_EQ(parse_simulation("simulate:six_sources?").key, parse_simulation("simulate:six_sources").key);
}

TEST_F(SampleDataTest, wrong_addresses_name_the_nearest) {
  EXPECT_SENTENCE(parse_simulation("/data"), ErrorCode::bad_config, "not the address");
  EXPECT_SENTENCE(parse_simulation("simulate:six_source"), ErrorCode::bad_config, "six_sources");
  EXPECT_SENTENCE(parse_simulation("simulate:six_sources?gene=5"), ErrorCode::bad_config, "Did you mean genes?");
  EXPECT_SENTENCE(parse_simulation("simulate:six_sources?genes=many"), ErrorCode::bad_config, "whole number");
  EXPECT_SENTENCE(parse_simulation("simulate:six_sources?genes"), ErrorCode::bad_config, "whole number");
  EXPECT_SENTENCE(parse_simulation("simulate:six_sources?scale=1x"), ErrorCode::bad_config, "a number");
  EXPECT_SENTENCE(parse_simulation("simulate:six_sources?genes=5"), ErrorCode::bad_config, "between 50");
}

TEST_F(SampleDataTest, every_option_changes_the_key) {
  const std::string plain = parse_simulation("simulate:six_sources").key;
  for (const char* option : {"genes=51", "seed=1", "scale=0.5", "platform_log_sd=0", "patient_log_sd=0", "outlier_log_sd=0",
                             "library_log_sd=0", "dropout=0", "ambient=0", "dispersion=0"})
    EXPECT_NE(parse_simulation(std::string("simulate:six_sources?") + option).key, plain) << option;
}

TEST_F(SampleDataTest, files_are_made_once_and_hold_what_was_simulated) {
  int reports = 0;
  const auto count = [&](double done, std::string_view) {
    EXPECT_TRUE(done >= 0 && done <= 1);
    ++reports;
  };
  const std::string made = ensure_simulated(kSmall, folder_, count);
  EXPECT_GT(reports, 6);
  reports = 0;
  EXPECT_EQ(ensure_simulated(kSmall, folder_, count), made);
  EXPECT_EQ(reports, 0) << "the second time nothing is simulated";
  const auto wanted = simulate::simulate_six_sources(parse_simulation(kSmall).options);
  for (const auto& d : wanted) {
    const auto found = hdf5::read_h5ad(made + "/" + d.name + ".h5ad");
    EXPECT_EQ(std::get<data::CsrMatrix>(found.x).values, std::get<data::CsrMatrix>(d.x).values);
    EXPECT_EQ(found.obs.column_names(), d.obs.column_names());
    EXPECT_TRUE(found.simulated);
  }
}

TEST_F(SampleDataTest, a_deleted_file_is_made_again_and_left_over_folders_do_not_disturb) {
  const std::string made = ensure_simulated(kSmall, folder_);
  std::filesystem::remove(made + "/P2_SC.h5ad");
  std::filesystem::create_directories(folder_ / ("." + parse_simulation(kSmall).key + ".1-dead"));
  EXPECT_EQ(ensure_simulated(kSmall, folder_), made);
  EXPECT_TRUE(std::filesystem::exists(made + "/P2_SC.h5ad"));
}

TEST_F(SampleDataTest, callers_at_the_same_time_all_get_whole_files) {
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 4; ++i)
      callers.emplace_back([&] {
        const std::string made = ensure_simulated(kSmall, folder_);
        if (hdf5::read_h5ad(made + "/P10_SC.h5ad").simulated) ++good;
      });
  }
  EXPECT_EQ(good, 4);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1) << "nothing half-made stays behind";
}

TEST_F(SampleDataTest, a_place_that_cannot_be_a_folder_is_a_storage_error) {
  std::ofstream(path("file")) << "x";
  EXPECT_SENTENCE(ensure_simulated(kSmall, folder_ / "file" / "cache"), ErrorCode::storage, "cannot be made");
}

}  // namespace
}  // namespace geocyte::inspect
