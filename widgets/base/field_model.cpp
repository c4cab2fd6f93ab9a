// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/field_model.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonValue>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace geocyte::widgets {
namespace {

constexpr double kLargestWhole = 9007199254740992.0;   // 2^53: above it a double is no longer exact

QString tr(const char* text) { return QObject::tr(text); }

QString numberText(double value) { return QString::number(value, 'g', QLocale::FloatingPointShortest); }

QString scalarText(const QVariant& value) {
  switch (value.typeId()) {
    case QMetaType::Bool: return value.toBool() ? QStringLiteral("on") : QStringLiteral("off");
    case QMetaType::Double: case QMetaType::Float: return numberText(value.toDouble());
    default: return value.toString();
  }
}

QString rangeText(const Field& field) {
  if (field.minimum && field.maximum) return tr("from %1 to %2").arg(numberText(*field.minimum), numberText(*field.maximum));
  if (field.minimum) return tr("at least %1").arg(numberText(*field.minimum));
  return tr("at most %1").arg(numberText(*field.maximum));
}

bool isOutside(const Field& field, double value) {
  return (field.minimum && value < *field.minimum) || (field.maximum && value > *field.maximum);
}

bool isNumber(const QVariant& value) {
  const int type = value.typeId();
  return type == QMetaType::Double || type == QMetaType::Float || type == QMetaType::Int || type == QMetaType::UInt ||
         type == QMetaType::LongLong || type == QMetaType::ULongLong;
}

bool isWhole(const QVariant& value) {
  const double number = value.toDouble();
  return isNumber(value) && std::abs(number) <= kLargestWhole && number == std::floor(number);
}

QString withoutSpaces(const QString& text) {
  QString out;
  for (const QChar c : text)
    if (!c.isSpace()) out += c == QChar(0x2212) ? QChar('-') : c;
  return out;
}

ParsedField parsedNumber(const QString& text, bool whole) {
  const QString digits = withoutSpaces(text);
  bool is_number = false;
  const double number = digits.toDouble(&is_number);
  if (!is_number && digits.contains(',')) {
    const QString pointed = QString(digits).replace(',', '.');
    bool would_be = false;
    pointed.toDouble(&would_be);
    if (would_be) return {{}, tr("“%1” has a decimal comma: write %2.").arg(text, pointed)};
  }
  if (!is_number || !std::isfinite(number)) return {{}, whole ? tr("“%1” is not a whole number.").arg(text) : tr("“%1” is not a number.").arg(text)};
  if (!whole) return {number, {}};
  if (number != std::floor(number) || std::abs(number) > kLargestWhole) return {{}, tr("“%1” is not a whole number.").arg(text)};
  return {QVariant::fromValue(static_cast<qlonglong>(number)), {}};
}

ParsedField parsedBool(const QString& text) {
  const QString word = text.toLower();
  if (QStringList{"on", "true", "yes", "1"}.contains(word)) return {true, {}};
  if (QStringList{"off", "false", "no", "0"}.contains(word)) return {false, {}};
  return {{}, tr("“%1” is neither on nor off.").arg(text)};
}

/// A plain list takes items like those of its default; without any, numbers where they are numbers, else words.
ParsedField parsedList(const Field& field, const QString& text) {
  const QVariantList like = field.default_value.toList();
  QString inner = text.trimmed();
  if (inner.startsWith('[') && inner.endsWith(']')) inner = inner.mid(1, inner.size() - 2);
  QVariantList items;
  if (inner.trimmed().isEmpty()) return {items, {}};
  for (const QString& part : inner.split(',')) {
    const QString item = part.trimmed();
    if (item.isEmpty()) return {{}, tr("An item is missing between two commas.")};
    if (like.isEmpty()) {
      const ParsedField number = parsedNumber(item, false);
      items << (number.error.isEmpty() ? (isWhole(number.value) ? QVariant(number.value.toLongLong()) : number.value) : QVariant(item));
      continue;
    }
    if (!isNumber(like.first())) {
      items << item;
      continue;
    }
    const ParsedField number = parsedNumber(item, like.first().typeId() != QMetaType::Double);
    if (!number.error.isEmpty()) return number;
    items << number.value;
  }
  return {items, {}};
}

QString listError(const Field& field, const QVariant& value) {
  if (value.typeId() != QMetaType::QVariantList) return tr("This must be a list.");
  const QVariantList items = value.toList();
  if (isOutside(field, static_cast<double>(items.size())))
    return tr("%1 items are given, but there must be %2.").arg(items.size()).arg(rangeText(field));
  for (qsizetype i = 0; i < items.size(); ++i) {
    if (field.fields.empty()) {
      if (isNumber(items[i]) && !std::isfinite(items[i].toDouble())) return tr("Item %1 is not a finite number.").arg(i + 1);
      continue;
    }
    const QVariantMap row = items[i].toMap();
    for (const Field& column : field.fields) {
      if (!row.contains(column.path)) continue;   // the default holds
      const QString error = fieldError(column, row.value(column.path));
      if (!error.isEmpty()) return tr("Row %1, %2: %3").arg(i + 1).arg(column.label(), error);
    }
  }
  return {};
}

}  // namespace

const Field* FieldModel::find(const QString& path) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.path == path; });
  return found == fields.end() ? nullptr : &*found;
}

Field* FieldModel::find(const QString& path) { return const_cast<Field*>(std::as_const(*this).find(path)); }

QString fieldText(const Field& field, const QVariant& value) {
  if (!value.isValid()) return field.nullable ? QStringLiteral("auto") : QString();
  if (value.typeId() != QMetaType::QVariantList) return scalarText(value);
  const QVariantList items = value.toList();
  if (field.isTable()) return items.size() == 1 ? tr("1 row") : tr("%1 rows").arg(items.size());
  QStringList texts;
  for (const QVariant& item : items) texts << scalarText(item);
  return texts.join(QLatin1String(", "));
}

QString fieldError(const Field& field, const QVariant& value) {
  if (!value.isValid()) return field.nullable ? QString() : tr("A value is needed.");
  switch (field.type) {
    case FieldType::boolean: return value.typeId() == QMetaType::Bool ? QString() : tr("This must be on or off.");
    case FieldType::integer:
      if (!isWhole(value)) return tr("This must be a whole number.");
      break;
    case FieldType::number:
      if (!isNumber(value) || !std::isfinite(value.toDouble())) return tr("This must be a number.");
      break;
    case FieldType::choice:
      return field.choices.contains(value.toString()) ? QString() : tr("“%1” is not one of %2.").arg(value.toString(), field.choices.join(QLatin1String(", ")));
    case FieldType::text: case FieldType::path: return value.typeId() == QMetaType::QString ? QString() : tr("This must be text.");
    case FieldType::list: return listError(field, value);
  }
  if (isOutside(field, value.toDouble())) return tr("%1 is outside: it must be %2.").arg(scalarText(value), rangeText(field));
  return {};
}

ParsedField parseField(const Field& field, const QString& text) {
  const QString trimmed = text.trimmed();
  if (field.nullable && (trimmed.isEmpty() || trimmed == QLatin1String("auto"))) return {};
  ParsedField parsed;
  switch (field.type) {
    case FieldType::boolean: parsed = parsedBool(trimmed); break;
    case FieldType::integer: case FieldType::number:
      if (trimmed.isEmpty()) return {{}, tr("A number is needed.")};
      parsed = parsedNumber(trimmed, field.type == FieldType::integer);
      break;
    case FieldType::list:
      if (field.isTable()) return {{}, tr("A table is edited cell by cell.")};
      parsed = parsedList(field, trimmed);
      break;
    default: parsed.value = trimmed;
  }
  if (parsed.error.isEmpty()) parsed.error = fieldError(field, parsed.value);
  return parsed;
}

QVariantMap defaultRow(const Field& table) {
  QVariantMap row;
  for (const Field& column : table.fields) row.insert(column.path, column.default_value);
  return row;
}

QString jsonText(const QVariant& value) {
  // A document holds an array or an object only: the value is wrapped and the brackets are cut off again.
  const QByteArray wrapped = QJsonDocument(QJsonArray{QJsonValue::fromVariant(value)}).toJson(QJsonDocument::Compact);
  return QString::fromUtf8(wrapped.mid(1, wrapped.size() - 2));
}

const Field* governorOf(const FieldModel& model, const QString& path) {
  const qsizetype dot = path.lastIndexOf('.');
  const QString name = path.left(dot) + QStringLiteral(".enabled");
  const Field* field = dot < 0 || name == path ? nullptr : model.find(name);
  return field && field->type == FieldType::boolean ? field : nullptr;
}

QString idleReason(const FieldModel& model, const Field& field) {
  const qsizetype equal = field.only_with.indexOf('=');
  if (equal < 0) return {};
  const QStringList wanted = field.only_with.mid(equal + 1).split('|');
  const Field* choice = model.find(field.only_with.left(equal));
  if (!choice || wanted.contains(fieldText(*choice, choice->value))) return {};
  return tr("Acts only where %1 is “%2”: now it is “%3”.").arg(choice->label(), wanted.join(tr("” or “")), fieldText(*choice, choice->value));
}

QString fieldTip(const Field& field, const QString& base) {
  QStringList lines{field.path};
  if (!field.help.isEmpty()) lines << field.help;
  if ((field.minimum || field.maximum) && field.type != FieldType::list) lines << rangeText(field) + (field.unit.isEmpty() ? QString() : ' ' + field.unit);
  if (!field.isTable()) {
    const QString text = fieldText(field, field.default_value);
    lines << QStringLiteral("%1: %2").arg(base.isEmpty() ? tr("default") : base, text.isEmpty() ? tr("empty") : text);
  }
  if (field.live) lines << tr("changes at the next step of a running run");
  return lines.join('\n');
}

}  // namespace geocyte::widgets
