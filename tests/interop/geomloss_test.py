# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's Sinkhorn divergence and energy distance equal GeomLoss on random clouds, value and gradient. Runs where
bench_pair_losses is built (-DGEOCYTE_BENCH=ON) and a Python with torch, safetensors and geomloss is found ($GEOCYTE_PYTHON)."""
import json
import os
import subprocess
import sys
import unittest

PROGRAM = os.path.join(os.environ.get("GEOCYTE_BIN", ""), "bench_pair_losses")

# Runs in the Python that has the peers: prints, for each case, relative error of the value and largest relative error of the gradient.
PEER = r"""
import json, subprocess, sys, tempfile, torch
from geomloss import SamplesLoss
from safetensors.torch import load_file, save_file
program, found = sys.argv[1], {}
for dims, n, m, options in ((8, 70, 131, {"blur": 1.0, "scaling": 0.8}), (64, 200, 150, {"blur": 8.0, "scaling": 0.8}), (3, 40, 50, {"blur": 0.5, "scaling": 0.5}),
                            (16, 60, 80, {"blur": 2.0, "scaling": 0.8, "reach": 5.0}), (16, 300, 200, None)):
    rng = torch.Generator().manual_seed(dims)
    z = torch.cat([torch.randn(n, dims, generator=rng), 1.2 * torch.randn(m, dims, generator=rng) + 0.3])
    labels = torch.tensor([0] * n + [1] * m)
    with tempfile.TemporaryDirectory() as folder:
        given = {"z": z, "labels": labels, **{k: torch.tensor(v, dtype=torch.float64) for k, v in (options or {}).items()}}
        save_file(given, folder + "/in")
        done = subprocess.run([program, "sinkhorn" if options else "energy", folder + "/in", "1", folder + "/out"], capture_output=True, text=True, check=True)
        value, gradient = json.loads(done.stdout)["value"], load_file(folder + "/out")["gradient"].double()
    x = z.double().requires_grad_(True)
    peer = SamplesLoss("sinkhorn" if options else "energy", p=2, backend="tensorized", **(options or {}))
    exact = peer(x[:n], x[n:]) * (1 if options else 2)
    exact.backward()
    true = x.grad
    if options and "reach" in options:   # autograd never calls GeomLoss' UnbalancedWeight.backward: rho + eps/2 where rho + eps is proven
        rho, eps = options["reach"] ** 2, options["blur"] ** 2
        true = true * (rho + eps) / (rho + eps / 2)
    found[f"{'sinkhorn' if options else 'energy'} d {dims} {options or ''}"] = [abs(value / exact.item() - 1), ((gradient - true).abs().max() / true.abs().max()).item()]
print(json.dumps(found))
"""


def python_with_peers():
    for program in filter(None, (os.environ.get("GEOCYTE_PYTHON"), sys.executable)):
        if subprocess.run([program, "-c", "import torch, geomloss, safetensors"], capture_output=True).returncode == 0:
            return program
    return None


@unittest.skipUnless(os.path.exists(PROGRAM), "bench_pair_losses is not built here (-DGEOCYTE_BENCH=ON)")
class GeomLoss(unittest.TestCase):
    def test_value_and_gradient_agree(self):
        python = python_with_peers()
        if not python:
            self.skipTest("no Python with torch, geomloss and safetensors (set GEOCYTE_PYTHON to one)")
        done = subprocess.run([python, "-W", "ignore", "-c", PEER, PROGRAM], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        for case, (value, gradient) in json.loads(done.stdout).items():
            with self.subTest(case):
                self.assertLess(value, 1e-5)      # single precision against GeomLoss in double
                self.assertLess(gradient, 1e-5)


if __name__ == "__main__":
    unittest.main()
