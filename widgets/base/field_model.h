// SPDX-License-Identifier: GPL-3.0-or-later
// What a form edits: one field a parameter, described completely, so that the form knows nothing of where it comes from.
//
// Values are bool, qlonglong, double or QString; a list is a QVariantList of these or, where `fields` describes a row, of
// QVariantMap. An invalid QVariant is "decide for me" (only where `nullable`).
#pragma once

#include <QString>
#include <QStringList>
#include <QVariant>

#include <optional>
#include <vector>

namespace geocyte::widgets {

enum class FieldType { boolean, integer, number, text, choice, path, list };

struct Field {
  QString path;                              ///< dotted: "loss.vicreg.weight"; of a row's field: its name
  QString title, help, group, unit;
  FieldType type = FieldType::number;
  QVariant value, default_value;
  std::optional<double> minimum, maximum;    ///< inclusive; of a list: its length
  QStringList choices;                       ///< of a choice; of a path: folders to offer, beside any other
  std::vector<Field> fields;                 ///< of a list of structs: the columns
  bool live = false;                         ///< may change while a run goes on
  bool nullable = false;
  QString only_with;                         ///< "input.kind=encoder|embedding": acts only where that choice has one of these; "" = always

  const QString& label() const { return title.isEmpty() ? path : title; }
  bool isTable() const { return type == FieldType::list && !fields.empty(); }
  bool isChanged() const { return value != default_value; }
};

struct FieldModel {
  std::vector<Field> fields;                 ///< in the order of the form; groups stand where their first field stands
  QString base;                              ///< what `default_value` is of: "preset demo"; "" = the default
  const Field* find(const QString& path) const;
  Field* find(const QString& path);
};

/// The value as it is typed: "0.5", "on", "512, 256", "auto" for none.
QString fieldText(const Field& field, const QVariant& value);
/// Why the value cannot be taken, in one sentence; "" when it can.
QString fieldError(const Field& field, const QVariant& value);

struct ParsedField {
  QVariant value;
  QString error;                             ///< not empty: the text cannot be taken and `value` means nothing
};
/// Reads what was typed and checks it. Spaces between digits are allowed; a decimal comma is refused with a hint.
ParsedField parseField(const Field& field, const QString& text);

/// The switch that a field depends on: "loss.coral.enabled" of "loss.coral.weight". nullptr for a field that stands alone.
const Field* governorOf(const FieldModel& model, const QString& path);

/// Why the field does nothing as the others are set, in one sentence; "" where it acts.
QString idleReason(const FieldModel& model, const Field& field);

/// What a new row of a table starts with.
QVariantMap defaultRow(const Field& table);
/// The value as JSON text: true, 0.5, "st", [512,256], [{"name":"P2"}], null.
QString jsonText(const QVariant& value);
/// Several lines for a tooltip: path, help, range, and the value of `base` ("" = the default).
QString fieldTip(const Field& field, const QString& base = {});

}  // namespace geocyte::widgets
