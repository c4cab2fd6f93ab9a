// SPDX-License-Identifier: GPL-3.0-or-later
// A loss that a batch may not have: two patients are compared only where two patients have cells. An absent term is an
// outcome with a reason that a person can read, never a silent zero.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <utility>

namespace geocyte::losses {

struct Term {
  std::optional<at::Tensor> value;         ///< scalar with gradient
  std::string why_absent;                  ///< one clause, "" when there is a value

  explicit operator bool() const { return value.has_value(); }
  static Term of(at::Tensor loss) { return {std::move(loss), {}}; }
  static Term absent(std::string reason) { return {std::nullopt, std::move(reason)}; }
};

}  // namespace geocyte::losses
