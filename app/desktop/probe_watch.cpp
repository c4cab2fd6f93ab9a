// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/probe_watch.h"

#include "engine/core/error.h"
#include "engine/store/control.h"
#include "engine/store/probe_folder.h"
#include "engine/store/process_identity.h"
#include "engine/store/run_lock.h"

namespace geocyte::desktop {
namespace {

constexpr qint64 kLookMs = 1000, kPatienceMs = 180'000;   // an engine that serves opens the data first

std::filesystem::path fsPath(const QString& path) { return std::filesystem::path(path.toStdString()); }

}  // namespace

void ProbeWatch::send(const QString& run, const Json& args) {
  withdraw(run);
  Waiting one{run, store::send_control(fsPath(run), "probe", args, "probe"), {}, 0};
  one.since.start();
  waiting_.push_back(std::move(one));
}

bool ProbeWatch::isServed(const QString& run) {
  const store::ProcessIdentity owner = store::lock_owner(fsPath(run));
  return owner.pid > 0 && store::liveness_of(owner) == store::Liveness::alive;
}

void ProbeWatch::withdraw(const QString& run) {
  std::erase_if(waiting_, [&](const Waiting& one) {
    if (one.run != run) return false;
    store::withdraw_control(fsPath(one.run), one.id);
    return true;
  });
}

QStringList ProbeWatch::unserved() {
  QStringList runs;
  for (Waiting& one : waiting_) {
    if (one.since.elapsed() - one.looked_ms < kLookMs) continue;
    one.looked_ms = one.since.elapsed();
    if (!isServed(one.run)) runs << one.run;
  }
  return runs;
}

std::vector<ProbeWatch::Outcome> ProbeWatch::look() {
  std::vector<Outcome> decided;
  std::erase_if(waiting_, [&](const Waiting& one) {
    Outcome outcome{one.run, nullptr, {}};
    try {
      if (const auto answer = store::control_answer(fsPath(one.run), one.id)) {
        if (answer->done) outcome.answer = std::make_shared<const store::Snapshot>(store::read_probe_answer(fsPath(one.run), one.id));
        else outcome.problem = QString::fromStdString(answer->text);
      } else if (one.since.elapsed() < kPatienceMs) {
        return false;
      } else {
        store::withdraw_control(fsPath(one.run), one.id);
        outcome.problem = QStringLiteral("The engine has not answered within three minutes; the question was taken back.");
      }
    } catch (const Error& error) {
      outcome.problem = QString::fromUtf8(error.what());
    }
    decided.push_back(std::move(outcome));
    return true;
  });
  return decided;
}

}  // namespace geocyte::desktop
