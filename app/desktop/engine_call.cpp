// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/engine_call.h"

#include <QProcess>
#include <QTimer>

#include "engine/core/error.h"
#include "engine/jobs/launch.h"

namespace geocyte::desktop {
namespace {

QString textAt(const Json& json, const char* key) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  return json.is_object() && found != json.end() && found->is_string() ? QString::fromStdString(found->get<std::string>()) : QString();
}

/// The last line that says something, without the program's name.
QString lastWords(const QByteArray& errors) {
  QString last;
  for (const QByteArray& line : errors.split('\n'))
    if (const QString text = QString::fromUtf8(line).section('\r', -1).trimmed(); !text.isEmpty()) last = text;
  return last.startsWith(QLatin1String("geocyte-engine: ")) ? last.mid(16) : last;
}

/// With a capital and a full stop.
QString sentence(QString text) {
  text = text.trimmed();
  if (text.isEmpty()) return text;
  text[0] = text[0].toUpper();
  const QChar last = text.back();
  return last == QLatin1Char('.') || last == QLatin1Char('!') || last == QLatin1Char('?') ? text : text + QLatin1Char('.');
}

}  // namespace

QString EngineAnswer::words() const { return QStringLiteral("%1 %2").arg(sentence(problem), sentence(hint)).trimmed(); }

EngineCall::EngineCall(const QStringList& arguments, QObject* parent, const QString& program, const QByteArray& input)
    : QObject(parent), process_(new QProcess(this)) {
  connect(process_, &QProcess::finished, this, [this](int, QProcess::ExitStatus status) { conclude(status == QProcess::CrashExit); });
  connect(process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) conclude(true);
  });
  connect(process_, &QProcess::readyReadStandardError, this, &EngineCall::hear);
  if (input.isEmpty()) process_->setStandardInputFile(QProcess::nullDevice());
  try {
    process_->setProgram(program.isEmpty() ? QString::fromStdString(jobs::find_engine().string()) : program);
  } catch (const Error& error) {
    EngineAnswer answer;
    answer.problem = QString::fromStdString(error.message());
    answer.hint = QString::fromStdString(error.hint());
    done_ = true;
    QTimer::singleShot(0, this, [this, answer] { emit finished(answer); });
    return;
  }
  process_->setArguments(QStringList{QStringLiteral("--json")} + arguments);
  process_->start(input.isEmpty() ? QIODevice::ReadOnly : QIODevice::ReadWrite);
  if (input.isEmpty()) return;
  process_->write(input);
  process_->closeWriteChannel();
}

EngineCall::~EngineCall() {
  process_->disconnect(this);
  if (process_->state() == QProcess::NotRunning) return;
  // It only looked: nothing is lost, and nobody waits for it here.
  process_->setParent(nullptr);
  connect(process_, &QProcess::finished, process_, &QObject::deleteLater);
  process_->kill();
}

void EngineCall::stop() {
  if (process_->state() != QProcess::NotRunning) process_->terminate();
}

void EngineCall::hear() {
  errors_ += process_->readAllStandardError();
  for (qsizetype end = errors_.indexOf('\n', heard_); end >= 0; end = errors_.indexOf('\n', heard_)) {
    const QString line = QString::fromUtf8(errors_.mid(heard_, end - heard_)).trimmed();
    heard_ = end + 1;
    if (!line.isEmpty()) emit said(line);
  }
}

void EngineCall::conclude(bool crashed) {
  if (done_) return;
  done_ = true;
  hear();
  EngineAnswer answer;
  answer.exit_code = crashed ? -1 : process_->exitCode();
  answer.json = Json::parse(process_->readAllStandardOutput().toStdString(), nullptr, false);
  if (answer.json.is_discarded()) answer.json = nullptr;
  const QString said = lastWords(errors_);
  const auto error = answer.json.is_object() ? answer.json.find("error") : answer.json.end();
  if (answer.json.is_object() && error != answer.json.end()) {
    answer.problem = textAt(*error, "what");
    answer.hint = textAt(*error, "hint");
    if (const QString context = textAt(*error, "context"); !context.isEmpty()) answer.problem = tr("%1 (%2)").arg(answer.problem, context);
  } else if (process_->error() == QProcess::FailedToStart) {
    answer.problem = tr("The engine could not be started: %1").arg(process_->errorString());
  } else if (crashed) {
    answer.problem = tr("The engine broke off while it looked at this.");
    answer.hint = said;
  } else if (answer.exit_code != 0) {
    answer.problem = said.isEmpty() ? tr("The engine left with code %1.").arg(answer.exit_code) : said;
  } else if (answer.json.is_null()) {
    answer.problem = tr("The engine gave no answer that can be read.");
  }
  emit finished(answer);
}

}  // namespace geocyte::desktop
