// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/field_bridge.h"

#include <cmath>

namespace geocyte::desktop {
namespace {

using config::Parameter;
using config::ParameterType;
using widgets::Field;
using widgets::FieldType;

QString fromText(const std::string& s) { return QString::fromStdString(s); }

FieldType typeOf(ParameterType type) {
  switch (type) {
    case ParameterType::boolean: return FieldType::boolean;
    case ParameterType::integer: return FieldType::integer;
    case ParameterType::number: return FieldType::number;
    case ParameterType::text: return FieldType::text;
    case ParameterType::choice: return FieldType::choice;
    case ParameterType::path: return FieldType::path;
    case ParameterType::list: return FieldType::list;
  }
  return FieldType::text;
}

/// An item of a plain list: what it is decides, since the schema says nothing of items.
QVariant itemOf(const Json& item) {
  if (item.is_boolean()) return item.get<bool>();
  if (item.is_number_integer()) return QVariant::fromValue(static_cast<qlonglong>(item.get<std::int64_t>()));
  if (item.is_number()) return item.get<double>();
  return item.is_string() ? fromText(item.get<std::string>()) : QString();
}

Json itemJson(const QVariant& item) {
  switch (item.typeId()) {
    case QMetaType::Bool: return item.toBool();
    case QMetaType::Double: return item.toDouble();
    case QMetaType::LongLong: case QMetaType::Int: return static_cast<std::int64_t>(item.toLongLong());
    default: return item.toString().toStdString();
  }
}

Field fieldOf(const Parameter& parameter) {
  Field field;
  field.path = fromText(parameter.path);
  field.title = fromText(parameter.title);
  field.help = fromText(parameter.help);
  field.group = fromText(parameter.group);
  field.unit = fromText(parameter.unit);
  field.type = typeOf(parameter.type);
  field.minimum = parameter.minimum;
  field.maximum = parameter.maximum;
  for (const std::string& choice : parameter.choices) field.choices << fromText(choice);
  for (const Parameter& column : parameter.fields) field.fields.push_back(fieldOf(column));
  field.live = parameter.live;
  field.nullable = parameter.nullable;
  field.only_with = fromText(parameter.only_with);
  field.value = field.default_value = variantOf(parameter, parameter.default_value);
  return field;
}

}  // namespace

QVariant variantOf(const Parameter& parameter, const Json& value) {
  if (value.is_null()) return {};
  switch (parameter.type) {
    case ParameterType::boolean: return value.is_boolean() ? QVariant(value.get<bool>()) : QVariant();
    case ParameterType::integer:
      if (!value.is_number()) return {};
      return QVariant::fromValue(value.is_number_integer() ? static_cast<qlonglong>(value.get<std::int64_t>()) : std::llround(value.get<double>()));
    case ParameterType::number: return value.is_number() ? QVariant(value.get<double>()) : QVariant();
    case ParameterType::list: break;
    default: return value.is_string() ? QVariant(fromText(value.get<std::string>())) : QVariant(QString());
  }
  QVariantList items;
  if (!value.is_array()) return items;
  for (const Json& item : value) {
    if (parameter.fields.empty()) {
      items << itemOf(item);
      continue;
    }
    QVariantMap row;
    for (const Parameter& column : parameter.fields) {
      const bool given = item.is_object() && item.contains(column.path);
      row.insert(fromText(column.path), variantOf(column, given ? item[column.path] : column.default_value));
    }
    items << row;
  }
  return items;
}

Json jsonOf(const Parameter& parameter, const QVariant& value) {
  if (!value.isValid()) return nullptr;
  switch (parameter.type) {
    case ParameterType::boolean: return value.toBool();
    case ParameterType::integer: return static_cast<std::int64_t>(value.toLongLong());
    case ParameterType::number: return value.toDouble();
    case ParameterType::list: break;
    default: return value.toString().toStdString();
  }
  Json items = Json::array();
  for (const QVariant& item : value.toList()) {
    if (parameter.fields.empty()) {
      items.push_back(itemJson(item));
      continue;
    }
    Json row = Json::object();
    const QVariantMap map = item.toMap();
    for (const Parameter& column : parameter.fields)
      if (const auto cell = map.find(fromText(column.path)); cell != map.end()) row[column.path] = jsonOf(column, *cell);
    items.push_back(std::move(row));
  }
  return items;
}

widgets::FieldModel fieldModelOf(const config::Schema& schema, const Json& options, const Json& base, const QString& base_name, const RunChoices& runs) {
  widgets::FieldModel model;
  model.base = base_name;
  for (const Parameter& parameter : schema) {
    Field field = fieldOf(parameter);
    if (const Json* value = config::find(base, parameter.path)) field.default_value = variantOf(parameter, *value);
    const Json* value = config::find(options, parameter.path);
    field.value = value ? variantOf(parameter, *value) : field.default_value;
    if (!parameter.run_of.empty()) field.choices = runs.value(fromText(parameter.run_of));
    model.fields.push_back(std::move(field));
  }
  return model;
}

}  // namespace geocyte::desktop
