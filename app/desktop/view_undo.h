// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+Z for what is looked at: the selection, how curves are drawn, which metric is shown, colours and axes of a view. What is
// asked of an engine is no part of it: that stands in the history of the run.
#pragma once

#include <QObject>
#include <QUndoStack>

#include <functional>
#include <memory>

#include "widgets/base/view.h"

namespace geocyte::desktop {

class ViewUndo : public QObject {
  Q_OBJECT
 public:
  explicit ViewUndo(const widgets::ViewContext& shared, QObject* parent = nullptr);
  ~ViewUndo() override;
  QUndoStack* stack() { return &stack_; }
  /// From now on its settings can be taken back, for as long as it lives.
  void watch(widgets::View* view);
  /// Another run is shown: what was selected in the one before means nothing here.
  void clear();

 private:
  struct Selected;
  struct Charts;
  void push(const QString& text, std::function<void()> back, std::function<void()> again);
  void onSelection();
  void onCharts();
  void onMetric();
  std::shared_ptr<const Selected> selectedNow() const;
  Charts chartsNow() const;

  widgets::ViewContext shared_;
  QUndoStack stack_;
  std::shared_ptr<const Selected> selected_;
  std::unique_ptr<Charts> charts_;
  QString metric_;
  bool applying_ = false;
};

}  // namespace geocyte::desktop
