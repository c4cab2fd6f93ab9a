# SPDX-License-Identifier: GPL-3.0-or-later
"""Card mmd: MMD with several widths and the energy distance, forward and backward, against torch as it is commonly written (one
pair after the other, a matrix for each kernel) and a best effort (one matrix of all cells with a coefficient for each pair of
groups). Usage: mmd.py BUILD_DIR [REPETITIONS]"""
import itertools
import sys

from pair_losses import THREADS, compare

import torch  # noqa: E402
from geomloss import SamplesLoss  # noqa: E402
from harness import report  # noqa: E402

MULTIPLES = (0.5, 1, 2, 4)


def gaussians(squared, scale):
    return sum(torch.exp(-squared / (2 * (s * scale) ** 2)) for s in MULTIPLES) / len(MULTIPLES)


def without_diagonal(k):
    n = len(k)
    return (k.sum() - k.diagonal().sum()) / (n * (n - 1))


def literal(groups, s):
    """Each pair by itself, a matrix for each kernel."""
    total = 0
    pairs = list(itertools.combinations(groups, 2))
    for x, y in pairs:
        total = total + without_diagonal(gaussians(torch.cdist(x, x) ** 2, s)) + without_diagonal(gaussians(torch.cdist(y, y) ** 2, s)) \
            - 2 * gaussians(torch.cdist(x, y) ** 2, s).mean()
    return total / len(pairs)


def best_effort(groups, scale):
    """All pairs at once: sum_ij c_ij k(x_i, x_j), with the squared distances from one product."""
    z, k = torch.cat(groups), len(groups)
    n = torch.cat([torch.full((len(g),), float(len(g)), dtype=z.dtype) for g in groups])
    label = torch.cat([torch.full((len(g),), i) for i, g in enumerate(groups)])
    same = label[:, None] == label
    c = torch.where(same, 2 / (k * n * (n - 1)), -2 / (k * (k - 1) * n[:, None] * n)).fill_diagonal_(0)
    centred = z - z.mean(0).detach()
    norm = (centred ** 2).sum(1)
    squared = (norm[:, None] + norm - 2 * centred @ centred.T).clamp_min(0)
    return (c * gaussians(squared, scale)).sum()


def exact(groups, scale):
    """The literal form with distances from differences: what both are checked against, in float64."""
    total = 0
    square = lambda x, y: ((x[:, None] - y) ** 2).sum(-1)  # noqa: E731
    pairs = list(itertools.combinations(groups, 2))
    for x, y in pairs:
        total = total + without_diagonal(gaussians(square(x, x), scale)) + without_diagonal(gaussians(square(y, y), scale)) - 2 * gaussians(square(x, y), scale).mean()
    return total / len(pairs)


def main(build, repetitions=7):
    lines = [f"Unbiased MMD, widths .5, 1, 2, 4 times a scale; energy distance; float32, {THREADS} threads, forward + backward, torch {torch.__version__}; a value is "
             "the mean of a few steps after a warm-up.", ""]
    for sizes, dims, steps in (((1024, 1024), 64, 2), ((1024, 1024), 128, 2), ((43, 43, 43, 43, 42, 42), 128, 10), ((256,) * 6, 128, 2)):
        scale = (2 * dims) ** 0.5
        title = f"{len(sizes)} groups, {sum(sizes)} cells, d {dims}"
        lines += compare(build, f"MMD, {title}, given scale", "mmd", {"torch, pair by pair": lambda g: literal(g, scale), "torch, best effort": lambda g: best_effort(g, scale)},
                         sizes, dims, lambda g: exact(g, scale), repetitions, steps, 5 * steps, scale=scale)
    energy = SamplesLoss("energy", backend="tensorized")
    lines += compare(build, "Energy distance (twice GeomLoss' energy), 2 groups, 2048 cells, d 128", "energy", {"GeomLoss": lambda g: 2 * energy(*g)}, (1024, 1024), 128,
                     lambda g: 2 * energy(*g), repetitions, 2, 10)
    report("mmd", lines)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
