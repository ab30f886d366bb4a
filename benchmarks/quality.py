"""Quality for time: validation nats per point against wall-clock seconds, beside the same network in plain PyTorch.

    pip install torch
    python benchmarks/quality.py
    KERAS_BACKEND=jax python benchmarks/quality.py

Same lines, size, start, optimizer, learning rate and points per batch. Plain PyTorch takes its lines at random and pads
each batch to its longest line, as most people would; ours come in batches of similar length. Whatever happens while
training counts: compiling, preparing the batches, validating.
"""

import argparse
import math
import tempfile
import time

import keras
import numpy as np
import torch
from plain_torch import PlainNetwork, nats, train_step
from speed import LETTERS, SHIPPED

from mdn_utils import compiling, networks, training, weights
from mdn_utils.data import batches, corpora, prepare

POINTS, RATE, STEPS = (
    4000,
    2e-3,
    25,
)  # points per batch; learning rate at its peak; steps between two validations


def tensors(inputs, targets, mask):
    """A batch of `LineBatches` as `train_step` wants it: strokes (B, T + 1, 3), one-hot text, mask."""
    strokes, text = inputs
    text = torch.nn.functional.one_hot(torch.from_numpy(text).long(), LETTERS + 1)[..., 1:].float()
    return (
        torch.from_numpy(np.concatenate([strokes[:, :1], targets], 1)),
        text,
        torch.from_numpy(mask),
    )


@torch.no_grad()
def validate(network, stream):
    total = points = 0.0
    for strokes, text, mask in (tensors(*stream[k]) for k in range(len(stream))):
        raw, *_ = network(strokes[:, :-1], text, network.start(len(strokes)))
        total, points = (
            total + (nats(strokes[:, 1:], raw) * mask).sum().item(),
            points + mask.sum().item(),
        )
    return total / points


def train_plain(lines, validation, minutes, seed):
    """[(seconds, validation nats per point)]."""
    torch.manual_seed(seed)
    rng, curve, start, step = np.random.default_rng(seed), [], time.perf_counter(), 0
    network = PlainNetwork(SHIPPED["units"], SHIPPED["mixtures"], SHIPPED["gaussians"], LETTERS)
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    rows = round(POINTS / np.mean([len(line.strokes) for line in lines]))
    done = 0.0
    while done < 1:
        chosen = [lines[k] for k in rng.integers(0, len(lines), rows)]
        longest = max(len(line.strokes) for line in chosen)
        letters = max(len(line.text) for line in chosen)
        strokes, text, mask = batches.pad(chosen, rows, (longest, letters))
        for group in optimizer.param_groups:
            group["lr"] = RATE * training.schedule(done)
        train_step(network, optimizer, *tensors((strokes[:, :-1], text), strokes[:, 1:], mask))
        step, done = step + 1, (time.perf_counter() - start) / (60 * minutes)
        if step % STEPS == 0 or done >= 1:
            figure = validate(network, validation)
            curve.append((time.perf_counter() - start, figure))
            done = curve[-1][0] / (60 * minutes)
    print(f"plain PyTorch: {step} steps of {rows} lines", flush=True)
    return curve


def train_ours(lines, validation, minutes, seed):
    start = time.perf_counter()
    keras.utils.set_random_seed(seed)
    network = networks.SynthesisNetwork(**SHIPPED)
    compiling.compile_network(network, rate=RATE)
    stream = batches.LineBatches(lines, points=POINTS, steps=STEPS, seed=seed)
    before = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        curve = training.fit(network, stream, validation, folder, minutes=minutes - before / 60)
    print(f"ours: {curve[-1]['step']} steps, {weights.machine()}", flush=True)
    return [(before + 60 * point["minutes"], point["validation"]) for point in curve]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=5, help="for each of the two")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    lines, held_out = (
        prepare.prepare(corpora.handwriting("simulated", split, count=count))
        for split, count in (("train", 4000), ("val", 100))
    )
    validation = batches.LineBatches(held_out, repeat=True)
    curves = [
        train(lines, validation, args.minutes, args.seed) for train in (train_plain, train_ours)
    ]

    print(f"{'seconds':>8}{'plain PyTorch':>16}{'ours':>10}")
    for second in range(30, int(60 * args.minutes) + 1, 30):
        known = [[math.nan] + [figure for at, figure in curve if at <= second] for curve in curves]
        print(
            f"{second:>8}{known[0][-1]:>16.3f}{known[1][-1]:>10.3f}"
        )  # the last one that was there by then
