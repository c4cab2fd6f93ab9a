# SPDX-License-Identifier: GPL-3.0-or-later
"""Alternating arms, paired ratios with a bootstrap interval, and results that say when, what and how busy the machine was."""
import datetime
import json
import os
import platform
import random
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def alternate(arms, repetitions=7, warm_up=1):
    """arms: {name: callable returning seconds}. Returns {name: [seconds]} with the same number of values each."""
    times = {name: [] for name in arms}
    for round_number in range(warm_up + repetitions):
        for name, arm in arms.items():
            seconds = arm()
            if round_number >= warm_up:
                times[name].append(seconds)
    return times


def ratio(peer, ours, draws=4000, seed=7):
    """How many times ours is faster: median of the paired ratios and its 95 % bootstrap interval."""
    pairs = [p / o for p, o in zip(peer, ours)]
    rng = random.Random(seed)
    medians = sorted(statistics.median(rng.choices(pairs, k=len(pairs))) for _ in range(draws))
    return statistics.median(pairs), medians[int(0.025 * draws)], medians[int(0.975 * draws)], min(pairs), max(pairs)


def engine(program, path, mode, dtype, steps):
    """The JSON object that a program of the engine's side prints; its own words and an end where it fails."""
    done = subprocess.run([program, mode, path, dtype, str(steps)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def commit():
    return subprocess.run(["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True).stdout.strip()


def processor():
    with open("/proc/cpuinfo") as info:
        return next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.machine())


def report(card, lines):
    """Prints the lines and appends them to results/<card>.md under a heading with date, commit, processor and load."""
    head = (f"## {datetime.date.today()} · commit {commit()} · {os.cpu_count()} cores, {processor()} · "
            f"load {os.getloadavg()[0]:.1f}")
    text = "\n".join([head, "", *lines, ""])
    print(text)
    path = os.path.join(HERE, "..", "results", card + ".md")
    new = not os.path.exists(path)
    with open(path, "a") as out:
        out.write((f"# {card}\n\n" if new else "\n") + text)


def row(name, seconds, peer=None, ours=None):
    """One line of a table; with peer and ours the ratio as well."""
    cells = [name, f"{statistics.median(seconds):.4f}", f"{min(seconds):.4f}–{max(seconds):.4f}", str(len(seconds))]
    if peer is not None:
        middle, low, high, _, _ = ratio(peer, ours)
        cells.append(f"{middle:.2f}x ({low:.2f}–{high:.2f})")
    else:
        cells.append("")
    return "| " + " | ".join(cells) + " |"


TABLE = ["| arm | median s | range | n | ours is faster by |", "|---|---|---|---|---|"]
