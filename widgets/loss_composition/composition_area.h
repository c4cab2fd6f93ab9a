// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing of a LossComposition: the stack at the left, its legend at the right, and what the mouse and the keys do there.
#pragma once

#include <QColor>
#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

#include "widgets/loss_composition/share_stack.h"

namespace geocyte::widgets::loss_composition {

struct CompositionData {
  QStringList names;
  std::vector<QColor> colors;
  std::vector<double> changes;          ///< steps at which a parameter was changed
};

class CompositionArea : public QWidget {
  Q_OBJECT
 public:
  explicit CompositionArea(QWidget* parent = nullptr);
  ShareStack& stack() { return stack_; }
  const ShareStack& stack() const { return stack_; }
  const CompositionData& data() const { return data_; }
  /// After stack() has been given other terms or more steps.
  void setData(CompositionData data);
  /// The step whose shares the legend prints, with a line where it is; nothing: the last step, without a line.
  void setMarker(std::optional<double> step);
  void setSolo(int term);               ///< -1 = all
  int solo() const { return solo_; }
  int focusTerm() const { return focus_; }

  /// Row of the stack whose shares are printed; stack().size() without any.
  std::size_t shownRow() const;
  QString shareText(int term) const;    ///< "36 %", "<1 %", "–"
  std::size_t columns() const;          ///< the most buckets that the width can show
  QRectF plotRect() const { return plot_; }
  QRectF legendRect(int term) const;    ///< empty when there is no room for it
  double xOfStep(double step) const;
  double stepOfX(double x) const;
  /// The term under a point of the stack or the legend; -1 = none.
  int termAt(const QPointF& at) const;

 signals:
  void pointed(double step);
  void left();
  void soloChanged(int term);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  void arrange();
  const std::vector<Bucket>& buckets() const { return stack_.condensed(columns()); }
  void toggleSolo(int term);
  void moveMarker(int rows);
  int legendRows() const;
  double top() const;                   ///< the share at the upper edge: 1, less for a small term alone
  void paintBand(QPainter& painter, int term) const;
  void paintSolo(QPainter& painter) const;
  void paintSteps(QPainter& painter) const;
  void paintLegend(QPainter& painter) const;
  QString tooltip(const QPointF& at) const;

  ShareStack stack_;
  CompositionData data_;
  QRectF plot_, legend_;
  std::optional<double> marker_;
  int solo_ = -1, focus_ = -1, hover_ = -1;
};

}  // namespace geocyte::widgets::loss_composition
