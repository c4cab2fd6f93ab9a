// SPDX-License-Identifier: GPL-3.0-or-later
// A tissue run that sees cells through the encoder of a gems run: it equals the run on files that `apply` embedded, and says what is wrong.
#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "engine/core/error.h"
#include "engine/core/json.h"
#include "engine/hdf5/h5ad_reader.h"
#include "engine/store/run_reader.h"
#include "tests/support/run_engine.h"
#include "tests/support/run_watch.h"
#include "tests/support/slides.h"

namespace geocyte::test {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSpots = 120, kPanel = 40;

class EncoderInput : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    for (const char* name : {"a", "b", "c"}) write(slide(kSpots, kPanel, static_cast<std::uint64_t>(name[0])), at(std::string(name) + ".h5ad"));
    const Said said = train("gems", "parent: gems/demo\nsteps: 20\nbatch_size: 32\ngenes: 30\nencoder: {hidden: [16], latent: 8}\nnormalize: {by_source: none}\ncheckpoint: {every: 10}\n");   // apply does not know the sources by name
    ASSERT_EQ(said.exit_code, 0) << said.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static fs::path at(const std::string& name) { return *folder_ / name; }
  static std::string run(const std::string& id) { return at("runs/" + id).string(); }
  /// `in`: the folder of the three slides.
  static std::string config(const std::string& system, const std::string& more, const fs::path& in, const std::string& id) {
    const fs::path file = at(id + ".yaml");
    std::ofstream(file) << "system: " << system << "\ntitle: three slides\ndata_folder: '" << in.string() << "'\n" << more
                        << "sources:\n  - {name: a, file: a.h5ad, patient: p, modality: st, spatial: spatial}\n  - {name: b, file: b.h5ad, patient: p, modality: st, spatial: spatial}\n"
                        << "  - {name: c, file: c.h5ad, patient: p, modality: st, spatial: spatial}\n";
    return file.string();
  }
  static Said train(const std::string& system, const std::string& more, const fs::path& in, const std::string& id) {
    return run_engine("train --preset " + config(system, more, in, id) + " --runs " + at("runs").string() + " --run-id " + id + " --device cpu --threads 1");
  }
  static Said train(const std::string& system, const std::string& more) { return train(system, more, at(""), system); }
  static std::string tissue(const std::string& input) {
    return "parent: st_edm/demo\nsteps: 30\nbatch_size: 40\ngenes: 0\nheld_out: {sources: [c], fraction: 0.2}\nrefine: {share: 0}\nheads: {members: 2}\ncheckpoint: {every: 10}\ninput: {" + input + "}\n";
  }
  void expect_refused(const Said& said, ErrorCode code, const std::string& word) {
    EXPECT_EQ(said.exit_code, static_cast<int>(code)) << said.err;
    EXPECT_TRUE(is_one_sentence(said.err)) << said.err;
    EXPECT_NE(said.err.find(word), std::string::npos) << "'" << word << "' is not in: " << said.err;
  }
  static std::unique_ptr<TemporaryFolder> folder_;
};
std::unique_ptr<TemporaryFolder> EncoderInput::folder_;

TEST_F(EncoderInput, IsWhatApplyWouldHaveWritten) {
  fs::create_directory(at("embedded"));
  for (const char* name : {"a", "b", "c"}) {
    const std::string out = at("embedded/" + std::string(name) + ".h5ad").string();
    ASSERT_EQ(run_engine("apply --run " + run("gems") + " --data " + at(std::string(name) + ".h5ad").string() + " --with-counts --out " + out).exit_code, 0);
  }
  const Said live = train("st_edm", tissue("kind: encoder, encoder: '" + run("gems") + "'"), at(""), "live");
  ASSERT_EQ(live.exit_code, 0) << live.err;
  EXPECT_NE(live.err.find("the encoder of the run gems, step"), std::string::npos) << live.err;
  const Said written = train("st_edm", tissue("kind: embedding"), at("embedded"), "written");
  ASSERT_EQ(written.exit_code, 0) << written.err;
  std::vector<data::DenseMatrix> places;
  for (const char* id : {"live", "written"}) {
    ASSERT_EQ(run_engine("export --run " + run(id) + " --out " + at(std::string(id) + ".h5ad").string()).exit_code, 0);
    places.push_back(hdf5::read_h5ad(at(std::string(id) + ".h5ad").string(), {.expression = false}).obsm.at("X_predicted"));
  }
  ASSERT_EQ(places[0].values.size(), places[1].values.size());
  for (std::size_t i = 0; i < places[0].values.size(); ++i) EXPECT_NEAR(places[0].values[i], places[1].values[i], 1e-3) << i;
}

TEST_F(EncoderInput, ComponentsBesideItAreMadeForNewCellsToo) {
  const Said dry = run_engine("train --dry-run --preset " + config("st_edm", tissue("kind: encoder, encoder: '" + run("gems") + "', beside: components"), at(""), "dry") + " --device cpu --threads 1");
  ASSERT_EQ(dry.exit_code, 0) << dry.err;
  const Said trained = train("st_edm", tissue("kind: encoder, encoder: '" + run("gems") + "', beside: components"), at(""), "beside");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  ASSERT_EQ(run_engine("evaluate --run " + run("beside")).exit_code, 0) << "its checkpoint is read back";
  ASSERT_EQ(run_engine("apply --run " + run("gems") + " --data " + at("c.h5ad").string() + " --with-counts --out " + at("c_seen.h5ad").string()).exit_code, 0);
  const Said said = run_engine("apply --run " + run("beside") + " --step 30 --data " + at("c_seen.h5ad").string() + " --out " + at("c_placed.h5ad").string());
  ASSERT_EQ(said.exit_code, 0) << said.err;
  ASSERT_EQ(run_engine("export --run " + run("beside") + " --out " + at("shown.h5ad").string()).exit_code, 0);
  const data::DenseMatrix placed = hdf5::read_h5ad(at("c_placed.h5ad").string(), {.expression = false}).obsm.at("X_st_edm"), shown = hdf5::read_h5ad(at("shown.h5ad").string(), {.expression = false}).obsm.at("X_predicted");
  for (std::int64_t i = 1; i < kSpots; ++i) {   // the run turns a slide onto its true places: only distances are the same
    const auto a = placed.row(0), b = placed.row(i), c = shown.row(2 * kSpots), d = shown.row(2 * kSpots + i);
    EXPECT_NEAR(std::hypot(a[0] - b[0], a[1] - b[1]), std::hypot(c[0] - d[0], c[1] - d[1]), 0.02) << i;
  }
}

TEST_F(EncoderInput, AKilledRunWithComponentsBesideItResumesToTheSameLosses) {
  const std::string input = "kind: encoder, encoder: '" + run("gems") + "', beside: components";
  const auto line = [&](const std::string& id) {
    return "train --preset " + config("st_edm", tissue(input), at(""), id) + " --runs " + at("runs").string() + " --run-id " + id + " --set steps=400 --set checkpoint.every=50 --device cpu --threads 1";
  };
  ASSERT_EQ(std::system(("'" + engine_path() + "' " + line("killed") + " >/dev/null 2>&1 &").c_str()), 0);
  ASSERT_TRUE(eventually([&] { const Json s = status_of(run("killed")); return s.is_object() && s.value("step", 0) >= 60; }));
  kill(static_cast<pid_t>(status_of(run("killed")).value("pid", 0)), SIGKILL);
  ASSERT_LT(status_of(run("killed")).value("step", 0), 400) << "it was killed on the way";
  ASSERT_TRUE(eventually([&] {
    store::RunReader reader(run("killed"));
    reader.poll_status();
    return reader.health() == store::Health::lost;
  }));
  const Said resumed = run_engine("resume " + run("killed"));
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  ASSERT_EQ(run_engine(line("in_one_go")).exit_code, 0);
  const auto whole = values_of(run("in_one_go"), "loss/total");
  EXPECT_EQ(whole.size(), 400u);
  EXPECT_EQ(values_of(run("killed"), "loss/total"), whole);
}

TEST_F(EncoderInput, NewCountsGoThroughTheSameEncoderWhereItIsStillThere) {
  const auto place = [&](const std::string& id, const std::string& data, const std::string& out) {
    return run_engine("--json apply --run " + run(id) + " --step 30 --data " + at(data).string() + " --out " + at(out).string());
  };
  fs::create_directory(at("chain"));
  const auto copy = [&](const std::string& from, const std::string& to) { fs::copy(run(from), at(to), fs::copy_options::recursive); };
  copy("gems", "chain/eyes");
  ASSERT_EQ(train("st_edm", tissue("kind: encoder, encoder: '" + at("chain/eyes").string() + "'"), at(""), "chained").exit_code, 0);
  ASSERT_EQ(run_engine("apply --run " + run("gems") + " --data " + at("c.h5ad").string() + " --with-counts --out " + at("c_by_hand.h5ad").string()).exit_code, 0);
  ASSERT_EQ(place("chained", "c_by_hand.h5ad", "by_hand.h5ad").exit_code, 0);
  const Said said = place("chained", "c.h5ad", "in_one.h5ad");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_NE(said.err.find("cells are seen by the encoder of the run gems, step"), std::string::npos) << said.err;
  const data::Dataset one = hdf5::read_h5ad(at("in_one.h5ad").string(), {.expression = false});
  EXPECT_EQ(one.obsm.at("X_st_edm").values, hdf5::read_h5ad(at("by_hand.h5ad").string(), {.expression = false}).obsm.at("X_st_edm").values);
  EXPECT_FALSE(one.obsm.contains("X_gems")) << "whose file says which encoder made it";

  // Moved along with the run it is found beside it; gone, changed, or of genes that the data lack, it says so.
  fs::rename(at("chain/eyes"), at("runs/eyes"));
  EXPECT_EQ(place("chained", "c.h5ad", "beside.h5ad").exit_code, 0);
  fs::remove_all(at("runs/eyes"));
  expect_refused(place("chained", "c.h5ad", "gone.h5ad"), ErrorCode::bad_data, "have no obsm X_gems");
  ASSERT_EQ(train("gems", "parent: gems/demo\nseed: 9\nsteps: 20\nbatch_size: 32\ngenes: 30\nencoder: {hidden: [16], latent: 8}\ncheckpoint: {every: 10}\n", at(""), "anew").exit_code, 0);
  copy("anew", "chain/eyes");
  expect_refused(place("chained", "c.h5ad", "changed.h5ad"), ErrorCode::bad_data, "no checkpoint of the run anew holds the encoder");
  EXPECT_FALSE(fs::exists(at("changed.h5ad")));
}

TEST_F(EncoderInput, SaysInASentenceWhatIsWrong) {
  expect_refused(train("st_edm", tissue("kind: encoder"), at(""), "none"), ErrorCode::bad_config, "input.encoder names no run");
  expect_refused(train("st_edm", tissue("kind: encoder, encoder: /no/such/run"), at(""), "gone"), ErrorCode::bad_data, "/no/such/run");
  ASSERT_EQ(train("st_edm", tissue("kind: pca"), at(""), "other").exit_code, 0);
  expect_refused(train("st_edm", tissue("kind: encoder, encoder: '" + run("other") + "'"), at(""), "wrong"), ErrorCode::bad_config, "which is of st_edm");
  fs::create_directory(at("strange"));
  for (const char* name : {"a", "b", "c"}) {
    data::Dataset strange = slide(kSpots, kPanel, 9);
    for (auto& gene : strange.var.index) gene = "x" + gene;
    write(strange, at("strange/" + std::string(name) + ".h5ad"));
  }
  expect_refused(train("st_edm", tissue("kind: encoder, encoder: '" + run("gems") + "'"), at("strange"), "genes"), ErrorCode::bad_data, "genes");
}

TEST_F(EncoderInput, IsNotAskedForWhereAnotherInputIsChosen) {
  const Said said = run_engine("train --dry-run --preset " + config("st_edm", tissue("kind: pca, encoder: /no/such/run"), at(""), "unused") + " --device cpu --threads 1");
  EXPECT_EQ(said.exit_code, 0) << said.err;
}

TEST_F(EncoderInput, ARunThatWasChangedSinceIsNotResumedWith) {
  const std::string line = "train --preset " + config("st_edm", tissue("kind: encoder, encoder: '" + at("moving").string() + "'"), at(""), "moved") + " --runs " + at("runs").string() + " --run-id moved --device cpu --threads 1";
  fs::copy(run("gems"), at("moving"), fs::copy_options::recursive);
  ASSERT_EQ(run_engine(line).exit_code, 0);
  fs::remove_all(at("moving"));
  const std::string again = "evaluate --run " + run("moved");
  expect_refused(run_engine(again), ErrorCode::bad_data, "moving");
  ASSERT_EQ(train("gems", "parent: gems/demo\nseed: 8\nsteps: 20\nbatch_size: 32\ngenes: 30\nencoder: {hidden: [16], latent: 8}\ncheckpoint: {every: 10}\n", at(""), "second").exit_code, 0);
  fs::copy(run("second"), at("moving"), fs::copy_options::recursive);
  expect_refused(run_engine(again), ErrorCode::bad_data, "another encoder");
}

}  // namespace
}  // namespace geocyte::test
