# SPDX-License-Identifier: GPL-3.0-or-later
"""Card sinkhorn: Sinkhorn divergence of two clouds, forward and backward, against GeomLoss (tensorised, its fastest form on a
processor for these sizes) at the same schedule of temperatures. Usage: sinkhorn.py BUILD_DIR [REPETITIONS [N ...]]"""
import sys

from pair_losses import THREADS, compare

import torch  # noqa: E402
from geomloss import SamplesLoss  # noqa: E402
from harness import report  # noqa: E402


def main(build, repetitions=7, *sizes):
    lines = [f"Sinkhorn divergence, p 2, debiased, balanced, n cells each, float32, {THREADS} threads, forward + backward, torch {torch.__version__}, "
             "geomloss 0.3.1 tensorized in the same run; a value is the mean of a few steps after a warm-up.", ""]
    for dims in (64, 128):
        for blur, scaling in ((0.05, 0.5), (dims ** 0.5, 0.8)):
            peer = SamplesLoss("sinkhorn", p=2, blur=blur, scaling=scaling, backend="tensorized")
            for n in sizes or (256, 512, 1024, 2048):
                steps = max(1, 512 // n)
                lines += compare(build, f"n {n}, d {dims}, blur {blur:.3g}, scaling {scaling}", "sinkhorn", {"GeomLoss": lambda g: peer(*g)}, (n, n), dims,
                                 lambda g: peer(*g), repetitions, steps, 8 * steps, blur=blur, scaling=scaling)
    report("sinkhorn", lines)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
