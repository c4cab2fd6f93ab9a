// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/sample_data.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <functional>
#include <map>
#include <vector>

#include "engine/config/schema.h"
#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/core/paths.h"
#include "engine/core/rng.h"
#include "engine/core/text.h"
#include "engine/hdf5/h5ad_writer.h"

namespace geocyte::inspect {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kScheme = "simulate:";
constexpr const char* kRecipe = "six_sources";
constexpr int kRecipeVersion = 1;          // part of the cache key: a changed simulation gets new files
constexpr const char* kListFile = "sources.json";

template <class T> T parse_value(const std::string& key, std::string_view text) {
  T value{};
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size() || text.empty())
    throw Error(ErrorCode::bad_config, fmt::format("The simulation option {} is \"{}\", which is not {}", key, text,
                                                   std::is_integral_v<T> ? "a whole number" : "a number"));
  return value;
}

using Setter = std::function<void(simulate::SixSourcesOptions&, const std::string& key, std::string_view text)>;

/// Every key that an address may have.
std::map<std::string, Setter> setters() {
  using Options = simulate::SixSourcesOptions;
  const auto number = [](double Options::*field) -> Setter {
    return [field](Options& o, const std::string& key, std::string_view text) { o.*field = parse_value<double>(key, text); };
  };
  return {
      {"genes", [](Options& o, const std::string& key, std::string_view text) { o.genes = parse_value<int>(key, text); }},
      {"seed", [](Options& o, const std::string& key, std::string_view text) { o.seed = parse_value<std::uint64_t>(key, text); }},
      {"scale", number(&Options::scale)},
      {"platform_log_sd", number(&Options::platform_log_sd)},
      {"effects",
       [](Options& o, const std::string& key, std::string_view text) {
         // Later keys of the address switch single effects on again.
         if (parse_value<int>(key, text) == 0) simulate::only_platform(o);
       }},
      {"slide_log_sd", number(&Options::slide_log_sd)},
      {"patient_log_sd", number(&Options::patient_log_sd)},
      {"outlier_log_sd", number(&Options::outlier_log_sd)},
      {"library_log_sd", number(&Options::library_log_sd)},
      {"dropout", number(&Options::dropout)},
      {"ambient", number(&Options::ambient)},
      {"dispersion", number(&Options::dispersion)},
      {"recovery", number(&Options::recovery)},
  };
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates) {
  const std::string nearest = config::nearest_name(name, candidates);
  if (!nearest.empty()) return "Did you mean " + nearest + "?";
  return "There is: " + listed(candidates, 12) + ".";
}

std::string cache_key(const std::string& recipe, const simulate::SixSourcesOptions& o) {
  const std::string everything =
      fmt::format("{} v{} {} {} {} {} {} {} {} {} {} {} {} {}", recipe, kRecipeVersion, o.genes, o.seed, o.scale, o.platform_log_sd,
                  o.patient_log_sd, o.outlier_log_sd, o.library_log_sd, o.dropout, o.ambient, o.dispersion, o.slide_log_sd, o.recovery);
  return fmt::format("{}-g{}-s{}-{:08x}", recipe, o.genes, o.seed, hash64(everything) & 0xffffffffu);
}

bool is_complete(const fs::path& folder) {
  if (!fs::exists(folder / kListFile)) return false;
  for (const auto& entry : simulate::six_sources_list())
    if (!fs::exists(folder / entry.at("file").get<std::string>())) return false;
  return true;
}

/// Folders of callers that were killed while writing.
void remove_leftovers(const fs::path& cache, const std::string& prefix) {
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(cache, ignored))
    if (entry.path().filename().string().starts_with(prefix) && fs::last_write_time(entry.path(), ignored) < old)
      fs::remove_all(entry.path(), ignored);
}

void make_folder(const fs::path& folder) {
  std::error_code status;
  fs::create_directories(folder, status);
  if (status)
    throw Error(ErrorCode::storage, "The folder " + folder.string() + " cannot be made: " + status.message());
}

}  // namespace

bool is_simulation(std::string_view data_folder) { return data_folder.starts_with(kScheme); }

SimulationRequest parse_simulation(const std::string& uri) {
  if (!is_simulation(uri))
    throw Error(ErrorCode::bad_config, "\"" + uri + "\" is not the address of a simulation",
                "It looks like simulate:six_sources?genes=500&seed=7.");
  std::string_view rest = std::string_view(uri).substr(kScheme.size());
  SimulationRequest request;
  const std::size_t question = rest.find('?');
  request.recipe = std::string(rest.substr(0, question));
  if (request.recipe != kRecipe)
    throw Error(ErrorCode::bad_config, "There is no simulation recipe \"" + request.recipe + "\"",
                did_you_mean(request.recipe, {kRecipe}));
  rest = question == std::string_view::npos ? std::string_view() : rest.substr(question + 1);
  const auto known = setters();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view item = rest.substr(0, end);
    rest = rest.substr(std::min(end + 1, rest.size()));
    const std::size_t equals = item.find('=');
    const std::string key(item.substr(0, equals));
    const auto setter = known.find(key);
    if (setter == known.end()) {
      std::vector<std::string> names;
      for (const auto& [name, unused] : known) names.push_back(name);
      throw Error(ErrorCode::bad_config, "The simulation " + request.recipe + " has no option \"" + key + "\"",
                  did_you_mean(key, names));
    }
    setter->second(request.options, key, equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1));
  }
  simulate::check_options(request.options);
  request.key = cache_key(request.recipe, request.options);
  return request;
}

fs::path default_cache_folder() { return geocyte::cache_folder() / "simulated"; }

void write_simulation(const SimulationRequest& request, const fs::path& folder, const simulate::Progress& progress) {
  constexpr double kShareOfSimulating = 0.7;
  const auto part = [&](double start, double share) -> simulate::Progress {
    return [&progress, start, share](double done, std::string_view what) { if (progress) progress(start + share * done, what); };
  };
  make_folder(folder);
  const auto sources = simulate::simulate_six_sources(request.options, part(0, kShareOfSimulating));
  const auto writing = part(kShareOfSimulating, 1 - kShareOfSimulating);
  const hdf5::H5adWriteOptions fast{.gzip = 1, .durable = false};
  for (std::size_t i = 0; i < sources.size(); ++i) {
    writing(static_cast<double>(i) / static_cast<double>(sources.size()), "writing " + sources[i].name);
    hdf5::write_h5ad(sources[i], (folder / (sources[i].name + ".h5ad")).string(), fast);
  }
  const Json list = {{"note", simulate::describe(request.options)}, {"sources", simulate::six_sources_list()}};
  write_file_atomically(folder / kListFile, list.dump(2) + "\n", false);
  writing(1, "written");
}

std::string ensure_simulated(const std::string& uri, const fs::path& cache_folder, const simulate::Progress& progress) {
  const SimulationRequest request = parse_simulation(uri);
  const fs::path cache = cache_folder.empty() ? default_cache_folder() : cache_folder;
  const fs::path wanted = cache / request.key;
  if (is_complete(wanted)) return wanted.string();
  make_folder(cache);
  const std::string prefix = "." + request.key + ".";
  remove_leftovers(cache, prefix);
  const auto tick = std::chrono::steady_clock::now().time_since_epoch().count();
  const fs::path own = cache / fmt::format("{}{}-{:x}", prefix, getpid(), hash64(std::to_string(tick), request.options.seed));
  std::error_code status;
  try {
    write_simulation(request, own, progress);
    if (fs::exists(wanted) && !is_complete(wanted)) fs::remove_all(wanted, status);   // somebody deleted a file of it
    fs::rename(own, wanted, status);
  } catch (...) {
    fs::remove_all(own, status);
    throw;
  }
  if (status) {   // another caller was first: its files are the same
    std::error_code ignored;
    fs::remove_all(own, ignored);
    if (!is_complete(wanted))
      throw Error(ErrorCode::storage, "The folder " + wanted.string() + " cannot be made: " + status.message());
  }
  return wanted.string();
}

}  // namespace geocyte::inspect
