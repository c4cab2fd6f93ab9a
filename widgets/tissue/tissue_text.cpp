// SPDX-License-Identifier: GPL-3.0-or-later
// What the view says in words and numbers.
#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/choice_button.h"
#include "widgets/tissue/tissue.h"

namespace geocyte::widgets::tissue {
namespace {

constexpr std::size_t kMostTableRows = 100000;

QString labelOf(const ArrayMap& arrays, const QString& name, std::size_t row, std::size_t rows) {
  const auto label = arrays.labels.constFind(name);
  if (label == arrays.labels.constEnd() || !label->codes || label->codes->size() != rows) return {};
  const std::int32_t code = (*label->codes)[row];
  return code < 0 ? QString() : label->categories.value(code);
}

}  // namespace

QString Tissue::neighbourText() const {
  if (scene_.k <= 0) return {};
  const std::vector<std::uint8_t> mask = selected();
  SharedNeighbours shared = scene_.shared(mask);
  if (shared.n == 0) shared = scene_.shared({});   // the selection lies in another slide
  return tr("recall@%1 %2 (chance %3) · Jaccard@%1 %4 (chance %5) · n = %6").arg(shared.k).arg(cellText(shared.recall, 3), cellText(shared.chance_recall, 3), cellText(shared.jaccard, 3), cellText(shared.chance_jaccard, 3), groupedText(shared.n));
}

QString Tissue::fitText() const {
  if (scene_.fit.n == 0) return scene_.known == 0 ? tr("true places are not known") : QString();
  if (fit() == Fit::none) return tr("not fitted");
  QStringList parts;
  if (scene_.dims == 2) parts << tr("turned %1°").arg(std::lround(scene_.fit.degrees()));
  if (scene_.fit.mirrored) parts << tr("mirrored");
  if (fit() == Fit::rotation_scale) parts << tr("scale %1").arg(cellText(scene_.fit.scale, 3));
  return parts.join(QStringLiteral(", "));
}

void Tissue::say() {
  if (scene_.isEmpty()) {
    setCount({});
    setCaption({});
    return;
  }
  const std::vector<std::uint8_t> mask = selected();
  std::int64_t chosen = 0;
  for (std::size_t i = 0; i < mask.size(); ++i) chosen += mask[i] && scene_.in_slide[i];
  QStringList head{tr("%1 of %2").arg(groupedText(show_ == Show::target ? scene_.known : scene_.placed), groupedText(scene_.cells))};
  if (chosen > 0) head << tr("%1 selected").arg(groupedText(chosen));
  if (const QString fitted = fitText(); !fitted.isEmpty()) head << fitted;
  if (const QString near = neighbourText(); !near.isEmpty()) head << near;
  setCount(head.join(QStringLiteral(" · ")));
  QStringList foot;
  if (arrays_.step >= 0) foot << arrays_.stepText();
  if (!slide().isEmpty()) foot << slide();
  if (scene_.fit.n > 0) foot << tr("off by %1 radii (rms, n = %2)").arg(cellText(scene_.fit.rms / scene_.unit), groupedText(scene_.fit.n));
  if (scene_.fit.n > 0 && fit() != Fit::none) foot << tr("mirror images allowed");
  if (!scene_.method.isEmpty()) foot << scene_.method;
  if (scene_.dims == 3) foot << (plane() == QLatin1String("xy") ? tr("seen along z") : plane() == QLatin1String("xz") ? tr("seen along y") : plane() == QLatin1String("yz") ? tr("seen along x") : tr("turned freely"));
  setCaption(foot.join(QStringLiteral(" · ")));
}

HoverContent Tissue::hover(int row) const {
  HoverContent said;
  const auto at = static_cast<std::size_t>(row);
  const std::size_t rows = scene_.predicted.size();
  if (row < 0 || at >= rows) return said;
  const QString id = labelOf(arrays_, QStringLiteral("id"), at, rows);
  said.title = id.isEmpty() ? tr("%1 %2").arg(scene_.axis, groupedText(row + 1)) : id;
  QStringList names = arrays_.labels.keys();
  names.sort();
  for (const QString& name : names)
    if (const QString text = labelOf(arrays_, name, at, rows); name != QLatin1String("id") && !text.isEmpty()) said.rows.append({QString(name).replace('_', ' '), text});
  if (std::isfinite(scene_.error[at])) said.rows.append({tr("off by"), tr("%1 radii").arg(cellText(scene_.error[at], 3))});
  const auto numberOf = [&](const QString& role) {
    const ArrayView* array = arrays_.find(bindings_.value(role));
    return array && array->shape.size() == 1 && array->size() == static_cast<std::int64_t>(rows) && isKnown(scene_.predicted[at]) ? array->at(row) : std::nan("");
  };
  if (const double expected = numberOf(QStringLiteral("uncertainty")); std::isfinite(expected)) said.rows.append({tr("may be off by"), tr("%1 radii").arg(cellText(expected, 3))});
  if (const double off = numberOf(QStringLiteral("off_tissue")); off > 1) said.rows.append({tr("unlike the tissue"), tr("%1 (1 = one training cell in twenty)").arg(cellText(off))});
  const auto position = std::find(scene_.judged.begin(), scene_.judged.end(), at);
  if (position != scene_.judged.end() && scene_.k > 0) {
    std::vector<std::uint8_t> only(rows, 0);
    only[at] = 1;
    said.rows.append({tr("true neighbours found"), tr("%1 of %2").arg(std::lround(scene_.shared(only).recall * scene_.k)).arg(scene_.k)});
  }
  return said;
}

QList<QStringList> Tissue::table() const {
  const bool deep = scene_.dims == 3;
  QStringList head{scene_.axis, tr("predicted x"), tr("predicted y")};
  if (deep) head << tr("predicted z");
  head << tr("true x") << tr("true y");
  if (deep) head << tr("true z");
  head << tr("error, radii") << tr("true neighbours found of %1").arg(scene_.k);
  QList<QStringList> rows{head};
  std::vector<int> found(scene_.predicted.size(), -1);
  for (std::size_t p = 0; p < scene_.judged.size() && scene_.k > 0; ++p) {
    const auto k = static_cast<std::ptrdiff_t>(scene_.k), at = static_cast<std::ptrdiff_t>(p) * k;
    int both = 0;
    for (auto x = scene_.near_predicted.begin() + at; x != scene_.near_predicted.begin() + at + k; ++x)
      both += *x >= 0 && std::find(scene_.near_target.begin() + at, scene_.near_target.begin() + at + k, *x) != scene_.near_target.begin() + at + k;
    found[scene_.judged[p]] = both;
  }
  const auto number = [](double value) { return std::isfinite(value) ? exactText(value) : QString(); };
  std::size_t written = 0;
  for (std::size_t i = 0; i < scene_.predicted.size() && written < kMostTableRows; ++i) {
    if (!scene_.in_slide[i]) continue;
    ++written;
    const QString id = labelOf(arrays_, QStringLiteral("id"), i, scene_.predicted.size());
    QStringList row{id.isEmpty() ? QString::number(i + 1) : id, number(scene_.predicted[i][0]), number(scene_.predicted[i][1])};
    if (deep) row << number(scene_.predicted[i][2]);
    row << number(scene_.target[i][0]) << number(scene_.target[i][1]);
    if (deep) row << number(scene_.target[i][2]);
    row << number(scene_.error[i]) << (found[i] < 0 ? QString() : QString::number(found[i]));
    rows << row;
  }
  return rows;
}

}  // namespace geocyte::widgets::tissue
