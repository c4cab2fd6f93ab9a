// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/rate_meter.h"

#include <algorithm>
#include <vector>

namespace geocyte::store {
namespace {

constexpr std::chrono::milliseconds kApart{500};
constexpr std::chrono::seconds kWindow{60};

}  // namespace

void RateMeter::look(Clock::time_point now, std::int64_t step) {
  if (!looks_.empty() && step < looks_.back().step) looks_.clear();  // a resume went back
  if (!looks_.empty() && now - looks_.back().at < kApart) return;
  looks_.push_back({now, step});
  while (now - looks_.front().at > kWindow) looks_.pop_front();
}

double RateMeter::steps_per_second() const {
  if (looks_.size() < 2) return 0;
  const auto seconds = [](Clock::duration span) { return std::chrono::duration<double>(span).count(); };
  std::vector<double> rates;
  for (std::size_t i = 1; i < looks_.size(); ++i)
    rates.push_back(static_cast<double>(looks_[i].step - looks_[i - 1].step) / seconds(looks_[i].at - looks_[i - 1].at));
  const auto middle = rates.begin() + static_cast<std::ptrdiff_t>(rates.size() / 2);
  std::nth_element(rates.begin(), middle, rates.end());
  if (*middle > 0) return *middle;
  // Steps slower than the looks: most intervals are empty, the mean says more.
  const Look &first = looks_.front(), &last = looks_.back();
  return static_cast<double>(last.step - first.step) / seconds(last.at - first.at);
}

}  // namespace geocyte::store
