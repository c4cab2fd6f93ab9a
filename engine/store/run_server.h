// SPDX-License-Identifier: GPL-3.0-or-later
// The inbox of a run that no engine trains any more. Holds the lock, so that nobody trains meanwhile, and leaves everything that the
// training wrote as it is: status.json keeps its last word, and nothing is superseded. Events say what was asked and answered.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/store/append_file.h"
#include "engine/store/contract/run_sink.h"
#include "engine/store/control_inbox.h"
#include "engine/store/run_lock.h"

namespace geocyte::store {

class RunServer {
 public:
  /// Throws Error{usage} when another process owns the run, Error{bad_data} when it is none, Error{storage}.
  explicit RunServer(const std::filesystem::path& run);

  /// Requests not yet seen, oldest first; those that waited before there was a server too.
  std::vector<ControlRequest> poll() { return inbox_.poll(); }
  void refuse(const ControlRequest& request, const std::string& why, std::int64_t step) { inbox_.answer(request, false, why, step); }
  /// Writes probes/<id>.h5, then answers. Throws Error{storage}.
  void answer_probe(const ControlRequest& request, const Snapshot& answer, std::int64_t step);

 private:
  std::filesystem::path run_;
  RunLock lock_;
  AppendFile events_;
  std::int64_t step_ = 0;
  ControlInbox inbox_;
};

}  // namespace geocyte::store
