// SPDX-License-Identifier: GPL-3.0-or-later
// All scalars of a run: the event files of one folder, in the order of their names, as one columnar series a tag.
// A session start at step s drops what was recorded at s and later (a run that resumed from a checkpoint writes those
// steps again), as TensorBoard does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/event_reader.h"

namespace geocyte::io {

/// Parallel columns, in the order of writing: steps ascend unless a foreign file says otherwise.
struct ScalarSeries {
  std::vector<std::int64_t> steps;
  std::vector<double> wall_times_s;
  std::vector<double> values;
  std::size_t size() const { return steps.size(); }
};

class ScalarLog {
 public:
  explicit ScalarLog(std::filesystem::path folder) : folder_(std::move(folder)) {}

  struct Changes {
    std::size_t added = 0;
    /// Tags whose series changed, and the index of the first element that is new or different.
    std::map<std::string, std::size_t> first_changed;
    bool more = false;  ///< call again: the limit was reached
    bool any() const { return !first_changed.empty(); }
  };

  /// Looks for new files and reads what arrived. Files are read one after another: a later one only when the earlier
  /// ones have nothing more at that moment.
  Changes poll(std::size_t max_bytes = std::size_t{64} << 20);

  const std::map<std::string, ScalarSeries>& series() const { return series_; }
  const ScalarSeries* find(const std::string& tag) const;
  /// The largest of the series' last steps; nothing when there are no values.
  std::optional<std::int64_t> last_step() const;
  /// One sentence a damaged file; empty when all is well.
  std::vector<std::string> problems() const;

 private:
  void find_files();
  void take(const ScalarEvent& event, Changes& changes);
  void drop_from(std::int64_t step, Changes& changes);

  std::filesystem::path folder_;
  std::map<std::string, EventReader> readers_;
  std::map<std::string, ScalarSeries> series_;
};

}  // namespace geocyte::io
