"""What annealing, the floor and the weight do for the code of lesson 11, trained with the cells of the notebook itself.

    KERAS_BACKEND=jax python benchmarks/annealing.py

Trains a network of half the lesson's cells with and without annealing and with and without the floor, all four, from three starts
each. Runs of the same start begin with the same weights and see the same characters in the same order. All take 600 steps;
annealing is faster than in the lesson (R = 0.992), so that it is over by then and all of them end at the same price, a quarter of
a nat per nat. Three more runs pay the full price from the first step on, with neither remedy. After the last step the unseen
simple characters are measured. The figures go to data/weights/annealing_table.json; `--show` only prints what they come to.
"""

import argparse
import itertools
import json

import keras
import lesson_cells
import numpy as np

import mdn_utils
from mdn_utils import compiling, evaluation, weights

LESSON, TAG = "11_sketch_rnn", "train"
TABLE = weights.SHIPPED / "annealing_table.json"
COMMAND = "KERAS_BACKEND=jax python benchmarks/annealing.py"
RATE = 0.992  # of annealing
LOSSES = {  # annealing, the floor, the weight
    "neither": (False, False, 0.25), "floor": (False, True, 0.25), "annealing": (True, False, 0.25),
    "both": (True, True, 0.25), "full price": (False, False, 1.0),
}
FIGURES = {  # in nats per unseen character
    "the code": lambda run: run["kl"],
    "the drawing": lambda run: run["own"],
    "both, the bound": lambda run: run["own"] + run["kl"],
    "more with another's code": lambda run: run["other"] - run["own"],
}


def choose(notebook, annealing, floor, weight):
    """Let the lesson's loss do with or without its annealing and its floor, at this weight."""
    notebook["eta"] = (lambda steps: 1 - 0.99 * RATE**steps) if annealing else (lambda steps: 1.0)
    notebook["FLOOR"] = 6.4 if floor else 0.0
    notebook["WEIGHT"] = weight


def train(notebook, loss, seed, steps):
    """Train one model from one start, and measure it on the unseen characters."""
    choose(notebook, *loss)
    keras.utils.set_random_seed(seed)
    model = notebook["SketchRNN"](cells=64, reader=32, seed=seed)
    rate = keras.optimizers.schedules.CosineDecay(4e-3, steps, alpha=0.1)
    model.compile(compiling.optimizer(rate=rate), jit_compile=True)
    known = notebook["points"][notebook["short_known"], :26]
    model.fit(notebook["Batches"](known, steps, seed), shuffle=False, verbose=0)
    found = notebook["measured"](model)
    return {"seed": seed, **{key: round(found[key], 3) for key in ("own", "other", "kl")}}


def compare(steps, seeds):
    """Train everything. The file grows with each run."""
    notebook, runs = lesson_cells.run(LESSON, TAG), {name: [] for name in LOSSES}
    for seed, (name, loss) in itertools.product(range(1, seeds + 1), LOSSES.items()):
        runs[name].append(train(notebook, loss, seed, steps))
        print(name, runs[name][-1], flush=True)
        record = {"command": COMMAND, "source": "KanjiVG, Ulrich Apel, CC BY-SA 3.0",
                  "machine": weights.machine(), "steps": steps, "runs": runs}
        TABLE.write_text(json.dumps(record, indent=1) + "\n")


def show():
    """Print the means, what each remedy changes where the other is left out, and 95 % intervals."""
    runs = json.loads(TABLE.read_text("utf-8"))["runs"]
    for title, figure in FIGURES.items():
        found = {name: np.array([figure(run) for run in runs[name]]) for name in LOSSES}
        rows = {**found, "annealing alone changes": found["annealing"] - found["neither"],
                "the floor alone changes": found["floor"] - found["neither"]}
        print(f"{title}, nats per unseen character")
        for name, each in rows.items():
            mean, half = evaluation.confidence_interval(each)
            print(f"  {name:24} {mean:6.1f} ± {half:.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--show", action="store_true", help="print the table, train nothing")
    args = parser.parse_args()
    mdn_utils.silence_tensorflow()
    if not args.show:
        compare(args.steps, args.seeds)
    show()
