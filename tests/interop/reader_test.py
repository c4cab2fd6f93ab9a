# SPDX-License-Identifier: GPL-3.0-or-later
"""A run directory opens with json, h5py and tensorboard alone: resources/docs/read_run.py reads the sample run that
unit_store writes. What those libraries say is compared with what was written."""
import glob
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest

import tfevents

SOURCE = os.environ.get("GEOCYTE_SOURCE_DIR", os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..")))
WRITER = os.path.join(os.environ.get("GEOCYTE_BIN", ""), "unit_store")
READER = os.path.join(SOURCE, "resources", "docs", "read_run.py")
TOTAL = [(step, (1.0 if step < 8 else 2.0) / step) for step in range(1, 11)]


def python_with(*modules):
    """The first interpreter that has these modules: $GEOCYTE_PYTHON, the one of this test, the system's; None when no one has."""
    for program in filter(None, (os.environ.get("GEOCYTE_PYTHON"), sys.executable, "/usr/bin/python3")):
        code = "import " + ", ".join(modules)
        if os.path.exists(program) and subprocess.run([program, "-c", code], capture_output=True).returncode == 0:
            return program
    return None


@unittest.skipUnless(os.path.exists(WRITER), "unit_store, which writes the sample run, is not built here")
class SampleRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.run_folder = os.path.join(cls.folder.name, "sample")
        subprocess.run([WRITER, "--gtest_filter=SampleRun.*"], check=True, capture_output=True,
                       env={**os.environ, "GEOCYTE_SAMPLE_RUN": cls.run_folder})

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def path(self, *names):
        return os.path.join(self.run_folder, *names)

    def read_with(self, code, *modules):
        """What `code` prints as JSON, run where read_run can be imported."""
        program = python_with(*modules)
        if not program:
            self.skipTest(f"no Python with {' and '.join(modules)} (set GEOCYTE_PYTHON to one)")
        done = subprocess.run([program, "-c", code, self.run_folder], capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": os.path.dirname(READER), "TF_CPP_MIN_LOG_LEVEL": "3"})
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        return json.loads(done.stdout)

    def test_the_small_files_are_json(self):
        for name in ("run.json", "status.json", "checkpoints/00000007/manifest.json"):
            with open(self.path(name)) as f:
                json.load(f)
        with open(self.path("events.jsonl")) as f:
            kinds = [json.loads(line)["kind"] for line in f]
        self.assertEqual(sorted(set(kinds)), ["control", "note", "snapshot", "stage", "verdict"])
        with open(self.path("status.json")) as f:
            self.assertEqual(json.load(f)["state"], "stopped")

    def test_event_files_hold_the_published_format(self):
        found = [entry for name in sorted(glob.glob(self.path("events.out.tfevents.*"))) for entry in tfevents.read(name)]
        self.assertEqual(found[0], ("version", "brain.Event:2"))
        total = {}
        for entry in found:
            if entry[0] == "start":
                total = {step: value for step, value in total.items() if step < entry[1]}
            elif entry[0] == "scalar" and entry[2] == "loss/total":
                total[entry[1]] = entry[3]
        self.assertEqual(sorted(total), [step for step, _ in TOTAL])
        for step, value in TOTAL:
            self.assertAlmostEqual(total[step], value, places=6)
        self.assertIn(("start", 8), found)

    def test_a_checkpoint_is_verified_with_hashlib(self):
        with open(self.path("checkpoints", "00000007", "manifest.json")) as f:
            files = json.load(f)["files"]
        self.assertEqual([entry["name"] for entry in files], ["model.safetensors"])
        for entry in files:
            with open(self.path("checkpoints", "00000007", entry["name"]), "rb") as f:
                content = f.read()
            self.assertEqual(len(content), entry["bytes"])
            self.assertEqual(hashlib.sha256(content).hexdigest(), entry["sha256"])

    def test_the_reader_of_the_documentation_has_at_most_thirty_lines(self):
        with open(READER) as f:
            lines = f.read().splitlines()
        self.assertLessEqual(len(lines), 30)
        with open(os.path.join(SOURCE, "resources", "docs", "run-directory.md")) as f:
            self.assertIn("\n".join(lines[1:]), f.read(), "the page prints the reader as it is")

    def test_the_reader_of_the_documentation_opens_everything(self):
        found = self.read_with("import json, sys, read_run\n"
                               "run = read_run.read_run(sys.argv[1])\n"
                               "print(json.dumps(run, default=lambda a: [str(a.dtype), a.tolist()]))", "h5py", "tensorboard")
        self.assertEqual(found["run"]["system"], "gems")
        self.assertEqual(found["status"]["best"]["step"], 7)
        self.assertEqual([step for step, _ in found["scalars"]["loss/total"]], [step for step, _ in TOTAL])
        for (_, value), (_, wanted) in zip(found["scalars"]["loss/total"], TOTAL):
            self.assertAlmostEqual(value, wanted, places=6)
        arrays, _, about = found["snapshots"]["00000005.h5"]
        self.assertEqual(arrays["embedding"], ["float32", [[5.0, 5.0]] * 4])
        self.assertEqual((about["step"], about["stage"]), (5, "encode"))
        part = found["snapshots"]["00000005.umap.h5"]
        self.assertIn("embedding/umap", part[0])
        self.assertEqual(part[2]["verdicts"][0]["headline"], "P2_SC is the outlier source.")
        arrays, texts, _ = found["axes"]
        self.assertEqual(texts["cell/ids"], ["c1", "c2", "c3", "c4"])
        self.assertEqual(arrays["cell/labels/source"], ["int32", [0, 0, 0, 0]])
        self.assertEqual(texts["cell/categories/source"], ["P2_SC"])

    def test_h5py_sees_axes_role_and_caption_of_an_array(self):
        found = self.read_with("import json, sys, h5py\n"
                               "text = lambda t: t.decode() if isinstance(t, bytes) else str(t)\n"
                               "a = h5py.File(sys.argv[1] + '/snapshots/00000005.umap.h5')['arrays']['embedding%2Fumap'].attrs\n"
                               "print(json.dumps([text(a['role']), text(a['caption']), [text(x) for x in a['axes']]]))", "h5py")
        self.assertEqual(found, ["points", "UMAP, k=15, cosine, seed 7, 4 of 4 cells", ["cell", "latent"]])


if __name__ == "__main__":
    unittest.main()
