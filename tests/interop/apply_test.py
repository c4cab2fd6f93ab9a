# SPDX-License-Identifier: GPL-3.0-or-later
"""What `export` and `apply` write is AnnData to anndata itself, and an embedding can be laid beside the data it was made from."""
import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

ENGINE = os.path.join(os.environ.get("GEOCYTE_BIN", ""), "geocyte-engine")

READ = """
import json, sys, warnings
warnings.simplefilter("ignore")
import anndata, numpy
shown, made, data = (anndata.read_h5ad(path) for path in sys.argv[1:4])
data.obsm["X_gems"] = made.obsm["X_gems"]
own = shown[shown.obs["source"] == "P2_SC"].obsm["X_gems"]
print(json.dumps({
    "shown": list(shown.shape), "obsm": sorted(shown.obsm), "obs": list(shown.obs.columns), "first": shown.obs_names[0],
    "spots": int((shown.obs["modality"] == "st").sum()), "missing_places": int(numpy.isnan(shown.obsm["spatial"]).any(axis=1).sum()),
    "made": list(made.obsm["X_gems"].shape), "same_cells": list(made.obs_names) == list(data.obs_names), "run": str(made.uns["geocyte"]["run"]),
    "largest_difference": float(numpy.abs(own - made.obsm["X_gems"]).max())}))
"""

READ_PLACES = """
import json, sys, warnings
warnings.simplefilter("ignore")
import anndata, numpy
made, data = (anndata.read_h5ad(path) for path in sys.argv[1:3])
data.obsm["X_st_edm"] = made.obsm["X_st_edm"]
print(json.dumps({"dimensions": data.obsm["X_st_edm"].shape[1], "same_cells": list(made.obs_names) == list(data.obs_names),
                  "finite": bool(numpy.isfinite(made.obsm["X_st_edm"]).all() and (made.obs["uncertainty"] > 0).all()),
                  "columns": sorted(set(made.obs.columns) - set(data.obs.columns))}))
"""


def python_with_anndata():
    for program in filter(None, (os.environ.get("GEOCYTE_PYTHON"), sys.executable, "/usr/bin/python3")):
        if os.path.exists(program) and subprocess.run([program, "-c", "import anndata"], capture_output=True).returncode == 0:
            return program
    return None


@unittest.skipUnless(os.path.exists(ENGINE), "geocyte-engine is not built here")
class ApplyAndExport(unittest.TestCase):
    def test_anndata_reads_what_the_engine_writes(self):
        program = python_with_anndata()
        if not program:
            self.skipTest("no Python with anndata (set GEOCYTE_PYTHON to one)")
        with tempfile.TemporaryDirectory() as folder:
            def engine(*arguments):
                done = subprocess.run([ENGINE, *arguments], capture_output=True, text=True, cwd=folder)
                self.assertEqual(done.returncode, 0, done.stderr[-2000:])

            engine("simulate", "--genes", "100", "--out", "data")
            engine("train", "--preset", "gems/demo", "--set", "data_folder=data", "--set", "steps=4", "--set", "genes=80", "--runs", "runs", "--run-id", "r",
                   "--set", "sources=" + json.dumps([{"name": "P2_SC", "file": "P2_SC.h5ad", "patient": "P2", "modality": "sc"},
                                                     {"name": "P2_ST3", "file": "P2_ST3.h5ad", "patient": "P2", "modality": "st"}]), "--device", "cpu")
            engine("export", "--run", "runs/r", "--out", "shown.h5ad")
            engine("apply", "--run", "runs/r", "--step", "4", "--data", "data/P2_SC.h5ad", "--by", "source", "--out", "made.h5ad")   # its genes are centred as in training
            done = subprocess.run([program, "-c", READ, "shown.h5ad", "made.h5ad", glob.glob(os.path.join(folder, "data", "P2_SC.h5ad"))[0]],
                                  capture_output=True, text=True, cwd=folder)
            self.assertEqual(done.returncode, 0, done.stderr[-2000:])
            found = json.loads(done.stdout)
        self.assertEqual(found["shown"], [3900, 0])
        self.assertEqual(found["obsm"], ["X_gems", "X_pca", "X_umap", "spatial"])
        self.assertEqual(found["obs"][:3], ["source", "patient", "modality"])
        self.assertTrue(found["first"].startswith("P2_SC/"))
        self.assertEqual((found["spots"], found["missing_places"]), (1200, 2700))
        self.assertEqual(found["made"], [2700, 20])
        self.assertTrue(found["same_cells"])
        self.assertEqual(found["run"], "r")
        self.assertLess(found["largest_difference"], 1e-4)

    def test_anndata_reads_places_of_new_cells(self):
        program = python_with_anndata()
        if not program:
            self.skipTest("no Python with anndata (set GEOCYTE_PYTHON to one)")
        with tempfile.TemporaryDirectory() as folder:
            def engine(*arguments):
                done = subprocess.run([ENGINE, *arguments], capture_output=True, text=True, cwd=folder)
                self.assertEqual(done.returncode, 0, done.stderr[-2000:])

            engine("simulate", "--genes", "100", "--set", "scale=0.15", "--out", "data")
            engine("train", "--preset", "st_edm/demo", "--set", "data_folder=data", "--set", "steps=20", "--set", "genes=80", "--set", "batch_size=60", "--runs", "runs", "--run-id", "r",
                   "--device", "cpu")
            engine("apply", "--run", "runs/r", "--data", "data/P2_SC.h5ad", "--out", "made.h5ad")
            done = subprocess.run([program, "-c", READ_PLACES, "made.h5ad", os.path.join("data", "P2_SC.h5ad")], capture_output=True, text=True, cwd=folder)
            self.assertEqual(done.returncode, 0, done.stderr[-2000:])
            found = json.loads(done.stdout)
        self.assertEqual(found["dimensions"], 2)
        self.assertTrue(found["same_cells"] and found["finite"])
        self.assertEqual(found["columns"], ["off_tissue", "uncertainty"])


if __name__ == "__main__":
    unittest.main()
