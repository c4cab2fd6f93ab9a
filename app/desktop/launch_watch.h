// SPDX-License-Identifier: GPL-3.0-or-later
// Engines that were started and have not written their run yet: they either appear or leave with one sentence.
#pragma once

#include <QString>

#include <filesystem>
#include <vector>

#include "engine/jobs/launch.h"

namespace geocyte::desktop {

class LaunchWatch {
 public:
  void add(const QString& run, const jobs::Launched& launched);

  struct Outcome {
    QString run;
    bool appeared = false;      ///< the run directory is there
    QString problem;            ///< the last line the engine said before it left
  };
  /// Those that were decided since the last look.
  std::vector<Outcome> look();
  bool isEmpty() const { return waiting_.empty(); }

 private:
  struct Waiting {
    QString run;
    jobs::Launched launched;
  };
  std::vector<Waiting> waiting_;
};

/// The last line that says something in a text file; "" when there is none. Reads the last 16 KiB only.
QString lastLine(const std::filesystem::path& file);

}  // namespace geocyte::desktop
