// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/launch_watch.h"

#include <QFile>

#include "engine/core/child_process.h"
#include "engine/core/error.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_reader.h"

namespace geocyte::desktop {
namespace {

/// The run is there and the started engine is the one that speaks for it.
bool hasTakenOver(const jobs::Launched& launched) {
  if (!store::is_run_directory(launched.run)) return false;
  try {
    store::RunReader reader(launched.run);
    reader.poll_status();
    return reader.status() && reader.status()->pid == launched.pid;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

QString lastLine(const std::filesystem::path& file) {
  QFile log(QString::fromStdString(file.string()));
  if (!log.open(QIODevice::ReadOnly)) return {};
  constexpr qint64 kTail = 16384;
  if (log.size() > kTail) log.seek(log.size() - kTail);
  const QList<QByteArray> lines = log.read(kTail).split('\n');
  for (auto line = lines.rbegin(); line != lines.rend(); ++line)
    if (const QString text = QString::fromUtf8(*line).trimmed(); !text.isEmpty()) return text;
  return {};
}

void LaunchWatch::add(const QString& run, const jobs::Launched& launched) { waiting_.push_back({run, launched}); }

std::vector<LaunchWatch::Outcome> LaunchWatch::look() {
  std::vector<Outcome> outcomes;
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    // Asked first: an engine that was quick may have written everything and left.
    const bool gone = waiting.launched.process->poll().has_value();
    if (hasTakenOver(waiting.launched)) {
      outcomes.push_back({waiting.run, true, {}});
      return true;
    }
    if (!gone) return false;
    const QString said = lastLine(waiting.launched.log);
    outcomes.push_back({waiting.run, false, said.isEmpty() ? QStringLiteral("the engine left without a word") : said});
    return true;
  });
  return outcomes;
}

}  // namespace geocyte::desktop
