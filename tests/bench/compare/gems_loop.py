# SPDX-License-Identifier: GPL-3.0-or-later
"""The training step of gems in Python torch, twice: as a literal loop over sources and pairs with the default optimiser, and
with what a careful author would do to it (one encoder pass for both views, all pairs of CORAL by algebra, fused AdamW, in-place
augmentation, one transfer of the losses). Both give the losses of a step, before its update, in the order of the engine."""
import torch
import torch.nn.functional as F
from torch import nn

WEIGHTS = (1.0, 1.0, 10.0, 100.0, 500.0, 1.0)
MIN_CELLS = 5


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, gradient):
        return -gradient


def network(given, prefix, dtype):
    layers = []
    depth = sum(name.startswith(prefix + ".linear") and name.endswith("weight") for name in given)
    for i in range(depth):
        outputs, inputs = given[f"{prefix}.linear{i}.weight"].shape
        parts = [("linear", nn.Linear(inputs, outputs, dtype=dtype))]
        if f"{prefix}.norm{i}.weight" in given:
            parts.append(("norm", nn.LayerNorm(outputs, dtype=dtype)))
        for kind, layer in parts:
            with torch.no_grad():
                layer.weight.copy_(given[f"{prefix}.{kind}{i}.weight"])
                layer.bias.copy_(given[f"{prefix}.{kind}{i}.bias"])
            layers.append(layer)
        if i < depth - 1:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


class Loop:
    """What the arms share: networks, recorded input, the order of a step."""
    fused = None

    def __init__(self, given, dtype):
        self.encoder, self.discriminator = network(given, "encoder", dtype), network(given, "discriminator", dtype)
        adamw = lambda net, lr: torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=1e-4, fused=self.fused)  # noqa: E731
        self.encoder_optimizer, self.discriminator_optimizer = adamw(self.encoder, 1e-4), adamw(self.discriminator, 3e-4)
        self.expression, self.keep, self.depth, self.noise = (given[name].to(dtype) for name in ("expression", "keep", "depth", "noise"))
        self.rows, self.source = given["rows"], given["source"]
        self.domain, self.patient = given["modality"][self.source], given["patient"][self.source]
        self.mean = given["source_mean"].to(dtype)[self.source]
        self.class_weight = 1.0 / (2 * torch.bincount(self.domain)).to(dtype)
        self.classes = int(self.source.max()) + 1

    def balanced_cross_entropy(self, logits):
        """The mean of the mean cross entropies of the two domains."""
        return F.cross_entropy(logits, self.domain, weight=self.class_weight, reduction="sum")

    def step(self, t):
        t %= len(self.rows)
        x = self.expression[self.rows[t]]
        z1, z2 = self.views(x, t)

        logits = self.discriminator(z1.detach())
        loss = self.balanced_cross_entropy(logits)
        self.discriminator_optimizer.zero_grad()
        loss.backward()
        self.discriminator_optimizer.step()

        losses = self.losses(x, z1, z2)
        total = sum(weight * loss for weight, loss in zip(WEIGHTS, losses))
        self.encoder_optimizer.zero_grad()
        self.backward(total)
        self.clip()
        self.encoder_optimizer.step()
        return self.read(losses)

    def backward(self, total):
        total.backward()

    def clip(self):
        """clip_grad_norm_ to 1, which scales by 1 / (norm + 1e-6). The engine scales by 1 / norm; that alone moves losses by 2e-9
        within 20 steps, so the 1e-6 is taken out here."""
        parameters = list(self.encoder.parameters())
        norm = torch.nn.utils.get_total_norm([p.grad for p in parameters])
        torch.nn.utils.clip_grads_with_norm_(parameters, 1.0, norm - 1e-6)


def coral(a, b):
    def covariance(x):
        x = x - x.mean(0, keepdim=True)
        return x.t() @ x / (len(x) - 1)
    return (a.mean(0) - b.mean(0)).pow(2).mean() + (covariance(a) - covariance(b)).pow(2).mean()


class LiteralLoop(Loop):
    def augment(self, x, keep, depth, noise):
        x = x * keep
        x = torch.log1p(torch.expm1(x) * depth)
        return (x + noise).clamp(-10, 10)

    def views(self, x, t):
        keep, depth, noise = (recorded[t].chunk(2) for recorded in (self.keep, self.depth, self.noise))
        return tuple(self.encoder(self.augment(x, keep[v], depth[v], noise[v])) for v in (0, 1))

    def vicreg(self, z1, z2):
        invariance = F.mse_loss(z1, z2)
        variance, covariance = 0, 0
        for z in (z1, z2):
            variance = variance + F.relu(1 - torch.sqrt(z.var(dim=0) + 1e-4)).mean() / 2
            centred = z - z.mean(0)
            c = centred.t() @ centred / (len(z) - 1)
            covariance = covariance + (c.pow(2).sum() - torch.diag(c).pow(2).sum()) / z.shape[1]
        return 25 * invariance + 25 * variance + covariance

    def pairwise(self, z, label, classes):
        total, pairs = 0, 0
        for i in range(classes):
            for j in range(i + 1, classes):
                a, b = z[label == i], z[label == j]
                if len(a) < MIN_CELLS or len(b) < MIN_CELLS:
                    continue
                total = total + coral(a, b)
                pairs += 1
        return total / pairs

    def local_alignment(self, x, z):
        own = torch.eye(len(z), dtype=torch.bool)
        with torch.no_grad():
            teacher = F.normalize(x - self.mean, dim=1)
            log_p = F.log_softmax((teacher @ teacher.t() / 0.1).masked_fill(own, -1e9), dim=1)
        student = F.normalize(z, dim=1)
        log_q = F.log_softmax((student @ student.t() / 0.1).masked_fill(own, -1e9), dim=1)
        return (log_p.exp() * (log_p - log_q)).sum(1).mean()

    def losses(self, x, z1, z2):
        single = self.domain == 1
        return (self.vicreg(z1, z2), self.balanced_cross_entropy(self.discriminator(Reverse.apply(z1))),
                coral(z1[self.domain == 0], z1[single]), self.pairwise(z1[single], self.patient[single], 2),
                self.pairwise(z1, self.source, self.classes), self.local_alignment(x, z1))

    def read(self, losses):
        return [loss.item() for loss in losses]


class BestEffort(LiteralLoop):
    fused = True

    def __init__(self, given, dtype):
        super().__init__(given, dtype)
        self.parameters = list(self.encoder.parameters())
        self.own = torch.eye(len(self.source), dtype=torch.bool)
        rows = lambda keep: keep.nonzero().squeeze(1)  # noqa: E731
        self.spots, self.single = rows(self.domain == 0), rows(self.domain == 1)
        self.patients = [rows((self.domain == 1) & (self.patient == p)) for p in (0, 1)]
        self.sources = self.padded([rows(self.source == s) for s in range(self.classes)], dtype)

    @staticmethod
    def padded(members, dtype):
        """Rows of each group side by side, and 1 where a place is taken."""
        longest = max(map(len, members))
        index, mask = torch.zeros(len(members), longest, dtype=torch.long), torch.zeros(len(members), longest, 1, dtype=dtype)
        for k, rows in enumerate(members):
            index[k, :len(rows)], mask[k, :len(rows)] = rows, 1
        return index, mask, mask.sum(1)

    def views(self, x, t):
        both = x.repeat(2, 1).mul_(self.keep[t]).expm1_().mul_(self.depth[t]).log1p_().add_(self.noise[t]).clamp_(-10, 10)
        return self.encoder(both).chunk(2)

    def vicreg(self, z1, z2):
        both = torch.stack((z1, z2))
        centred = both - both.mean(1, keepdim=True)
        c = centred.transpose(1, 2) @ centred / (len(z1) - 1)
        diagonal = c.diagonal(dim1=1, dim2=2)
        variance = F.relu(1 - torch.sqrt(diagonal + 1e-4)).mean()
        return 25 * F.mse_loss(z1, z2) + 25 * variance + (c.pow(2).sum() - diagonal.pow(2).sum()) / z1.shape[1]

    def all_pairs(self, z):
        """sum over pairs ||x_a - x_b||^2 = K sum ||x_a - mean||^2"""
        index, mask, count = self.sources
        members = z[index] * mask
        mean = members.sum(1) / count
        centred = (members - mean.unsqueeze(1)) * mask
        covariance = centred.transpose(1, 2) @ centred / (count.unsqueeze(2) - 1)
        k = len(count)
        square = lambda v: (v - v.mean(0)).pow(2).mean() * (2 * k / (k - 1))  # noqa: E731
        return square(mean) + square(covariance)

    def local_alignment(self, x, z):
        with torch.no_grad():
            teacher = F.normalize(x - self.mean, dim=1)
            log_p = F.log_softmax((teacher @ teacher.t()).div_(0.1).masked_fill_(self.own, -1e9), dim=1)
        student = F.normalize(z, dim=1)
        log_q = F.log_softmax((student @ student.t() / 0.1).masked_fill(self.own, -1e9), dim=1)
        return F.kl_div(log_q, log_p, reduction="batchmean", log_target=True)

    def losses(self, x, z1, z2):
        return (self.vicreg(z1, z2), self.balanced_cross_entropy(self.discriminator(Reverse.apply(z1))),
                coral(z1[self.spots], z1[self.single]), coral(*(z1[rows] for rows in self.patients)), self.all_pairs(z1),
                self.local_alignment(x, z1))

    def backward(self, total):
        total.backward(inputs=self.parameters)   # the discriminator behind the reversal needs no gradient here

    def read(self, losses):
        return torch.stack([loss.detach() for loss in losses]).tolist()
