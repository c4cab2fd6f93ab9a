// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/skill_panel/skill_panel.h"

#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/skill_panel/skill_plot.h"

namespace geocyte::widgets::skill_panel {
namespace {

QString intervalText(const std::vector<double>& low, const std::vector<double>& high, std::size_t i) {
  return i < low.size() && i < high.size() && std::isfinite(low[i]) && std::isfinite(high[i]) ? QStringLiteral(" [%1, %2]").arg(cellText(low[i], 3), cellText(high[i], 3)) : QString();
}

}  // namespace

SkillPanel::SkillPanel(const ViewContext& context, QWidget* parent) : View(context, parent), plot_(new SkillPlot) {
  setBody(plot_);
  setHeadlineLines(6);   // it stands beside the tissue, where there is little room
  setEmptyText(tr("No refiner has been trained up to this step"));
  connect(plot_, &SkillPlot::currentChanged, this, [this](int level) {
    if (level < 0) return HoverCard::hideFrom(plot_);
    HoverCard::showAt(plot_->mapToGlobal(plot_->pointOf(0, level).toPoint() + QPoint(14, 4)), readOut(level), plot_);
  });
}

void SkillPanel::setArrays(const ArrayMap& arrays) {
  SkillLevels levels = levelsOf(arrays, bindings_);
  const SkillVerdict verdict = verdictOf(levels);
  const QString reason = bindings_.value(QStringLiteral("nameReason"));
  setEmptyText(!levels.isEmpty() ? QString() : reason.isEmpty() ? tr("No refiner has been trained up to this step: these places are the generator's alone") : reason);
  setHeadline(levels.isEmpty() ? QString() : verdict.evidence.isEmpty() ? verdict.headline : tr("%1: %2").arg(verdict.headline, verdict.evidence));
  QStringList foot;
  if (!levels.isEmpty()) {
    if (arrays.step >= 0) foot << arrays.stepText();
    if (!levels.count.empty() && std::isfinite(levels.count.front())) foot << tr("n = %1 cells").arg(groupedText(std::llround(levels.count.front())));
    if (!levels.method.isEmpty()) foot << levels.method;
    foot << tr("σ in units of σ data");
  }
  setCaption(foot.join(QStringLiteral(" · ")));
  plot_->setLevels(std::move(levels));
}

HoverContent SkillPanel::readOut(int level) const {
  HoverContent said;
  const SkillLevels& l = plot_->levels();
  if (level < 0 || level >= static_cast<int>(l.size())) return said;
  const auto i = static_cast<std::size_t>(level);
  said.title = tr("σ = %1").arg(axisText(l.sigma[i]));
  const auto add = [&](const QString& name, const std::vector<double>& values, const QString& more = {}) {
    if (i < values.size() && std::isfinite(values[i])) said.rows.append({name, cellText(values[i], 3) + more});
  };
  add(tr("loss / doing nothing"), l.ratio, intervalText(l.ratio_low, l.ratio_high, i));
  add(tr("size of the correction"), l.f_ratio);
  add(tr("scale"), l.scale);
  add(tr("honest ceiling"), l.ceiling);
  add(tr("error, refined"), l.refined);
  add(tr("error, generator"), l.generator);
  if (i < l.refined.size() && i < l.generator.size()) said.rows.append({tr("gain"), cellText(l.generator[i] - l.refined[i], 3) + intervalText(l.gain_low, l.gain_high, i)});
  if (!l.measure.isEmpty()) said.notes << l.measure;
  return said;
}

QList<QStringList> SkillPanel::table() const {
  const SkillLevels& l = plot_->levels();
  const std::pair<QString, const std::vector<double>*> columns[] = {
      {tr("sigma"), &l.sigma}, {tr("loss / doing nothing"), &l.ratio}, {tr("low"), &l.ratio_low}, {tr("high"), &l.ratio_high}, {tr("F ratio"), &l.f_ratio}, {tr("scale"), &l.scale},
      {tr("ceiling"), &l.ceiling}, {tr("error refined"), &l.refined}, {tr("error generator"), &l.generator}, {tr("gain low"), &l.gain_low}, {tr("gain high"), &l.gain_high}, {tr("cells"), &l.count}};
  QList<QStringList> rows{{}};
  for (const auto& [name, values] : columns)
    if (!values->empty()) rows[0] << name;
  for (std::size_t i = 0; i < l.size(); ++i) {
    QStringList row;
    for (const auto& [name, values] : columns)
      if (!values->empty()) row << (std::isfinite((*values)[i]) ? exactText((*values)[i]) : QString());
    rows << row;
  }
  return rows;
}

void SkillPanel::refresh() { plot_->update(); }

}  // namespace geocyte::widgets::skill_panel
