// SPDX-License-Identifier: GPL-3.0-or-later
// How far a place may be off, in numbers that hold: split conformal prediction (Papadopoulos et al. 2002; Lei et al. 2018, algorithm 2, with a scale a cell).
//
//   e_i   distance of a place from the true one, after rotation or reflection (no scale), in radii of the slide
//   u_i   f s_i, f^2 = sum e^2 / sum s^2           uncertainty: the error to be expected (root mean square); s_i the spread of samples (placing.h)
//   m_p   the ceil((n + 1) p)-th smallest e_i / u_i
//   radius of cell i at level p: m_p u_i
//
// f and m_p come from cells of the training slides. With heads.missed a slide is laid out by the networks that have never seen it: the error on a slide that is new
// to a model of fewer slides, so circles are rather too large than too small (cross-conformal; Vovk 2015). Without, from validation cells, whose neighbours the
// networks have learned: then circles are too small on a new slide, the more so where neighbours are pooled. That a circle at level p holds a share p of the true
// places is true of such cells; whether it is of a slide that was never seen is what the curve shows: nominal against observed, on held-out cells.
// Fewer than 20 validation cells: m_p = sqrt(q_p / d), q_p the quantile of chi-squared with d degrees of freedom (a normal law), f = 1.
// Intervals of a share: Wilson 1927, 95 %, cells taken as independent.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/store/contract/snapshot.h"
#include "engine/train/system.h"
#include "plugins/st_edm/placing.h"

namespace geocyte::plugins::st_edm {

inline constexpr std::array<double, 5> kCoverageLevels{0.2, 0.5, 0.8, 0.9, 0.95};

/// Errors and spreads of cells, on the host.
struct ErrorsAndSpreads {
  std::vector<double> error, spread;
  void add(const at::Tensor& places, const at::Tensor& truth, const at::Tensor& spread);
};

struct Calibration {
  double factor = 1;                       ///< f
  std::array<double, 5> multiple{};        ///< m_p
  std::int64_t cells = 0;                  ///< 0: not calibrated, a normal law
  bool missed = false;                     ///< cells of slides that the networks had never seen; else validation cells of learned ones

  std::string of_what() const;             ///< the cells, in words

  at::Tensor uncertainty(const at::Tensor& spread) const { return spread * factor; }
  Json to_json() const;
  static Calibration from_json(const Json& json);   ///< Error{bad_data}
};

/// `dims` 2 or 3.
Calibration fit_calibration(const ErrorsAndSpreads& validation, std::int64_t dims);
/// On cells of each training slide by networks that have never seen it (at most 600 a slide), else on its validation cells; laid out by themselves.
Calibration calibrate(const Placing& placing, std::uint64_t seed, int threads, const StopToken& stop);

struct CoverageCurve {
  std::vector<double> nominal, observed, low, high;
  std::int64_t cells = 0;
  bool missed = false;                     ///< as Calibration
  std::string split;
};

CoverageCurve coverage_curve(const Calibration& calibration, const ErrorsAndSpreads& held_out, std::string split);

/// "calibration/…" and a verdict; nothing for a curve without cells.
void show_coverage(store::Snapshot& snapshot, const CoverageCurve& curve);
void add_coverage_rows(train::Evaluation& evaluation, const CoverageCurve& curve, const Calibration& calibration);

}  // namespace geocyte::plugins::st_edm
