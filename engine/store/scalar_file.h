// SPDX-License-Identifier: GPL-3.0-or-later
// The TensorBoard event file of one session of a run. Made with the first value, so that a session which ends early leaves
// no empty file; named later than every other one in the folder, since readers take them in the order of their names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "engine/io/event_writer.h"
#include "engine/store/writer_thread.h"

namespace geocyte::store {

class ScalarFile {
 public:
  explicit ScalarFile(std::filesystem::path run) : run_(std::move(run)) {}

  /// Writes a SessionLog START: readers drop what was recorded at `step` and later. Throws Error{storage}.
  void supersede_from(std::int64_t step);
  /// Values that follow each other with the same step share a record. Flushed. Throws Error{storage}.
  void write(const std::vector<ScalarRecord>& records);

 private:
  io::EventWriter& file();
  std::filesystem::path run_;
  std::unique_ptr<io::EventWriter> file_;
};

}  // namespace geocyte::store
