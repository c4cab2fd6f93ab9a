#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes expected_h5ad.json: what Python's anndata finds in every .h5ad below the data folder.

    python3 tests/real/make_expected_h5ad.py ../shared/data > tests/real/expected_h5ad.json

Sums run over float32 values in double precision; `weighted` also sees that values sit in the right column.
"""
import json
import os
import sys
import warnings

import anndata
import numpy
import scipy.sparse


def matrix(m):
    if m is None:
        return None
    sparse = scipy.sparse.csr_matrix(m) if scipy.sparse.issparse(m) else None
    coordinates = scipy.sparse.coo_matrix(m) if sparse is not None else None
    if sparse is not None:
        values, columns = coordinates.data, coordinates.col
    else:
        dense = numpy.asarray(m)
        dense = dense.reshape(dense.shape[0], -1)
        values, columns = dense.ravel(), numpy.tile(numpy.arange(dense.shape[1]), dense.shape[0])
    values = values.astype(numpy.float32).astype(numpy.float64)
    return {
        "shape": [int(m.shape[0]), int(numpy.prod(m.shape[1:]))],
        "sparse": sparse is not None,
        "stored": int(values.size),
        "sum": float(values.sum()),
        "weighted": float((values * (columns % 97)).sum()),
    }


def table(t):
    columns = {}
    for name in t.columns:
        column = t[name]
        if hasattr(column, "cat"):
            codes = column.cat.codes.to_numpy().astype(int)
            columns[name] = {
                "kind": "categorical", "categories": len(column.cat.categories), "missing": int((codes < 0).sum()),
                "codes": int(codes.sum()), "ordered": bool(column.cat.ordered),
                "first": str(column.cat.categories[0]) if len(column.cat.categories) else "",
            }
        elif column.dtype.kind in "iuf":
            columns[name] = {"kind": "numeric", "sum": float(numpy.nansum(column.to_numpy().astype(float)))}
        elif column.dtype.kind == "b":
            columns[name] = {"kind": "boolean", "sum": float(column.sum())}
        else:
            columns[name] = {"kind": "text", "first": str(column.iloc[0])}
    return {"size": len(t), "first": str(t.index[0]), "last": str(t.index[-1]), "columns": columns}


def main(folder):
    warnings.simplefilter("ignore")
    out = {}
    for root, _, files in sorted(os.walk(folder)):
        for name in sorted(files):
            if not name.endswith(".h5ad"):
                continue
            path = os.path.join(root, name)
            a = anndata.read_h5ad(path)
            obsm = {}
            for key in a.obsm.keys():
                value = a.obsm[key]
                if hasattr(value, "columns"):
                    if not all(value[c].dtype.kind in "iufb" for c in value.columns):
                        continue
                    value = value.to_numpy().astype(float)
                if getattr(value, "shape", None) is not None:
                    found = matrix(value)
                    obsm[key] = {k: found[k] for k in ("shape", "sum", "weighted")}
            out[os.path.relpath(path, folder)] = {
                "X": matrix(a.X), "obs": table(a.obs), "var": table(a.var),
                "layers": {k: matrix(a.layers[k]) for k in a.layers.keys()}, "obsm": obsm,
                "raw": matrix(a.raw.X) if a.raw is not None else None,
            }
    json.dump(out, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main(sys.argv[1])
