// SPDX-License-Identifier: GPL-3.0-or-later
// How all tiles of curves are drawn: smoothing, unit of the step axis, outliers. Stands at the right end of a verdict line.
#pragma once

#include <QWidget>

namespace geocyte::widgets {

class ChartSettings;
class ChoiceButton;

class ChartControls : public QWidget {
  Q_OBJECT
 public:
  explicit ChartControls(ChartSettings* settings, QWidget* parent = nullptr);

 private:
  void follow();
  ChartSettings* settings_;
  ChoiceButton *smoothing_, *unit_, *outliers_;
};

}  // namespace geocyte::widgets
