# SPDX-License-Identifier: GPL-3.0-or-later
"""Card set_step: one update of the set denoiser of st_edm on sets of 384 cells against a best effort in Python torch (fused attention,
fused AdamW, no host synchronisation but the losses), from the same weights, sets and noise. No time without equal losses.
Usage: set_step.py BUILD_DIR [REPETITIONS]"""
import math
import os
import sys
import tempfile
import time

THREADS = 2
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(THREADS)
os.environ["OMP_WAIT_POLICY"] = "passive"

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from harness import TABLE, alternate, engine, report, row  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from torch import nn  # noqa: E402

SETS, CELLS, FEATURES, DIMS = 4, 384, 50, 2
WIDTH, HEADS, BLOCKS, POINTS, LEVELS = 256, 4, 4, 32, 64
SIGMA_DATA, ROUNDED = 0.6, 1e-6
RECORDED, TIMED, WARM_UP = 10, 15, 3


class Attention(nn.Module):
    """Multihead attention block of Lee et al. 2019, eq. 6."""

    def __init__(self):
        super().__init__()
        for name in "qkvo":
            setattr(self, name, nn.Linear(WIDTH, WIDTH))
        self.norm0, self.norm1 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)

    def heads(self, x):
        return x.view(x.shape[0], x.shape[1], HEADS, WIDTH // HEADS).transpose(1, 2)

    def forward(self, x, y, scale):
        q = self.q(x)
        seen = F.scaled_dot_product_attention(self.heads(q), self.heads(self.k(y)), self.heads(self.v(y)), scale=scale)
        o = self.norm0(q + seen.transpose(1, 2).reshape(q.shape))
        return self.norm1(o + self.o(o).relu())


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.inducing = nn.Parameter((2 * torch.rand(1, POINTS, WIDTH) - 1) * math.sqrt(6 / (POINTS + WIDTH)))
        self.gather, self.spread = Attention(), Attention()

    def forward(self, x, scale):
        return self.spread(x, self.gather(self.inducing.expand(x.shape[0], -1, -1), x, scale), scale)


class Film(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear0, self.linear1 = nn.Linear(LEVELS, WIDTH), nn.Linear(WIDTH, 2 * WIDTH)

    def forward(self, x, level):
        gamma, beta = self.linear1(F.silu(self.linear0(level))).chunk(2, -1)
        return torch.addcmul(beta, x, gamma + 1)


class Noise(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("frequency", torch.randn(LEVELS))
        self.register_buffer("phase", torch.rand(LEVELS))

    def forward(self, c):
        return (2 * math.pi * (c[:, None] * self.frequency + self.phase)).cos() * math.sqrt(2)


class ScoreNet(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale
        self.token, self.noise = nn.Linear(FEATURES + 3 * DIMS, WIDTH), Noise()
        for i in range(BLOCKS):
            setattr(self, f"block{i}", Block())
            setattr(self, f"film{i}", Film())
        self.head, self.path = nn.Linear(WIDTH, DIMS), nn.Linear(3 * DIMS, DIMS)

    def forward(self, base, features, x, own, c_noise):
        coordinates, level = torch.cat([base, x, own], -1), self.noise(c_noise)[:, None]
        h = self.token(torch.cat([coordinates, features], -1))
        for i in range(BLOCKS):
            h = getattr(self, f"film{i}")(getattr(self, f"block{i}")(h, self.scale), level)
        return self.head(h) + self.path(coordinates)


def distances(u):
    u = u - u.mean(-2, keepdim=True)
    squares = u.square().sum(-1, keepdim=True)
    return (torch.baddbmm(squares + squares.transpose(1, 2), u, u.transpose(1, 2), alpha=-2).clamp_min(0) + ROUNDED).sqrt()


class BestEffort:
    def __init__(self, given, dtype, scale):
        self.net = ScoreNet(scale)
        self.net.load_state_dict({name[4:]: value for name, value in given.items() if name.startswith("net.")})
        self.net.to(dtype)
        self.given = {name: value.to(dtype) for name, value in given.items() if not name.startswith("net.")}
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=1e-3, weight_decay=1e-2, fused=True)

    def step(self, t):
        at = t % RECORDED
        base, residual, features, sigma = (self.given[name][at] for name in ("base", "residual", "features", "sigma"))
        noise = torch.empty_like(residual).normal_(generator=torch.Generator().manual_seed(at))
        x = residual + sigma[:, None, None] * noise
        total = (sigma * sigma + SIGMA_DATA**2)[:, None, None]
        skip, out, into = SIGMA_DATA**2 / total, sigma[:, None, None] * SIGMA_DATA * total.rsqrt(), total.rsqrt()
        level = (sigma / SIGMA_DATA).log() / 4
        scaled = into * x
        with torch.no_grad():
            own = skip * x + out * self.net(base, features, scaled, torch.zeros_like(x), level)
        prediction = skip * x + out * self.net(base, features, scaled, own, level)
        weight = (sigma * sigma + SIGMA_DATA**2) / (sigma * SIGMA_DATA) ** 2
        denoising = (weight * (prediction - residual).square().mean((-1, -2))).mean()
        distance = (distances(base + prediction) - distances(base + residual)).square().mean()
        self.optimizer.zero_grad(set_to_none=True)
        (denoising + distance).backward()
        self.optimizer.step()
        return denoising.item(), distance.item()


def make_input(seed=7):
    torch.manual_seed(seed)
    given = {"net." + name: value.detach().clone() for name, value in ScoreNet(1).state_dict().items()}
    given["base"] = torch.randn(RECORDED, SETS, CELLS, DIMS)
    given["residual"] = SIGMA_DATA * torch.randn(RECORDED, SETS, CELLS, DIMS)
    given["features"] = torch.randn(RECORDED, SETS, CELLS, FEATURES)
    given["sigma"] = SIGMA_DATA * (1.2 * torch.randn(RECORDED, SETS)).exp().clamp(0.1, 4.8)
    return given


def seconds(given, scale):
    loop = BestEffort(given, torch.float32, scale)
    for t in range(WARM_UP):
        loop.step(t)
    begin = time.perf_counter()
    for t in range(TIMED):
        loop.step(WARM_UP + t)
    return (time.perf_counter() - begin) / TIMED


def main(build, repetitions=9):
    torch.set_num_threads(THREADS)
    program, given, scale = os.path.join(build, "bin", "bench_set_step"), make_input(), 1 / math.sqrt(WIDTH // HEADS)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "input.safetensors")
        save_file(given, path)
        worst = {}
        for dtype, allowed in (("float64", 1e-9), ("float32", 1e-3)):
            ours = engine(program, path, "losses", dtype, RECORDED)["losses"]
            loop = BestEffort(given, getattr(torch, dtype), scale)
            theirs = [loop.step(t) for t in range(RECORDED)]
            worst[dtype] = max(abs(a - b) / abs(b) for x, y in zip(ours, theirs) for a, b in zip(x, y))
            if not worst[dtype] <= allowed:
                sys.exit(f"{dtype}: losses differ by {worst[dtype]:.1e} (allowed {allowed}), so their times are not compared.")
        times = alternate({"engine": lambda: engine(program, path, "time", "float32", TIMED)["seconds"], "best": lambda: seconds(given, scale)}, repetitions)
    report("set_step", [
        f"One update of the denoiser of st_edm: {SETS} sets of {CELLS} cells, {BLOCKS} ISAB of width {WIDTH} with {POINTS} points, self-conditioned, both terms, "
        f"float32, {THREADS} threads, torch {torch.__version__}; a value is the mean of {TIMED} steps. Over {RECORDED} steps both terms agree to "
        f"{worst['float64']:.1e} in float64, {worst['float32']:.1e} in float32.", "",
        *TABLE, row("engine", times["engine"]), row("best effort in Python", times["best"], times["best"], times["engine"])])


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
