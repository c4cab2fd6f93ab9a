// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/probe_desk.h"

#include <QProcess>

#include "app/desktop/array_bridge.h"
#include "app/desktop/tailer_thread.h"
#include "engine/core/error.h"
#include "engine/jobs/launch.h"

namespace geocyte::desktop {
namespace {

constexpr const char* kQuietSeconds = "300";

Json jsonOf(const QVariantMap& args) {
  Json made = Json::object();
  for (auto arg = args.begin(); arg != args.end(); ++arg) {
    if (arg->typeId() == QMetaType::Double) made[arg.key().toStdString()] = arg->toDouble();
    else if (arg->typeId() == QMetaType::Int) made[arg.key().toStdString()] = arg->toInt();
    else made[arg.key().toStdString()] = arg->toString().toStdString();
  }
  return made;
}

QString lastWords(const QByteArray& errors) {
  QString last;
  for (const QByteArray& line : errors.split('\n'))
    if (const QString text = QString::fromUtf8(line).trimmed(); !text.isEmpty()) last = text;
  return last.startsWith(QLatin1String("geocyte-engine: ")) ? last.mid(16) : last;
}

}  // namespace

ProbeDesk::ProbeDesk(QObject* parent) : QObject(parent) {
  connect(&model_, &widgets::ProbeModel::asked, this, [this](const QVariantMap& args) {
    if (!tailer_ || run_.isEmpty()) return model_.fail(tr("No run is shown that could be asked."));
    tailer_->post([path = run_, args = jsonOf(args)](RunTailer& t) { t.probe(path, args); });
  });
}

ProbeDesk::~ProbeDesk() { endServer(); }

void ProbeDesk::attach(TailerThread& tailer) {
  tailer_ = &tailer;
  connect(tailer.tailer(), &RunTailer::probed, this, &ProbeDesk::onAnswer);
  connect(tailer.tailer(), &RunTailer::probeUnserved, this, &ProbeDesk::serve);
}

void ProbeDesk::setRun(const QString& path, const QString& name) {
  name_ = name;
  if (path == run_) return;
  if (tailer_ && model_.state() == widgets::ProbeModel::State::pending) tailer_->post([old = run_](RunTailer& t) { t.withdrawProbes(old); });
  run_ = path;
  model_.reset();
  endServer();
}

void ProbeDesk::onAnswer(const std::shared_ptr<const ProbeReport>& report) {
  if (report->content.run != run_) return;
  if (!report->content.problem.isEmpty()) return model_.fail(report->content.problem);
  model_.answer(arrayMapOf(report->content, name_));
}

void ProbeDesk::serve(const QString& path) {
  if (path != run_ || server_) return;
  model_.setProgress(tr("starting an engine, as the run has ended"));
  auto* process = new QProcess(this);
  try {
    process->setProgram(QString::fromStdString(jobs::find_engine().string()));
  } catch (const Error& error) {
    process->deleteLater();
    return model_.fail(QString::fromUtf8(error.what()));
  }
  process->setArguments({QStringLiteral("serve"), QStringLiteral("--run"), path, QStringLiteral("--quiet"), QLatin1String(kQuietSeconds)});
  process->setStandardInputFile(QProcess::nullDevice());
  process->setStandardOutputFile(QProcess::nullDevice());
  const auto gone = [this, process] {
    if (server_ != process) return;
    server_ = nullptr;
    const QString said = lastWords(process->readAllStandardError());
    process->deleteLater();
    if (model_.state() != widgets::ProbeModel::State::pending) return;
    tailer_->post([path = run_](RunTailer& t) { t.withdrawProbes(path); });
    model_.fail(said.isEmpty() ? tr("The engine that was to answer could not be started.") : said);
  };
  connect(process, &QProcess::finished, this, gone);
  connect(process, &QProcess::errorOccurred, this, [gone](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) gone();
  });
  server_ = process;
  process->start(QIODevice::ReadOnly);
}

void ProbeDesk::endServer() {
  if (!server_) return;
  QProcess* process = std::exchange(server_, nullptr);
  process->disconnect(this);
  constexpr int kWaitMs = 2000;
  process->terminate();
  if (!process->waitForFinished(kWaitMs)) process->kill();
  process->deleteLater();
}

}  // namespace geocyte::desktop
