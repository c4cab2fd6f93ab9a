// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts of real runs: none of the healthy demo, one of a run that is spoilt on purpose.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "engine/core/json.h"
#include "engine/core/text.h"
#include "tests/support/run_engine.h"

namespace geocyte::test {
namespace {

std::set<std::string> alerts_of(const std::filesystem::path& run) {
  std::set<std::string> ids;
  for (const std::string& line : split(slurp(run / "events.jsonl"), '\n')) {
    const Json event = Json::parse(line, nullptr, false);
    if (event.is_object() && event.value("kind", "") == "alert" && event.value("state", "") == "raised") ids.insert(event.value("id", ""));
  }
  return ids;
}

TEST(Alerts, TheHealthyDemoRaisesNone) {
  TemporaryFolder folder;
  // The whole demo with tests/run --long; its first part has what comes nearest to an alert: the start of the adversary.
  const std::string steps = std::getenv("GEOCYTE_LONG") ? "" : " --set steps=400";
  const Said said = run_engine("train --preset gems/demo --device cpu --runs " + folder.path().string() + " --run-id demo" + steps);
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(alerts_of(folder / "demo"), std::set<std::string>{});
}

TEST(Alerts, ATermThatDrownsTheOthersIsNamed) {
  TemporaryFolder folder;
  const Said said = run_engine("train --preset gems/demo --device cpu --runs " + folder.path().string() +
                               " --run-id spoilt --set steps=260 --set normalize.by_source=none --set loss.source_coral.enabled=true "
                               "--set loss.source_coral.weight=1000 --set loss.source_coral.warmup_start=0 --set loss.source_coral.warmup_steps=0 "
                               "--set loss.vicreg.weight=1 --set loss.mmd.enabled=false --set loss.source_adversary.enabled=false "
                               "--set loss.reconstruction.enabled=false --set loss.spatial.enabled=false --set genes=100 --set encoder.hidden=[32] --set encoder.latent=8");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_TRUE(alerts_of(folder / "spoilt").contains("loss/dominant"));
}

}  // namespace
}  // namespace geocyte::test
