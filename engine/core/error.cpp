// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/error.h"

#include <cctype>

namespace geocyte {

const char* name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::internal: return "internal";
    case ErrorCode::usage: return "usage";
    case ErrorCode::bad_data: return "bad_data";
    case ErrorCode::bad_config: return "bad_config";
    case ErrorCode::diverged: return "diverged";
    case ErrorCode::out_of_memory: return "out_of_memory";
    case ErrorCode::device: return "device";
    case ErrorCode::storage: return "storage";
    case ErrorCode::interrupted: return "interrupted";
  }
  return "internal";
}

Error::Error(ErrorCode code, std::string message, std::string hint)
    : code_(code), message_(std::move(message)), hint_(std::move(hint)) {
  compose();
}

Error& Error::add_context(std::string where) {
  context_.push_back(std::move(where));
  compose();
  return *this;
}

Error& Error::with_hint(std::string hint) {
  hint_ = std::move(hint);
  compose();
  return *this;
}

void Error::compose() {
  what_ = message_;
  if (!context_.empty()) {
    what_ += " (while ";
    for (std::size_t i = 0; i < context_.size(); ++i) {
      if (i > 0) what_ += ", ";
      what_ += context_[i];
    }
    what_ += ')';
  }
  if (hint_.empty()) return;
  const char last = what_.empty() ? '.' : what_.back();
  what_ += last == '.' || last == '!' || last == '?' ? " " : ". ";
  const std::size_t begin = what_.size();
  what_ += hint_;
  what_[begin] = static_cast<char>(std::toupper(static_cast<unsigned char>(what_[begin])));  // it begins a sentence
}

}  // namespace geocyte
