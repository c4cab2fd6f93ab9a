// SPDX-License-Identifier: GPL-3.0-or-later
// The denoiser of EDM and how its noise levels are drawn (Karras et al., NeurIPS 2022, eq. 7 and table 1):
//
//   D(x; s) = c_skip x + c_out F(c_in x, c_noise)        S: std of the data (sigma_data)
//   c_skip = S^2 / (s^2 + S^2),  c_out = s S / sqrt(s^2 + S^2),  c_in = 1 / sqrt(s^2 + S^2),  c_noise = ln(s / S) / 4
//
// c_noise is relative to S (as in AlphaFold 3), so that a network does not depend on the unit of length; `absolute_noise` is the paper's ln(s) / 4.
// What a network that outputs nothing (F = 0) gets is known in closed form and stands beside every denoiser:
//   rms of D / S = S / sqrt(s^2 + S^2),        E|D - y|^2 / E|y|^2 = s^2 / (s^2 + S^2)
// The loss on D times the weight 1 / c_out^2 is the plain squared error of F, whose target has variance 1: F = 0 costs 1 at every s.
// Shapes: s (B), in the type of the sets; x (B, n, D).
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <functional>

#include "engine/nn/noise_features.h"

namespace geocyte::nn {

struct EdmScales {
  at::Tensor skip, out, in;                ///< (B, 1, 1)
  at::Tensor noise;                        ///< (B)
};

EdmScales edm_scales(const at::Tensor& sigma, double sigma_data, bool absolute_noise = false);

/// 1 / c_out^2 = (s^2 + S^2) / (s S)^2; (B).
at::Tensor edm_weight(const at::Tensor& sigma, double sigma_data);

/// F(c_in x, c_noise) -> (B, n, D).
using EdmNetwork = std::function<at::Tensor(const at::Tensor& x, const at::Tensor& c_noise)>;

/// D(x; s).
at::Tensor edm_denoise(const EdmNetwork& network, const at::Tensor& x, const at::Tensor& sigma, double sigma_data, bool absolute_noise = false);

/// What F = 0 gives: the ratio of rms radii, and the squared error relative to the data's.
double do_nothing_scale(double sigma, double sigma_data);
double do_nothing_error(double sigma, double sigma_data);

/// Root mean variance of the axes along which centred sets (..., n, D) extend at all (more than 1e-6 of the widest): axes that are always 0
/// are no data, and counting them would make S too small. 0 for sets without extent.
double live_sigma_data(const at::Tensor& sets, const at::Tensor& mask = {});

/// ln s ~ N(ln(centre S), spread^2) between low S and high S.
struct SigmaLaw {
  enum class Tail { resample, clamp };     ///< clamp piles what lies outside up on the bounds
  double centre = 0.6, spread = 1.2;
  double low = 0.02, high = 20;
  Tail tail = Tail::resample;
};

/// s (count) in float64 on the host. Resampling is drawn by the inverse of the distribution, in one go. Throws Error{bad_config} for bounds
/// that hold less than 1e-6 of the law.
at::Tensor draw_sigma(const SigmaLaw& law, std::int64_t count, double sigma_data, at::Generator generator);

/// u(s) of the multi-task weight of EDM2 (Karras et al., CVPR 2024, eq. 21): L = w e / exp(u) + u, with u a linear function of Fourier
/// features of c_noise that starts at 0. Where it is fitted, exp(u(s)) is the expected weighted error at s.
class LogVarianceImpl : public torch::nn::Module {
 public:
  LogVarianceImpl(std::int64_t width, at::Generator generator, c10::ScalarType dtype = c10::kFloat);
  at::Tensor forward(const at::Tensor& c_noise) const;   // (B) -> (B)

 private:
  NoiseFeatures features_{nullptr};
  at::Tensor weight_;                      // (width)
};
TORCH_MODULE(LogVariance);

}  // namespace geocyte::nn
