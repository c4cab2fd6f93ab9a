# SPDX-License-Identifier: GPL-3.0-or-later
"""Card patchwise: cells that a run has never seen, placed in overlapping patches; 10,000 of them in at most 5 minutes on 2 cores. Beside it the same cells laid
out at once: how alike both are, and how right each is. Needs no peer and no library.
Usage: patchwise.py BUILD_DIR [FOLDER]   (the folder keeps the trained run)"""
import csv
import os
import random
import subprocess
import sys
import tempfile

from harness import report
from tissue_run import ENV, THREADS, call, engine, trained_run

GOAL_S, CELLS, AT_ONCE, JUDGED = 300, 10_000, 6_000, 400


def places(path, key="st_edm"):
    with open(path, newline="") as lines:
        return {row["cell"]: (float(row[key + "_0"]), float(row[key + "_1"])) for row in csv.DictReader(lines)}


def ranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    made = [0] * len(values)
    for rank, at in enumerate(order):
        made[at] = rank
    return made


def row_spearman(a, b, cells, judged):
    """Mean over `judged` of the rank correlation of their distances to all cells."""
    total = 0
    for i in judged:
        x, y = ([(p[j][0] - p[i][0]) ** 2 + (p[j][1] - p[i][1]) ** 2 for j in cells if j != i] for p in (a, b))
        x, y = ranks(x), ranks(y)
        n = len(x)
        total += 1 - 6 * sum((u - v) ** 2 for u, v in zip(x, y)) / (n * (n * n - 1))
    return total / len(judged)


def shared(a, b, cells, judged, k=10):
    """Mean share of the k nearest of each of `judged` that are the same."""
    total = 0
    for i in judged:
        near = [set(sorted((j for j in cells if j != i), key=lambda j, p=p: (p[j][0] - p[i][0]) ** 2 + (p[j][1] - p[i][1]) ** 2)[:k]) for p in (a, b)]
        total += len(near[0] & near[1]) / k
    return total / len(judged)


def main():
    build = os.path.abspath(sys.argv[1])
    folder = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="patchwise-")
    run = trained_run(build, folder)
    lines = [f"Simulated suspension P2_SC, 500 genes, seed 7 with more cells than the run knows, drawn anew (st_edm/recommended, simulated tissue, seed 7), {THREADS} threads, the whole command `apply` to CSV: reading,",
             f"layout in patches of 3,000 that share 1,000 cells, 8 samples a cell for the uncertainty, off-tissue scores. Goal: {CELLS:,} cells in {GOAL_S} s.", "",
             "| cells | way | s |", "|---|---|---|"]
    found = {}
    for cells, ways in ((CELLS, ("patches",)), (AT_ONCE, ("patches", "at once"))):
        data = os.path.join(folder, f"data{cells}")
        if not os.path.exists(data):
            subprocess.run([engine(build), "simulate", "--genes", "500", "--seed", "7", "--set", f"scale={cells / 2700:.6f}", "--out", data], check=True, env=ENV, stderr=subprocess.DEVNULL)
        for way in ways:
            out = os.path.join(folder, f"placed{cells}-{way.replace(' ', '_')}.csv")
            more = ["--at-once", str(cells + 1000)] if way == "at once" else []
            seconds, said = call(build, "apply", "--run", run, "--data", os.path.join(data, "P2_SC.h5ad"), "--out", out, "--threads", THREADS, *more)
            lines.append(f"| {said['cells']:,} | {way} | {seconds:.1f} |")
            found[cells, way] = (places(out), seconds)
            truth = places(out, "true_coordinates")
    patches, whole = found[AT_ONCE, "patches"][0], found[AT_ONCE, "at once"][0]
    names = sorted(whole)
    judged = random.Random(7).sample(names, JUDGED)
    seconds = found[CELLS, "patches"][1]
    lines += ["", f"At once and in patches, the same {len(names):,} cells, {JUDGED} of them looked at: row-Spearman of distances {row_spearman(patches, whole, names, judged):.3f}, "
              f"{100 * shared(patches, whole, names, judged):.0f} % of the ten nearest the same (chance {1000 / (len(names) - 1):.1f} %).",
              f"Against the true places: row-Spearman {row_spearman(patches, truth, names, judged):.3f} in patches, {row_spearman(whole, truth, names, judged):.3f} at once.",
              "", f"{CELLS:,} cells: {seconds:.0f} s, {'within' if seconds <= GOAL_S else 'NOT within'} {GOAL_S} s."]
    report("patchwise", lines)


if __name__ == "__main__":
    main()
