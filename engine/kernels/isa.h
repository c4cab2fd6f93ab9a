// SPDX-License-Identifier: GPL-3.0-or-later
// The instruction sets that the hot loops are compiled for; the widest one is chosen at run time.
#pragma once

namespace geocyte::kernels {

enum class Isa { plain, avx2, avx512 };

const char* name_of(Isa isa);
/// The widest instruction set that this processor and this build have.
Isa best_isa();

}  // namespace geocyte::kernels
