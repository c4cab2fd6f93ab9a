# SPDX-License-Identifier: GPL-3.0-or-later
"""Card knn_umap: exact kNN against faiss' flat index and scikit-learn's brute force; the warm UMAP refresh alone.
Usage: knn_umap.py BUILD_DIR"""
import os
import subprocess
import sys
import tempfile
import time

THREADS = 2
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(THREADS)
os.environ["OMP_WAIT_POLICY"] = "passive"

import faiss  # noqa: E402
import numpy as np  # noqa: E402
from harness import TABLE, alternate, report, row  # noqa: E402
from sklearn.neighbors import NearestNeighbors  # noqa: E402

K = 15


def clusters(rows, dims, seed=7):
    rng = np.random.default_rng(seed)
    centres = 3 * rng.standard_normal((20, dims))
    return (centres[rng.integers(20, size=rows)] + rng.standard_normal((rows, dims))).astype(np.float32)


def main(build):
    program = os.path.join(build, "bin", "bench_knn_umap")
    points = clusters(20_000, 50)
    faiss.omp_set_num_threads(THREADS)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "points"), os.path.join(folder, "index")
        points.tofile(path)

        def ours():
            done = subprocess.run([program, "knn", path, *map(str, points.shape), str(THREADS), out], capture_output=True, text=True, check=True)
            found["ours"] = np.fromfile(out, np.int32).reshape(len(points), K)
            return float(done.stdout)

        def flat():
            begin = time.perf_counter()
            index = faiss.IndexFlatL2(points.shape[1])
            index.add(points)
            found["faiss"] = index.search(points, K + 1)[1][:, 1:]
            return time.perf_counter() - begin

        def brute():
            begin = time.perf_counter()
            NearestNeighbors(n_neighbors=K + 1, algorithm="brute", n_jobs=THREADS).fit(points).kneighbors(points)
            return time.perf_counter() - begin

        times = alternate({"ours": ours, "faiss flat": flat, "scikit-learn brute": brute})
        small = clusters(8_510, 50)
        small.tofile(path)
        refresh = [float(subprocess.run([program, "refresh", path, *map(str, small.shape), str(THREADS), out], capture_output=True, text=True,
                                        check=True).stdout) for _ in range(5)]
    recall = np.mean([len(set(a) & set(b)) / K for a, b in zip(found["ours"], found["faiss"])])
    report("knn_umap", [
        f"Exact kNN, 20 000 x 50 (20 Gaussian clusters, seed 7), k {K}, {THREADS} threads; recall against faiss {recall:.5f}.", "", *TABLE,
        row("ours", times["ours"]), *(row(name, times[name], times[name], times["ours"]) for name in ("faiss flat", "scikit-learn brute")), "",
        f"Warm UMAP refresh, 8 510 x 50, exact kNN and 50 epochs, {THREADS} threads: median {sorted(refresh)[2]:.3f} s "
        f"({min(refresh):.3f}–{max(refresh):.3f}, n 5)."])


if __name__ == "__main__":
    main(sys.argv[1])
