// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of the window, light and dark. Everything that paints asks here at paint time, so a change of theme needs
// no bookkeeping: the application's palette says which of the two is on.
#pragma once

#include <QColor>

namespace geocyte::widgets {

struct ThemeColors {
  bool dark;
  QColor window, panel, field;          ///< behind everything, behind views, inside text fields
  QColor line, ink, dim, faint;         ///< faint: marks and grids, never text that must be read
  QColor accent, on_accent;             ///< the one accent and the text upon it
  QColor ok, warn, bad;                 ///< for marks and icons
  QColor ok_text, warn_text, bad_text;  ///< the same, at least 4.5:1 on panel, window and selected_row
  QColor within, beyond, at_gate;       ///< fills of what passes its gate, of what fails it, and between: told apart by every kind of colour vision
  QColor selected_row, hover;
  QColor dim_on_selected;               ///< the second line of a selected row
};

const ThemeColors& themeColors(bool dark);
/// The colours of the theme that is on (decided from QGuiApplication::palette()).
const ThemeColors& themeColors();

/// What a text or an icon means; resolved to a colour when it is painted.
enum class Tone { ink, dim, faint, accent, on_accent, ok, warn, bad };
QColor toneColor(Tone tone, const ThemeColors& colors);          ///< marks and icons
QColor toneTextColor(Tone tone, const ThemeColors& colors);      ///< text

/// WCAG 2.1 contrast ratio, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);
/// `over` laid on `under` with this share (0 to 1), opaque.
QColor mixed(const QColor& under, const QColor& over, double share);

}  // namespace geocyte::widgets
