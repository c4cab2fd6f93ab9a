// SPDX-License-Identifier: GPL-3.0-or-later
// Times, rates and sizes as a person reads them: "1 min 5 s", "118 it/s", "1.4 G". Plain numbers: widgets/base/number_format.h.
#pragma once

#include <QString>

#include <cstdint>

namespace geocyte::desktop {

/// Seconds as "8 s", "1 min 5 s", "2 h 10 min", "3 d 4 h".
QString durationText(double seconds);
/// Steps a second: "118 it/s", "2.4 it/s", "7.1 s/it".
QString rateText(double steps_per_second);
/// Bytes as "820 M", "1.4 G".
QString memoryText(double bytes);
/// "just now", "5 min ago", "yesterday", then the date.
QString ageText(std::int64_t utc_ms, std::int64_t now_ms);

}  // namespace geocyte::desktop
