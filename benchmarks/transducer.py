"""Train the two networks that lesson 08 loads, with the cells of the notebook itself.

    KERAS_BACKEND=jax python benchmarks/transducer.py

First a CTC network; then a transducer whose encoder starts from that of the CTC network (pretraining, as in
Graves, Mohamed and Hinton 2013). Both with noise on the weights and strings that never come twice, and the weights of
the best validation are kept. This is done from three starts. The pair whose transducer has the lowest validation loss
goes to data/weights/digits_ctc and digits_transducer.

    KERAS_BACKEND=jax python benchmarks/transducer.py --stranger george

To compare recipes without asking theo, this trains the CTC network on the other three of the four, and says how many
of george's digits it has wrong. It writes nothing.
"""

import argparse
import time
from pathlib import Path

import keras
import nbformat
import numpy as np

import mdn_utils
from mdn_utils import decoding, weights
from mdn_utils.layers import WeightNoise

ROOT = Path(__file__).resolve().parents[1]
SPEAKERS = ("george", "jackson", "lucas", "nicolas")  # and theo
SOURCE = (
    "Free Spoken Digit Dataset, Z. Jackson and others, CC BY-SA 4.0: george, jackson, lucas and nicolas, takes 5 to "
    "49, to train, their takes 0 to 4 for validation; theo was kept for the test"
)
CELLS, SIGMA, BATCH = 64, 0.02, 64
EVERY = 150  # steps, a look at the validation strings


def lesson(stranger="theo"):
    """The names that the cells of lesson 08 tagged `transducer` define, on the present backend.

    If the stranger is one of the others, theo has no part in anything.
    """
    cells = nbformat.read(ROOT / "notebooks" / "08_rnn_transducer.ipynb", as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    names = {}
    exec(code[0].source.partition("silence_tensorflow()\n")[2], names)
    for cell in code:
        if "transducer" in cell.metadata.get("tags", []):
            exec(cell.source, names)
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


def main(steps, seeds, stranger):
    notebook = lesson(stranger)
    held, held_labels, _ = notebook.say("validation", notebook.random_digits(320, 3, 1), 1)
    best = np.inf
    for seed in range(1, seeds + 1):
        keras.utils.set_random_seed(seed)
        ctc = notebook.ctc_network((CELLS,))
        ctc_record = train(ctc, notebook.CTCLoss(), new_strings(notebook, seed),
                           (held, held_labels), steps, 0.01, seed)
        if stranger != "theo":
            x, labels, _ = notebook.say("test", notebook.random_digits(600, 3, 5), 5)
            found = list(map(tuple, decoding.best_path(ctc.predict(x, verbose=0))))
            print(f"{notebook.wrong_digits(found, labels):.0f} % of {stranger}'s digits wrong")
            continue

        network = notebook.transducer((CELLS,))
        both_ways(network).set_weights(both_ways(ctc).get_weights())
        batches = (((x, notebook.said_before(labels)), labels)
                   for x, labels in new_strings(notebook, seed + 100))
        record = train(network, notebook.transducer_nats, batches,
                       ([held, notebook.said_before(held_labels)], held_labels), steps, 0.005, seed)
        if record["curve"][-1]["validation"] < best:
            best = record["curve"][-1]["validation"]
            ship("ctc", ctc, ctc_record)
            ship("transducer", network, record)


def ship(name, network, record):
    path = weights.SHIPPED / f"digits_{name}.weights.h5"
    weights.save(network, path, command="python benchmarks/transducer.py", source=SOURCE, **record)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=750, help=f"a multiple of {EVERY}")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--stranger", default="theo", choices=["theo", *SPEAKERS])
    args = parser.parse_args()
    mdn_utils.silence_tensorflow()
    main(**vars(args))
