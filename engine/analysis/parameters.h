// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the parameters of a derivation out of its spec and knows which were never asked for.
#pragma once

#include <string>
#include <vector>

#include "engine/core/check.h"
#include "engine/core/json.h"

namespace geocyte::analysis {

class Parameters {
 public:
  Parameters(std::string method, const Json& values) : method_(std::move(method)), values_(values) {}

  template <class T>
  T get(const std::string& name, T otherwise) {
    known_.push_back(name);
    if (!values_.contains(name)) return otherwise;
    try {
      return values_.at(name).get<T>();
    } catch (const Json::exception&) {
      throw Error(ErrorCode::internal, "parameter " + name + " of derivation " + method_ + " has the wrong type");
    }
  }
  /// Throws Error{internal} for a parameter that no get() named.
  void require_all_known() const {
    for (const auto& [name, value] : values_.items()) {
      bool known = false;
      for (const auto& one : known_) known = known || one == name;
      if (!known) throw Error(ErrorCode::internal, "derivation " + method_ + " has no parameter " + name);
    }
  }

 private:
  std::string method_;
  Json values_;
  std::vector<std::string> known_;
};

}  // namespace geocyte::analysis
