// SPDX-License-Identifier: GPL-3.0-or-later
// The type scale: Inter for words, JetBrains Mono for numbers, two weights, four sizes.
#pragma once

#include <QFont>

namespace geocyte::widgets {

/// Sizes in pixels. Captions are 12 px = 9 pt at 96 dpi, the smallest size that is used anywhere.
inline constexpr int kTextPixels = 13, kCaptionPixels = 12, kBrandPixels = 14, kMonoPixels = 12;

QFont textFont();        ///< 13 px
QFont strongFont();      ///< 13 px semibold: titles of views, names
QFont captionFont();     ///< captions, axis labels
QFont brandFont();       ///< 14 px semibold: the product's name
QFont monoFont();        ///< 12 px, numbers in tables, fields, matrix cells

/// Makes the bundled families known to the application; harmless when called again.
void loadFonts();

}  // namespace geocyte::widgets
