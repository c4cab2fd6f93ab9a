// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include "engine/store/contract/checkpoint_folder.h"
#include "engine/store/contract/verdict_json.h"
#include "engine/train/artifacts.h"
#include "engine/train/evaluation_file.h"
#include "engine/train/loop.h"

namespace geocyte::train {
namespace {

constexpr double kStoppedDrain = 3;   // seconds for the analysis of the last snapshot when somebody waits for the end

}  // namespace

void Loop::finish_stopped() {
  if (control_->wishes().discard) return close(store::RunState::discarded, "discarded; no checkpoint was written");
  report(store::RunState::stopping);
  write_checkpoint("stopped");
  if (observer_) {
    take_snapshot();
    observer_->drain(std::min(options_.drain_s, kStoppedDrain));
  }
  close(store::RunState::stopped, "stopped at step " + std::to_string(loop_.step) + " with a checkpoint");
}

void Loop::finish_completed() {
  write_checkpoint("end");
  end_on_best();
  if (observer_) take_snapshot();
  if (options_.evaluate) {
    report(store::RunState::running, "evaluating on held-out cells");
    evaluate();
  }
  if (observer_) {
    report(store::RunState::running, "finishing the pictures of the last step");
    observer_->drain(options_.drain_s);
  }
  close(store::RunState::completed, "");
}

bool Loop::take_up_best() {
  if (!flag("best.end") || !loop_.best || loop_.best->step == loop_.step) return false;
  const std::int64_t best = loop_.best->step;
  const auto refuse = [&](const std::string& why) {
    sink_.event(loop_.step, "note", {{"text", stage().title + " ends on its last step: the best one, " + std::to_string(best) + ", " + why}});
    return false;
  };
  Checkpoint checkpoint;
  try {
    checkpoint = read_checkpoint(store::verify_checkpoint(checkpoints_, best).folder);
  } catch (const Error& error) {
    return refuse("cannot be read: " + error.message());
  }
  if (checkpoint.loop.stage != loop_.stage) return refuse("is of an earlier stage");
  CheckpointReader reader(std::move(checkpoint.system));
  with_context("taking up step " + std::to_string(best), [&] { system_.load(reader); });
  return true;
}

void Loop::end_on_best() {
  if (!take_up_best()) return;
  const store::Best& best = *loop_.best;
  ctx_.set_weights_of(best.step);
  sink_.event(loop_.step, "note",
              {{"text", fmt::format("step {} is what is shown, judged and exported at the end, the best by {} ({:.4g}); a run that is resumed goes on from step {}", best.step, best.metric,
                                    best.value, loop_.step)}});
  ArtifactWriter artifacts;
  system_.export_artifacts(artifacts);
  write_artifacts(artifacts.artifacts(), best.step);
}

void Loop::evaluate() {
  {
    const TimeShares::Measured measured(time_, TimeShares::observe);
    const Looking looking(ctx_);
    const at::NoGradGuard no_gradient;
    EvaluationRequest request;
    request.seed = ctx_.rng().seed();
    outcome_.evaluation = with_context("evaluating", [&] { return system_.evaluate(request, ctx_); });
  }
  write_evaluation(sink_.folder("evaluation"), *outcome_.evaluation, {ctx_.weights_of(), ctx_.rng().seed(), inputs_.data_note, inputs_.simulated, loop_.step});
  if (observer_) observer_->record(loop_.step, *outcome_.evaluation);
  if (observer_ && !outcome_.evaluation->checks.empty()) {   // whoever looks at the moment sees them beside its arrays
    store::Snapshot part;
    part.step = loop_.step;
    part.stage = stage().id;
    part.part = "evaluation";
    part.checks = outcome_.evaluation->checks;
    sink_.snapshot(std::move(part));
  }
  for (const store::Verdict& verdict : outcome_.evaluation->verdicts) sink_.event(loop_.step, "verdict", store::to_json(verdict));
}

void Loop::close(store::RunState state, const std::string& message) {
  outcome_.state = state;
  outcome_.step = loop_.step;
  outcome_.best = loop_.best;
  if (observer_) analysis_seconds_ = observer_->analysis_seconds();
  observer_.reset();   // no part comes after the last status
  sink_.flush();
  report(state, message);
  if (options_.progress) options_.progress({loop_.step, total_steps_, last_total_, state_ == store::RunState::completed ? "" : stage().id});
}

void Loop::fail(const Error& error) noexcept {
  outcome_.state = store::RunState::failed;
  outcome_.step = loop_.step;
  outcome_.best = loop_.best;
  outcome_.error = error;
  // Each of these may fail as well (a full disk is a common reason to be here); the others still say what they can.
  const auto attempt = [](const auto& work) {
    try {
      work();
    } catch (const std::exception&) {
    }
  };
  attempt([&] { if (observer_) observer_->record(loop_.step, error); });
  attempt([&] { observer_.reset(); });
  attempt([&] { sink_.event(loop_.step, "error", {{"code", name_of(error.code())}, {"what", error.message()}, {"hint", error.hint()}}); });
  attempt([&] { sink_.log("error", error.what()); });
  attempt([&] { report(store::RunState::failed, error.message()); });
  attempt([&] { sink_.flush(); });
}

}  // namespace geocyte::train
