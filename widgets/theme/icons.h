// SPDX-License-Identifier: GPL-3.0-or-later
// Our own icons: one-colour SVG files, painted in a tone of the theme at the device's resolution. An icon made here
// follows a change of theme by itself.
#pragma once

#include <QIcon>
#include <QString>
#include <QStringList>

#include "widgets/theme/colors.h"

class QPainter;
class QRectF;

namespace geocyte::widgets {

/// "play", "pause", "stop", "checkpoint", … (iconNames()); an unknown name gives an empty icon.
QIcon themeIcon(const QString& name, Tone tone = Tone::ink);
/// The application's own mark, in its own colours.
QIcon productIcon();
void paintIcon(QPainter& painter, const QString& name, const QRectF& where, const QColor& color);
QStringList iconNames();

}  // namespace geocyte::widgets
