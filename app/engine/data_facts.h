// SPDX-License-Identifier: GPL-3.0-or-later
// Which data a run saw, in run.json: path, size, time and a sampled hash of each file at once, its SHA-256 when it is ready.
#pragma once

#include <stop_token>
#include <thread>

#include "app/engine/prepared_system.h"
#include "engine/store/run_writer.h"

namespace geocyte::app {

class DataFacts {
 public:
  /// Says it in events and log as well. On a run that goes on, a file that changed since the start becomes a note.
  DataFacts(const OpenedData& data, const std::string& device, store::RunWriter& writer);
  /// Ends the hashing, ready or not.
  ~DataFacts() = default;
  DataFacts(const DataFacts&) = delete;
  DataFacts& operator=(const DataFacts&) = delete;

 private:
  void hash(const std::stop_token& stop, Json files);
  store::RunWriter& writer_;
  Json data_;
  std::jthread thread_;                    // last: it uses what stands above
};

}  // namespace geocyte::app
