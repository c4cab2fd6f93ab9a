// SPDX-License-Identifier: GPL-3.0-or-later
// A short run of any system over memory, on small data.
#pragma once

#include <cstdio>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "engine/config/system_spec.h"
#include "engine/store/contract/memory_sink.h"
#include "engine/train/device.h"
#include "engine/train/train_context.h"
#include "engine/train/trainer.h"
#include "plugins/registry.h"
#include "plugins/systems.h"
#include "tests/conformance/small_sources.h"

namespace geocyte {

inline config::SystemSpec spec_named(const std::string& id) {
  for (config::SystemSpec& spec : plugins::all_specs())
    if (spec.id == id) return spec;
  return {};
}

/// Defaults of a system, made small where it has the usual parameters; every switch of a loss is on.
inline Json small_options(const config::SystemSpec& spec, int steps) {
  Json options = config::defaults(spec.parameters);
  const auto set = [&](const std::string& path, Json value) {
    if (config::find(options, path)) config::set(options, path, std::move(value));
  };
  set("steps", steps);
  set("batch_size", 24);
  set("genes", 0);
  set("encoder.hidden", Json::array({16}));
  set("encoder.latent", 8);
  set("encoder.components", 4);
  set("discriminator.hidden", Json::array({8}));
  set("input.components", 8);
  set("refine.share", 0.5);
  set("heads.pretrain", 0.4);
  if (config::find(options, "genes_by")) set("genes", 24);   // a panel that is chosen, not all there is
  set("augment.pseudo_spots", 0.2);
  for (const char* size : {"edm.width", "edm.points", "edm.latent"}) set(size, 4);
  for (const char* count : {"edm.context", "edm.generate", "edm.denoise"}) set(count, 1);
  set("edm.sets", 2);
  set("edm.caps", Json::array({9.0}));   // high enough for every term to count
  set("edm.check_every", 2);
  set("loss.reconstruction.components", 8);
  set("loss.spatial.neighbours", 3);
  set("loss.pseudo_places.neighbours", 3);
  set("loss.pseudo_places.share", 0.8);
  set("loss.mnn_contrast.neighbours", 2);
  set("loss.expression_contrast.neighbours", 2);
  set("loss.class_discrepancy.types", 3);
  set("loss.pseudo_labels.temperature", 0.5);   // of three types, so that some cells are sure and others not
  set("checkpoint.every", 0);
  set("validate.every", 0);
  set("snapshot.every_s", 10);
  for (const config::Parameter& parameter : spec.parameters) {
    if (!parameter.path.starts_with("loss.")) continue;
    if (parameter.path.ends_with(".enabled")) set(parameter.path, true);
    if (parameter.path.ends_with(".warmup_start")) set(parameter.path, 1);
    if (parameter.path.ends_with(".warmup_steps")) set(parameter.path, 3);
  }
  return options;
}

struct SmallRun {
  config::SystemSpec spec;
  Json options;
  train::Inputs inputs = small_inputs();
  store::MemorySink sink;
  train::TrainerOptions how;
  StopSource stop;
  train::Collective alone;
  std::unique_ptr<train::System> system;
  double seconds = 0;

  SmallRun(config::SystemSpec of, int steps) : spec(std::move(of)), options(small_options(spec, steps)), system(plugins::make_system(spec.id)) {
    train::set_threads(1);   // what is small is slower on more
    how.evaluate = false;
    how.probes = false;
    // One second passes at each look at the clock: requests are seen between any two steps on any machine.
    how.clock = [this] { return seconds += 1; };
  }
  void set(const std::string& path, Json value) { config::set(options, path, std::move(value)); }
  train::RunOutcome run() {
    const Json* seed = config::find(options, "seed");
    train::TrainContext ctx(options, c10::kCPU, c10::kFloat, 1, seed ? seed->get<std::uint64_t>() : 0, stop.get_token(), "", alone);
    return train::Trainer::run(*system, spec, inputs, ctx, sink, how);
  }
  store::MemorySink::Series losses() const { return sink.series("loss/total"); }
  std::string checkpoint(std::int64_t step) {
    char name[16];
    std::snprintf(name, sizeof name, "%08d", static_cast<int>(step));
    return sink.folder("checkpoints") + "/" + name;
  }
  /// Stops when the run first reports `step`; asked for by whoever looks into the inbox.
  void stop_after(std::int64_t step) {
    sink.on_poll([this, step](std::int64_t) -> std::vector<store::ControlRequest> {
      if (static_cast<std::int64_t>(losses().size()) < step || asked_) return {};
      asked_ = true;
      return {{"stop-1", "", "stop", "user", Json::object()}};
    });
  }

 private:
  bool asked_ = false;
};

/// A system, and what it trains where it has several kinds of model.
struct Variant {
  std::string id, kind;
  std::string name() const { return kind.empty() ? id : id + "_" + kind; }
};

inline void PrintTo(const Variant& variant, std::ostream* out) { *out << variant.name(); }

struct VariantRun : SmallRun {
  VariantRun(const Variant& variant, int steps) : SmallRun(spec_named(variant.id), steps) {
    if (!variant.kind.empty()) set("model.kind", variant.kind);
  }
  /// Whether the system has such a parameter.
  bool has(const char* path) const { return config::find(options, path) != nullptr; }
};

/// The default kind first.
inline std::vector<Variant> variants_of(const std::string& id) {
  std::vector<Variant> variants{{id, ""}};
  for (const config::Parameter& parameter : spec_named(id).parameters) {
    if (parameter.path != "model.kind") continue;
    for (const std::string& kind : parameter.choices)
      if (kind != parameter.default_value.get<std::string>()) variants.push_back({id, kind});
  }
  return variants;
}

inline std::string why(const train::RunOutcome& outcome) { return outcome.error ? outcome.error->what() : ""; }

}  // namespace geocyte
