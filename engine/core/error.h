// SPDX-License-Identifier: GPL-3.0-or-later
// The one exception type of Geocyte. A failure is one clear sentence, a hint what to do next, and the
// places it passed through ("reading obsm/X_pca of breast.h5ad"). Its code is the exit code of geocyte-engine.
#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace geocyte {

/// Exit codes of geocyte-engine, documented in resources/docs/user/exit-codes.md.
enum class ErrorCode : int {
  internal = 1,       ///< a broken promise inside Geocyte: please report
  usage = 2,          ///< command line cannot be understood
  bad_data = 3,       ///< an input file is missing, damaged or lacks what is needed
  bad_config = 4,     ///< a parameter is unknown, of the wrong type or out of range
  diverged = 5,       ///< training produced a non-finite loss
  out_of_memory = 6,  ///< host or device memory ran out
  device = 7,         ///< the wanted device does not exist or was lost
  storage = 8,        ///< the run directory is full or cannot be written
  interrupted = 130,  ///< stopped by SIGINT or SIGTERM
};

/// Name of a code as written into status.json ("bad_data").
const char* name_of(ErrorCode code);

class Error : public std::exception {
 public:
  /// `message` is one sentence for a person; `hint` says what to do ("" = nothing better to say).
  Error(ErrorCode code, std::string message, std::string hint = {});

  ErrorCode code() const { return code_; }
  int exit_code() const { return static_cast<int>(code_); }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  /// Innermost first: {"reading obs", "opening breast.h5ad"}.
  const std::vector<std::string>& context() const { return context_; }

  /// Returns *this so that `throw error.add_context("…")` and rethrowing both read well.
  Error& add_context(std::string where);
  Error& with_hint(std::string hint);

  /// One sentence: message, then the context in brackets, then the hint.
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  void compose();
  ErrorCode code_;
  std::string message_, hint_, what_;
  std::vector<std::string> context_;
};

/// Runs `work`; an Error that passes through gets `where` added to its context.
template <class Work>
decltype(auto) with_context(const std::string& where, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (Error& error) {
    error.add_context(where);
    throw;
  }
}

}  // namespace geocyte
