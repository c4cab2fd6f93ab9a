# SPDX-License-Identifier: GPL-3.0-or-later
"""A trained run of st_edm for the cards `patchwise` and `probe`, and the engine with a clock. Standard library only."""
import json
import os
import subprocess
import sys
import time

THREADS = "2"
ENV = {**os.environ, "OMP_NUM_THREADS": THREADS, "OMP_WAIT_POLICY": "passive"}


def engine(build):
    return os.path.join(build, "bin", "geocyte-engine")


def call(build, *arguments):
    """(seconds, what it printed as JSON); its own words and an end where it fails."""
    start = time.monotonic()
    done = subprocess.run([engine(build), "--json", *arguments], capture_output=True, text=True, env=ENV)
    seconds = time.monotonic() - start
    if done.returncode:
        sys.exit(done.stderr)
    return seconds, json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else {}


def trained_run(build, folder, preset="st_edm/recommended"):
    """A run of the preset on the simulated tissue, with a refiner; trained once a folder."""
    run = os.path.join(folder, "runs", "trained")
    if not os.path.exists(os.path.join(run, "status.json")):
        subprocess.run([engine(build), "train", "--preset", preset, "--runs", os.path.join(folder, "runs"), "--run-id", "trained", "--device", "cpu",
                        "--threads", THREADS], check=True, env=ENV, stderr=subprocess.DEVNULL)
    return run
