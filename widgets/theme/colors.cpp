// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/colors.h"

#include <QGuiApplication>
#include <QPalette>

#include <algorithm>
#include <cmath>

namespace geocyte::widgets {
namespace {

ThemeColors lightColors() {
  ThemeColors c;
  c.dark = false;
  c.window = QColor("#f4f5f7"), c.panel = QColor("#ffffff"), c.field = QColor("#ffffff");
  c.line = QColor("#dfe3e8"), c.ink = QColor("#1b1f24"), c.dim = QColor("#66707b"), c.faint = QColor("#9aa4ae");
  c.accent = QColor("#0b6bcb"), c.on_accent = QColor("#ffffff");
  c.ok = QColor("#1a7f5a"), c.warn = QColor("#b26a00"), c.bad = QColor("#c2410c");
  c.ok_text = QColor("#17724f"), c.warn_text = QColor("#8f5500"), c.bad_text = QColor("#b53c0b");
  c.within = QColor("#6aa7df"), c.beyond = QColor("#df7a36"), c.at_gate = QColor("#f0eeeb");
  c.selected_row = QColor("#e6f0fb"), c.hover = QColor("#eceef1");
  c.dim_on_selected = QColor("#545d67");
  return c;
}

ThemeColors darkColors() {
  ThemeColors c;
  c.dark = true;
  c.window = QColor("#1a1c1f"), c.panel = QColor("#222528"), c.field = QColor("#1a1c1f");
  c.line = QColor("#34393e"), c.ink = QColor("#e7e9eb"), c.dim = QColor("#9aa4ae"), c.faint = QColor("#66707b");
  c.accent = QColor("#58a6ff"), c.on_accent = QColor("#0d1117");
  c.ok = QColor("#4cc38a"), c.warn = QColor("#e2a336"), c.bad = QColor("#ff8a5b");
  c.ok_text = c.ok, c.warn_text = c.warn, c.bad_text = c.bad;
  c.within = QColor("#2d6aa6"), c.beyond = QColor("#b9581f"), c.at_gate = QColor("#363839");
  c.selected_row = QColor("#233a54"), c.hover = QColor("#2b2f33");
  c.dim_on_selected = QColor("#aeb7c0");
  return c;
}

}  // namespace

const ThemeColors& themeColors(bool dark) {
  static const ThemeColors light = lightColors(), night = darkColors();
  return dark ? night : light;
}

const ThemeColors& themeColors() {
  return themeColors(QGuiApplication::palette().color(QPalette::Window).lightness() < 128);
}

QColor toneColor(Tone tone, const ThemeColors& colors) {
  switch (tone) {
    case Tone::ink: return colors.ink;
    case Tone::dim: return colors.dim;
    case Tone::faint: return colors.faint;
    case Tone::accent: return colors.accent;
    case Tone::on_accent: return colors.on_accent;
    case Tone::ok: return colors.ok;
    case Tone::warn: return colors.warn;
    case Tone::bad: return colors.bad;
  }
  return colors.ink;
}

QColor toneTextColor(Tone tone, const ThemeColors& colors) {
  switch (tone) {
    case Tone::faint: return colors.dim;
    case Tone::ok: return colors.ok_text;
    case Tone::warn: return colors.warn_text;
    case Tone::bad: return colors.bad_text;
    default: return toneColor(tone, colors);
  }
}

double contrastRatio(const QColor& a, const QColor& b) {
  const auto luminance = [](const QColor& color) {
    const auto linear = [](double v) { return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
  };
  const double first = luminance(a), second = luminance(b);
  return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

QColor mixed(const QColor& under, const QColor& over, double share) {
  const auto mix = [share](int u, int o) { return static_cast<int>(std::lround(u + (o - u) * share)); };
  return {mix(under.red(), over.red()), mix(under.green(), over.green()), mix(under.blue(), over.blue())};
}

}  // namespace geocyte::widgets
