// SPDX-License-Identifier: GPL-3.0-or-later
// Named random streams. Every consumer ("batches", "augment", "umap") draws from its own generator, seeded from
// (run seed, name), so that adding a consumer never changes the numbers of another one.
// Generator: splitmix64-seeded xoshiro256** (Blackman & Vigna 2021); state is four words and can be saved exactly.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace geocyte {

class Rng {
 public:
  using result_type = std::uint64_t;
  explicit Rng(std::uint64_t seed = 0);
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()();

  double uniform();                              ///< [0, 1), 53 bits
  std::uint64_t below(std::uint64_t bound);      ///< unbiased in [0, bound); bound > 0
  double normal();                               ///< standard normal (polar method, no cached half)
  double gamma(double shape);                    ///< scale 1 (Marsaglia & Tsang 2000)
  std::int64_t poisson(double mean);             ///< exact; inversion below 10, PTRS (Hormann 1993) above

  const std::array<std::uint64_t, 4>& state() const { return state_; }
  void set_state(const std::array<std::uint64_t, 4>& state) { state_ = state; }

 private:
  std::array<std::uint64_t, 4> state_{};
};

/// Stable 64-bit hash of a name with a seed; also used for fingerprints of configurations.
std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0);

class RngStreams {
 public:
  explicit RngStreams(std::uint64_t seed) : seed_(seed) {}
  std::uint64_t seed() const { return seed_; }
  /// The stream of that name; made on first use.
  Rng& stream(const std::string& name);
  const std::map<std::string, Rng>& all() const { return streams_; }
  void restore(std::uint64_t seed, std::map<std::string, Rng> streams);

 private:
  std::uint64_t seed_;
  std::map<std::string, Rng> streams_;
};

}  // namespace geocyte
