// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/data_facts.h"

#include <cstdio>
#include <memory>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include "engine/core/error.h"
#include "engine/inspect/fingerprint.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/contract/sha256.h"
#include "engine/store/run_layout.h"

namespace geocyte::app {
namespace {

/// "" when it was stopped or the file cannot be read (any more).
std::string sha256_of(const std::string& path, const std::stop_token& stop) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) return {};
  store::Sha256 hash;
  std::vector<std::uint8_t> buffer(std::size_t{1} << 18);
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    if (stop.stop_requested()) return {};
    hash.update(buffer.data(), size);
  }
  return std::ferror(file.get()) ? std::string() : hash.hex();
}

/// The files as run.json of an earlier session has them; an empty list when there was none.
Json files_before(const store::RunWriter& writer) {
  try {
    const Json run = store::read_json_file(writer.directory() / store::kRunFile);
    const Json data = run.value("data", Json());
    const Json files = data.is_object() ? data.value("files", Json()) : Json();
    return files.is_array() ? files : Json::array();
  } catch (const Error&) {
    return Json::array();
  }
}

const Json* entry_of(const Json& files, const std::string& path) {
  for (const Json& file : files)
    if (file.is_object() && store::text_at(file, "path") == path) return &file;
  return nullptr;
}

}  // namespace

DataFacts::DataFacts(const OpenedData& data, const std::string& device, store::RunWriter& writer) : writer_(writer) {
  const Json before = files_before(writer);
  Json files = Json::array();
  bool changed = false;
  for (const auto& path : data.files) {
    Json file = inspect::fingerprint(path);
    if (const Json* known = entry_of(before, store::text_at(file, "path"))) {
      if (store::text_at(*known, "sampled") != store::text_at(file, "sampled")) {
        changed = true;
        writer.event(0, "note", {{"text", "the file " + path + " is not what it was when the run was started"}});
      } else if (known->contains("sha256")) {
        file["sha256"] = (*known)["sha256"];
      }
    }
    files.push_back(std::move(file));
  }
  data_ = {{"note", data.inputs.data_note}, {"simulated", data.inputs.simulated}, {"cells", data.cells}, {"shared_genes", data.shared_genes}};
  data_["files"] = files;
  writer.event(0, "note", {{"text", data.summary}, {"data", data.inputs.data_note}, {"files", files}});
  writer.log("info", data.summary + " (" + data.inputs.data_note + ")");
  for (const auto& note : data.notes) writer.event(0, "note", {{"text", note}});
  // What a run was started with stays.
  if (before.empty()) writer.add_facts({{"data", data_}, {"device", device}});
  if (!changed) thread_ = std::jthread([this, files](const std::stop_token& stop) { hash(stop, files); });
}

void DataFacts::hash(const std::stop_token& stop, Json files) {
  // Reading gigabytes is nothing that training should wait for.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
  bool news = false;
  for (Json& file : files) {
    if (file.contains("sha256")) continue;
    const std::string hash = sha256_of(store::text_at(file, "path"), stop);
    if (stop.stop_requested()) return;
    if (hash.empty()) continue;
    file["sha256"] = hash;
    news = true;
  }
  if (!news) return;
  Json data = data_;
  data["files"] = files;
  try {
    writer_.add_facts({{"data", data}});
  } catch (const Error&) {  // the disk is full: the training thread says so
  }
}

}  // namespace geocyte::app
