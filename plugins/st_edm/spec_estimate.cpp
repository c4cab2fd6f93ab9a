// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "plugins/st_edm/options.h"
#include "plugins/st_edm/spec_parts.h"

namespace geocyte::plugins::st_edm {

namespace {

/// Of the seed's system: a step is dominated by the products of its blocks, some 14 c^2 multiplications a cell and block and direction.
config::ResourceEstimate seed_estimate(const Json& json, const config::DataShape& shape, double panel) {
  const auto number = [&](const char* path, double otherwise) {
    const Json* value = config::find(json, path);
    return value && value->is_number() ? value->get<double>() : otherwise;
  };
  const SeedOptions o;
  const double width = 4 * number("edm.width", static_cast<double>(o.width)), cells = static_cast<double>(shape.cells);
  const double blocks = number("edm.context", static_cast<double>(o.context)) + number("edm.generate", static_cast<double>(o.generate)) +
                        1.5 * number("edm.denoise", static_cast<double>(o.denoise));
  const double seen = number("edm.sets", static_cast<double>(o.sets)) * number("batch_size", 128), steps = number("steps", 600);
  const double model_bytes = 4 * 4 * blocks * 10 * width * width;
  constexpr double kProgram = 350e6, kCuda = 700e6, kPerSecond = 12e9, kTensors = 40;
  config::ResourceEstimate e;
  e.host_bytes = kProgram + 12 * panel + 0.8 * cells * static_cast<double>(shape.genes) + model_bytes + 4 * kTensors * blocks * seen * width + 600 * cells;
  e.device_bytes = kCuda + 4 * panel + model_bytes + 4 * kTensors * blocks * seen * width + 600 * cells;
  e.disk_bytes = std::min(number("snapshot.max", 60) * 24 * cells, 1e6 * number("snapshot.max_mb", 300)) + 5 * model_bytes + 800 * steps;
  e.seconds_cpu = 1 + steps * 3 * blocks * 14 * width * width * seen / kPerSecond + 0.02 * cells;
  return e;
}

}  // namespace

/// Sizes follow from the shapes; a step is dominated by the matrices of pairs, some 25 passes over members x cells^2 numbers.
config::ResourceEstimate estimate(const Json& json, const config::DataShape& shape) {
  const auto number = [&](const char* path, double otherwise) {
    const Json* value = config::find(json, path);
    return value && value->is_number() ? value->get<double>() : otherwise;
  };
  const StEdmOptions o;
  const double wanted = number("genes", static_cast<double>(o.genes)), shared = static_cast<double>(shape.genes), cells = static_cast<double>(shape.cells);
  const double genes = wanted > 0 ? std::min(wanted, shared) : shared;
  const double batch = number("batch_size", static_cast<double>(o.batch_size)), members = number("heads.members", static_cast<double>(o.heads.members));
  const double hidden = number("heads.hidden", static_cast<double>(o.heads.hidden)), steps = number("steps", static_cast<double>(o.steps));
  const double largest = cells / std::max<double>(1, static_cast<double>(shape.sources));
  // Networks that miss slides learn beside the others, one ensemble after the other.
  const double all = members + number("heads.missed", 0) * std::min(3.0, std::max(0.0, static_cast<double>(shape.sources) - 1));
  const double pairs = members * batch * batch, model_bytes = 4 * 4 * all * hidden * (genes + 64);
  const Json* kind = config::find(json, "model.kind");
  if (kind && *kind == Json("seed")) return seed_estimate(json, shape, cells * genes);
  constexpr double kProgram = 350e6, kCuda = 700e6, kPasses = 25, kPassesPerSecond = 1e9, kLayoutPasses = 120 * 2.5 / 4e8;
  config::ResourceEstimate e;
  e.host_bytes = kProgram + 12 * cells * genes + 0.8 * cells * shared + model_bytes + 4 * kPasses * pairs + 24 * largest * largest;
  e.device_bytes = kCuda + 4 * cells * genes + model_bytes + 4 * kPasses * pairs;
  e.disk_bytes = std::min(number("snapshot.max", 60) * 24 * cells, 1e6 * number("snapshot.max_mb", 300)) + 5 * model_bytes + 400 * steps;
  // Pooled neighbours: a second look, and of each pair the features of one cell, a look at a whole source included.
  const Json* context = config::find(json, "heads.context");
  const bool pooled = context && *context == Json("neighbours");
  if (pooled) e.host_bytes += 4 * members * std::min(largest, 8192.0) * (genes + 512);
  e.seconds_cpu = 1 + steps * (kPasses * pairs * all / members / kPassesPerSecond + (pooled ? 12 : 6) * batch * model_bytes / 16 / 4e10 + (pooled ? 2 * pairs * all / members * genes / 4e10 : 0)) +
                  static_cast<double>(shape.sources) * kLayoutPasses * largest * largest * 4;
  return e;
}

}  // namespace geocyte::plugins::st_edm
