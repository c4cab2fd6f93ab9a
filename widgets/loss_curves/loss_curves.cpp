// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/loss_curves.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QToolButton>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/loss_curves/curve_plot.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets::loss_curves {
namespace {
const QString kLogValues = QStringLiteral("log values"), kLogSteps = QStringLiteral("log steps");
}

LossCurves::LossCurves(const ViewContext& context, QWidget* parent)
    : View(context, parent), plot_(std::make_unique<CurvePlot>(context.crosshair)) {
  setBody(plot_->widget());
  plot_->widget()->setObjectName(QStringLiteral("curvePlot"));
  plot_->widget()->setAccessibleName(tr("Curves"));
  log_y_ = new QToolButton;
  log_y_->setObjectName(QStringLiteral("logY"));
  log_y_->setText(tr("log y"));
  log_y_->setCheckable(true);
  log_y_->setFont(captionFont());
  log_y_->setFocusPolicy(Qt::TabFocus);
  log_y_->setAccessibleName(tr("Logarithmic value axis"));
  log_y_->setToolTip(tr("Logarithmic value axis (L)"));
  setButtonKind(log_y_, "choice");
  titleEnd()->addWidget(log_y_);
  connect(log_y_, &QToolButton::toggled, this, &LossCurves::setLogY);
  connect(plot_.get(), &CurvePlot::changed, this, [this] { scheduleRefresh(); });
  if (context.crosshair) connect(context.crosshair, &Crosshair::changed, this, &LossCurves::showValue);
  if (context.charts) {
    connect(context.charts, &ChartSettings::changed, this, &LossCurves::followSettings);
    followSettings();
  }
  if (context.palette) connect(context.palette, &PaletteModel::changed, this, [this] { scheduleRefresh(); });
  setEmptyText(tr("Waiting for the first step"));
}

LossCurves::~LossCurves() = default;

void LossCurves::followSettings() {
  const ChartSettings& settings = *context().charts;
  plot_->setSmoothing(settings.smoothing());
  plot_->setUnit(settings.unit());
  plot_->setOutliers(settings.outliers());
  scheduleRefresh();
}

void LossCurves::setOutliers(Outliers outliers) {
  if (context().charts) return context().charts->setOutliers(outliers);
  plot_->setOutliers(outliers);
  scheduleRefresh();
}

void LossCurves::setUnit(StepUnit unit) {
  if (context().charts) return context().charts->setUnit(unit);
  plot_->setUnit(unit);
  scheduleRefresh();
}

int LossCurves::beyondCount() const { return static_cast<int>(plot_->beyondCount()); }

void LossCurves::bind(const QHash<QString, QString>& bindings) {
  View::bind(bindings);
  const QString values = bindings.value(QStringLiteral("values"));
  if (title().isEmpty()) setTitle(values);
  setObjectName(QStringLiteral("curves_") + values);
}

void LossCurves::setCurves(const CurveSet& curves) {
  const QStringList tags = boundTags(bindings_.value(QStringLiteral("values")), curves);
  std::vector<Curve> shown;
  const bool by_tag = tags.size() > 1;
  for (qsizetype t = 0; t < tags.size(); ++t) {
    const auto found = curves.by_tag.constFind(tags[t]);
    if (found == curves.by_tag.constEnd()) continue;
    for (Curve curve : found.value()) {
      curve.tag = tags[t];
      if (by_tag && context().palette) curve.color = context().palette->category(static_cast<int>(t));
      shown.push_back(std::move(curve));
    }
  }
  // The baseline below, the current run on top.
  std::stable_sort(shown.begin(), shown.end(), [this](const Curve& a, const Curve& b) {
    const auto rank = [this](const Curve& c) { return context().runs && c.run == context().runs->current() ? 2 : c.baseline ? 0 : 1; };
    return rank(a) < rank(b);
  });
  plot_->setLines(shown, by_tag);
  plot_->setMarks(curves.marks);
  plot_->setChance(tags.size() == 1 && curves.chance.contains(tags[0]) ? std::optional(curves.chance.value(tags[0])) : std::nullopt);
  plot_->setTotalSteps(curves.total_steps);
  const bool others = std::any_of(curves.by_tag.begin(), curves.by_tag.end(), [](const std::vector<Curve>& of_tag) {
    return std::any_of(of_tag.begin(), of_tag.end(), [](const Curve& curve) { return curve.series && !curve.series->values.empty(); });
  });
  setEmptyText(!plot_->isEmpty() ? QString() : others ? tr("Nothing recorded so far; its term may be switched off") : curves.ended ? tr("No step was made") : tr("Waiting for the first step"));
  scheduleRefresh();
}

void LossCurves::showValue() {
  // A tile under the mouse shows its read-out; the others the value of the topmost curve in the title line.
  const Crosshair* crosshair = context().crosshair;
  QString text;
  if (crosshair->isActive() && !plot_->widget()->underMouse()) {
    const std::vector<ReadOutRow> rows = plot_->rowsAt(crosshair->step());
    if (!rows.empty()) text = QString::number(rows.back().value, 'g', 4);
  }
  setCount(text);
}

void LossCurves::refresh() { plot_->replot(); }

QList<QStringList> LossCurves::table() const {
  QList<QStringList> rows{{tr("run"), tr("metric"), tr("step"), tr("value"), tr("smoothed")}};
  for (const auto& line : plot_->lines()) {
    const Curve& curve = line->curve();
    if (!curve.series) continue;
    Smoother smoother(plot_->smoothing(), plot_->smoothingUnit());
    const std::size_t count = std::min(curve.series->steps.size(), curve.series->values.size());
    for (std::size_t i = 0; i < count; ++i) {
      const double value = curve.series->values[i];
      rows << QStringList{curve.name, curve.tag, QString::number(curve.series->steps[i], 'g', 15), exactText(value), exactText(smoother.next(curve.series->steps[i], value))};
    }
  }
  return rows;
}

bool LossCurves::exportTo(const QString& file) {
  plot_->replot(true);
  if (!file.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) return View::exportTo(file);
  // Vector paths instead of the widget's picture.
  QPicture picture;
  QPainter painter(&picture);
  plot_->renderTo(painter, QRect(plot_->widget()->mapTo(this, QPoint()), plot_->widget()->size()));
  painter.end();
  return writeSvg(file, picture);
}

void LossCurves::setSmoothing(double amount) {
  plot_->setSmoothing(amount);
  scheduleRefresh();
}

double LossCurves::smoothing() const { return plot_->smoothing(); }

void LossCurves::setLogY(bool on) {
  if (plot_->logY() == on) return;
  plot_->setLogY(on);
  log_y_->setChecked(on);
  scheduleRefresh();
  emit logYChanged(on);
  emit settingChanged(kLogValues, !on, on);
}

bool LossCurves::logY() const { return plot_->logY(); }

void LossCurves::setLogX(bool on) {
  if (plot_->logX() == on) return;
  plot_->setLogX(on);
  scheduleRefresh();
  emit settingChanged(kLogSteps, !on, on);
}

void LossCurves::applySetting(const QString& key, const QVariant& value) {
  if (key == kLogValues) setLogY(value.toBool());
  else if (key == kLogSteps) setLogX(value.toBool());
}

bool LossCurves::logX() const { return plot_->logX(); }

void LossCurves::setFollow(bool on) {
  plot_->setFollow(on);
  scheduleRefresh();
}

bool LossCurves::follow() const { return plot_->follow(); }

void LossCurves::setStepRange(double from, double to) {
  plot_->setStepRange(from, to);
  scheduleRefresh();
}

QStringList LossCurves::readOut(double step) const {
  QStringList lines;
  for (const ReadOutRow& row : plot_->rowsAt(step)) lines << (row.raw.isEmpty() ? QStringLiteral("%1 %2").arg(row.name, row.smoothed) : QStringLiteral("%1 %2 raw %3").arg(row.name, row.smoothed, row.raw));
  return lines;
}

QCustomPlot* LossCurves::plot() const { return plot_->widget(); }

void LossCurves::keyPressEvent(QKeyEvent* event) {
  Crosshair* crosshair = context().crosshair;
  const auto moveCrosshair = [&](int direction) {
    if (!crosshair) return;
    const QCPRange range = plot_->widget()->xAxis->range();
    const double here = crosshair->isActive() ? crosshair->step() : plot_->stepAt(plot_->centreStep());
    // In steps, whatever the axis counts.
    const double first = plot_->stepAt(range.lower), last = plot_->stepAt(range.upper);
    crosshair->setStep(std::clamp(std::round(here + direction * std::max(1.0, (last - first) / 50)), first, last));
  };
  switch (event->key()) {
    case Qt::Key_L: return event->modifiers() & Qt::ShiftModifier ? setLogX(!logX()) : setLogY(!logY());
    case Qt::Key_O:
      show_all_ = !show_all_;
      return setOutliers(show_all_ ? Outliers::show_all : Outliers::clip);
    case Qt::Key_X: return setUnit(plot_->unit() == StepUnit::step ? StepUnit::hours : plot_->unit() == StepUnit::hours ? StepUnit::clock : StepUnit::step);
    case Qt::Key_F: return setFollow(!follow());
    case Qt::Key_Home: return setFollow(true);
    case Qt::Key_Plus: case Qt::Key_Equal: plot_->zoom(0.8, plot_->centreStep()); return scheduleRefresh();
    case Qt::Key_Minus: plot_->zoom(1.25, plot_->centreStep()); return scheduleRefresh();
    case Qt::Key_Left: return moveCrosshair(-1);
    case Qt::Key_Right: return moveCrosshair(1);
    case Qt::Key_Escape:
      if (crosshair) crosshair->clear();
      return;
    default: View::keyPressEvent(event);
  }
}

}  // namespace geocyte::widgets::loss_curves
