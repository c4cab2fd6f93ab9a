// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "plugins/gems/options.h"
#include "plugins/gems/spec_parts.h"

namespace geocyte::plugins::gems {

/// Sizes follow from the shapes; seconds from 1.3 GFLOP a step of the demo taking about 30 ms on two cores.
config::ResourceEstimate estimate(const Json& json, const config::DataShape& shape) {
  const auto number = [&](const char* path, double otherwise) {
    const Json* value = config::find(json, path);
    return value && value->is_number() ? value->get<double>() : otherwise;
  };
  const GemsOptions o;
  const double wanted = number("genes", static_cast<double>(o.genes));
  const double shared = static_cast<double>(shape.genes), cells = static_cast<double>(shape.cells);
  const double genes = wanted > 0 ? std::min(wanted, shared) : shared;
  const double batch = number("batch_size", static_cast<double>(o.batch_size)), latent = number("encoder.latent", static_cast<double>(o.encoder.latent));
  double width = genes, weights = 0, activations = genes;
  if (const Json* hidden = config::find(json, "encoder.hidden"); hidden && hidden->is_array())
    for (const Json& layer : *hidden) {
      const double next = layer.is_number() ? layer.get<double>() : 0;
      weights += width * next;
      activations += 4 * next;
      width = next;
    }
  weights += width * latent;
  constexpr double kProgram = 350e6, kCuda = 700e6, kFlopsPerSecond = 4e10;
  config::ResourceEstimate e;
  const double data_bytes = 4 * cells * genes, model_bytes = 4 * weights * 4, step_bytes = 2 * 4 * batch * (activations + genes);
  const double snapshot_bytes = 4 * cells * latent;
  // A source is held as it was read (about a tenth of all counts are not zero, 8 bytes each) while its panel is cut out.
  e.host_bytes = kProgram + 2 * data_bytes + 0.8 * cells * shared + model_bytes + step_bytes + 4 * snapshot_bytes;
  e.device_bytes = kCuda + data_bytes + model_bytes + step_bytes;
  e.disk_bytes = std::min(number("snapshot.max", 60) * (snapshot_bytes + 16 * cells), 1e6 * number("snapshot.max_mb", 300)) +
                 5 * model_bytes + 400 * number("steps", static_cast<double>(o.steps));
  e.seconds_cpu = number("steps", static_cast<double>(o.steps)) * (6 * 2 * batch * weights / kFlopsPerSecond + 0.004);
  return e;
}

}  // namespace geocyte::plugins::gems
