"""How fast the networks train and write on this machine, beside the same networks in plain PyTorch.

    pip install torch
    make bench

Every case runs in a process of its own, for each library in turn; times are medians. Strokes and texts are random: what
is computed does not depend on them. Nothing else should run meanwhile.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

LIBRARIES = "torch", "tensorflow", "jax"
GRAVES = {"units": (400, 400, 400), "mixtures": 20, "gaussians": 10}
SHIPPED = {"units": (256, 256), "mixtures": 20, "gaussians": 8}
LETTERS, PACE = 95, 12  # the alphabet; points per character
STEPS, POINTS = 5, 400  # timed steps of training; points per line in writing


def random_batch(points, lines, characters):
    """Strokes (B, T + 1, 3), character numbers (B, U), mask (B, T)."""
    rng = np.random.default_rng(0)
    strokes = rng.normal(size=(lines, points + 1, 3)).astype("float32")
    strokes[..., 2] = strokes[..., 2] > 1.6
    text = rng.integers(1, LETTERS + 1, (lines, characters)).astype("int32")
    return strokes, text, np.ones((lines, points), "float32")


def work(kind, size, points, lines, characters):
    """Floating-point operations of one training step in its matrix products, of which the way back has two thirds."""
    letters, below, count = LETTERS if kind == "synthesis" else 0, 0, 0
    for n, cells in enumerate(size["units"]):
        count += 4 * cells * (3 + letters + below + cells)
        if letters and n == 0:
            count += 3 * cells * size["gaussians"] + characters * letters
        below = cells
    return 6 * points * lines * (count + sum(size["units"]) * (1 + 6 * size["mixtures"]))


def plain(kind, size):
    import torch
    from plain_torch import PlainNetwork

    torch.manual_seed(0)
    return PlainNetwork(
        size["units"], size["mixtures"], size["gaussians"] if kind == "synthesis" else 0, LETTERS
    )


def train_plain(kind, size, batch):
    import torch
    from plain_torch import train_step

    strokes, text, mask = map(torch.from_numpy, batch)
    network, text = plain(kind, size), torch.nn.functional.one_hot(text.long() - 1, LETTERS).float()
    optimizer = torch.optim.Adam(network.parameters(), 2e-3)

    def step():
        train_step(network, optimizer, strokes, text, mask).item()

    step()  # the first makes room
    return timed(step)


def train_ours(kind, size, batch, way):
    """way: "" as it comes, "graph" without XLA, "keras" with the loops of Keras."""
    import keras

    from mdn_utils import compiling
    from mdn_utils.layers import FastLSTM, SoftWindowLSTM

    class Same(keras.utils.PyDataset):
        def __len__(self):
            return 1 + STEPS

        def __getitem__(self, index):
            strokes, text, mask = batch
            return (
                (strokes[:, :-1], text) if kind == "synthesis" else strokes[:, :-1],
                strokes[:, 1:],
                mask,
            )

    class Clock(keras.callbacks.Callback):
        times = []

        def on_train_batch_end(self, index, logs):
            float(logs["loss"])  # waits until it is there
            self.times.append(time.perf_counter())

    keras.utils.set_random_seed(0)
    network = ours(kind, size)
    compiling.compile_network(network)
    if way:
        network.jit_compile = keras.backend.backend() == "jax"
    if way == "keras":
        FastLSTM._is_plain = SoftWindowLSTM._is_plain = lambda *_: False
    network.fit(Same(), callbacks=[Clock()], verbose=0)
    return np.diff(
        Clock.times
    ).tolist()  # the first step, which compiles, is over when the clock starts


def ours(kind, size):
    from mdn_utils import networks

    if kind == "synthesis":
        return networks.SynthesisNetwork(**size)
    return networks.PredictionNetwork(size["units"], size["mixtures"])


def write_plain(size, lines):
    import torch
    from plain_torch import write

    network = plain("synthesis", size)
    text = torch.nn.functional.one_hot(
        torch.zeros(lines, POINTS // PACE + 8, dtype=torch.int64), LETTERS
    ).float()
    return timed(lambda: write(network, text, POINTS))


def write_ours(size, lines):
    import keras

    from mdn_utils import writing

    keras.utils.set_random_seed(0)
    writer = writing.Writer(ours("synthesis", size))
    texts = lines * ["a" * (POINTS // PACE + 8)]  # longer than an untrained window gets
    assert not any(written.stopped for written in writer.write(texts, limit=POINTS))
    return timed(lambda: writer.write(texts, limit=POINTS))


def timed(act):
    times = [time.perf_counter()]
    for _ in range(STEPS):
        act()
        times.append(time.perf_counter())
    return np.diff(times).tolist()


def case(task, library, kind, size, points, lines, characters):
    """Run in a process of its own: seconds of each step and, in MB, the most memory that was held."""
    if task == "train":
        batch, way = random_batch(points, lines, characters), library.partition(" ")[2]
        seconds = (
            train_plain(kind, size, batch)
            if library == "torch"
            else train_ours(kind, size, batch, way)
        )
    else:
        seconds = (write_plain if library == "torch" else write_ours)(size, lines)
    return {
        "seconds": statistics.median(seconds),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure(task, library, kind, size, points, lines, characters):
    backend = (
        {"PYTHONWARNINGS": "ignore"}
        if library == "torch"
        else {"KERAS_BACKEND": library.split()[0]}
    )
    call = [
        sys.executable,
        __file__,
        "--case",
        json.dumps([task, library, kind, size, points, lines, characters]),
    ]
    done = subprocess.run(
        call, env={**os.environ, **backend}, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def peak(size=3000):
    """Floating-point operations a second of a large matrix product in float32."""
    a = np.ones((size, size), "float32")
    return 2 * size**3 / min(timed(lambda: a @ a))


def show(name, points, found, flop=0, best=1):
    """One row: points per second of each library, ratios to plain PyTorch, share of the peak of our best, memory."""
    seconds = [found[library]["seconds"] for library in LIBRARIES]
    speed = "".join(f"{points / second:>12,.0f}" for second in seconds)
    ratio = "".join(f"{seconds[0] / second:>7.1f}" for second in seconds[1:])
    share = f"{flop / min(seconds[1:]) / best:>8.0%}" if flop else " " * 8
    memory = "".join(f"{found[library]['memory']:>8,.0f}" for library in LIBRARIES)
    print(f"{name:<42}{speed}{ratio}{share}{memory}", flush=True)


def training_rows(best):
    cases = [
        (kind, GRAVES, points, lines)
        for kind in ("prediction", "synthesis")
        for points in (200, 700)
        for lines in (16, 64)
    ]
    cases += [
        ("synthesis", SHIPPED, points, lines)
        for points in (100, 200, 400)
        for lines in (16, 32, 64)
    ]
    for kind, size, points, lines in cases:
        characters = points // PACE + 1
        found = {
            library: measure("train", library, kind, size, points, lines, characters)
            for library in LIBRARIES
        }
        name = f"train {kind} {len(size['units'])}x{size['units'][0]}, T={points}, B={lines}"
        show(name, points * lines, found, work(kind, size, points, lines, characters), best)


def writing_rows():
    for size in (GRAVES, SHIPPED):
        alone = None
        for lines in (1, 16, 64):
            found = {
                library: measure("write", library, "synthesis", size, POINTS, lines, 0)
                for library in LIBRARIES
            }
            show(f"write {len(size['units'])}x{size['units'][0]}, B={lines}", POINTS * lines, found)
            alone = alone or found["torch"]["seconds"]
        times = [
            f"{lines * alone / found[library]['seconds']:.0f} on {library}"
            for library in LIBRARIES[1:]
        ]
        print(
            f"   {lines} lines at once, beside line by line in plain PyTorch: times {', '.join(times)}",
            flush=True,
        )


def choice_rows():
    """Points a second as Keras would compute, with our loops, and with these compiled by XLA."""
    ways = "tensorflow keras", "tensorflow graph", "tensorflow", "jax keras", "jax"
    print(f"{'what was chosen, by points per second':<42}" + "".join(f"{way:>18}" for way in ways))
    for kind, size, points, lines in (
        ("prediction", GRAVES, 200, 16),
        ("prediction", GRAVES, 200, 64),
        ("synthesis", SHIPPED, 200, 16),
        ("synthesis", SHIPPED, 200, 64),
    ):
        found = [
            measure("train", way, kind, size, points, lines, points // PACE + 1)["seconds"]
            for way in ways
        ]
        name = f"train {kind} {len(size['units'])}x{size['units'][0]}, T={points}, B={lines}"
        print(
            f"{name:<42}" + "".join(f"{points * lines / seconds:>18,.0f}" for seconds in found),
            flush=True,
        )


def product_rows(best, cells=400, points=200):
    """What the matrix products of one LSTM layer and its derivatives reach by themselves, on JAX."""
    import jax
    import jax.numpy as jnp

    def share(product, flop, *shapes):
        compiled = jax.jit(product)
        arrays = [jnp.full(shape, 1e-3, "float32") for shape in shapes]
        compiled(*arrays).block_until_ready()
        return flop / statistics.median(timed(lambda: compiled(*arrays).block_until_ready())) / best

    def in_turn(step):  # as in a loop over time: each product waits for the one before
        return lambda start, kernel: jax.lax.scan(
            lambda old, _: (step(old, kernel), None), start, length=points
        )[0]

    for lines in (16, 64):
        rows, gates = points * lines, 4 * cells
        flop = 2 * rows * cells * gates
        outside = share(lambda x, kernel: x @ kernel, flop, (rows, cells), (cells, gates))
        weights = share(lambda x, dz: x.T @ dz, flop, (rows, cells), (rows, gates))
        forward = share(
            in_turn(lambda h, kernel: (h @ kernel)[:, :cells]), flop, (lines, cells), (cells, gates)
        )
        backward = share(
            in_turn(lambda dz, kernel: jnp.tile(dz @ kernel, 4)),
            flop,
            (lines, gates),
            (gates, cells),
        )
        print(
            f"products alone, {cells} cells, T={points}, B={lines}, share of the peak: all points {outside:.0%}, "
            f"weights {weights:.0%}; in the loop forward {forward:.0%}, backward {backward:.0%}",
            flush=True,
        )


def growth_rows():
    """Seconds of a training step as one size after the other grows, on JAX."""
    start = {"points": 200, "lines": 32, "width": 256, "layers": 2, "characters": 17}
    for name, values in {
        "points": (100, 200, 400, 800),
        "lines": (8, 16, 32, 64),
        "width": (128, 256, 512),
        "layers": (1, 2, 3),
        "characters": (17, 34, 68),
    }.items():
        steps = []
        for value in values:
            at = {**start, name: value}
            size = {**SHIPPED, "units": at["layers"] * (at["width"],)}
            found = measure(
                "train", "jax", "synthesis", size, at["points"], at["lines"], at["characters"]
            )
            steps.append(f"{value}: {found['seconds']:.2f} s")
        print(f"step of synthesis 2x256 by {name:<12}{',  '.join(steps)}", flush=True)


def first_line():
    """From the command to the file."""
    with tempfile.TemporaryDirectory() as folder:
        call = [
            sys.executable,
            "-m",
            "mdn_utils",
            "write",
            "a first line",
            "--out",
            f"{folder}/line.svg",
        ]
        seconds = timed(lambda: subprocess.run(call, stdout=subprocess.DEVNULL, check=True))
    print(f"from the command to the first line: {statistics.median(seconds):.1f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--case", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.case:
        print(json.dumps(case(*json.loads(args.case))))
    else:
        best = peak()
        print(f"{os.cpu_count()} cores, a large matrix product reaches {best / 1e9:.0f} GFLOP/s")
        print(
            f"{'points per second, medians of ' + str(STEPS):<42}{'PyTorch':>12}{'TensorFlow':>12}{'JAX':>12}"
            f"{'times PyTorch':>14}{'peak':>8}{'memory in MB':>24}"
        )
        training_rows(best)
        writing_rows()
        choice_rows()
        product_rows(best)
        growth_rows()
        first_line()
