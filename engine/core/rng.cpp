// SPDX-License-Identifier: GPL-3.0-or-later
// Distributions are written out here because those of <random> differ between standard libraries, and a run must
// give the same numbers everywhere.
#include "engine/core/rng.h"

#include <bit>
#include <cmath>

#include "engine/core/check.h"

namespace geocyte {
namespace {

std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// Below a mean of 10 the sum of the probabilities is short: count how many unit exponentials fit (in product form).
std::int64_t poisson_by_inversion(double mean, Rng& rng) {
  double probability = std::exp(-mean), sum = probability;
  const double u = rng.uniform();
  std::int64_t k = 0;
  // 1,000 is far beyond any reachable quantile of a mean below 10; it guards against rounding of the sum below u.
  while (u > sum && k < 1000) {
    ++k;
    probability *= mean / static_cast<double>(k);
    sum += probability;
  }
  return k;
}

// Transformed rejection with squeeze, algorithm PTRS of Hormann (1993), Insurance: Mathematics and Economics 12, 39-45.
std::int64_t poisson_by_rejection(double mean, Rng& rng) {
  const double root = std::sqrt(mean), log_mean = std::log(mean);
  const double b = 0.931 + 2.53 * root;
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = rng.uniform() - 0.5;
    const double v = 1.0 - rng.uniform();  // in (0, 1], so that its logarithm is finite
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return static_cast<std::int64_t>(k);
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <=
        k * log_mean - mean - std::lgamma(k + 1))
      return static_cast<std::int64_t>(k);
  }
}

}  // namespace

Rng::Rng(std::uint64_t seed) {
  for (auto& word : state_) word = splitmix64(seed);
}

Rng::result_type Rng::operator()() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Rng::uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

std::uint64_t Rng::below(std::uint64_t bound) {
  require(bound > 0, "Rng::below needs a bound above zero");
  // Lemire (2019), doi:10.1145/3230636: the high half of a product; the rejection removes the bias.
  using Wide = unsigned __int128;
  Wide product = static_cast<Wide>((*this)()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Wide>((*this)()) * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double Rng::normal() {
  for (;;) {
    const double x = 2 * uniform() - 1, y = 2 * uniform() - 1;
    const double squared = x * x + y * y;
    if (squared < 1 && squared > 0) return x * std::sqrt(-2 * std::log(squared) / squared);
  }
}

double Rng::gamma(double shape) {
  require(shape > 0 && std::isfinite(shape), "Rng::gamma needs a positive, finite shape");
  if (shape < 1) {
    // Gamma(a) = Gamma(a + 1) U^(1/a); 1 - uniform() lies in (0, 1].
    const double boosted = gamma(shape + 1);
    return boosted * std::pow(1.0 - uniform(), 1 / shape);
  }
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal(), base = 1 + c * x;
    if (base <= 0) continue;
    const double v = base * base * base, u = 1.0 - uniform();
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

std::int64_t Rng::poisson(double mean) {
  require(mean >= 0 && mean < 1e15, "Rng::poisson needs a mean in [0, 1e15)");
  if (mean == 0) return 0;
  return mean < 10 ? poisson_by_inversion(mean, *this) : poisson_by_rejection(mean, *this);
}

std::uint64_t hash64(std::string_view text, std::uint64_t seed) {
  // FNV-1a over the bytes, then the finaliser of splitmix64 twice, so that near names give unrelated seeds.
  std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
  for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3ULL;
  std::uint64_t state = hash ^ std::rotl(seed, 32) ^ (static_cast<std::uint64_t>(text.size()) << 1);
  const std::uint64_t first = splitmix64(state);
  return first ^ splitmix64(state);
}

Rng& RngStreams::stream(const std::string& name) {
  return streams_.try_emplace(name, Rng(hash64(name, seed_))).first->second;
}

void RngStreams::restore(std::uint64_t seed, std::map<std::string, Rng> streams) {
  seed_ = seed;
  streams_ = std::move(streams);
}

}  // namespace geocyte
