// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/preflight.h"

#include <algorithm>
#include <cmath>

#include "app/desktop/number_text.h"
#include "widgets/base/number_format.h"

namespace geocyte::desktop {
namespace {

using widgets::CheckRow;
using widgets::CheckState;

constexpr int kSoonMs = 700;
constexpr int kBadConfig = 4, kDiverged = 5, kOutOfMemory = 6, kDevice = 7, kStorage = 8, kUsage = 2;

QString tr(const char* text) { return QObject::tr(text); }

double numberAt(const Json& json, const char* key) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  return json.is_object() && found != json.end() && found->is_number() ? found->get<double>() : 0;
}

QString wordAt(const Json& json, const char* key) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  return json.is_object() && found != json.end() && found->is_string() ? QString::fromStdString(found->get<std::string>()) : QString();
}

Json partOf(const Json& json, const char* key) { return json.is_object() ? json.value(key, Json()) : Json(); }

QString whole(double value) { return widgets::groupedText(static_cast<std::int64_t>(value)); }
QString bytes(double value) { return memoryText(value) + QLatin1Char('B'); }

/// "15 ms", "4.1 s": two digits that say something.
QString shortTime(double milliseconds) {
  if (milliseconds < 99.5) return tr("%1 ms").arg(QString::number(milliseconds, 'g', 2));
  return milliseconds < 999.5 ? tr("%1 ms").arg(std::lround(milliseconds)) : tr("%1 s").arg(QString::number(milliseconds / 1000, 'f', milliseconds < 9950 ? 1 : 0));
}

/// Which check an exit code speaks of.
const char* failedCheck(int code) {
  switch (code) {
    case kUsage: case kBadConfig: return "configuration";
    case kDiverged: return "steps";
    case kOutOfMemory: return "memory";
    case kDevice: return "device";
    case kStorage: return "disk";
    default: return "data";
  }
}

CheckRow& rowOf(std::vector<CheckRow>& rows, const QString& id) {
  return *std::find_if(rows.begin(), rows.end(), [&](const CheckRow& row) { return row.id == id; });
}

void fill(PreflightReport& report, const Json& found) {
  const auto say = [&](const char* id, const QString& text) {
    CheckRow& row = rowOf(report.checks, QString::fromLatin1(id));
    row.state = CheckState::ok;
    row.text = text;
  };
  const Json data = partOf(found, "data"), memory = partOf(found, "memory"), disk = partOf(found, "disk"), step = partOf(found, "step");
  for (const Json& source : partOf(data, "sources"))
    report.sources.push_back({wordAt(source, "name"), wordAt(source, "modality"), wordAt(source, "patient"), wordAt(source, "labels"),
                              static_cast<std::int64_t>(numberAt(source, "cells")), static_cast<std::int64_t>(numberAt(source, "genes"))});
  say("configuration", tr("%1 steps").arg(whole(numberAt(found, "total_steps"))));
  say("data", tr("%1 sources · %2 cells · %3 shared genes").arg(report.sources.size()).arg(whole(numberAt(data, "cells")), whole(numberAt(data, "shared_genes"))));
  const double measured = numberAt(memory, "measured_bytes");
  say("memory", tr("about %1 of %2 free").arg(bytes(std::max(measured, numberAt(memory, "estimate_bytes"))), bytes(numberAt(memory, "free_bytes"))));
  say("disk", tr("about %1 of %2 free").arg(bytes(numberAt(disk, "estimate_bytes")), bytes(numberAt(disk, "free_bytes"))));
  say("device", tr("%1 · %2 threads").arg(wordAt(found, "device")).arg(static_cast<int>(numberAt(found, "threads"))));
  QString steps = tr("loss %1 · %2 a step").arg(QString::number(numberAt(step, "total"), 'g', 4), shortTime(numberAt(step, "milliseconds")));
  if (const double seconds = numberAt(found, "seconds"); seconds > 0) steps += tr(" · about %1 in all").arg(durationText(seconds));
  say("steps", steps);
  int number = 0;
  for (const Json& note : partOf(found, "notes"))
    if (note.is_string()) report.checks.push_back({QStringLiteral("note%1").arg(++number), tr("Note"), CheckState::note, QString::fromStdString(note.get<std::string>()), {}, {}});
  const Json identical = partOf(found, "identical");
  if (!identical.is_array() || identical.empty()) return;
  const Json& run = identical.front();
  report.identical_run = wordAt(run, "directory");
  report.checks.push_back({QStringLiteral("identical"), tr("Done before"), CheckState::note,
                           tr("The run “%1” (%2) has exactly this configuration.").arg(wordAt(run, "name").isEmpty() ? wordAt(run, "id") : wordAt(run, "name"), wordAt(run, "state")),
                           {}, tr("Open it")});
}

}  // namespace

std::vector<CheckRow> openChecks(bool running) {
  const CheckState state = running ? CheckState::running : CheckState::waiting;
  return {{QStringLiteral("configuration"), tr("Configuration"), state, {}, {}, {}}, {QStringLiteral("data"), tr("Data"), state, {}, {}, {}},
          {QStringLiteral("memory"), tr("Memory"), state, {}, {}, {}},               {QStringLiteral("disk"), tr("Disk"), state, {}, {}, {}},
          {QStringLiteral("device"), tr("Device"), state, {}, {}, {}},               {QStringLiteral("steps"), tr("First steps"), state, {}, {}, {}}};
}

PreflightReport reportOf(const EngineAnswer& answer) {
  PreflightReport report;
  report.exit_code = answer.exit_code;
  report.checks = openChecks(false);
  if (answer.ok()) {
    fill(report, answer.json);
    return report;
  }
  CheckRow& row = rowOf(report.checks, QString::fromLatin1(failedCheck(answer.exit_code)));
  row.state = CheckState::failed;
  row.text = answer.problem;
  row.hint = answer.hint.isEmpty() ? QString() : answer.hint.left(1).toUpper() + answer.hint.mid(1);
  report.failed = row.title;
  report.problem = answer.problem;
  return report;
}

Preflight::Preflight(QObject* parent) : QObject(parent) {
  soon_.setSingleShot(true);
  soon_.setInterval(kSoonMs);
  connect(&soon_, &QTimer::timeout, this, &Preflight::checkNow);
}

void Preflight::check(const jobs::JobSpec& job) {
  job_ = job;
  call_.reset();
  report_.reset();
  soon_.start();
  emit changed();
}

void Preflight::checkNow() {
  soon_.stop();
  report_.reset();
  QStringList arguments;
  for (const std::string& argument : jobs::training_arguments(job_)) arguments << QString::fromStdString(argument);
  call_ = std::make_unique<EngineCall>(arguments << QStringLiteral("--dry-run"));
  connect(call_.get(), &EngineCall::finished, this, [this](const EngineAnswer& answer) {
    report_ = reportOf(answer);
    call_.release()->deleteLater();            // it is the one that speaks
    emit changed();
  });
  emit changed();
}

void Preflight::cancel() {
  soon_.stop();
  call_.reset();
  emit changed();
}

}  // namespace geocyte::desktop
