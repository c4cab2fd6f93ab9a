# SPDX-License-Identifier: GPL-3.0-or-later
"""Card probe: the noise slider. A run that has ended is served by the engine; a request for 400 cells from one noise level is written as the window writes it, and the
clock stops when its answer stands in the folder: at most 1 s. Needs no peer and no library.
Usage: probe.py BUILD_DIR [FOLDER]   (the folder keeps the trained run)"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from harness import report
from tissue_run import ENV, THREADS, engine, trained_run

GOAL_S, LEVELS, ROUNDS = 1.0, (0.1, 0.3, 0.6, 1.2, 2.4), 8


def ask(run, number, args):
    """Seconds from the request to its answer."""
    name = f"{int(time.time() * 1000):013}-{number:022}"
    start = time.monotonic()
    hidden = os.path.join(run, "control", f".{name}")
    with open(hidden, "w") as out:
        json.dump({"id": name, "key": "", "command": "probe", "args": args, "by": "user"}, out)
    os.rename(hidden, os.path.join(run, "control", name + ".json"))
    answer = os.path.join(run, "control", "done", name + ".json")
    while not os.path.exists(answer):
        if time.monotonic() - start > 60:
            sys.exit("no answer within a minute")
        time.sleep(0.002)
    seconds = time.monotonic() - start
    time.sleep(0.01)
    with open(answer) as said:
        said = json.load(said)["answer"]
    if not said["done"]:
        sys.exit(said["text"])
    return seconds


def main():
    build = os.path.abspath(sys.argv[1])
    folder = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="probe-")
    run = trained_run(build, folder)
    server = subprocess.Popen([engine(build), "serve", "--run", run, "--quiet", "30", "--device", "cpu", "--threads", THREADS], env=ENV, stderr=subprocess.DEVNULL)
    try:
        first = ask(run, 0, {"sigma": LEVELS[0], "source": "P2_ST3"})
        times = {level: [] for level in LEVELS}
        for turn in range(ROUNDS):
            for k, level in enumerate(LEVELS):
                times[level].append(ask(run, 1 + turn * len(LEVELS) + k, {"sigma": level, "source": "P2_ST3"}))
    finally:
        server.terminate()
        server.wait()
    every = [seconds for values in times.values() for seconds in values]
    lines = [f"Slide P2_ST3 of the simulated tissue (1,200 spots, 400 of them asked), st_edm/recommended, {THREADS} threads; from the request in control/ to the answer in control/done/, which the engine",
             f"looks for every 20 ms; {ROUNDS} requests a level. Goal: {GOAL_S:.0f} s. The first answer, which waits for the data of the run to be opened: {first:.1f} s.", "",
             "| σ / σ_data | median s | range |", "|---|---|---|"]
    lines += [f"| {level} | {statistics.median(values):.3f} | {min(values):.3f}–{max(values):.3f} |" for level, values in times.items()]
    lines += ["", f"All {len(every)} answers within {max(every):.2f} s: {'reached' if max(every) <= GOAL_S else 'NOT reached'}."]
    report("probe", lines)


if __name__ == "__main__":
    main()
