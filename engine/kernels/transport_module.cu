// SPDX-License-Identifier: GPL-3.0-or-later
// Entropic transport on a GPU: the updates of transport.h. Costs are stored for both orders of a pair, so that every softmin reads
// along a row; a softmin takes its maximum out first, one block of threads a row; potentials are double, and so are the sums.
#include <cuda_runtime.h>

#include <cmath>
#include <vector>

#include "engine/kernels/transport_module.h"

namespace {

using geocyte::kernels::TransportCall;

constexpr int kThreads = 128;
constexpr int kTile = 16;

/// C_ij of rows x_i and columns y_j, by tiles of kTile dimensions in shared memory.
template <class T>
__global__ void cost_kernel(const T* x, const T* y, long n, long m, long dims, bool root, T* cost) {
  __shared__ T xs[kTile][kTile + 1], ys[kTile][kTile + 1];
  const long i = blockIdx.y * kTile + threadIdx.y, j = blockIdx.x * kTile + threadIdx.x, other = blockIdx.x * kTile + threadIdx.y;
  T sum = 0;
  for (long d = 0; d < dims; d += kTile) {
    const long column = d + threadIdx.x;
    xs[threadIdx.y][threadIdx.x] = i < n && column < dims ? x[i * dims + column] : T(0);
    ys[threadIdx.y][threadIdx.x] = other < m && column < dims ? y[other * dims + column] : T(0);
    __syncthreads();
    for (int k = 0; k < kTile; ++k) {
      const T off = xs[threadIdx.y][k] - ys[threadIdx.x][k];
      sum += off * off;
    }
    __syncthreads();
  }
  if (i < n && j < m) cost[i * m + j] = root ? sqrt(sum) : sum / 2;
}

template <class Number, class Join>
__device__ Number reduce(Number mine, Join join) {
  __shared__ Number part[kThreads];
  part[threadIdx.x] = mine;
  __syncthreads();
  for (int half = kThreads / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) part[threadIdx.x] = join(part[threadIdx.x], part[threadIdx.x + half]);
    __syncthreads();
  }
  const Number all = part[0];
  __syncthreads();
  return all;
}

struct Largest {
  __device__ double operator()(double a, double b) const { return fmax(a, b); }
};
struct Total {
  __device__ double operator()(double a, double b) const { return a + b; }
};

/// softmin_i = -eps log 1/m sum_j exp((h_j - C_ij) / eps);  out_i = keep old_i + (1 - keep) damping softmin_i.
template <class T>
__global__ void softmin_kernel(const T* cost, const double* h, long m, double eps, double keep, double damping, const double* old, double* softmin, double* out) {
  const long i = blockIdx.x;
  const T* row = cost + i * m;
  double highest = -INFINITY;
  for (long j = threadIdx.x; j < m; j += kThreads) highest = fmax(highest, h[j] - static_cast<double>(row[j]));
  highest = reduce(highest, Largest());
  double sum = 0;
  for (long j = threadIdx.x; j < m; j += kThreads) sum += static_cast<double>(exp(static_cast<T>((h[j] - static_cast<double>(row[j]) - highest) / eps)));
  sum = reduce(sum, Total());
  if (threadIdx.x == 0) {
    const double value = -highest - eps * log(sum / static_cast<double>(m));
    softmin[i] = value;
    out[i] = keep * old[i] + (1 - keep) * damping * value;
  }
}

/// pull_i = sum_j P_ij k_ij (x_i - y_j) / sum_j P_ij,  P_ij = exp((softmin_i + h_j - C_ij) / eps), k = 1 or 1 / C (0 where C = 0).
template <class T>
__global__ void pull_kernel(const T* x, const T* y, const T* cost, const double* softmin, const double* h, long m, long dims, double eps, bool root, T* pull) {
  __shared__ T weight[kThreads];
  const long i = blockIdx.x;
  double norm = 0;
  for (long j = threadIdx.x; j < m; j += kThreads) norm += exp((softmin[i] + h[j] - static_cast<double>(cost[i * m + j])) / eps);
  norm = reduce(norm, Total());
  for (long first = 0; first < dims; first += kThreads) {
    const long d = first + threadIdx.x;
    double sum = 0;
    for (long tile = 0; tile < m; tile += kThreads) {
      const long j = tile + threadIdx.x;
      if (j < m) {
        const double c = static_cast<double>(cost[i * m + j]), w = exp((softmin[i] + h[j] - c) / eps) / norm;
        weight[threadIdx.x] = static_cast<T>(root ? (c > 0 ? w / c : 0) : w);
      }
      __syncthreads();
      const long terms = m - tile < kThreads ? m - tile : kThreads;
      if (d < dims) {
        T part = 0;
        for (long k = 0; k < terms; ++k) part += weight[k] * (x[i * dims + d] - y[(tile + k) * dims + d]);
        sum += static_cast<double>(part);
      }
      __syncthreads();
    }
    if (d < dims) pull[i * dims + d] = static_cast<T>(sum);
  }
}

/// Device memory that is given back when the call ends, however it ends.
class Memory {
 public:
  ~Memory() {
    for (void* one : held_) cudaFree(one);
  }
  template <class T>
  T* take(long count) {
    void* made = nullptr;
    if (status == cudaSuccess) status = cudaMalloc(&made, sizeof(T) * static_cast<std::size_t>(count > 0 ? count : 1));
    if (made) held_.push_back(made);
    return static_cast<T*>(made);
  }
  cudaError_t status = cudaSuccess;

 private:
  std::vector<void*> held_;
};

/// One side of a problem: its points, the cost with its points as rows, and its potential before and after an update.
template <class T>
struct Side {
  long rows = 0;
  T *points = nullptr, *cost = nullptr;
  double *now = nullptr, *next = nullptr, *softmin = nullptr;
};

template <class T>
struct Problem {
  bool self = false;
  Side<T> x, y;
  Side<T>& other() { return self ? x : y; }
};

template <class T>
void step(Problem<T>& p, double eps, double keep, double damping) {
  Side<T>& y = p.other();
  softmin_kernel<T><<<static_cast<unsigned>(p.x.rows), kThreads>>>(p.x.cost, y.now, y.rows, eps, keep, damping, p.x.now, p.x.softmin, p.x.next);
  if (!p.self) softmin_kernel<T><<<static_cast<unsigned>(y.rows), kThreads>>>(y.cost, p.x.now, p.x.rows, eps, keep, damping, y.now, y.softmin, y.next);
}

template <class T>
void turn(Side<T>& side) {
  double* kept = side.now;
  side.now = side.next;
  side.next = kept;
}

template <class T>
Side<T> upload(Memory& memory, const void* points, long rows, long columns, long dims) {
  Side<T> side;
  side.rows = rows;
  side.points = memory.take<T>(rows * dims);
  side.cost = memory.take<T>(rows * columns);
  side.now = memory.take<double>(rows);
  side.next = memory.take<double>(rows);
  side.softmin = memory.take<double>(rows);
  if (memory.status == cudaSuccess) memory.status = cudaMemcpy(side.points, points, sizeof(T) * rows * dims, cudaMemcpyHostToDevice);
  if (memory.status == cudaSuccess) memory.status = cudaMemset(side.now, 0, sizeof(double) * rows);
  return side;
}

template <class T>
void costs_of(Side<T>& rows, const Side<T>& columns, long dims, bool root) {
  const dim3 blocks(static_cast<unsigned>((columns.rows + kTile - 1) / kTile), static_cast<unsigned>((rows.rows + kTile - 1) / kTile));
  cost_kernel<T><<<blocks, dim3(kTile, kTile)>>>(rows.points, columns.points, rows.rows, columns.rows, dims, root, rows.cost);
}

/// The pulls of the points of `rows`; potentials of `columns` are those before the last step, which lie in `next` after it.
template <class T>
void pulls_of(Memory& memory, const Side<T>& rows, const Side<T>& columns, long dims, double eps, bool root, void* out) {
  T* pull = memory.take<T>(rows.rows * dims);
  if (memory.status != cudaSuccess) return;
  pull_kernel<T><<<static_cast<unsigned>(rows.rows), kThreads>>>(rows.points, columns.points, rows.cost, rows.softmin, columns.next, columns.rows, dims, eps, root, pull);
  memory.status = cudaMemcpy(out, pull, sizeof(T) * rows.rows * dims, cudaMemcpyDeviceToHost);
}

template <class T>
cudaError_t solve(const TransportCall& call) {
  Memory memory;
  if ((memory.status = cudaSetDevice(call.device)) != cudaSuccess) return memory.status;
  const bool root = call.root != 0;
  std::vector<Problem<T>> problems(static_cast<std::size_t>(call.problems));
  for (std::size_t k = 0; k < problems.size(); ++k) {
    Problem<T>& p = problems[k];
    p.self = call.y[k] == nullptr;
    p.x = upload<T>(memory, call.x[k], call.n[k], p.self ? call.n[k] : call.m[k], call.dims);
    if (!p.self) p.y = upload<T>(memory, call.y[k], call.m[k], call.n[k], call.dims);
    if (memory.status != cudaSuccess) return memory.status;
    costs_of(p.x, p.other(), call.dims, root);
    if (!p.self) costs_of(p.y, p.x, call.dims, root);
  }
  const auto round = [&](double eps, double keep) {
    const double damping = 1 / (1 + eps / call.reach);
    for (Problem<T>& p : problems) {
      step(p, eps, keep, damping);
      turn(p.x);
      if (!p.self) turn(p.y);
    }
  };
  round(call.temperatures[0], 0);
  for (long t = 0; t < call.steps; ++t) round(call.temperatures[t], 0.5);
  const double last = call.temperatures[call.steps - 1];
  round(last, 0);
  for (std::size_t k = 0; k < problems.size(); ++k) {
    Problem<T>& p = problems[k];
    if (memory.status == cudaSuccess) memory.status = cudaMemcpy(call.f[k], p.x.now, sizeof(double) * p.x.rows, cudaMemcpyDeviceToHost);
    if (memory.status == cudaSuccess && !p.self) memory.status = cudaMemcpy(call.g[k], p.y.now, sizeof(double) * p.y.rows, cudaMemcpyDeviceToHost);
    if (!call.pulls) continue;
    pulls_of(memory, p.x, p.other(), call.dims, last, root, call.pull_x[k]);
    if (!p.self) pulls_of(memory, p.y, p.x, call.dims, last, root, call.pull_y[k]);
  }
  if (const cudaError_t launched = cudaGetLastError(); memory.status == cudaSuccess) memory.status = launched;
  return memory.status;
}

}  // namespace

extern "C" {

std::int32_t geocyte_transport_version() { return geocyte::kernels::kTransportModuleVersion; }

std::int32_t geocyte_transport_devices() {
  int count = 0;
  return cudaGetDeviceCount(&count) == cudaSuccess ? count : 0;
}

const char* geocyte_transport_solve(const TransportCall* call) {
  int before = 0;
  const bool known = cudaGetDevice(&before) == cudaSuccess;
  const cudaError_t status = call->element_bytes == 8 ? solve<double>(*call) : solve<float>(*call);
  if (known) cudaSetDevice(before);
  return status == cudaSuccess ? nullptr : cudaGetErrorString(status);
}

}  // extern "C"
