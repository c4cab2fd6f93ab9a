// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/simulate/tissue.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace geocyte::simulate {

namespace {

constexpr double kTurn = 2 * std::numbers::pi;

double between(Rng& rng, double low, double high) { return low + (high - low) * rng.uniform(); }

}  // namespace

const std::array<std::string, kDomains>& domain_names() {
  static const std::array<std::string, kDomains> names = {"surface epithelium", "tumour core", "invasive margin",
                                                          "stroma",             "immune niche", "muscle"};
  return names;
}

Tissue::Tissue(Rng& rng) {
  for (std::size_t k = 0; k < outline_amplitude_.size(); ++k) {
    outline_amplitude_[k] = between(rng, 0.4, 1.0) * 0.22 / static_cast<double>(k + 2);
    outline_phase_[k] = between(rng, 0, kTurn);
  }
  for (double& w : warp_) w = between(rng, -1, 1);
  lumen_ = {{between(rng, 0.25, 0.45), between(rng, -0.35, -0.1)}, {0, 0}, between(rng, 0.13, 0.17), between(rng, 0.07, 0.1),
            between(rng, 0, kTurn)};
  // Nests sit on a loose ring around the middle, so that lobes of the tumour are separated by stroma.
  const int n_nests = 7;
  const double start = between(rng, 0, kTurn);
  for (int i = 0; i < n_nests; ++i) {
    const double angle = start + kTurn * (i + between(rng, -0.25, 0.25)) / n_nests;
    const double radius = i % 2 == 0 ? between(rng, 0.45, 0.62) : between(rng, 0.18, 0.4);
    nests_.push_back({{radius * std::cos(angle), radius * std::sin(angle) * 0.85 - 0.08},
                      {between(rng, -0.1, 0.1), between(rng, -0.1, 0.1)},
                      between(rng, 0.2, 0.32), between(rng, 0.09, 0.14), between(rng, 0, kTurn)});
  }
  for (int i = 0; i < 7; ++i) {
    const double angle = between(rng, 0, kTurn), radius = between(rng, 0.25, 0.85);
    niches_.push_back({{radius * std::cos(angle), radius * std::sin(angle)},
                       {between(rng, -0.04, 0.04), between(rng, -0.04, 0.04)},
                       between(rng, 0.08, 0.15), between(rng, 0.07, 0.11), between(rng, 0, kTurn)});
  }
  vessel_phase_ = between(rng, 0, kTurn);
}

double Tissue::Blob::at(Place p, double z) const {
  const double dx = p.x - centre.x - drift.x * z, dy = p.y - centre.y - drift.y * z;
  const double along = (dx * std::cos(angle) + dy * std::sin(angle)) / length;
  const double across = (dy * std::cos(angle) - dx * std::sin(angle)) / width;
  return std::exp(-0.5 * (along * along + across * across));
}

double Tissue::margin(Place p) const {
  const double radius = std::hypot(p.x, p.y), angle = std::atan2(p.y, p.x);
  double edge = 1;
  for (std::size_t k = 0; k < outline_amplitude_.size(); ++k)
    edge += outline_amplitude_[k] * std::cos(static_cast<double>(k + 2) * angle + outline_phase_[k]);
  const double from_lumen = (std::exp(-0.5) - lumen_.at(p, 0)) * lumen_.width * 2;
  return std::min(edge - radius, from_lumen);
}

Place Tissue::warped(Place p) const {
  const auto wave = [&](std::size_t i) {
    return 0.07 * warp_[i] * std::sin(2.3 * p.x + 1.7 * warp_[i + 1] * 3) + 0.05 * warp_[i + 2] * std::sin(4.1 * p.y + warp_[i + 3] * 3);
  };
  return {p.x + wave(0), p.y + wave(4)};
}

double Tissue::depth(Place q) const { return q.y + 0.22 * std::cos(1.9 * q.x + warp_[1]) + 0.05 * std::sin(6 * q.x + warp_[5]); }

double Tissue::tumour(Place q, double z) const {
  double field = 0;
  for (const Blob& nest : nests_) field = std::max(field, nest.at(q, z)) + 0.25 * std::min(field, nest.at(q, z));
  return field;
}

double Tissue::vessel(Place q, double z) const {
  const double bend = 0.25 * std::sin(3.1 * q.x + vessel_phase_ + 0.6 * z);
  const double distance = std::abs(q.x * 0.6 + q.y - bend + 0.15);
  return std::exp(-0.5 * distance * distance / (0.07 * 0.07));
}

std::array<double, kDomains> Tissue::membership(Place p, double z) const {
  const Place q = warped(p);
  const double d = depth(q), t = tumour(q, z);
  double niche = 0;
  for (const Blob& blob : niches_) niche = std::max(niche, blob.at(q, z));
  std::array<double, kDomains> score = {
      14 * (d - 0.62),                       // surface epithelium
      16 * (t - 0.66),                       // tumour core
      3.6 - 26 * std::abs(t - 0.52),         // invasive margin: a rim around each nest
      0.4,                                   // stroma: wherever nothing else is
      10 * (niche - 0.5),                    // immune niche
      14 * (-0.58 - d),                      // muscle
  };
  const double top = *std::max_element(score.begin(), score.end());
  double sum = 0;
  for (double& s : score) sum += s = std::exp(1.4 * (s - top));
  for (double& s : score) s /= sum;
  return score;
}

std::array<double, kGradients> Tissue::gradients(Place p, double z) const {
  const Place q = warped(p);
  return {std::tanh(1.3 * depth(q)), std::clamp(2 * tumour(q, z) - 1, -1.0, 1.0), 2 * vessel(q, z) - 1};
}

}  // namespace geocyte::simulate
