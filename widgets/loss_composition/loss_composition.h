// SPDX-License-Identifier: GPL-3.0-or-later
// What the total loss consists of: weight × term over the steps, stacked as shares of the sum.
//
// Binding: "values" = the weighted terms, a pattern ("weighted/*") or tags separated by commas, which then also is their
// order. The run that is current is shown. The legend prints the shares at the cross-hair, else at the chosen step, else
// at the last one. A click on a term, in the stack or the legend, shows it alone on a scale of its own; again: all.
// Keys: ↑ ↓ choose a term, Enter shows it alone, ← → move the cross-hair, Esc all terms.
#pragma once

#include "widgets/base/curve_set.h"
#include "widgets/base/view.h"

namespace geocyte::widgets::loss_composition {

class CompositionArea;

class LossComposition : public View {
  Q_OBJECT
 public:
  explicit LossComposition(const ViewContext& context, QWidget* parent = nullptr);

  void bind(const QHash<QString, QString>& bindings) override;
  void setCurves(const CurveSet& curves) override;
  QList<QStringList> table() const override;
  CompositionArea* area() const { return area_; }

 protected:
  void refresh() override;

 private:
  void rebuild();
  QString shownRun(const QStringList& tags) const;
  void showCaption(const QString& run_name, const QStringList& missing);
  void showCount();
  void showStep();

  CurveSet curves_;
  CompositionArea* area_;
};

}  // namespace geocyte::widgets::loss_composition
