// SPDX-License-Identifier: GPL-3.0-or-later
// One readable line for an event of events.jsonl, whatever keys it carries.
#pragma once

#include <QString>

#include "engine/store/run_reader.h"

namespace geocyte::desktop {

/// "source coral weight 500 → 50", "checkpoint (best)", "stage encode begins"; "" for kinds nobody wants to read.
QString eventText(const store::RunEvent& event);
/// "12:41:07" in local time of "2026-11-21T12:41:07.123Z"; "" when it is none.
QString clockText(const std::string& utc);

}  // namespace geocyte::desktop
