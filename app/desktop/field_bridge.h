// SPDX-License-Identifier: GPL-3.0-or-later
// From the engine's schema and options to the fields of a form, and back.
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>
#include <QVariant>

#include "engine/config/schema.h"
#include "widgets/base/field_model.h"

namespace geocyte::desktop {

/// Folders of runs by system, newest first.
using RunChoices = QHash<QString, QStringList>;

/// Fields of every parameter with their values in `options`; what differs from `base` is marked as changed. `base_name` says what
/// that is: "preset demo". What is missing in either has the schema's default.
/// `runs` are offered where a parameter names a run.
widgets::FieldModel fieldModelOf(const config::Schema& schema, const Json& options, const Json& base, const QString& base_name, const RunChoices& runs = {});

/// The value as its field holds it; an invalid one for null.
QVariant variantOf(const config::Parameter& parameter, const Json& value);
/// The value as the schema checks it.
Json jsonOf(const config::Parameter& parameter, const QVariant& value);

}  // namespace geocyte::desktop
