// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QWidget>

#include "widgets/theme/fonts.h"
#include "widgets/theme/style_sheet.h"
#include "widgets/theme/system_scheme.h"

namespace geocyte::widgets {
namespace {

QPalette makePalette(const ThemeColors& c) {
  QPalette p;
  p.setColor(QPalette::Window, c.window);
  p.setColor(QPalette::WindowText, c.ink);
  p.setColor(QPalette::Base, c.panel);
  p.setColor(QPalette::AlternateBase, c.window);
  p.setColor(QPalette::Text, c.ink);
  p.setColor(QPalette::PlaceholderText, c.dim);
  p.setColor(QPalette::Button, c.panel);
  p.setColor(QPalette::ButtonText, c.ink);
  p.setColor(QPalette::BrightText, c.bad);
  p.setColor(QPalette::ToolTipBase, c.panel);
  p.setColor(QPalette::ToolTipText, c.ink);
  p.setColor(QPalette::Highlight, c.accent);
  p.setColor(QPalette::HighlightedText, c.on_accent);
  p.setColor(QPalette::Link, c.accent);
  p.setColor(QPalette::LinkVisited, c.accent);
  p.setColor(QPalette::Light, c.dark ? c.line : QColor(Qt::white));
  p.setColor(QPalette::Midlight, c.line);
  p.setColor(QPalette::Mid, c.line);
  p.setColor(QPalette::Dark, c.faint);
  p.setColor(QPalette::Shadow, c.line);
  const QColor off = mixed(c.panel, c.dim, 0.6);
  for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    p.setColor(QPalette::Disabled, role, off);
  return p;
}

}  // namespace

ThemeChoice themeChoice(const QString& text) {
  return text == QLatin1String("light") ? ThemeChoice::light : text == QLatin1String("dark") ? ThemeChoice::dark : ThemeChoice::system;
}

QString themeChoiceText(ThemeChoice choice) {
  return choice == ThemeChoice::light ? QStringLiteral("light") : choice == ThemeChoice::dark ? QStringLiteral("dark") : QStringLiteral("system");
}

Theme::Theme(ThemeChoice choice, QObject* parent) : QObject(parent), system_(new SystemScheme(this)), choice_(choice) {
  loadFonts();
  QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QApplication::setFont(textFont());
  connect(system_, &SystemScheme::changed, this, [this] {
    if (choice_ == ThemeChoice::system) apply();
  });
  apply();
}

void Theme::setChoice(ThemeChoice choice) {
  if (choice_ == choice) return;
  choice_ = choice;
  apply();
}

void Theme::apply() {
  dark_ = choice_ == ThemeChoice::system ? system_->isDark() : choice_ == ThemeChoice::dark;
  // The palette first: style rules and painters that run while the sheet is polished already ask for the new colours.
  QApplication::setPalette(makePalette(colors()));
  qApp->setStyleSheet(styleSheet(colors()));
  emit changed(dark_);
}

namespace {

void setStyleProperty(QWidget* widget, const char* name, const char* value) {
  if (widget->property(name).toString() == QLatin1String(value)) return;
  widget->setProperty(name, QString::fromLatin1(value));
  widget->style()->unpolish(widget);
  widget->style()->polish(widget);
}

}  // namespace

void setTone(QWidget* label, Tone tone) {
  static constexpr const char* kNames[] = {"ink", "dim", "faint", "accent", "on_accent", "ok", "warn", "bad"};
  setStyleProperty(label, "tone", kNames[static_cast<int>(tone)]);
}

void setButtonKind(QWidget* button, const char* kind) { setStyleProperty(button, "kind", kind); }

}  // namespace geocyte::widgets
