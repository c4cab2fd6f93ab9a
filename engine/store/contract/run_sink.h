// SPDX-License-Identifier: GPL-3.0-or-later
// Where training writes to. The run writer implements it over files; tests implement it over memory.
// Every call may be made from any thread and returns at once: work is queued for the writer thread, a step never waits
// longer than a copy. Errors of the writer surface as Error{storage} from the next call of the training thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/store/contract/axis.h"
#include "engine/store/contract/snapshot.h"
#include "engine/store/contract/status.h"

namespace geocyte::store {

/// A request of the control inbox.
struct ControlRequest {
  std::string id, key, command, by;            ///< command: pause unpause stop checkpoint snapshot set …
  Json args = Json::object();
};

inline constexpr std::size_t kProbesKept = 20;

class RunSink {
 public:
  virtual ~RunSink() = default;
  virtual void write_axes(const std::vector<Axis>& axes) = 0;
  /// One value of a scalar at a step. `tag` is a metric path.
  virtual void scalar(const std::string& tag, std::int64_t step, double value) = 0;
  /// Appends to events.jsonl; time is added. kind: stage checkpoint snapshot removed alert verdict control change note error
  virtual void event(std::int64_t step, const std::string& kind, Json details) = 0;
  /// Raw snapshot (part == "") or a derived part; its scalars are written as scalars, its verdicts as events.
  virtual void snapshot(Snapshot snapshot) = 0;
  /// The training thread's view of the state; the writer adds heartbeat, memory and rate.
  virtual void status(const Status& status) = 0;
  /// Requests not yet seen, oldest first; superseded ones (same key) are already answered. Cheap: one directory look a call.
  virtual std::vector<ControlRequest> poll_control() = 0;
  /// Moves the request to control/done with the answer and writes the event.
  virtual void answer(const ControlRequest& request, bool done, const std::string& text, std::int64_t step) = 0;
  /// Writes the arrays as probes/<id of the request>.h5 and then answers the request as done; an id that cannot be a file name is
  /// refused. Of the answers the newest kProbesKept stay.
  virtual void answer_probe(const ControlRequest& request, Snapshot answer, std::int64_t step) = 0;
  /// A folder inside the run directory that exists: "artifacts/encoder", "checkpoints/00012000".
  virtual std::string folder(const std::string& relative) = 0;
  virtual void log(const std::string& level, const std::string& text) = 0;
  /// Waits until everything queued is on disk. Throws Error{storage}.
  virtual void flush() = 0;
};

}  // namespace geocyte::store
