// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/failure.h"

#include <cstdio>

#include "engine/core/json.h"

namespace geocyte::app {

int report_failure(const Error& error, bool json) {
  std::fprintf(stderr, "geocyte-engine: %s\n", error.what());
  if (json) {
    const Json object = {{"error", {{"code", name_of(error.code())}, {"what", error.message()}, {"hint", error.hint()},
                                    {"context", error.context()}}}};
    std::printf("%s\n", object.dump().c_str());
  }
  return error.exit_code();
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace geocyte::app
