// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/chart_controls.h"

#include <QHBoxLayout>

#include <initializer_list>
#include <vector>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"

namespace geocyte::widgets {
namespace {

const QString kStep = QStringLiteral("step"), kHours = QStringLiteral("hours"), kClock = QStringLiteral("clock");
const QString kClip = QStringLiteral("clip"), kAll = QStringLiteral("all");

QString idOf(StepUnit unit) { return unit == StepUnit::hours ? kHours : unit == StepUnit::clock ? kClock : kStep; }

}  // namespace

ChartControls::ChartControls(ChartSettings* settings, QWidget* parent)
    : QWidget(parent), settings_(settings), smoothing_(new ChoiceButton(tr("Smoothing"), tr("smoothing "))), unit_(new ChoiceButton(tr("Unit of the step axis"), tr("x: "))),
      outliers_(new ChoiceButton(tr("Outliers"), tr("outliers: "))) {
  setObjectName(QStringLiteral("chartControls"));
  smoothing_->setObjectName(QStringLiteral("chartSmoothing"));
  smoothing_->setToolTip(tr("Weight of the past in the smoothed curve; the raw one stays as a ghost"));
  unit_->setObjectName(QStringLiteral("chartUnit"));
  unit_->setToolTip(tr("What the step axis counts (X). Batches are drawn evenly from every source, so there is no epoch to count."));
  outliers_->setObjectName(QStringLiteral("chartOutliers"));
  outliers_->setToolTip(tr("Whether rare large values stretch the axis (O)"));
  std::vector<ChoiceButton::Choice> amounts;
  for (const double amount : {0.0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.99}) amounts.push_back({QString::number(amount), amount == 0 ? tr("off") : axisText(amount), {}});
  smoothing_->setChoices(std::move(amounts));
  unit_->setChoices({{kStep, tr("step"), {}}, {kHours, tr("hours"), tr("since the first value of each run")}, {kClock, tr("clock"), tr("time of day")}});
  outliers_->setChoices({{kClip, tr("clip"), tr("arrows at the edge, counted")}, {kAll, tr("show all"), {}}});
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  for (ChoiceButton* button : {smoothing_, unit_, outliers_}) row->addWidget(button);
  connect(smoothing_, &ChoiceButton::chosen, settings_, [this](const QString& id) { settings_->setSmoothing(id.toDouble()); });
  connect(unit_, &ChoiceButton::chosen, settings_, [this](const QString& id) { settings_->setUnit(id == kHours ? StepUnit::hours : id == kClock ? StepUnit::clock : StepUnit::step); });
  connect(outliers_, &ChoiceButton::chosen, settings_, [this](const QString& id) { settings_->setOutliers(id == kAll ? Outliers::show_all : Outliers::clip); });
  connect(settings_, &ChartSettings::changed, this, &ChartControls::follow);
  follow();
}

void ChartControls::follow() {
  smoothing_->setCurrent(QString::number(settings_->smoothing()));
  unit_->setCurrent(idOf(settings_->unit()));
  outliers_->setCurrent(settings_->outliers() == Outliers::clip ? kClip : kAll);
}

}  // namespace geocyte::widgets
