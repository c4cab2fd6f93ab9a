// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/reference_choice.h"

#include <algorithm>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"

namespace geocyte::widgets {
namespace {

const QString kNone = QStringLiteral("none"), kRun = QStringLiteral("run:"), kStep = QStringLiteral("step:");

}  // namespace

ReferenceChoice::ReferenceChoice(const ViewContext& context, QWidget* parent) : ChoiceButton(tr("Compare with"), tr("against: "), parent), context_(context) {
  setObjectName(QStringLiteral("referenceChoice"));
  setToolTip(tr("Hold the shown moment against an earlier step or another run (B)"));
  connect(this, &ChoiceButton::chosen, this, &ReferenceChoice::apply);
  if (context_.reference) connect(context_.reference, &Reference::changed, this, &ReferenceChoice::refill);
  if (context_.runs) {
    connect(context_.runs, &RunSet::changed, this, &ReferenceChoice::refill);
    connect(context_.runs, &RunSet::currentChanged, this, &ReferenceChoice::refill);
  }
  refill();
}

void ReferenceChoice::setMoments(std::int64_t shown, std::int64_t first) {
  if (shown == shown_ && first == first_) return;
  shown_ = shown;
  first_ = first;
  refill();
}

void ReferenceChoice::refill() {
  const Reference* reference = context_.reference;
  const RunSet* runs = context_.runs;
  if (!reference || !runs) return setChoices({});
  std::vector<Choice> choices{{kNone, tr("nothing"), {}}};
  const auto add_step = [&](std::int64_t step, const QString& help) {
    const QString id = kStep + QString::number(step);
    if (step >= 0 && std::none_of(choices.begin(), choices.end(), [&](const Choice& c) { return c.id == id; }))
      choices.push_back({id, tr("step %1").arg(groupedText(step)), help});
  };
  QString current = kNone;
  if (reference->isSet() && reference->run() == runs->current()) {
    current = kStep + QString::number(reference->step());
    add_step(reference->step(), tr("the step that was pinned"));
  }
  add_step(first_, tr("the oldest step that was kept"));
  add_step(shown_, tr("pin the step that is shown now, then move on"));
  const auto shown = std::find_if(runs->runs().begin(), runs->runs().end(), [&](const VisibleRun& run) { return run.id == runs->current(); });
  for (const VisibleRun& run : runs->runs()) {
    if (run.id == runs->current() || (shown != runs->runs().end() && run.kind != shown->kind)) continue;
    choices.push_back({kRun + run.id, run.name, run.id});
    if (reference->isSet() && reference->run() == run.id) current = kRun + run.id;
  }
  setChoices(std::move(choices));
  setCurrent(current);
}

void ReferenceChoice::apply(const QString& id) {
  if (id != kNone) last_ = id;
  if (id.startsWith(kStep)) {
    const std::int64_t step = id.mid(kStep.size()).toLongLong();
    return context_.reference->set(context_.runs->current(), step, tr("step %1").arg(groupedText(step)));
  }
  for (const VisibleRun& run : context_.runs->runs())
    if (id == kRun + run.id) return context_.reference->set(run.id, -1, run.name);
  context_.reference->clear();
}

void ReferenceChoice::toggle() {
  if (!context_.reference || choices().size() < 2) return;
  if (context_.reference->isSet()) {
    last_ = current();
    return apply(kNone);
  }
  const auto known = [this](const QString& id) { return std::any_of(choices().begin(), choices().end(), [&](const Choice& c) { return c.id == id; }); };
  apply(known(last_) ? last_ : choices()[1].id);
}

}  // namespace geocyte::widgets
