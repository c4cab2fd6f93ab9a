// SPDX-License-Identifier: GPL-3.0-or-later
// `evaluate --run R`: judges a checkpoint on the held-out cells again and writes evaluation/<step>.json.
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include "app/engine/command.h"
#include "app/engine/prepared_system.h"
#include "app/engine/run_argument.h"
#include "app/engine/run_configuration.h"
#include "engine/core/error.h"
#include "engine/jobs/steer.h"
#include "engine/store/run_lock.h"
#include "engine/train/evaluation_file.h"
#include "engine/train/restore.h"
#include "plugins/registry.h"

namespace geocyte::app {
namespace {

struct EvaluateRequest {
  std::string run;
  DeviceWish wish;
  std::optional<std::int64_t> step;
};

std::string number_or_dash(const std::optional<double>& value) { return value && std::isfinite(*value) ? fmt::format("{:.4g}", *value) : "–"; }

void print_table(const train::Evaluation& evaluation) {
  std::printf("%-34s %-10s %10s  %-22s %10s %8s\n", "metric", "method", "value", "95 % interval", "chance", "n");
  for (const auto& row : evaluation.rows) {
    const std::string interval = row.low && row.high ? fmt::format("[{:.4g}, {:.4g}]", *row.low, *row.high) : std::string("–");
    std::printf("%-34s %-10s %10s  %-22s %10s %8lld\n", row.metric.c_str(), row.method.c_str(), number_or_dash(row.value).c_str(), interval.c_str(),
                number_or_dash(row.chance).c_str(), static_cast<long long>(row.n));
  }
  for (const auto& check : evaluation.checks)
    std::printf("%-10s %-26s %10s  %-22s %s\n", check.kind == "mixing" ? "no gate" : !check.passes ? "not judged" : *check.passes ? "passes" : "FAILS", check.title.c_str(), number_or_dash(check.value).c_str(),
                check.low && check.high ? fmt::format("[{:.4g}, {:.4g}]", *check.low, *check.high).c_str() : check.bound ? fmt::format("bound {:.4g}", *check.bound).c_str() : "–", check.rule.c_str());
  for (const auto& verdict : evaluation.verdicts) std::printf("%s %s\n", verdict.headline.c_str(), verdict.evidence.c_str());
}

int evaluate(const EvaluateRequest& request, bool json) {
  const auto folder = run_folder(request.run);
  store::RunReader reader(folder);
  if (jobs::has_living_engine(folder))
    throw Error(ErrorCode::usage, "an engine works on the run " + reader.facts().id, "it evaluates at its end; stop it first, or wait");
  const auto specs = plugins::all_specs();
  const auto resolved = configuration_of(reader, specs);
  const ChosenCheckpoint checkpoint = choose_checkpoint(reader, request.step);
  for (const auto& problem : checkpoint.problems) std::fprintf(stderr, "note: %s\n", problem.c_str());
  const store::RunLock lock(folder);
  PreparedSystem prepared = prepare_system(resolved, request.wish, std::filesystem::temp_directory_path().string(), {});
  const auto restored = train::restore_system(checkpoint.found.folder, *prepared.system, *resolved.system, prepared.data.inputs, *prepared.context);
  train::EvaluationRequest how;
  how.seed = prepared.context->rng().seed();
  const at::NoGradGuard no_gradient;
  const auto evaluation = with_context("evaluating", [&] { return prepared.system->evaluate(how, *prepared.context); });
  std::filesystem::create_directories(folder / "evaluation");
  const auto file = train::write_evaluation(folder / "evaluation", evaluation, {restored.loop.step, how.seed, prepared.data.inputs.data_note, prepared.data.inputs.simulated, std::nullopt});
  if (json) {
    Json all = evaluation.to_json();
    all["file"] = file.string();
    all["step"] = restored.loop.step;
    all["why"] = checkpoint.why;
    std::printf("%s\n", all.dump(1).c_str());
  } else {
    std::printf("step %lld (%s), seed %llu, %s\n", static_cast<long long>(restored.loop.step), checkpoint.why.c_str(), static_cast<unsigned long long>(how.seed),
                prepared.data.inputs.data_note.c_str());
    print_table(evaluation);
    std::printf("%s\n", file.c_str());
  }
  return 0;
}

}  // namespace

void add_evaluate(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("evaluate", "judge a checkpoint on held-out cells, beside the baselines");
  auto request = std::make_shared<EvaluateRequest>();
  command->add_option("--run", request->run, "run directory, or a runs folder (its newest run)")->required();
  command->add_option("--step", request->step, "checkpoint to judge (default: the best one)");
  command->add_option("--device", request->wish.device, "auto, cpu, cuda or cuda:N");
  command->add_option("--threads", request->wish.threads, "threads of one operation; 0 = all")->check(CLI::Range(0, 1024));
  command->callback([=, &session] {
    session.action = [=, &session] { return evaluate(*request, session.json); };
  });
}

}  // namespace geocyte::app
