// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/progress_bar.h"

#include <algorithm>
#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

namespace geocyte::app {
namespace {

constexpr int kBarWidth = 24;
constexpr auto kRedrawEvery = std::chrono::milliseconds(100);

int terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// Cuts at a column count without splitting a UTF-8 character.
std::string cut(const std::string& text, int columns) {
  int used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins && used++ == columns) return text.substr(0, i);
  }
  return text;
}

}  // namespace

ProgressBar::ProgressBar(std::string title) : title_(std::move(title)), terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressBar::~ProgressBar() {
  if (!finished_ && terminal_ && last_tenth_ >= 0) std::fputc('\n', stderr);
}

void ProgressBar::update(double fraction, std::string_view text) {
  if (finished_) return;
  fraction = std::clamp(fraction, 0.0, 1.0);
  const int tenth = static_cast<int>(fraction * 10);
  const auto now = std::chrono::steady_clock::now();
  if (terminal_) {
    if (now - last_draw_ < kRedrawEvery && last_tenth_ >= 0) return;
    draw(fraction, text);
  } else if (tenth != last_tenth_) {
    std::fprintf(stderr, "%s: %d %% · %.*s\n", title_.c_str(), static_cast<int>(fraction * 100), static_cast<int>(text.size()), text.data());
  }
  last_tenth_ = tenth;
  last_draw_ = now;
}

void ProgressBar::finish(std::string_view text) {
  if (finished_) return;
  if (terminal_) {
    draw(1.0, text);
    std::fputc('\n', stderr);
  } else {
    std::fprintf(stderr, "%s: %.*s\n", title_.c_str(), static_cast<int>(text.size()), text.data());
  }
  finished_ = true;
}

void ProgressBar::draw(double fraction, std::string_view text) {
  std::string bar;
  const int filled = static_cast<int>(fraction * kBarWidth + 0.5);
  for (int i = 0; i < kBarWidth; ++i) bar += i < filled ? "━" : "─";
  const std::string line = title_ + " " + bar + " " + std::string(text);
  std::fprintf(stderr, "\r\033[K%s", cut(line, terminal_columns() - 1).c_str());
  std::fflush(stderr);
}

}  // namespace geocyte::app
