// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/sinkhorn.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "engine/kernels/transport.h"
#include "engine/kernels/transport_cuda.h"
#include "engine/losses/group_scale.h"
#include "engine/losses/sinkhorn_memory.h"
#include "engine/losses/sorted_groups.h"
#include "engine/losses/written_gradient.h"

namespace geocyte::losses {
namespace {

constexpr double kSqrt2 = 1.41421356237309504880;

double blur_of(const SortedGroups& sorted, const SinkhornOptions& options, const SinkhornMemory* memory) {
  if (options.blur > 0) return options.blur;
  const double remembered = memory ? memory->median_distance() : 0;
  return options.blur_factor * (remembered > 0 ? remembered : median_within_groups(sorted)) / kSqrt2;
}

/// One group of the batch, with its remembered cells behind its own.
struct Member {
  at::Tensor cells;
  std::int64_t own = 0, first = 0;         ///< cells of the batch, and where they begin among the sorted ones
};

std::vector<Member> members_of(const SortedGroups& sorted, const SinkhornMemory* memory) {
  std::vector<Member> members;
  std::int64_t first = 0;
  for (std::size_t k = 0; k < sorted.groups.size(); ++k) {
    const auto own = sorted.cells.slice(0, first, first + sorted.sizes[k]);
    const auto remembered = memory ? memory->remembered(sorted.groups[k]) : at::Tensor();
    if (remembered.defined() && remembered.size(0) > 0) require(remembered.size(1) == sorted.dims(), "remembered cells have the dimensions of z");
    members.push_back({remembered.defined() && remembered.size(0) > 0 ? at::cat({own, remembered.to(own.scalar_type())}).contiguous() : own,
                       sorted.sizes[k], first});
    first += sorted.sizes[k];
  }
  return members;
}

/// The module of CUDA kernels, opened once; null where it or a GPU is missing, and the host solves.
const kernels::CudaTransport* transport_on_gpu() {
  static const std::shared_ptr<const kernels::CudaTransport> opened = kernels::CudaTransport::open();
  return opened.get();
}

/// Adds up the value, and where wanted the gradient, of  sign * factor * sum_i F(f_i)  over the cells of one side, where
/// F(f) = f, or (rho + eps/2) (1 - exp(-f / rho)) when unbalanced.
template <class T>
class Sum {
 public:
  Sum(const at::Tensor& gradient, std::int64_t dims, double rho, double eps)
      : gradient_(gradient.defined() ? gradient.mutable_data_ptr<T>() : nullptr), dims_(dims), rho_(rho), eps_(eps) {}

  void add(const Member& member, const std::vector<double>& potential, const std::vector<T>& pull, double factor) {
    factor /= static_cast<double>(potential.size());
    double sum = 0;
    for (const double f : potential) sum += std::isinf(rho_) ? f : -(rho_ + eps_ / 2) * std::expm1(-f / rho_);
    value += factor * sum;
    if (!gradient_) return;
    for (std::int64_t i = 0; i < member.own; ++i) {
      const auto by = static_cast<T>(factor * (std::isinf(rho_) ? 1 : std::exp(-potential[i] / rho_)));
      T* to = gradient_ + (member.first + i) * dims_;
      for (std::int64_t d = 0; d < dims_; ++d) to[d] += by * pull[i * dims_ + d];
    }
  }

  double value = 0;

 private:
  T* gradient_;
  std::int64_t dims_;
  double rho_, eps_;
};

template <class T>
at::Tensor evaluate(const at::Tensor& z, const SortedGroups& sorted, const SinkhornOptions& options, const SinkhornMemory* memory) {
  const auto members = members_of(sorted, memory);
  std::vector<kernels::Cloud<T>> clouds;
  for (const auto& member : members) clouds.push_back({member.cells.template const_data_ptr<T>(), member.cells.size(0), nullptr});
  const double diameter = kernels::box_diagonal<T>(clouds, sorted.dims());
  double blur = blur_of(sorted, options, memory);
  if (!(blur > 0)) blur = diameter > 0 ? diameter : 1;   // every group in one point: only the means are left to compare

  kernels::TransportOptions transport;
  transport.cost = options.p == 1 ? kernels::GroundCost::distance : kernels::GroundCost::half_squared;
  transport.temperatures = kernels::annealing(diameter, blur, options.scaling, options.p);
  transport.reach = options.reach > 0 ? std::pow(options.reach, options.p) : std::numeric_limits<double>::infinity();
  transport.pulls = wants_gradient(z);
  transport.threads = at::get_num_threads();
  std::vector<kernels::TransportProblem<T>> problems;
  for (std::size_t a = 0; a < clouds.size(); ++a)
    for (std::size_t b = a; b < clouds.size(); ++b) problems.push_back({clouds[a], clouds[b]});
  const auto* gpu = z.is_cuda() ? transport_on_gpu() : nullptr;
  const auto solved = gpu ? gpu->solve<T>(problems, sorted.dims(), transport, z.get_device()) : kernels::entropic_transport<T>(problems, sorted.dims(), transport);

  const auto gradient = transport.pulls ? at::zeros_like(sorted.cells) : at::Tensor();
  Sum<T> sum(gradient, sorted.dims(), transport.reach, transport.temperatures.back());
  const auto k = static_cast<double>(members.size());
  std::size_t at = 0;
  for (std::size_t a = 0; a < members.size(); ++a)
    for (std::size_t b = a; b < members.size(); ++b, ++at) {
      const auto& one = solved[at];
      if (a == b) {   // 1/2 OT(a, a) in each of K - 1 pairs, twice the sum over one side
        sum.add(members[a], one.f, one.pull_x, -2 / k);
      } else {
        sum.add(members[a], one.f, one.pull_x, 2 / (k * (k - 1)));
        sum.add(members[b], one.g, one.pull_y, 2 / (k * (k - 1)));
      }
    }
  const auto value = sorted.scalar(sum.value, z);
  return transport.pulls ? with_gradient(z, value, sorted.scatter(gradient, z)) : value;
}

}  // namespace

Term sinkhorn(const at::Tensor& z, const Groups& groups, const SinkhornOptions& options, const SinkhornMemory* memory) {
  require(options.p == 1 || options.p == 2, "the exponent of the ground cost is 1 or 2");
  require(options.blur >= 0 && options.blur_factor > 0 && options.reach >= 0, "blur and reach are not negative");
  if (auto why = why_no_pair(groups, options.min_cells, options.what); !why.empty()) return Term::absent(std::move(why));
  const auto sorted = sorted_groups(z, groups, options.min_cells);
  if (!sorted.cells.isfinite().all().item<bool>()) {
    const auto nan = std::numeric_limits<double>::quiet_NaN();
    return Term::of(with_gradient(z, sorted.scalar(nan, z), wants_gradient(z) ? at::full_like(z.detach(), nan) : at::Tensor()));
  }
  return Term::of(sorted.is_double() ? evaluate<double>(z, sorted, options, memory) : evaluate<float>(z, sorted, options, memory));
}

double automatic_blur(const at::Tensor& z, const Groups& groups, const SinkhornOptions& options) {
  return options.blur_factor * median_within_groups(sorted_groups(z, groups, options.min_cells)) / kSqrt2;
}

}  // namespace geocyte::losses
