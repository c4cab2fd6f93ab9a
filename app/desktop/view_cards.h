// SPDX-License-Identifier: GPL-3.0-or-later
// The cards behind the numbers of a view, taken from what the system says about its metrics and arrays.
#pragma once

#include <QHash>
#include <QString>

#include "app/desktop/system_specs.h"
#include "widgets/base/info_card.h"

namespace geocyte::desktop {

/// One section for each metric and array that the bindings name, in the order of the spec; without any the card is empty.
widgets::InfoCard cardOf(const config::SystemSpec& spec, const QString& title, const QHash<QString, QString>& bindings);

}  // namespace geocyte::desktop
