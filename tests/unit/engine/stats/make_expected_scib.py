#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes expected_scib.json: points with sources and types, and what scib-metrics 0.5.10 says of them.

    pip install scib-metrics==0.5.10 && python3 tests/unit/engine/stats/make_expected_scib.py > tests/unit/engine/stats/expected_scib.json

Neighbours are exact (scikit-learn, brute force) and hold the cell itself, as scib-metrics wants them. kBET is the global one:
the one a label runs on a diffusion map whose neighbours are approximate.
"""
import json
import sys

import numpy
import scib_metrics
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


def main():
    before, after, source, kind = points()
    ninety, fifteen = neighbours(after, 90), neighbours(after, 15)
    json.dump({
        "made_with": "scib-metrics 0.5.10", "dims": DIMS, "sources": SOURCES, "types": 4,
        "before": before.ravel().tolist(), "after": after.ravel().tolist(), "source": source.tolist(), "type": kind.tolist(),
        "ilisi": float(scib_metrics.ilisi_knn(ninety, source)), "clisi": float(scib_metrics.clisi_knn(ninety, kind)),
        "kbet": float(scib_metrics.kbet(neighbours(after, 50), source)[0]),
        "graph_connectivity": float(scib_metrics.graph_connectivity(neighbours(after, 5), kind)),
        "graph_connectivity_15": float(scib_metrics.graph_connectivity(fifteen, kind)),
        "bras": float(scib_metrics.bras(after, kind, source)),
        "pcr_comparison": float(scib_metrics.pcr_comparison(before, after, source, categorical=True)),
        "isolated_labels": float(scib_metrics.isolated_labels(after, kind, source)),
    }, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
