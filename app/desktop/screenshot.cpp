// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/screenshot.h"

#include <QApplication>
#include <QPixmap>

#include <cstdio>

#include "app/desktop/main_window.h"
#include "engine/core/error.h"

namespace geocyte::desktop {
namespace {
constexpr int kLookMs = 100;
constexpr int kLooksUntilSettled = 12;             ///< looks with data before the picture: a layout glides into place meanwhile
constexpr int kMaxLooks = 3000;          ///< five minutes
}  // namespace

Screenshot::Screenshot(MainWindow& window, const QString& file, bool of_start_page) : window_(window), file_(file), of_start_page_(of_start_page) {
  connect(&timer_, &QTimer::timeout, this, &Screenshot::look);
  timer_.start(kLookMs);
  connect(&window, &MainWindow::gridRefused, this, [this](const QString& sentence) {
    timer_.stop();
    std::fprintf(stderr, "geocyte: %s\n", qPrintable(sentence));
    QApplication::exit(static_cast<int>(ErrorCode::bad_data));
  });
}

void Screenshot::look() {
  if (of_start_page_ ? window_.isOnStartPage() : window_.showsData()) ++ready_;
  if (ready_ >= kLooksUntilSettled) return take();
  if (++looks_ < kMaxLooks) return;
  timer_.stop();
  std::fputs("geocyte: there was nothing to show after five minutes, so no picture was written\n", stderr);
  QApplication::exit(1);
}

void Screenshot::take() {
  timer_.stop();
  if (window_.grab().save(file_)) return QApplication::exit(0);
  std::fprintf(stderr, "geocyte: %s could not be written\n", qPrintable(file_));
  QApplication::exit(8);
}

}  // namespace geocyte::desktop
