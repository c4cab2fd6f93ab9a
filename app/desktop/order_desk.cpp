// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/order_desk.h"

#include <QDateTime>

#include <filesystem>

#include "engine/core/error.h"
#include "engine/store/control.h"
#include "engine/store/run_reader.h"

namespace geocyte::desktop {
namespace {

constexpr int kAnswerMs = 8;
constexpr qint64 kEngineMs = 1000, kPatienceMs = 60'000;

std::filesystem::path fsPath(const QString& path) { return std::filesystem::path(path.toStdString()); }

/// Requests of one kind replace each other while they wait: pause and unpause, two changes of one parameter.
std::string keyOf(const QString& command, const Json& args) {
  if (command == QLatin1String("unpause")) return "pause";
  if (command == QLatin1String("set") && args.contains("path") && args["path"].is_string()) return "set " + args["path"].get<std::string>();
  return command.toStdString();
}

/// The run is over or gone, or its engine is.
bool isNobodyThere(const QString& run) {
  try {
    store::RunReader reader(fsPath(run));
    reader.poll_status();
    return reader.health() == store::Health::lost || (reader.status() && store::is_final(reader.status()->state));
  } catch (const Error&) {
    return true;
  }
}

}  // namespace

void OrderDesk::begin() {
  timer_ = new QTimer(this);
  timer_->setTimerType(Qt::PreciseTimer);
  timer_->setInterval(kAnswerMs);
  connect(timer_, &QTimer::timeout, this, &OrderDesk::look);
}

void OrderDesk::order(const QString& path, const QString& command, const Json& args) {
  CommandReport report{path, command, false, false, {}};
  try {
    const std::string id = store::send_control(fsPath(path), command.toStdString(), args, keyOf(command, args));
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    orders_.push_back({path, command, id, now, now});
    timer_->start();
  } catch (const Error& error) {
    report.answered = true;
    report.text = QString::fromUtf8(error.what());
  }
  emit reported(report);
}

void OrderDesk::look() {
  const qint64 now = QDateTime::currentMSecsSinceEpoch();
  std::erase_if(orders_, [&](Order& order) { return isDecided(order, now); });
  if (orders_.empty()) timer_->stop();
}

bool OrderDesk::isDecided(Order& order, qint64 now) {
  CommandReport report{order.run, order.command, true, false, {}};
  if (const auto answer = store::control_answer(fsPath(order.run), order.id)) {
    report.accepted = answer->done;
    report.text = QString::fromStdString(answer->text);
  } else {
    bool nobody = false;
    if (now - order.looked_ms >= kEngineMs) {
      order.looked_ms = now;
      nobody = isNobodyThere(order.run);
    }
    if (!nobody && now - order.sent_ms < kPatienceMs) return false;
    // It may have been answered since the look above.
    if (!store::withdraw_control(fsPath(order.run), order.id) && store::control_answer(fsPath(order.run), order.id)) return false;
    report.text = nobody ? tr("the engine left before it saw the request") : tr("the engine did not answer within a minute; the request was taken back");
  }
  emit reported(report);
  return true;
}

}  // namespace geocyte::desktop
