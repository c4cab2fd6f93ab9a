// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/event_text.h"

#include <QDateTime>

#include "engine/store/run_health.h"
#include "widgets/base/number_format.h"

namespace geocyte::desktop {
namespace {

/// A value of an event as a word: texts as they are, numbers short, anything else as JSON. Files may be hostile: bounded.
QString wordOf(const Json& details, const char* key) {
  const auto found = details.is_object() ? details.find(key) : details.end();
  if (!details.is_object() || found == details.end() || found->is_null()) return {};
  if (found->is_string()) return QString::fromStdString(found->get<std::string>()).left(400).simplified();
  if (found->is_number_integer()) return widgets::groupedText(found->get<std::int64_t>());
  if (found->is_number()) return QString::number(found->get<double>(), 'g', 6);
  return QString::fromStdString(found->dump(-1, ' ', false, Json::error_handler_t::replace)).left(400);
}

QString joined(const QStringList& words) {
  QStringList said;
  for (const QString& word : words)
    if (!word.isEmpty()) said.push_back(word);
  return said.join(QLatin1Char(' '));
}

}  // namespace

QString clockText(const std::string& utc) {
  const std::int64_t ms = store::utc_ms_of(utc);
  return ms < 0 ? QString() : QDateTime::fromMSecsSinceEpoch(ms).toString(QStringLiteral("HH:mm:ss"));
}

QString eventText(const store::RunEvent& event) {
  const auto word = [&](const char* key) { return wordOf(event.details, key); };
  const QString step = widgets::groupedText(event.step);
  const QString why = word("why");
  // The derived parts of a snapshot are no news beside the snapshot itself.
  if (event.kind == "snapshot") return word("part").isEmpty() ? QStringLiteral("snapshot %1").arg(step) : QString();
  if (event.kind == "checkpoint") return QStringLiteral("checkpoint %1").arg(step) + (why.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(why));
  if (event.kind == "change") return QStringLiteral("%1 %2 → %3 at step %4").arg(word("path"), word("old"), word("new"), step);
  if (event.kind == "stage") return joined({QStringLiteral("stage"), word("stage"), word("what"), why});
  if (event.kind == "alert") return joined({word("headline"), word("evidence"), word("advice")});
  if (event.kind == "verdict") return joined({word("headline"), word("evidence")});
  if (event.kind == "control") return joined({word("command"), word("answer"), word("text")});
  if (event.kind == "error") return joined({QStringLiteral("error:"), word("what"), word("hint")});
  if (event.kind == "removed") return {};
  const QString text = joined({word("text"), word("what"), why});
  return text.isEmpty() ? QString::fromStdString(event.kind).left(80).simplified() : text;
}

}  // namespace geocyte::desktop
