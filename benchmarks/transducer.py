"""Train the two networks that lesson 08 loads, with the cells of the notebook itself.

    KERAS_BACKEND=jax python benchmarks/transducer.py

First a CTC network; then a transducer whose encoder starts from that of the CTC network (pretraining, as in
Graves, Mohamed and Hinton 2013). Both with noise on the weights and strings that never come twice, and the weights of
the best validation are kept. This is done from three starts. The pair whose transducer has the lowest validation loss
goes to data/weights/digits_ctc and digits_transducer.

    KERAS_BACKEND=jax python benchmarks/transducer.py --stranger george

To compare recipes without asking theo, this trains the CTC network on the other three of the four, and says how many
of george's digits it has wrong. It writes nothing.

    KERAS_BACKEND=jax python benchmarks/transducer.py --table

Depth against width, one direction against two, and pretrained against not, each from three starts, for the lesson's table
(data/weights/digits_table.json).
"""

import argparse
import json
import time

import keras
import lesson_cells
import numpy as np

import mdn_utils
from mdn_utils import decoding, weights
from mdn_utils.layers import WeightNoise

SPEAKERS = ("george", "jackson", "lucas", "nicolas")  # and theo
SOURCE = (
    "Free Spoken Digit Dataset, Z. Jackson and others, CC BY-SA 4.0: george, jackson, lucas and nicolas, takes 5 to "
    "49, to train, their takes 0 to 4 for validation; theo was kept for the test"
)
COMMAND = "python benchmarks/transducer.py"
CELLS, SIGMA, BATCH = 64, 0.02, 64
EVERY = 150  # steps, a look at the validation strings


def lesson(stranger="theo"):
    """The names that the cells of lesson 08 tagged `transducer` define, on the present backend.

    If the stranger is one of the others, theo has no part in anything.
    """
    names = lesson_cells.run("08_rnn_transducer", "transducer")
    if stranger != "theo":
        kept = np.flatnonzero(names["speaker"] != "theo")
        names.update({key: names[key][kept] for key in ("digit", "speaker", "take")})
        names["recordings"] = [names["recordings"][n] for n in kept]
        names["STRANGER"] = stranger
    return argparse.Namespace(**names)


def new_strings(notebook, seed):
    """Batches of sound and labels without an end."""
    rng = np.random.default_rng(seed)
    while True:
        texts = notebook.random_digits(BATCH, 3, rng)
        yield notebook.say("train", texts, rng, varied=True)[:2]


def train(network, loss, batches, validation, steps, rate, seed):
    """Keep the best weights of a training run; its curve up to there, in nats per string."""
    noisy = WeightNoise(network, SIGMA, seed=seed)
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.02)
    noisy.compile(keras.optimizers.Adam(schedule, global_clipnorm=1.0), loss)
    start = time.perf_counter()
    best, curve = network.get_weights(), []

    def look(epoch, logs):
        point = {"step": (epoch + 1) * EVERY, "training": round(logs["loss"], 3),
                 "validation": round(logs["val_loss"], 3)}
        if point["validation"] < min([old["validation"] for old in curve], default=np.inf):
            best[:] = network.get_weights()
        curve.append(point)
        print(f"{time.perf_counter() - start:5.0f} s", point, flush=True)

    noisy.fit(batches, steps_per_epoch=EVERY, epochs=steps // EVERY, shuffle=False, verbose=0,
              validation_data=validation,
              callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=look)])
    network.set_weights(best)
    kept = 1 + int(np.argmin([point["validation"] for point in curve]))
    return {"seed": seed, "steps": steps, "weight_noise": SIGMA, "curve": curve[:kept],
            "seconds": round(time.perf_counter() - start)}


def both_ways(network):
    """The encoder's only layer."""
    return next(
        layer for layer in network.layers if isinstance(layer, keras.layers.Bidirectional)
    )


def fit_ctc(notebook, held, steps, seed, units=(CELLS,), directions=2):
    """A CTC network, trained, and its record."""
    keras.utils.set_random_seed(seed)
    network = notebook.ctc_network(units, directions)
    batches = new_strings(notebook, seed)
    return network, train(network, notebook.CTCLoss(), batches, held, steps, 0.01, seed)


def fit_transducer(notebook, held, steps, seed, ctc=None):
    """A transducer, trained, and its record; its encoder may start from that of a CTC network."""
    network = notebook.transducer((CELLS,))
    if ctc:
        both_ways(network).set_weights(both_ways(ctc).get_weights())
    batches = (((x, notebook.said_before(labels)), labels)
               for x, labels in new_strings(notebook, seed + 100))
    x, labels = held
    held = [x, notebook.said_before(labels)], labels
    return network, train(network, notebook.transducer_nats, batches, held, steps, 0.005, seed)


def wrong(notebook, network, part, count=300, seed=5):
    """How many of the digits in strings of a part the network has wrong, in %."""
    x, labels, _ = notebook.say(part, notebook.random_digits(count, 3, seed), seed)
    if len(network.inputs) == 1:
        found = list(map(tuple, decoding.best_path(network.predict(x, verbose=0))))
    else:
        found = [said for said, _ in notebook.read_greedily(network, x)]
    return round(notebook.wrong_digits(found, labels), 2)


def compare(notebook, held, steps, seeds):
    """Networks of about as many weights, and a transducer with and without pretraining."""
    shapes = {"CTC, 1 layer": ((CELLS,), 2), "CTC, 2 layers": ((39, 39), 2),
              "CTC, 3 layers": ((31, 31, 31), 2), "CTC, 1 layer, one way": ((101,), 1)}
    path = weights.SHIPPED / "digits_table.json"
    rows = []

    def note(name, seed, network, steps):
        rows.append({"network": name, "seed": seed, "steps": steps, "parameters": network.count_params(),
                     "validation": wrong(notebook, network, "validation", seed=6),
                     "stranger": wrong(notebook, network, "test")})
        print(rows[-1], flush=True)
        path.write_text(json.dumps({"command": COMMAND + " --table", "source": SOURCE,
                                    "machine": weights.machine(), "rows": rows}, indent=1) + "\n")

    for seed in seeds:
        ctc = {name: fit_ctc(notebook, held, steps, seed, *shape)[0] for name, shape in shapes.items()}
        for name, network in ctc.items():
            note(name, seed, network, steps)
        pretrained, _ = fit_transducer(notebook, held, steps, seed, ctc["CTC, 1 layer"])
        note("transducer, pretrained", seed, pretrained, 2 * steps)
        keras.utils.set_random_seed(seed)
        note("transducer", seed, fit_transducer(notebook, held, 2 * steps, seed)[0], 2 * steps)


def main(steps, seeds, stranger, table):
    notebook, seeds = lesson(stranger), range(1, seeds + 1)
    held = notebook.say("validation", notebook.random_digits(320, 3, 1), 1)[:2]
    if table:
        compare(notebook, held, steps, seeds)
        return
    best = np.inf
    for seed in seeds:
        ctc, ctc_record = fit_ctc(notebook, held, steps, seed)
        if stranger != "theo":
            print(f"{wrong(notebook, ctc, 'test', 600):.0f} % of {stranger}'s digits wrong")
            continue
        network, record = fit_transducer(notebook, held, steps, seed, ctc)
        if record["curve"][-1]["validation"] < best:
            best = record["curve"][-1]["validation"]
            ship("ctc", ctc, ctc_record)
            ship("transducer", network, record)


def ship(name, network, record):
    path = weights.SHIPPED / f"digits_{name}.weights.h5"
    weights.save(network, path, command=COMMAND, source=SOURCE, **record)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=750, help=f"a multiple of {EVERY}")
    parser.add_argument("--seeds", type=int, default=3)
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--stranger", default="theo", choices=["theo", *SPEAKERS])
    other.add_argument("--table", action="store_true")
    args = parser.parse_args()
    mdn_utils.silence_tensorflow()
    main(**vars(args))
