// SPDX-License-Identifier: GPL-3.0-or-later
// Small steps of linear algebra on one thread. A second thread that sleeps between operations costs 50 to 100 us to wake, and a
// loss is a dozen operations: below some million multiplications it is slower with two threads than with one. Measured on two
// cores, batched product of K groups of n cells in d dimensions, one thread against two: 15 us against 81 (K 6, n 43, d 64),
// 74 against 106 (6, 64, 128), 104 against 120 (12, 43, 128), 285 against 210 (6, 256, 128).
#pragma once

#include <ATen/Parallel.h>

namespace geocyte::losses {

/// From so many multiplications of one product on, a second thread pays.
inline constexpr double kSmallWork = 1.2e7;

/// While one is in scope, tensor operations of this thread use one thread where `multiplications` is small. Other threads that compute
/// with tensors at that moment may do so too (the number is the library's, not the thread's): only their speed changes.
class SmallWork {
 public:
  explicit SmallWork(double multiplications) : before_(at::get_num_threads()) {
    if (multiplications < kSmallWork && before_ > 1)
      at::set_num_threads(1);
    else
      before_ = 0;
  }
  ~SmallWork() {
    if (before_ > 0) at::set_num_threads(before_);
  }
  SmallWork(const SmallWork&) = delete;
  SmallWork& operator=(const SmallWork&) = delete;

 private:
  int before_;
};

}  // namespace geocyte::losses
