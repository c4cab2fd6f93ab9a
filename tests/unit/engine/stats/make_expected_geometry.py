#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes expected_geometry.json: a tissue and a prediction of it, and what scipy and scikit-learn say of them.

    pip install scikit-learn==1.9.1 scipy && python3 tests/unit/engine/stats/make_expected_geometry.py > tests/unit/engine/stats/expected_geometry.json

Coordinates are rounded before anything is computed. "coarse" is the prediction on a coarse lattice, which has ties everywhere.
"""
import json
import sys

import numpy
import scipy
import sklearn
from scipy.spatial import ConvexHull, procrustes
from scipy.spatial.distance import cdist
from scipy.stats import pearsonr, spearmanr, wasserstein_distance
from sklearn.manifold import trustworthiness
from sklearn.metrics import roc_auc_score

CELLS, K, TRUST = 150, 10, 15


def ranked(prediction, truth):
    d, t = (cdist(x, x).astype(numpy.float32) for x in (prediction, truth))
    n, upper = len(d), numpy.triu_indices(len(d), 1)
    rows = [numpy.delete(numpy.arange(n), i) for i in range(n)]
    return {"row_spearman": numpy.mean([spearmanr(d[i][r], t[i][r])[0] for i, r in enumerate(rows)]),
            "row_pearson": numpy.mean([pearsonr(d[i][r], t[i][r])[0] for i, r in enumerate(rows)]),
            "spearman": spearmanr(d[upper], t[upper])[0], "pearson": pearsonr(d[upper], t[upper])[0]}


def main():
    rng = numpy.random.default_rng(5)
    truth = numpy.round(rng.uniform(0, 10, (CELLS, 2)), 3)
    turn = numpy.array([[.6, .8], [.8, -.6]])
    prediction = numpy.round(.5 * truth @ turn + rng.normal(0, .9, (CELLS, 2)) + 7, 3)
    coarse = numpy.round(prediction / 2) * 2
    d, t = cdist(prediction, prediction), cdist(truth, truth)
    far = t + numpy.diag(numpy.full(CELLS, numpy.inf))
    near = numpy.argsort(far, 1)[:, :K]
    edge = numpy.zeros((CELLS, CELLS), bool)
    edge[numpy.arange(CELLS)[:, None], near] = True
    edge |= edge.T
    upper = numpy.triu_indices(CELLS, 1)
    found = numpy.argsort(d + numpy.diag(numpy.full(CELLS, numpy.inf)), 1)[:, :K]
    shared = numpy.array([len(set(a) & set(b)) for a, b in zip(near, found)])
    count = int(.1 * len(upper[0]))
    a, b = (set(numpy.argsort(x[upper], kind="stable")[:count]) for x in (d, t))

    def unit(x):
        x = x - x.mean(0)
        return x / numpy.sqrt((x ** 2).sum(1).mean())

    radius = [numpy.sort(cdist(unit(x), unit(x)), 1)[:, K] for x in (prediction, truth)]
    json.dump({"made_with": f"scipy {scipy.__version__}, scikit-learn {sklearn.__version__}",
               "truth": truth.ravel().tolist(), "prediction": prediction.ravel().tolist(), "coarse": coarse.ravel().tolist(),
               "of_prediction": {**ranked(prediction, truth), "recall": shared.mean() / K, "jaccard": (shared / (2 * K - shared)).mean(),
                                 "precision": len(a & b) / count, "edge_auc": roc_auc_score(edge[upper], -d[upper]),
                                 "trustworthiness": trustworthiness(truth, prediction, n_neighbors=TRUST),
                                 "continuity": trustworthiness(prediction, truth, n_neighbors=TRUST),
                                 "disparity": procrustes(truth, prediction)[2], "knn_w1": wasserstein_distance(*radius),
                                 "hull_ratio": ConvexHull(unit(prediction)).volume / ConvexHull(unit(truth)).volume},
               "of_coarse": ranked(coarse, truth)}, sys.stdout, default=float)


main()
