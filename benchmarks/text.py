"""The text network against a transformer of nanoGPT's CPU size, on one text, in the same wall-clock time.

    pip install torch
    KERAS_BACKEND=jax python benchmarks/text.py shakespeare

The transformer trains for 2,000 steps, as nanoGPT's README has it on a CPU; the text network then gets as many seconds.
Each is measured on the same held-out bytes, the way its own project does.
"""

import argparse
import tempfile
import time

import keras
import numpy as np
import torch

from mdn_utils import compiling, evaluation, networks, training
from mdn_utils.data import batches, texts

LAYERS, HEADS, WIDTH, BLOCK, BATCH, STEPS, RATE = 4, 4, 128, 64, 12, 2000, 1e-3
OURS = {
    "length": 64,
    "size": 16,
}  # short windows and few of them: in a minute and a half, steps are what is scarce
OUR_RATE = 1e-2


class Transformer(torch.nn.Module):
    """Decoder-only, normalised before each block, GELU, no biases, no dropout, input and output embedding shared."""

    def __init__(self, characters):
        super().__init__()
        self.token, self.place = (
            torch.nn.Embedding(characters, WIDTH),
            torch.nn.Embedding(BLOCK, WIDTH),
        )
        block = torch.nn.TransformerEncoderLayer(
            WIDTH, HEADS, 4 * WIDTH, 0.0, "gelu", batch_first=True, norm_first=True, bias=False
        )
        self.blocks = torch.nn.TransformerEncoder(
            block, LAYERS, torch.nn.LayerNorm(WIDTH, bias=False), enable_nested_tensor=False
        )
        self.mask = torch.nn.Transformer.generate_square_subsequent_mask(BLOCK)
        for weights in self.parameters():
            if weights.dim() > 1:
                torch.nn.init.normal_(weights, std=0.02)

    def forward(self, x):  # (B, T) -> logits (B, T, characters)
        length = x.shape[1]
        hidden = self.token(x) + self.place.weight[:length]
        hidden = self.blocks(hidden, mask=self.mask[:length, :length], is_causal=True)
        return hidden @ self.token.weight.T

    def nats(self, windows):  # (B, T + 1) -> scalar
        return torch.nn.functional.cross_entropy(
            self(windows[:, :-1]).flatten(0, 1), windows[:, 1:].flatten()
        )


def train_transformer(text, seed):
    """(A trained transformer, the number it knows each byte by)."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    present = sorted(set(text))
    number = np.zeros(256, np.int64)
    number[present] = np.arange(len(present))
    codes = number[np.frombuffer(text, np.uint8)]
    network = Transformer(len(present))
    decayed = [p for p in network.parameters() if p.dim() > 1]
    plain = [p for p in network.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.1}, {"params": plain, "weight_decay": 0.0}],
        lr=RATE,
        betas=(0.9, 0.99),
    )
    for step in range(STEPS):
        fall = 0.55 + 0.45 * np.cos(np.pi * step / STEPS)
        for group in optimizer.param_groups:
            group["lr"] = RATE * min((step + 1) / 100, fall)
        starts = rng.integers(0, len(codes) - BLOCK, BATCH)
        loss = network.nats(torch.from_numpy(codes[starts[:, None] + np.arange(BLOCK + 1)]))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    return network.eval(), number


def evaluate_transformer(network, number, text):
    """Bits a character over all blocks of `text`."""
    codes = number[np.frombuffer(text, np.uint8)]
    starts = np.arange(0, len(codes) - BLOCK, BLOCK)
    with torch.no_grad():
        nats = [
            network.nats(torch.from_numpy(codes[k[:, None] + np.arange(BLOCK + 1)])).item() * len(k)
            for k in np.split(starts, range(64, len(starts), 64))
        ]
    return sum(nats) / len(starts) / np.log(2)


def train_ours(text, validation, units, seconds, seed):
    start = time.perf_counter()
    keras.utils.set_random_seed(seed)
    network = networks.TextNetwork(units)
    compiling.compile_network(network, rate=OUR_RATE)
    made = (
        batches.TextBatches(text, seed=seed, **OURS),
        batches.TextBatches(validation, steps=1, size=1, repeat=True),
    )
    with tempfile.TemporaryDirectory() as folder:
        training.fit(network, *made, folder, minutes=(seconds - (time.perf_counter() - start)) / 60)
    return network


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("text", help="shakespeare (a download) or any text file")
    parser.add_argument("--cells", type=int, default=256, help="of our one hidden layer")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    train, validation = (texts.load(args.text, split) for split in ("train", "val"))

    start = time.perf_counter()
    transformer, number = train_transformer(train, args.seed)
    seconds = time.perf_counter() - start
    theirs = evaluate_transformer(transformer, number, validation)
    start = time.perf_counter()
    network = train_ours(train, validation, (args.cells,), seconds, args.seed)
    took = time.perf_counter() - start
    ours = evaluation.evaluate_text(network, validation)["bits_per_character"]

    size = sum(p.numel() for p in transformer.parameters())
    print(f"{'network':<40}{'parameters':>12}{'seconds':>9}{'bits per character':>18}")
    print(
        f"{f'transformer {LAYERS}x{WIDTH}, {STEPS:,} steps':<40}{size:>12,}{seconds:>9.0f}{theirs:>18.3f}"
    )
    name = f"LSTM 1x{args.cells} on {keras.backend.backend()}"
    print(f"{name:<40}{network.count_params():>12,}{took:>9.0f}{ours:>18.3f}")
