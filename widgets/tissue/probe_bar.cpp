// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tissue/probe_bar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QSlider>
#include <QTimer>
#include <QToolButton>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/probe_model.h"
#include "widgets/controls/elided_label.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"
#include "widgets/tissue/scene.h"

namespace geocyte::widgets::tissue {
namespace {
constexpr int kSteps = 200, kRestMs = 150;
}

ProbeBar::ProbeBar(ProbeModel* model, QWidget* parent)
    : QWidget(parent), model_(model), name_(new QLabel), slider_(new QSlider(Qt::Horizontal)), value_(new QLabel), state_(new ElidedLabel), again_(new QToolButton), gate_(new QTimer(this)) {
  setObjectName(QStringLiteral("probeBar"));
  name_->setText(tr("Refine from &noise σ"));
  name_->setFont(captionFont());
  name_->setBuddy(slider_);
  slider_->setObjectName(QStringLiteral("probeSigma"));
  slider_->setAccessibleName(tr("Noise from which the cells are refined, in units of what the refiner has to add (σ data)"));
  slider_->setToolTip(tr("Adds noise of this size to the generator's places and lets the refiner take it away again, on up to 400 cells. In units of σ data, the size of what it has to add"));
  slider_->setRange(0, kSteps);
  slider_->setPageStep(kSteps / 10);
  slider_->setSingleStep(kSteps / 20);
  slider_->setMinimumWidth(90);
  slider_->setMaximumWidth(180);
  value_->setObjectName(QStringLiteral("probeValue"));
  value_->setFont(monoFont());
  value_->setMinimumWidth(40);
  again_->setObjectName(QStringLiteral("probeAgain"));
  again_->setIcon(themeIcon(QStringLiteral("reset"), Tone::dim));
  again_->setIconSize({14, 14});
  again_->setFocusPolicy(Qt::TabFocus);
  again_->setAccessibleName(tr("Refine again from this noise"));
  again_->setToolTip(tr("Refine again from this noise (Return)"));
  state_->setObjectName(QStringLiteral("probeState"));
  state_->setFont(captionFont());
  state_->setTextFormat(Qt::PlainText);
  state_->setMostLines(2, state_->fontMetrics().height() + 2);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(14, 4, 14, 4);
  row->setSpacing(8);
  for (QWidget* widget : {static_cast<QWidget*>(name_), static_cast<QWidget*>(slider_), static_cast<QWidget*>(value_), static_cast<QWidget*>(again_)}) row->addWidget(widget);
  row->setStretchFactor(slider_, 1);   // up to its greatest width; the rest is the state's
  row->addWidget(state_, 1);
  state_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  gate_->setSingleShot(true);
  gate_->setInterval(kRestMs);
  connect(gate_, &QTimer::timeout, this, &ProbeBar::ask);
  connect(slider_, &QSlider::valueChanged, this, [this] {
    value_->setText(axisText(sigma()));
    gate_->start();
  });
  connect(again_, &QToolButton::clicked, this, &ProbeBar::ask);
  if (model_) connect(model_, &ProbeModel::changed, this, &ProbeBar::follow);
  hide();
}

void ProbeBar::bind(const QHash<QString, QString>& bindings) {
  const auto number = [&](const QString& role, double otherwise) {
    bool good = false;
    const double value = bindings.value(role).toDouble(&good);
    return good && value > 0 && std::isfinite(value) ? value : otherwise;
  };
  array_ = probeArray(bindings);
  low_ = number(QStringLiteral("probe_low"), 0.05);
  high_ = std::max(number(QStringLiteral("probe_high"), 2.4), 1.0001 * low_);
  setVisible(model_ && bindings.contains(QStringLiteral("probe_sigma")));
  slider_->blockSignals(true);
  setSigma(number(QStringLiteral("probe_sigma"), 0.3));
  slider_->blockSignals(false);
  value_->setText(axisText(sigma()));
  follow();
}

double ProbeBar::sigma() const {
  const double exact = low_ * std::pow(high_ / low_, slider_->value() / static_cast<double>(kSteps));
  const double unit = std::pow(10, std::floor(std::log10(exact)) - 1);   // two digits: what is shown is what is asked
  return std::clamp(std::round(exact / unit) * unit, low_, high_);
}

void ProbeBar::setSigma(double sigma) { slider_->setValue(static_cast<int>(std::lround(kSteps * std::log(std::clamp(sigma, low_, high_) / low_) / std::log(high_ / low_)))); }

QString ProbeBar::text() const { return state_->fullText(); }

void ProbeBar::setReady(bool ready) {
  if (ready == ready_) return;
  ready_ = ready;
  gate_->stop();
  name_->setEnabled(ready);
  for (QWidget* one : {static_cast<QWidget*>(slider_), static_cast<QWidget*>(value_), static_cast<QWidget*>(again_)}) one->setVisible(ready);   // the line has room to say why
  follow();
}

void ProbeBar::ask() {
  gate_->stop();
  if (model_ && ready_) model_->ask({{QStringLiteral("sigma"), sigma()}, {QStringLiteral("source"), source_}});
}

void ProbeBar::follow() {
  if (!model_) return;
  if (!ready_) {
    state_->setFullText(tr("No refiner at this step: the run has none, or has not come to it."));
    return setTone(state_, Tone::dim);
  }
  const QString asked = axisText(model_->args().value(QStringLiteral("sigma")).toDouble());
  Tone tone = Tone::dim;
  switch (model_->state()) {
    case ProbeModel::State::idle: state_->setFullText(tr("Move it to see what the refiner does.")); break;
    case ProbeModel::State::pending: state_->setFullText(model_->progress().isEmpty() ? tr("σ %1: the engine works…").arg(asked) : tr("σ %1: %2…").arg(asked, model_->progress())); break;
    case ProbeModel::State::answered:
      state_->setFullText(!holdsPlaces(model_->arrays().find(array_)) ? tr("No refiner has been trained up to this step: nothing could refine these places.") : tr("σ %1: answered in %2 s").arg(asked, cellText(model_->seconds())));
      break;
    case ProbeModel::State::failed:
      state_->setFullText(model_->problem());
      tone = Tone::bad;
      break;
  }
  setTone(state_, tone);
}

void ProbeBar::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return ask();
  QWidget::keyPressEvent(event);
}

}  // namespace geocyte::widgets::tissue
