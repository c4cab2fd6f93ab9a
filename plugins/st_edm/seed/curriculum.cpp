// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/seed/curriculum.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/where.h>

#include "engine/core/error.h"
#include "engine/nn/generator.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr double kMean = -1.2, kSpread = 1.2, kLowest = 0.002, kBand = 0.7;
constexpr std::int64_t kDraws = 4096;
constexpr std::uint64_t kAlways = 20250101;

}  // namespace

Curriculum::Curriculum(std::vector<double> caps) : caps_(std::move(caps)) {
  if (caps_.empty()) throw Error(ErrorCode::bad_config, "the curriculum has no phases", "give edm.caps at least one highest noise level");
}

at::Tensor Curriculum::draw(std::int64_t count, double sigma_data, at::Generator generator) const {
  const auto host = at::TensorOptions().dtype(at::kDouble);
  const double highest = cap(sigma_data), share = std::min(0.7, 0.2 + 0.1 * static_cast<double>(phase_));
  const at::Tensor law = at::empty({count}, host).normal_(kMean, kSpread, generator).exp().clamp(std::min(kLowest, highest), highest);
  const at::Tensor band = (at::empty({count}, host).uniform_(std::log(kBand), 0, generator)).exp() * highest;
  return at::where(at::empty({count}, host).uniform_(0, 1, generator) < share, band, law);
}

at::Tensor Curriculum::law(double sigma_data) const { return std::get<0>(draw(kDraws, sigma_data, nn::make_generator(kAlways)).sort()); }

bool Curriculum::passes(const PhaseCheck& check) const {
  const double along = caps_.size() > 1 ? static_cast<double>(phase_) / static_cast<double>(caps_.size() - 1) : 0;
  const auto wanted = [&](double first, double last) { return first + along * (last - first); };
  return check.scale >= wanted(0.88, 0.72) && check.scale * check.scale >= wanted(0.74, 0.49) && check.jaccard >= wanted(0.15, 0.07);
}

void Curriculum::take(const PhaseCheck& check) {
  ++checks_;
  window_.push_back(passes(check));
  if (window_.size() > kWindow) window_.erase(window_.begin());
  const auto passed = std::count(window_.begin(), window_.end(), true);
  if (passed >= kNeeded && phase_ + 1 < phases()) {
    ++phase_;
    stalls_ = 0;
    window_.clear();
  } else if (window_.size() == kWindow) {
    stalls_ = passed >= 2 ? 0 : stalls_ + 1;
  }
}

Json Curriculum::to_json() const {
  return {{"phase", phase_}, {"stalls", stalls_}, {"checks", checks_}, {"window", window_}};
}

void Curriculum::from_json(const Json& json) {
  phase_ = json.at("phase").get<std::int64_t>();
  stalls_ = json.at("stalls").get<std::int64_t>();
  checks_ = json.at("checks").get<std::int64_t>();
  window_ = json.at("window").get<std::vector<bool>>();
}

}  // namespace geocyte::plugins::st_edm
