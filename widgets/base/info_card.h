// SPDX-License-Identifier: GPL-3.0-or-later
// The card behind a number: what it is, the formula, what is good, what chance gives. One section a number.
#pragma once

#include <QString>

#include <vector>

class QWidget;

namespace geocyte::widgets {

struct CardSection {
  QString title, what, formula, good, chance;
  bool operator==(const CardSection&) const = default;
};

struct InfoCard {
  QString title;
  std::vector<CardSection> sections;
  bool isEmpty() const { return sections.empty(); }
  bool operator==(const InfoCard&) const = default;
  /// Rich text; everything that comes in is escaped.
  QString html() const;
};

/// Opens it under `anchor`, inside the screen; a click elsewhere or Esc closes it. Returns the popup, which deletes itself.
QWidget* showInfoCard(QWidget* anchor, const InfoCard& card);
/// The same popup with a ready text.
QWidget* showInfoCard(QWidget* anchor, const QString& title, const QString& html);

}  // namespace geocyte::widgets
