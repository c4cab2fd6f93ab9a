// SPDX-License-Identifier: GPL-3.0-or-later
// Dresses the application: Fusion with our palette, one small style sheet, the bundled fonts. Light or dark by choice or
// by the desktop's own setting, switchable while the window is open.
#pragma once

#include <QObject>
#include <QString>

#include "widgets/theme/colors.h"

namespace geocyte::widgets {

class SystemScheme;

enum class ThemeChoice { system, light, dark };
/// "system", "light", "dark"; anything else is system.
ThemeChoice themeChoice(const QString& text);
QString themeChoiceText(ThemeChoice choice);

class Theme : public QObject {
  Q_OBJECT
 public:
  /// Loads the fonts and dresses the QApplication, which must exist.
  explicit Theme(ThemeChoice choice = ThemeChoice::system, QObject* parent = nullptr);
  ThemeChoice choice() const { return choice_; }
  void setChoice(ThemeChoice choice);
  bool isDark() const { return dark_; }
  const ThemeColors& colors() const { return themeColors(dark_); }

 signals:
  /// After the application wears the new colours. The shared PaletteModel is set from here by its owner.
  void changed(bool dark);

 private:
  void apply();
  SystemScheme* system_;
  ThemeChoice choice_;
  bool dark_ = false;
};

/// Marks a label or button for the style sheet: tone of a QLabel's text; "primary", "flat", "link" for a QPushButton.
void setTone(QWidget* label, Tone tone);
void setButtonKind(QWidget* button, const char* kind);

}  // namespace geocyte::widgets
