// SPDX-License-Identifier: GPL-3.0-or-later
// Answers the requests of the control inbox between two steps. What a request means is here; what it does to the run is an
// action that the trainer lends.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/config/schema.h"
#include "engine/store/contract/run_sink.h"

namespace geocyte::train {

/// What was asked for and still holds.
struct Wishes {
  bool paused = false, stop = false, stop_at_stage_end = false, discard = false;
  bool ends_now() const { return stop || discard; }
};

struct ControlActions {
  std::function<std::string()> checkpoint;       ///< writes one; returns what to answer
  std::function<std::string()> snapshot;
  std::function<std::string(std::int64_t steps)> extend;
  std::function<std::string(const Json& args)> alert_rules;
  /// Answers the request by itself.
  std::function<void(const store::ControlRequest&)> probe;
  /// Changes a parameter that is known to be live and valid.
  std::function<void(const std::string& path, const Json& value)> set;
  std::function<const Json&()> options;          ///< as they are now
};

class ControlHandler {
 public:
  ControlHandler(const config::Schema& schema, store::RunSink& sink, ControlActions actions)
      : schema_(schema), sink_(sink), actions_(std::move(actions)) {}

  /// Looks into the inbox when the last look is at least 5 ms old
  /// (An empty inbox costs about 10 µs.) An Error of an action is the answer (refused), unless
  /// it is Error{storage} or Error{diverged}, which end the run. True when something was answered.
  /// With `busy` only wishes (pause, unpause, stop, discard) are answered and the rest waits for a look without it: for looks while
  /// the trainer writes or validates, when no step can come between the answer and what it says.
  bool look(double now, std::int64_t step, bool busy = false);
  const Wishes& wishes() const { return wishes_; }

 private:
  static bool is_wish(const std::string& command);
  struct Answer {
    bool done = true;
    std::string text;
    bool given = false;                      ///< the request was answered already
  };
  Answer handle(const store::ControlRequest& request);
  Answer set(const Json& args);
  Answer extend(const Json& args);

  const config::Schema& schema_;
  store::RunSink& sink_;
  ControlActions actions_;
  Wishes wishes_;
  std::vector<store::ControlRequest> waiting_;   ///< came while busy
  double last_look_ = -1;
};

/// Seconds between two looks.
inline constexpr double kControlPeriod = 0.005;

}  // namespace geocyte::train
