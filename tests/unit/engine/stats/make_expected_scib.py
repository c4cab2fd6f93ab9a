#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes expected_scib.json: points with sources and types, and what scib-metrics 0.5.10 says of them.

    pip install scib-metrics==0.5.10 && python3 tests/unit/engine/stats/make_expected_scib.py > tests/unit/engine/stats/expected_scib.json

Neighbours are exact (scikit-learn, brute force) and hold the cell itself, as scib-metrics wants them. kBET a label runs through
scib-metrics' own code (its k0, which labels it skips, its test and mean), with exact neighbours of the cells of the label in place of
its diffusion map: the first component of that map is constant up to rounding and stretched without bound, so that what it calls
neighbours changes with the library beneath it.
"""
import json
import logging
import sys

import numpy
import scib_metrics
import scib_metrics.metrics._kbet as kbet_module
from scib_metrics.nearest_neighbors import NeighborsResults
from sklearn.neighbors import NearestNeighbors

CELLS, DIMS, SOURCES = 480, 6, 3


def points():
    """Four types, the last of them in one source only; sources shifted and scaled, one of them small."""
    rng = numpy.random.default_rng(11)
    source = rng.choice(SOURCES, CELLS, p=[.5, .35, .15])
    kind = rng.choice(4, CELLS, p=[.4, .3, .2, .1])
    kind[(kind == 3) & (source != 0)] = 0
    centre, shift = rng.normal(0, 1.2, (4, DIMS)), rng.normal(0, .6, (SOURCES, DIMS))
    after = centre[kind] + shift[source] + rng.normal(0, 1, (CELLS, DIMS)) * numpy.array([1, .8, 1.2])[source][:, None]
    before = after + 1.5 * shift[source]
    return numpy.round(before, 3), numpy.round(after, 3), source, kind


def neighbours(x, k):
    distance, index = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(x).kneighbors(x)
    return NeighborsResults(indices=index, distances=distance)


def kbet_per_label(x, source, kind):
    """scib-metrics asks for the neighbours of one label after the other, in the order of numpy.unique."""
    left = [x[kind == label] for label in numpy.unique(kind) if (kind == label).sum() >= 10 and len(set(source[kind == label])) > 1]
    kbet_module.diffusion_nn = lambda graph, k, n_comps: neighbours(left.pop(0), int(k) + 1)
    score = kbet_module.kbet_per_label(neighbours(x, 90), source, kind)
    assert not left, "a label fell into parts: its neighbours are those of another set of cells"
    return float(score)


def main():
    logging.disable(logging.INFO)   # scib-metrics says on stdout which labels it skips
    before, after, source, kind = points()
    ninety, fifteen = neighbours(after, 90), neighbours(after, 15)
    json.dump({
        "made_with": "scib-metrics 0.5.10", "dims": DIMS, "sources": SOURCES, "types": 4,
        "before": before.ravel().tolist(), "after": after.ravel().tolist(), "source": source.tolist(), "type": kind.tolist(),
        "ilisi": float(scib_metrics.ilisi_knn(ninety, source)), "clisi": float(scib_metrics.clisi_knn(ninety, kind)),
        "kbet": float(scib_metrics.kbet(neighbours(after, 50), source)[0]),
        "kbet_per_label": kbet_per_label(after, source, kind),
        "graph_connectivity": float(scib_metrics.graph_connectivity(neighbours(after, 5), kind)),
        "graph_connectivity_15": float(scib_metrics.graph_connectivity(fifteen, kind)),
        "bras": float(scib_metrics.bras(after, kind, source)),
        "pcr_comparison": float(scib_metrics.pcr_comparison(before, after, source, categorical=True)),
        "isolated_labels": float(scib_metrics.isolated_labels(after, kind, source)),
    }, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
