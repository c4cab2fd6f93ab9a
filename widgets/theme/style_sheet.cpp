// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/style_sheet.h"

#include <QHash>

namespace geocyte::widgets {
namespace {

// $name stands for a colour of the theme.
const char kSheet[] = R"(
QToolTip { background: $panel; color: $ink; border: 1px solid $line; padding: 4px 6px; }

QLabel[tone="ink"] { color: $ink; }
QLabel[tone="dim"], QLabel[tone="faint"] { color: $dim; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="ok"] { color: $oktext; }
QLabel[tone="warn"] { color: $warntext; }
QLabel[tone="bad"] { color: $badtext; }

QPushButton { background: $panel; color: $ink; border: 1px solid $line; border-radius: 6px; padding: 0 12px; min-height: 26px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $selected; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $off; }
QPushButton[kind="primary"] { background: $accent; color: $onaccent; border-color: $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accenthover; border-color: $accenthover; }
QPushButton[kind="primary"]:focus { border-color: $ink; }
QPushButton[kind="primary"]:disabled { background: $hover; color: $off; border-color: $line; }
QPushButton[kind="flat"] { background: transparent; border-color: transparent; }
QPushButton[kind="flat"]:hover { background: $hover; }
QPushButton[kind="flat"]:focus { border-color: $accent; }
QPushButton[kind="link"] { background: transparent; border: 1px solid transparent; color: $accent; padding: 0 4px; min-height: 22px; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border-color: $accent; }
QPushButton::menu-indicator { image: none; width: 0; }

QToolButton { background: transparent; color: $ink; border: 1px solid transparent; border-radius: 6px; padding: 2px 6px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $selected; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $off; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[tone="dim"] { color: $dim; }
QToolButton[tone="ok"] { color: $oktext; font-weight: 600; }
QToolButton[tone="accent"] { color: $accent; font-weight: 600; }
QToolButton[kind="choice"] { color: $dim; padding: 1px 4px; }
QToolButton[kind="choice"]:disabled { color: $dim; }
QToolButton[kind="choice"]:hover, QToolButton[kind="choice"]:checked { color: $ink; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QAbstractSpinBox {
  background: $field; color: $ink; border: 1px solid $line; border-radius: 6px; padding: 0 8px; min-height: 24px;
  selection-background-color: $accent; selection-color: $onaccent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: $accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: $off; }
QLineEdit[invalid="true"], QSpinBox[invalid="true"], QDoubleSpinBox[invalid="true"], QComboBox[invalid="true"] { border-color: $bad; }
QLineEdit[numeric="true"] { font-family: "JetBrains Mono"; font-size: 12px; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url(:/geocyte/style/chevron-field.svg); width: 14px; height: 14px; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $dim; border-radius: 4px; background: $field; }
QCheckBox::indicator:focus, QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { border-color: $accent; background: $accent; image: url(:/geocyte/style/check-on-accent-$theme.svg); }
QCheckBox::indicator:disabled { border-color: $off; }
QComboBox QAbstractItemView { background: $panel; color: $ink; border: 1px solid $line; outline: 0;
  selection-background-color: $selected; selection-color: $ink; }
QPlainTextEdit, QTextEdit, QTextBrowser { background: $panel; color: $ink; border: none; selection-background-color: $accent;
  selection-color: $onaccent; }
QPlainTextEdit[kind="field"] { background: $field; border: 1px solid $line; border-radius: 6px; padding: 6px; }
QPlainTextEdit[kind="field"]:focus { border-color: $accent; }

QMenu { background: $panel; color: $ink; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 12px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $off; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QMenuBar { background: $window; color: $ink; border-bottom: 1px solid $line; }
QMenuBar::item { padding: 4px 10px; background: transparent; }
QMenuBar::item:selected { background: $hover; }

QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar { background: transparent; qproperty-drawBase: 0; qproperty-expanding: 0; }
QTabBar::tab { background: transparent; color: $dim; border: none; border-bottom: 2px solid transparent; padding: 8px 0 6px 0; margin: 0 8px 0 12px; }
QTabBar::tab:selected { color: $ink; font-weight: 600; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $ink; }

QAbstractItemView { background: $panel; alternate-background-color: $panel; color: $ink; border: none; outline: 0;
  selection-background-color: $selected; selection-color: $ink; }
QTableView { gridline-color: $line; }
QTableView::item { padding: 0 8px; border: none; border-bottom: 1px solid $line; }
QTableView::item:selected, QTreeView::item:selected { background: $selected; color: $ink; }
QTreeView::item { padding: 3px 2px; }
QHeaderView { background: $panel; qproperty-highlightSections: 0; }
QHeaderView::section { background: $panel; color: $dim; border: none; border-bottom: 1px solid $line; padding: 4px 8px; font-weight: 400; }
QTableCornerButton::section { background: $panel; border: none; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollArea { background: transparent; border: none; }

QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QStatusBar { background: $window; color: $dim; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QDockWidget { border: none; }
QGroupBox { border: none; margin-top: 18px; color: $dim; }
QGroupBox::title { subcontrol-origin: margin; left: 0; }
QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px; text-align: center; color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
)";

}  // namespace

QString styleSheet(const ThemeColors& c) {
  const QColor accent_hover = mixed(c.accent, c.dark ? QColor(Qt::white) : QColor(Qt::black), 0.12);
  const QHash<QString, QColor> names{
      {"window", c.window}, {"panel", c.panel}, {"field", c.field}, {"line", c.line}, {"ink", c.ink}, {"dim", c.dim},
      {"faint", c.faint}, {"accent", c.accent}, {"onaccent", c.on_accent}, {"accenthover", accent_hover}, {"bad", c.bad},
      {"oktext", c.ok_text}, {"warntext", c.warn_text}, {"badtext", c.bad_text}, {"selected", c.selected_row},
      {"hover", c.hover}, {"off", mixed(c.panel, c.dim, 0.6)}, {"scroll", mixed(c.panel, c.faint, 0.45)}};
  const QString sheet = QString::fromLatin1(kSheet);
  QString out;
  out.reserve(sheet.size() * 2);
  for (qsizetype i = 0; i < sheet.size(); ++i) {
    if (sheet[i] != '$') {
      out += sheet[i];
      continue;
    }
    qsizetype end = i + 1;
    while (end < sheet.size() && sheet[end].isLetter()) ++end;
    const QString name = sheet.mid(i + 1, end - i - 1);
    out += name == QLatin1String("theme") ? QString::fromLatin1(c.dark ? "dark" : "light") : names.value(name).name();
    i = end - 1;
  }
  return out;
}

}  // namespace geocyte::widgets
