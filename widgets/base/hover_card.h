// SPDX-License-Identifier: GPL-3.0-or-later
// What a view says about the thing under the mouse: a name, rows of numbers that stand under each other, a small curve.
// Better than a text tooltip where numbers are compared.
#pragma once

#include <QList>
#include <QPair>
#include <QString>
#include <QWidget>

#include <optional>
#include <vector>

namespace geocyte::widgets {

struct HoverContent {
  QString title;
  QList<QPair<QString, QString>> rows;  ///< name, value
  std::vector<double> curve;            ///< oldest first; fewer than two = none
  std::optional<double> curve_gate;     ///< dashed line across it
  int curve_now = -1;                   ///< which of it is shown in the view
  QString curve_name;
  QStringList notes;                    ///< sentences below
  bool isEmpty() const { return title.isEmpty(); }
  /// All of it as lines, for screen readers and tests.
  QString text() const;
};

class HoverCard : public QWidget {
  Q_OBJECT
 public:
  /// One a window; `at` is global. An empty content hides it.
  static void showAt(const QPoint& at, const HoverContent& content, QWidget* owner);
  static void hideFrom(const QWidget* owner);
  /// The one that is shown; nullptr when none is.
  static HoverCard* shown();
  const HoverContent& content() const { return content_; }
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  explicit HoverCard(QWidget* owner);
  HoverContent content_;
  QWidget* owner_;
};

}  // namespace geocyte::widgets
