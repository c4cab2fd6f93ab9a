// SPDX-License-Identifier: GPL-3.0-or-later
// Messages of the desktop (org.freedesktop.Notifications) for when nobody looks at the window. Without a desktop that shows
// them nothing happens; nothing is waited for.
#pragma once

#include <QString>

namespace geocyte::desktop {

void notifyDesktop(const QString& title, const QString& text);

}  // namespace geocyte::desktop
