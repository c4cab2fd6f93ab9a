// SPDX-License-Identifier: GPL-3.0-or-later
// New scalars of all event files of a folder, with what a resume superseded already taken out.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "engine/io/event_reader.h"
#include "engine/store/run_reader.h"

namespace geocyte::store {

class ScalarTail {
 public:
  explicit ScalarTail(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ScalarUpdate poll(std::size_t budget_bytes);

 private:
  bool must_restart(const std::vector<std::string>& names) const;
  void take(const io::ScalarEvent& event, ScalarUpdate& update);
  std::filesystem::path folder_;
  std::map<std::string, io::EventReader> readers_;   ///< by file name, the order of reading
  std::set<std::string, std::less<>> tags_;
  bool too_many_tags_ = false;
};

}  // namespace geocyte::store
