# SPDX-License-Identifier: GPL-3.0-or-later
"""Card coral_pairs: the mean CORAL over all pairs of sources, forward and backward, against torch as it is commonly written (a
loop over pairs, GEARS' form) and a best effort (moments once a source). Usage: coral_pairs.py BUILD_DIR [REPETITIONS]"""
import itertools
import sys

from pair_losses import THREADS, compare

import torch  # noqa: E402
from harness import report  # noqa: E402


def moments(x):
    mean = x.mean(0)
    centred = x - mean
    return mean, centred.T @ centred / (len(x) - 1)


def coral(a, b):
    (m, c), (n, d) = a, b
    return ((m - n) ** 2).mean() + ((c - d) ** 2).mean()


def loop(groups):
    pairs = list(itertools.combinations(groups, 2))
    return sum(coral(moments(x), moments(y)) for x, y in pairs) / len(pairs)


def best_effort(groups):
    each = [moments(x) for x in groups]
    pairs = list(itertools.combinations(each, 2))
    return sum(coral(a, b) for a, b in pairs) / len(pairs)


def main(build, repetitions=9):
    lines = [f"Mean CORAL (mean and covariance) over all pairs, float32, {THREADS} threads, forward + backward, torch {torch.__version__}; a value is the mean of "
             "several steps after a warm-up.", ""]
    for sizes, dims in (((32, 32, 32, 64, 32, 64), 128), ((43, 43, 43, 43, 42, 42), 64), ((256,) * 6, 128), ((43,) * 12, 128)):
        lines += compare(build, f"{len(sizes)} sources, {sum(sizes)} cells, d {dims}", "coral", {"torch, loop over pairs": loop, "torch, moments once a source": best_effort},
                         sizes, dims, loop, repetitions, 20, 400)   # a new process each time: long enough to be warm
    report("coral_pairs", lines)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
