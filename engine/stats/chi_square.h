// SPDX-License-Identifier: GPL-3.0-or-later
// Upper tail of the chi-square distribution.
//
//   P(X > x) = Q(f / 2, x / 2),   Q the regularised upper incomplete gamma function     (Abramowitz & Stegun 26.4.19)
//
// Q by the power series of its complement below a + 1 (A&S 6.5.29) and by the continued fraction above (A&S 6.5.31, in the
// form of Lentz 1976); both converge to 1e-14 in a few dozen terms there.
#pragma once

namespace geocyte::stats {

/// `x` >= 0, `degrees` > 0; else Error{internal}.
double chi_square_upper_tail(double x, double degrees);

}  // namespace geocyte::stats
