// SPDX-License-Identifier: GPL-3.0-or-later
// Progress on stderr: one line that moves on a terminal, a plain line a tenth otherwise.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace geocyte::app {

class ProgressBar {
 public:
  explicit ProgressBar(std::string title);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// fraction in [0, 1]; text follows the bar ("step 120 of 800 · 41 steps/s · 16 s left").
  void update(double fraction, std::string_view text);
  /// Ends the line; nothing is drawn afterwards.
  void finish(std::string_view text);

 private:
  void draw(double fraction, std::string_view text);
  std::string title_;
  bool terminal_, finished_ = false;
  int last_tenth_ = -1;
  std::chrono::steady_clock::time_point last_draw_{};
};

}  // namespace geocyte::app
