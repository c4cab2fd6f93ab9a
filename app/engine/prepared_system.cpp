// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/prepared_system.h"

#include <fmt/format.h>

#include "app/engine/encoded_sources.h"
#include "app/engine/progress_bar.h"
#include "engine/core/text.h"
#include "engine/inspect/open_sources.h"
#include "engine/train/device.h"
#include "plugins/systems.h"

namespace geocyte::app {
namespace {

std::int64_t option_integer(const Json& options, const char* path) {
  const Json* value = config::find(options, path);
  return value && value->is_number() ? value->get<std::int64_t>() : 0;
}

std::string option_text(const Json& options, const char* path) {
  const Json* value = config::find(options, path);
  return value && value->is_string() ? value->get<std::string>() : std::string();
}

}  // namespace

OpenedData open_data(const Json& options) {
  ProgressBar bar("data");
  inspect::OpenOptions how;
  how.progress = [&](double fraction, std::string_view what) { bar.update(fraction, what); };
  const Json* sources = config::find(options, "sources");
  auto opened = inspect::open_sources(sources ? *sources : Json::array(), option_text(options, "data_folder"), how);
  OpenedData data;
  for (const auto& source : opened.sources) data.cells += source.size();
  data.shared_genes = static_cast<std::int64_t>(opened.genes.size());
  data.summary = fmt::format("{} sources, {} cells, {} shared genes", opened.sources.size(), grouped(data.cells), grouped(data.shared_genes));
  data.files = std::move(opened.files);
  data.notes = std::move(opened.notes);
  data.inputs = {std::move(opened.sources), opened.data_note, opened.simulated, {}};
  bar.finish(data.summary);
  return data;
}

PreparedSystem prepare_system(const config::ResolvedRun& resolved, const DeviceWish& wish, const std::string& scratch, const StopToken& stop) {
  const Json& options = resolved.options;
  const std::string wanted = !wish.device.empty() ? wish.device : option_text(options, "device");
  const auto device = train::choose_device(wanted.empty() ? "auto" : wanted);
  const int threads = train::set_threads(wish.threads >= 0 ? wish.threads : static_cast<int>(option_integer(options, "threads")));
  PreparedSystem prepared;
  prepared.data = open_data(options);
  encode_sources(resolved, prepared.data);
  prepared.alone = std::make_unique<train::Collective>();
  prepared.context = std::make_unique<train::TrainContext>(options, device, c10::ScalarType::Float, threads,
                                                           static_cast<std::uint64_t>(option_integer(options, "seed")), stop, scratch, *prepared.alone);
  prepared.system = plugins::make_system(resolved.system->id);
  return prepared;
}

}  // namespace geocyte::app
