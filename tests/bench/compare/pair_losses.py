# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cards sinkhorn, mmd and coral_pairs share: input, the engine's side, forward + backward in Python, and the check that
both sides computed the same."""
import json
import os
import subprocess
import sys
import tempfile
import time

THREADS = 2
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(THREADS)
os.environ["OMP_WAIT_POLICY"] = "passive"

import torch  # noqa: E402
from harness import TABLE, alternate, row  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

torch.set_num_threads(THREADS)


def groups_of_cells(sizes, dims, seed=7, shift=0.2):
    """Gaussian groups, each moved a little further; float32, labels in order."""
    rng = torch.Generator().manual_seed(seed)
    z = torch.cat([torch.randn(n, dims, generator=rng) + shift * k for k, n in enumerate(sizes)])
    return z, torch.cat([torch.full((n,), k) for k, n in enumerate(sizes)])


def split(z, labels):
    return [z[labels == k] for k in range(int(labels.max()) + 1)]


def value_and_gradient(loss, z, labels):
    z = z.clone().requires_grad_(True)
    value = loss(split(z, labels))
    value.backward()
    return value.item(), z.grad


def python_seconds(loss, z, labels, steps):
    value_and_gradient(loss, z, labels)
    begin = time.perf_counter()
    for _ in range(steps):
        value_and_gradient(loss, z, labels)
    return (time.perf_counter() - begin) / steps


class Engine:
    """bench_pair_losses on one input file."""

    def __init__(self, build, loss, z, labels, folder, **options):
        self.program, self.loss = os.path.join(build, "bin", "bench_pair_losses"), loss
        self.path, self.out = os.path.join(folder, "input.safetensors"), os.path.join(folder, "gradient.safetensors")
        given = {"z": z, "labels": labels, **{k: torch.tensor(float(v), dtype=torch.float64) for k, v in options.items()}}
        save_file(given, self.path)

    def run(self, steps, *out):
        done = subprocess.run([self.program, self.loss, self.path, str(steps), *out], capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        return json.loads(done.stdout)

    def value_and_gradient(self):
        return self.run(1, self.out)["value"], load_file(self.out)["gradient"]


def errors(found, exact):
    """(relative error of the value, 1 - cosine of the gradient, largest error of the gradient over its largest entry)."""
    (value, gradient), (true_value, true_gradient) = found, exact
    gradient, true_gradient = gradient.double().flatten(), true_gradient.double().flatten()
    cosine = torch.dot(gradient, true_gradient) / (gradient.norm() * true_gradient.norm())
    return abs(value / true_value - 1), 1 - cosine.item(), ((gradient - true_gradient).abs().max() / true_gradient.abs().max()).item()


def compare(build, title, engine_loss, arms, sizes, dims, exact, repetitions, peer_steps, engine_steps, shift=0.2, **options):
    """Lines of a card: the check against `exact` in float64, then the times of the engine and of `arms` {name: loss of the groups}.
    The engine has a time where its value is within 1e-5 and its gradient's cosine within 1e-5 of float64, or where it is no further
    from it than the peer in float32."""
    z, labels = groups_of_cells(sizes, dims, shift=shift)
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(build, engine_loss, z, labels, folder, **options)
        truth = value_and_gradient(exact, z.double(), labels)
        ours = errors(engine.value_and_gradient(), truth)
        theirs = {name: errors(value_and_gradient(loss, z, labels), truth) for name, loss in arms.items()}
        said = lambda e: f"value {e[0]:.0e}, 1 - cosine {e[1]:.0e}, largest entry {e[2]:.0e}"  # noqa: E731
        lines = [f"{title}. Against float64: engine {said(ours)}; " + "; ".join(f"{name} {said(e)}" for name, e in theirs.items()) + "."]
        for mine, peer in zip(ours[:2], next(iter(theirs.values()))[:2]):
            if not mine <= max(1e-5, 1.5 * abs(peer)):
                return [*lines, "", "The engine misses the check, so it has no time.", ""]
        times = alternate({"engine": lambda: engine.run(engine_steps)["seconds"],
                           **{name: (lambda loss=loss: python_seconds(loss, z, labels, peer_steps)) for name, loss in arms.items()}}, repetitions)
    lines += ["", *TABLE, row("engine", times["engine"]), *(row(name, times[name], times[name], times["engine"]) for name in arms), ""]
    print("\n".join(lines), file=sys.stderr, flush=True)   # these cards take minutes: show how far they are
    return lines
