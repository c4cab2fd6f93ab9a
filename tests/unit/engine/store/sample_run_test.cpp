// SPDX-License-Identifier: GPL-3.0-or-later
// A small run with something of everything, written into $GEOCYTE_SAMPLE_RUN when that is set: tests/interop reads it with
// other people's libraries. Without it the test reads the run back itself.
#include <cmath>
#include <cstdlib>

#include "engine/store/contract/checkpoint_folder.h"
#include "engine/store/control.h"
#include "engine/store/run_layout.h"
#include "tests/unit/engine/store/run_fixture.h"

namespace geocyte::store {
namespace {

class SampleRun : public RunTest {
 protected:
  /// Ten steps, of which the last three are written twice because the run resumes at step 8.
  void write_run(const std::filesystem::path& run) {
    auto writer = RunWriter::create(run, start());
    writer->write_axes({cells()});
    writer->event(0, "stage", {{"id", "encode"}});
    for (int step = 1; step <= 10; ++step) {
      writer->scalar("loss/total", step, 1.0 / step);
      writer->scalar("lr/encoder", step, 1e-3);
    }
    writer->snapshot(snapshot(5));
    Snapshot part = snapshot(5, "umap");
    part.arrays[0].caption = "UMAP, k=15, cosine, seed 7, 4 of 4 cells";
    part.verdicts.push_back({"align/outlier", "align", "warn", "P2_SC is the outlier source.", "4.1 against 1.2", "…"});
    writer->snapshot(part);
    CheckpointDraft draft(writer->folder(kCheckpointsFolder), 7);
    write(draft.folder() / "model.safetensors", std::string(1000, 'w'));
    draft.commit({{"best", true}});
    writer.reset();

    writer = RunWriter::reopen(run, 8);
    send_control(run, "stop");
    for (int step = 8; step <= 10; ++step) writer->scalar("loss/total", step, 2.0 / step);
    for (const ControlRequest& request : writer->poll_control()) writer->answer(request, true, "stopped", 10);
    Status status = running(10, 20);
    status.state = RunState::stopped;
    status.last_checkpoint = 7;
    status.best = Best{"val/total", .25, 7};
    writer->status(status);
    writer->log("info", "stopped at step 10");
  }
};

TEST_F(SampleRun, IsReadBack) {
  const char* wanted = std::getenv("GEOCYTE_SAMPLE_RUN");
  const std::filesystem::path run = wanted ? std::filesystem::path(wanted) : run_;
  write_run(run);
  RunReader reader(run);
  ASSERT_TRUE(reader.poll_status());
  EXPECT_EQ(reader.status()->state, RunState::stopped);
  const auto total = reader.poll_scalars().points.at("loss/total");
  ASSERT_EQ(total.size(), 10u);
  EXPECT_EQ(total[9].value, static_cast<double>(2.0f / 10.0f));
  EXPECT_EQ(reader.snapshots().size(), 1u);
  EXPECT_EQ(reader.read_axes().at(0).ids.size(), 4u);
}

}  // namespace
}  // namespace geocyte::store
