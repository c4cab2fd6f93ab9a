// SPDX-License-Identifier: GPL-3.0-or-later
// One row of mutually exclusive choices in one outline: the switch between workspaces.
#pragma once

#include <QString>
#include <QWidget>

class QButtonGroup;
class QHBoxLayout;

namespace geocyte::widgets {

class SegmentedControl : public QWidget {
  Q_OBJECT
 public:
  explicit SegmentedControl(const QString& label, QWidget* parent = nullptr);
  void addSegment(const QString& id, const QString& text, const QString& tooltip = {});
  void setSegmentVisible(const QString& id, bool visible);
  void setSegmentText(const QString& id, const QString& text);
  void setCurrent(const QString& id);
  QString current() const;

 signals:
  /// By the user only.
  void activated(const QString& id);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QButtonGroup* group_;
  QHBoxLayout* row_;
};

}  // namespace geocyte::widgets
