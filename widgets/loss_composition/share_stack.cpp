// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_composition/share_stack.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace geocyte::widgets::loss_composition {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::size_t sizeOf(const Series& series) { return std::min(series.steps.size(), series.values.size()); }

}  // namespace

void ShareStack::clear() {
  next_.assign(terms_.size(), 0);
  held_.assign(terms_.size(), 0);
  steps_.clear();
  totals_.clear();
  amounts_.clear();
  condensed_.clear();
  negative_ = false;
  unknown_ = 0;
}

bool ShareStack::continues(const Terms& terms) const {
  if (terms != terms_) return false;
  for (std::size_t k = 0; k < terms.size(); ++k) {
    if (next_[k] > sizeOf(*terms[k])) return false;
    // A term that lags behind the others was taken for an ended one in rows that its new samples now belong to.
    const bool lagged = next_[k] > 0 && !steps_.empty() && terms[k]->steps[next_[k] - 1] < steps_.back();
    const bool late = next_[k] < sizeOf(*terms[k]) && !steps_.empty() && terms[k]->steps[next_[k]] <= steps_.back();
    if (late || (lagged && next_[k] < sizeOf(*terms[k]))) return false;
  }
  return true;
}

void ShareStack::setTerms(const Terms& terms) {
  if (!continues(terms)) {
    terms_ = terms;
    clear();
  }
  while (appendRow()) {
  }
}

bool ShareStack::appendRow() {
  double step = kInfinity;
  for (std::size_t k = 0; k < terms_.size(); ++k) {
    const Series& series = *terms_[k];
    // A step that is no number or goes back is an error of the writer and is passed over.
    while (next_[k] < sizeOf(series) && (!std::isfinite(series.steps[next_[k]]) || (!steps_.empty() && series.steps[next_[k]] <= steps_.back()))) ++next_[k];
    if (next_[k] < sizeOf(series)) step = std::min(step, series.steps[next_[k]]);
  }
  if (step == kInfinity) return false;
  double total = 0;
  for (std::size_t k = 0; k < terms_.size(); ++k) {
    const Series& series = *terms_[k];
    const bool here = next_[k] < sizeOf(series) && series.steps[next_[k]] == step;
    double amount = 0;
    if (here) {
      const double value = series.values[next_[k]++];
      negative_ = negative_ || value < 0;
      amount = std::abs(value);
      if (std::isfinite(amount)) held_[k] = amount;
    } else if (next_[k] < sizeOf(series)) {
      amount = held_[k];
    }
    amounts_.push_back(amount);
    total += amount;   // not finite as soon as one amount is not
  }
  const bool known = std::isfinite(total) && total > 0;
  steps_.push_back(step);
  totals_.push_back(known ? total : 0);
  if (!known) ++unknown_;
  return true;
}

double ShareStack::share(std::size_t row, std::size_t term) const {
  return isKnown(row) ? amounts_[row * terms_.size() + term] / totals_[row] : std::numeric_limits<double>::quiet_NaN();
}

std::size_t ShareStack::bucketLength(std::size_t most) const {
  std::size_t length = 1;
  while ((size() + length - 1) / length > std::max<std::size_t>(1, most)) length *= 2;
  return length;
}

const std::vector<Bucket>& ShareStack::condensed(std::size_t most) const {
  const std::size_t length = bucketLength(most), count = terms_.size();
  std::vector<Bucket>& out = condensed_;
  if (length == condensed_length_ && condensed_rows_ == size() && !out.empty()) return out;
  if (length != condensed_length_) out.clear();
  condensed_length_ = length;
  condensed_rows_ = size();
  // Rows are only ever appended: full buckets stay, the last one may have grown.
  if (!out.empty()) out.pop_back();
  for (std::size_t begin = out.size() * length; begin < size(); begin += length) {
    const std::size_t end = std::min(size(), begin + length);
    Bucket bucket{steps_[begin], steps_[end - 1], false, std::vector<double>(count), std::vector<double>(count, 1.0), std::vector<double>(count)};
    double largest = 0, whole = 0;   // totals are measured by the largest one: their sum must not overflow
    for (std::size_t row = begin; row < end; ++row) largest = std::max(largest, totals_[row]);
    for (std::size_t row = begin; row < end; ++row) {
      if (!isKnown(row)) continue;
      const double weight = totals_[row] / largest;
      whole += weight;
      for (std::size_t k = 0; k < count; ++k) {
        const double here = share(row, k);
        bucket.share[k] += weight * here;
        bucket.low[k] = std::min(bucket.low[k], here);
        bucket.high[k] = std::max(bucket.high[k], here);
      }
    }
    bucket.known = whole > 0;
    if (bucket.known)
      for (double& share : bucket.share) share /= whole;
    out.push_back(std::move(bucket));
  }
  return out;
}

std::size_t ShareStack::nearest(double step) const {
  const auto at = static_cast<std::size_t>(std::lower_bound(steps_.begin(), steps_.end(), step) - steps_.begin());
  std::size_t above = at, below = at;
  while (above < size() && !isKnown(above)) ++above;
  while (below > 0 && !isKnown(below - 1)) --below;
  if (below == 0) return above;
  if (above == size()) return below - 1;
  return step - steps_[below - 1] <= steps_[above] - step ? below - 1 : above;
}

}  // namespace geocyte::widgets::loss_composition
