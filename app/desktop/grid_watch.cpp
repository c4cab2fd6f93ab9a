// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/grid_watch.h"

#include <sys/stat.h>

#include "engine/core/error.h"

namespace geocyte::desktop {
namespace {

constexpr int kLookMs = 1000;

}  // namespace

void GridWatch::begin() {
  timer_ = new QTimer(this);
  connect(timer_, &QTimer::timeout, this, &GridWatch::look);
  timer_->start(kLookMs);
}

void GridWatch::watch(const QString& file) {
  file_ = file;
  looked_ = false;
  look();
}

GridWatch::Stamp GridWatch::stampOf(const QString& file) {
  struct stat facts {};
  if (::stat(file.toLocal8Bit().constData(), &facts) != 0) return {};
  return {facts.st_ino, facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec};
}

void GridWatch::look() {
  if (file_.isEmpty()) return;
  const Stamp now = stampOf(file_);
  if (looked_ && now == seen_) return;
  looked_ = true;
  seen_ = now;
  auto news = std::make_shared<GridNews>();
  news->file = file_;
  const std::filesystem::path place(file_.toStdString());
  try {
    auto report = std::make_shared<jobs::GridReport>(jobs::read_grid_report(place));
    const std::filesystem::path runs = jobs::runs_of(*report, place);
    jobs::fill_values(*report, runs);
    news->effects = jobs::effects_by_score(*report);
    news->runs = QString::fromStdString(runs.string());
    news->report = std::move(report);
  } catch (const std::exception& error) {
    news->problem = QString::fromUtf8(error.what());
  }
  emit told(news);
}

}  // namespace geocyte::desktop
