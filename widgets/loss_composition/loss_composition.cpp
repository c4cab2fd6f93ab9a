// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_composition/loss_composition.h"

#include <QHBoxLayout>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/loss_composition/composition_area.h"
#include "widgets/theme/colors.h"

namespace geocyte::widgets::loss_composition {
namespace {

QString termName(const QString& tag) { return tag.section('/', -1).replace('_', ' '); }

}  // namespace

LossComposition::LossComposition(const ViewContext& context, QWidget* parent) : View(context, parent), area_(new CompositionArea) {
  area_->setObjectName(QStringLiteral("compositionArea"));
  area_->setAccessibleName(tr("Loss composition"));
  setBody(area_);
  setEmptyText(tr("Waiting for the first step"));
  showCount();
  connect(area_, &CompositionArea::soloChanged, this, &LossComposition::showCount);
  if (Crosshair* crosshair = context.crosshair) {
    connect(area_, &CompositionArea::pointed, crosshair, &Crosshair::setStep);
    connect(area_, &CompositionArea::left, crosshair, &Crosshair::clear);
    connect(crosshair, &Crosshair::changed, this, &LossComposition::showStep);
  } else {
    connect(area_, &CompositionArea::pointed, area_, [this](double step) { area_->setMarker(step); });
    connect(area_, &CompositionArea::left, this, &LossComposition::showStep);
  }
  if (context.cursor) connect(context.cursor, &TimeCursor::changed, this, &LossComposition::showStep);
  if (context.runs) connect(context.runs, &RunSet::currentChanged, this, &LossComposition::rebuild);
  if (context.palette) connect(context.palette, &PaletteModel::changed, this, &LossComposition::rebuild);
}

void LossComposition::bind(const QHash<QString, QString>& bindings) {
  View::bind(bindings);
  if (title().isEmpty()) setTitle(tr("Loss composition"));
  setObjectName(QStringLiteral("composition_") + bindings.value(QStringLiteral("values")));
  rebuild();
}

void LossComposition::setCurves(const CurveSet& curves) {
  curves_ = curves;
  rebuild();
}

QString LossComposition::shownRun(const QStringList& tags) const {
  QString last;
  for (const QString& tag : tags)
    for (const Curve& curve : curves_.by_tag.value(tag)) {
      if (context().runs && curve.run == context().runs->current()) return curve.run;
      last = curve.run;   // the topmost of the curves
    }
  return last;
}

void LossComposition::rebuild() {
  const QStringList tags = boundTags(bindings_.value(QStringLiteral("values")), curves_);
  const QString run = shownRun(tags);
  ShareStack::Terms terms;
  CompositionData picture;
  QStringList missing;
  QString run_name;
  for (qsizetype t = 0; t < tags.size(); ++t) {
    const std::vector<Curve> curves = curves_.by_tag.value(tags[t]);
    const auto found = std::find_if(curves.begin(), curves.end(), [&](const Curve& curve) { return curve.run == run; });
    if (found == curves.end() || !found->series || found->series->steps.empty()) {
      missing << termName(tags[t]);
      continue;
    }
    run_name = found->name;
    terms.push_back(found->series);
    picture.names << termName(tags[t]);
    picture.colors.push_back(context().palette ? context().palette->category(static_cast<int>(t)) : found->color);
  }
  for (const Mark& mark : curves_.marks)
    if (mark.kind == QLatin1String("change")) picture.changes.push_back(mark.step);
  area_->stack().setTerms(terms);
  area_->setData(std::move(picture));
  const ShareStack& stack = area_->stack();
  const bool has_shares = stack.unknown() < static_cast<std::int64_t>(stack.size());
  setEmptyText(stack.size() == 0 ? curves_.ended ? tr("No step was made") : tr("Waiting for the first step") : has_shares ? QString() : tr("No step has a sum to take shares of: every value is 0 or no number."));
  showCaption(run_name, missing);
  showCount();
  showStep();
  scheduleRefresh();
}

void LossComposition::showCaption(const QString& run_name, const QStringList& missing) {
  const ShareStack& stack = area_->stack();
  QStringList parts;
  if (stack.size() > 0) {
    if (!run_name.isEmpty()) parts << run_name;
    parts << tr("steps %1 to %2").arg(groupedText(std::llround(stack.step(0))), groupedText(std::llround(stack.step(stack.size() - 1))));
    if (stack.hasNegative()) parts << tr("shares of absolute values, because a term is negative");
    if (stack.unknown() > 0) parts << tr("%1 steps without a sum left out").arg(groupedText(stack.unknown()));
    if (!missing.isEmpty()) parts << tr("no values of %1").arg(missing.join(QLatin1String(", ")));
  }
  setCaption(parts.join(QStringLiteral(" · ")));
}

void LossComposition::showCount() {
  const int solo = area_->solo();
  setCount(solo < 0 ? tr("click a term: solo") : tr("only %1 · click again: all").arg(area_->data().names.value(solo)));
}

void LossComposition::showStep() {
  const Crosshair* crosshair = context().crosshair;
  const TimeCursor* cursor = context().cursor;
  if (crosshair && crosshair->isActive()) area_->setMarker(crosshair->step());
  else if (cursor && !cursor->isLive()) area_->setMarker(static_cast<double>(cursor->step()));
  else area_->setMarker(std::nullopt);
  QStringList shares;
  for (int k = 0; k < area_->data().names.size(); ++k) shares << area_->data().names[k] + ' ' + area_->shareText(k);
  area_->setAccessibleDescription(shares.join(QLatin1String(", ")));
}

void LossComposition::refresh() { area_->update(); }

QList<QStringList> LossComposition::table() const {
  const ShareStack& stack = area_->stack();
  QList<QStringList> rows{QStringList{tr("step")} + area_->data().names};
  for (std::size_t row = 0; row < stack.size(); ++row) {
    QStringList line{QString::number(stack.step(row), 'g', 15)};
    for (std::size_t k = 0; k < stack.terms(); ++k) line << (stack.isKnown(row) ? exactText(stack.share(row, k)) : QString());
    rows << line;
  }
  return rows;
}

}  // namespace geocyte::widgets::loss_composition
