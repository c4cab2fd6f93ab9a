// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/view_undo.h"

#include <QPointer>

#include "widgets/base/shared_models.h"

namespace geocyte::desktop {
namespace {

constexpr int kMostChanges = 100;

/// A change that has been made already when it is pushed.
class Change : public QUndoCommand {
 public:
  Change(const QString& text, std::function<void()> back, std::function<void()> again) : QUndoCommand(text), back_(std::move(back)), again_(std::move(again)) {}
  void undo() override { back_(); }
  void redo() override {
    if (is_made_) again_();
    is_made_ = true;
  }

 private:
  std::function<void()> back_, again_;
  bool is_made_ = false;
};

}  // namespace

struct ViewUndo::Selected {
  QString axis, reason;
  std::vector<std::uint8_t> mask;
  QStringList sources;
  void applyTo(widgets::SelectionModel* model) const { mask.empty() ? model->clear() : model->select(axis, mask, reason, sources); }
};

struct ViewUndo::Charts {
  double smoothing = 0;
  widgets::StepUnit unit = widgets::StepUnit::step;
  widgets::Outliers outliers = widgets::Outliers::clip;
  void applyTo(widgets::ChartSettings* settings) const {
    settings->setSmoothing(smoothing);
    settings->setUnit(unit);
    settings->setOutliers(outliers);
  }
};

ViewUndo::ViewUndo(const widgets::ViewContext& shared, QObject* parent)
    : QObject(parent), shared_(shared), selected_(selectedNow()), charts_(std::make_unique<Charts>(chartsNow())), metric_(shared.metric->value()) {
  stack_.setUndoLimit(kMostChanges);
  connect(shared_.selection, &widgets::SelectionModel::changed, this, &ViewUndo::onSelection);
  connect(shared_.charts, &widgets::ChartSettings::changed, this, &ViewUndo::onCharts);
  connect(shared_.metric, &widgets::SharedChoice::changed, this, &ViewUndo::onMetric);
}

ViewUndo::~ViewUndo() = default;

std::shared_ptr<const ViewUndo::Selected> ViewUndo::selectedNow() const {
  const widgets::SelectionModel& now = *shared_.selection;
  return std::make_shared<const Selected>(Selected{now.axis(), now.reason(), now.mask(), now.sources()});
}

ViewUndo::Charts ViewUndo::chartsNow() const { return {shared_.charts->smoothing(), shared_.charts->unit(), shared_.charts->outliers()}; }

void ViewUndo::push(const QString& text, std::function<void()> back, std::function<void()> again) {
  const auto guarded = [this](std::function<void()> work) {
    return [this, work = std::move(work)] {
      applying_ = true;
      work();
      applying_ = false;
    };
  };
  stack_.push(new Change(text, guarded(std::move(back)), guarded(std::move(again))));
}

void ViewUndo::onSelection() {
  const auto before = selected_;
  selected_ = selectedNow();
  if (applying_ || (before->mask.empty() && selected_->mask.empty())) return;
  push(tr("selection"), [this, before] { before->applyTo(shared_.selection); }, [this, now = selected_] { now->applyTo(shared_.selection); });
}

void ViewUndo::onCharts() {
  const Charts before = *charts_, now = chartsNow();
  *charts_ = now;
  if (!applying_) push(tr("chart setting"), [this, before] { before.applyTo(shared_.charts); }, [this, now] { now.applyTo(shared_.charts); });
}

void ViewUndo::onMetric() {
  const QString before = metric_;
  metric_ = shared_.metric->value();
  // The first choice is made by the views themselves.
  if (applying_ || before.isEmpty()) return;
  push(tr("metric"), [this, before] { shared_.metric->set(before); }, [this, now = metric_] { shared_.metric->set(now); });
}

void ViewUndo::watch(widgets::View* view) {
  connect(view, &widgets::View::settingChanged, this, [this, view = QPointer<widgets::View>(view)](const QString& key, const QVariant& before, const QVariant& now) {
    if (applying_ || !view) return;
    const auto set = [view, key](const QVariant& value) {
      return [view, key, value] {
        if (view) view->applySetting(key, value);
      };
    };
    push(tr("%1 of %2").arg(key, view->title()), set(before), set(now));
  });
}

void ViewUndo::clear() {
  stack_.clear();
  selected_ = selectedNow();
}

}  // namespace geocyte::desktop
