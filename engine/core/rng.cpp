// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/rng.h"

#include <cmath>

#include "engine/core/check.h"

namespace geocyte {
namespace {

std::uint64_t rotate_left(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

/// Steele, Lea & Flood 2014: turns any seed into well-mixed words.
std::uint64_t splitmix64(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

}  // namespace

Rng::Rng(std::uint64_t seed) {
  for (auto& word : state_) word = splitmix64(seed);
}

std::uint64_t Rng::operator()() {
  const std::uint64_t result = rotate_left(state_[1] * 5, 7) * 9, t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = rotate_left(state_[3], 45);
  return result;
}

double Rng::uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

std::uint64_t Rng::below(std::uint64_t bound) {
  require(bound > 0, "Rng::below needs a positive bound");
  // Lemire 2019: the high word of a product is unbiased once low words below 2^64 mod bound are drawn again
  const std::uint64_t threshold = (0 - bound) % bound;
  while (true) {
    const unsigned __int128 product = static_cast<unsigned __int128>((*this)()) * bound;
    if (static_cast<std::uint64_t>(product) >= threshold) return static_cast<std::uint64_t>(product >> 64);
  }
}

double Rng::normal() {
  while (true) {
    const double u = 2 * uniform() - 1, v = 2 * uniform() - 1, s = u * u + v * v;
    if (s > 0 && s < 1) return u * std::sqrt(-2 * std::log(s) / s);
  }
}

double Rng::gamma(double shape) {
  require(shape > 0, "Rng::gamma needs a positive shape");
  if (shape < 1) return gamma(shape + 1) * std::pow(1 - uniform(), 1 / shape);  // 1 - u: never 0
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = normal(), v = std::pow(1 + c * x, 3);
    if (v <= 0) continue;
    if (std::log(1 - uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

std::int64_t Rng::poisson(double mean) {
  require(mean >= 0 && std::isfinite(mean), "Rng::poisson needs a finite mean >= 0");
  if (mean < 10) {
    const double limit = std::exp(-mean);
    std::int64_t k = 0;
    for (double product = uniform(); product > limit; product *= uniform()) ++k;
    return k;
  }
  // Hormann 1993, transformed rejection with squeeze (PTRS)
  const double log_mean = std::log(mean), b = 0.931 + 2.53 * std::sqrt(mean), a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
  while (true) {
    const double u = uniform() - 0.5, v = 1 - uniform(), us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return static_cast<std::int64_t>(k);
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_mean - mean - std::lgamma(k + 1)) return static_cast<std::int64_t>(k);
  }
}

std::uint64_t hash64(std::string_view text, std::uint64_t seed) {
  // FNV-1a over the bytes, finished by splitmix64 so that near texts end far apart
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ seed;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return splitmix64(hash);
}

Rng& RngStreams::stream(const std::string& name) { return streams_.try_emplace(name, Rng(hash64(name, seed_))).first->second; }

void RngStreams::restore(std::uint64_t seed, std::map<std::string, Rng> streams) {
  seed_ = seed;
  streams_ = std::move(streams);
}

}  // namespace geocyte
