// SPDX-License-Identifier: GPL-3.0-or-later
// The seed's curriculum of noise levels: phases of rising highest levels, the next one only when the present one is mastered.
//
//   level       a share b of the draws: ln s uniform over [ln .7 cap, ln cap]; the others ln s ~ N(-1.2, 1.2^2), clamped to [.002, cap] (so that many lie on
//               the cap);  b = .2 + .1 phase, at most .7;  cap = caps[phase] S. The law is absolute: it does not know the unit of the places
//   check       D at s = cap on validation cells:  rms ratio >= .88 ... .72,  its square >= .74 ... .49,  Jaccard@10 >= .15 ... .07 (first ... last phase)
//   promotion   when five of the last six checks of a phase passed
//   stalls      checks in a row with a full window of which fewer than two passed; the seed's own run stood at 57 to 61 with a limit of 6
//
// Values: the seed's notes of its training. Nothing is ended by a stall: it is counted and said.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "engine/core/json.h"

namespace geocyte::plugins::st_edm {

/// What a check of a phase looked at.
struct PhaseCheck {
  double scale = 0, jaccard = 0;
};

class Curriculum {
 public:
  static constexpr int kWindow = 6, kNeeded = 5, kStallLimit = 6;

  /// Throws Error{bad_config} without phases.
  explicit Curriculum(std::vector<double> caps);

  std::int64_t phase() const { return phase_; }        ///< from 0
  std::int64_t phases() const { return static_cast<std::int64_t>(caps_.size()); }
  std::int64_t stalls() const { return stalls_; }
  std::int64_t checks() const { return checks_; }
  double cap(double sigma_data) const { return caps_[static_cast<std::size_t>(phase_)] * sigma_data; }

  /// Levels (count) in float64 on the host.
  at::Tensor draw(std::int64_t count, double sigma_data, at::Generator generator) const;
  /// 4,096 levels of the law of the present phase, rising; always the same.
  at::Tensor law(double sigma_data) const;

  bool passes(const PhaseCheck& check) const;
  void take(const PhaseCheck& check);

  Json to_json() const;
  void from_json(const Json& json);

 private:
  std::vector<double> caps_;
  std::int64_t phase_ = 0, stalls_ = 0, checks_ = 0;
  std::vector<bool> window_;
};

}  // namespace geocyte::plugins::st_edm
