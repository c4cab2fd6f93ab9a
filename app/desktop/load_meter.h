// SPDX-License-Identifier: GPL-3.0-or-later
// CPU share and resident memory of a process of this host, from /proc.
#pragma once

#include <cstdint>

namespace geocyte::desktop {

class LoadMeter {
 public:
  struct Reading {
    double cpu_percent = -1;    ///< of one core, since the last look; -1 = unknown
    double rss_bytes = -1;
  };
  /// A change of pid begins anew. Unknown while there is no earlier look.
  Reading look(std::int64_t pid);

 private:
  std::int64_t pid_ = 0, at_ms_ = 0;
  double cpu_seconds_ = 0;
};

}  // namespace geocyte::desktop
