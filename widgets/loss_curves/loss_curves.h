// SPDX-License-Identifier: GPL-3.0-or-later
// One tile of curves: a metric of several runs over the steps.
//
// Bindings: "values" = one tag, several separated by commas, or a pattern ("loss/*").
// Keys while the tile has the focus: L log y, Shift+L log x, X steps / hours / clock, O outliers, F follow, Home fit, + and
// - zoom, ← → move the cross-hair. Smoothing, unit and outliers are shared by all tiles (ChartSettings).
// Mouse: wheel zooms at the pointer, drag zooms a range of steps (Shift+drag moves), double click fits everything.
#pragma once

#include <QStringList>

#include <memory>
#include <vector>

#include "widgets/base/shared_models.h"
#include "widgets/base/view.h"

class QCustomPlot;
class QToolButton;

namespace geocyte::widgets::loss_curves {

class CurvePlot;

class LossCurves : public View {
  Q_OBJECT
 public:
  explicit LossCurves(const ViewContext& context, QWidget* parent = nullptr);
  ~LossCurves() override;

  void bind(const QHash<QString, QString>& bindings) override;
  void setCurves(const CurveSet& curves) override;
  QList<QStringList> table() const override;
  bool exportTo(const QString& file) override;
  /// "log values", "log steps": bool.
  void applySetting(const QString& key, const QVariant& value) override;

  /// 0 (raw only) to .99; the raw curve stays as a ghost of 25 %.
  void setSmoothing(double amount);
  double smoothing() const;
  void setLogY(bool on);
  bool logY() const;
  void setLogX(bool on);
  bool logX() const;
  /// The right fifth of the step axis stays free, so that curves do not jump at each step.
  void setFollow(bool on);
  bool follow() const;
  /// Clipped outliers get arrows at the edge and are counted.
  void setOutliers(Outliers outliers);
  void setUnit(StepUnit unit);
  int beyondCount() const;
  /// A range of steps chosen by hand; follow ends.
  void setStepRange(double from, double to);
  /// The nearest values of all curves at a step, as printed in the read-out.
  QStringList readOut(double step) const;

  QCustomPlot* plot() const;

 signals:
  void logYChanged(bool on);

 protected:
  void refresh() override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void showValue();
  void followSettings();
  std::unique_ptr<CurvePlot> plot_;
  QToolButton* log_y_;
  bool show_all_ = false;
};

}  // namespace geocyte::widgets::loss_curves
