// SPDX-License-Identifier: GPL-3.0-or-later
// The short forms of engine/config/spec_builders.h under the names that the spec files of gems use.
#pragma once

#include "engine/config/spec_builders.h"

namespace geocyte::plugins::gems {

using config::at_least;
using config::metric;
using config::one_of;
using config::parameter;
using config::with_chance;
using config::within;

}  // namespace geocyte::plugins::gems
