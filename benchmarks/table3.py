"""Table 3 of Graves (2013) in small: handwriting prediction with one layer, three layers, and adaptive weight noise.

    KERAS_BACKEND=jax python benchmarks/table3.py --out data/weights/table3.json

One layer and three have the same number of weights, as in the paper. The three-layer network then goes on from its
weights twice, for as many epochs again: without noise, and with adaptive weight noise. Of every run the weights that
were best on validation lines are kept (early stopping), and measured on test lines; no writer is in two of the sets.
All of it from several starts, on the same lines.
"""

import argparse
import json
import re
import time

import keras

from mdn_utils import evaluation, layers, networks, safe_files, weights
from mdn_utils.data import batches, corpora, prepare

MIXTURES, RATE, SHORTEST, LONGEST = (
    10,
    2e-3,
    128,
    272,
)  # lines of about one length: few shapes to compile
ONE, THREE = (146,), (64, 64, 64)


def lines_of(split, count):
    lines = prepare.prepare(corpora.handwriting("simulated", split, count=3 * count))
    return [line for line in lines if SHORTEST < len(line.strokes) <= LONGEST][:count]


def row(name, network, model, data, epochs, seed):
    """Train `model`, which is `network` or noise around it, and measure `network`: one row of the table."""
    train, validation, test = data
    batched = batches.LineBatches(train, batches.arrange_prediction, seed=seed)
    rate = keras.optimizers.schedules.CosineDecay(RATE, epochs * len(batched), alpha=0.01)
    model.compile(
        keras.optimizers.Adam(rate, global_clipnorm=1.0),
        layers.MixtureLoss(),
        weighted_metrics=[layers.NatsPerPoint()],
    )
    best = keras.callbacks.EarlyStopping(
        "val_nats", patience=epochs, mode="min", restore_best_weights=True
    )
    start = time.process_time()
    curve = model.fit(
        batched,
        validation_data=batches.LineBatches(validation, batches.arrange_prediction, repeat=True),
        epochs=epochs,
        shuffle=False,
        verbose=2,
        callbacks=[best],
    ).history
    seconds = time.process_time() - start
    found = evaluation.evaluate_lines(network, test)
    result = {
        "name": name,
        "seed": seed,
        "units": list(network.units),
        "parameters": network.count_params(),
        "epochs": epochs,
        "best_epoch": best.best_epoch + 1,
        "processor_seconds": round(seconds),
        "nats_per_point": round(found["nats_per_point"], 4),
        "nats_per_sequence": round(found["nats_per_sequence"], 1),
        "sse_per_point": round(found["sse_per_point"], 4),
        "training": [round(float(x), 4) for x in curve["nats"]],
        "validation": [round(float(x), 4) for x in curve["val_nats"]],
    }
    print(
        {key: value for key, value in result.items() if key not in ("training", "validation")},
        flush=True,
    )
    return result


def rows_from(seed, data, epochs):
    """The table's four rows, from one start."""
    keras.utils.set_random_seed(seed)
    one, three = (networks.PredictionNetwork(units, MIXTURES) for units in (ONE, THREE))
    rows = [
        row("1 layer", one, one, data, epochs, seed),
        row("3 layers", three, three, data, epochs, seed),
    ]
    trained = three.get_weights()
    rows.append(row("3 layers, as long again", three, three, data, epochs, seed))
    three.set_weights(trained)
    # the loss is in nats per point, so points are what the price of the weights is shared among
    noisy = layers.AdaptiveWeightNoise(three, sequences=points_of(data[0]), seed=seed)
    rows.append(
        row("3 layers, as long again, adaptive weight noise", three, noisy, data, epochs, seed)
    )
    rows[-1]["weights_in_nats"] = round(float(noisy.kl()))
    return rows


def points_of(lines):
    return sum(len(line.strokes) - 1 for line in lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=120)
    parser.add_argument("--lines", type=int, default=600, help="to train on")
    parser.add_argument(
        "--held-out", type=int, default=200, help="lines for validation, and as many for the test"
    )
    parser.add_argument("--seeds", type=int, default=3, help="starts: 1, 2, and so on")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    start = time.perf_counter()
    data = [
        lines_of(split, count)
        for split, count in (("train", args.lines), ("val", args.held_out), ("test", args.held_out))
    ]
    record = {
        "command": f"python benchmarks/table3.py --epochs {args.epochs} --lines {args.lines} "
        f"--held-out {args.held_out} --seeds {args.seeds}",
        "mixtures": MIXTURES,
        "machine": weights.machine(),
        "lines": [len(lines) for lines in data],
        "points": [points_of(lines) for lines in data],
        "rows": [],
    }
    for k in range(args.seeds):  # an interrupted run keeps the starts that it has done
        record["rows"] += rows_from(k + 1, data, args.epochs)
        record["seconds"] = round(time.perf_counter() - start)
        # a curve a line
        text = re.sub(r"(?<=[\[,])\s+(?=-?\d)|(?<=\d)\s+(?=\])", " ", json.dumps(record, indent=1))
        safe_files.write_atomically(args.out, text.encode())
