"""Training with Keras `fit`: checkpoints, a time budget, resuming, provenance, and figures in Graves' units."""
import contextlib
import functools
import hashlib
import io
import json
import os
import platform
import time
from pathlib import Path

import h5py
import keras
import numpy as np
from keras import ops

from . import distribution
from .batches import LineBatches, encode, normalise
from .files import alone, whole, write_whole
from .mixture import MixtureLoss, nats, parameters
from .networks import Network
from .strokes import InputError

HERE = Path(__file__).parent
WEIGHTS = HERE / "weights" if (HERE / "weights").is_dir() else HERE.parent / "data" / "weights"  # installed, or not
LONGEST, FARTHEST = 640, 25  # points of a line, and length of an offset
SAVED, STATE, CHECKPOINT = "weights.weights.h5", "state.json", "checkpoint-{step}.weights.h5"
NETWORK = ("kind", "units", "mixtures", "windows", "peepholes")
STATED = {"step": int, "epoch": int, "seconds": float, "curve": list, "run": dict, "peak": float}


def prepare(lines):
    """Normalised lines, without those that `prepared` leaves out, which one sentence counts; InputError without any."""
    kept = list(prepared(lines))
    if not kept:
        raise InputError(f"none of the {len(lines)} lines can be used: needed are known letters, ink, 9 to {LONGEST} "
                         f"points at 12 a character, and no jump over {FARTHEST} points' length")
    if len(kept) < len(lines):
        print(f"left out {len(lines) - len(kept)} of {len(lines)} lines: too long or short, with a jump, without ink, "
              "or with unknown characters")
    return kept


def prepared(lines):
    """One by one, each line normalised; left out is what is too long to batch, without ink or of unknown characters.

    So are lines whose points jump farther than 25 points' length; in UNIPEN these are mostly wrong labels.
    """
    for line in lines:
        try:
            encode(line.text)
            line = normalise(line)
        except InputError:
            continue
        if 8 < len(line.strokes) <= LONGEST and np.abs(line.strokes[:, :2]).max() < FARTHEST:
            yield line


def optimizer(method, rate=2e-3):
    """"adam", the faster default, with the global norm clipped; or "graves", RMSprop of equations 38-45 at his rate."""
    if method == "graves":
        return keras.optimizers.RMSprop(1e-4, rho=0.95, momentum=0.9, epsilon=1e-4, centered=True)
    return keras.optimizers.Adam(rate, global_clipnorm=1.0)


def schedule(done):
    """Share of the peak learning rate once `done`, 0 to 1, of the budget is used up: a short rise, then a cosine."""
    return (0.505 + 0.495 * np.cos(np.pi * done)) * min(1.0, 0.02 + 50 * done)


class NatsAPoint(keras.metrics.Mean):
    """Mean of `mixture.nats` over all points; Keras' own wrapper would count the points of long lines for less."""

    def __init__(self):
        super().__init__(name="nats")

    def update_state(self, y_true, y_pred, sample_weight):
        super().update_state(ops.reshape(nats(y_true, y_pred), (-1,)), ops.reshape(sample_weight, (-1,)))


class Journal(keras.callbacks.Callback):
    """Steers and records one run in the folder `out`; a run that was killed goes on from its last epoch.

    With Adam the learning rate rises during the first 2 % of the budget, `minutes` of training time or `epochs`, and
    falls along a cosine to 1 % at its end. After each epoch the weights that did best on validation are kept, and the
    state: first the weights under a new name, then `state.json` with the step in that name, so that there is
    always one whole checkpoint. Stops early after `patience` epochs without a better validation figure.
    """

    def __init__(self, out, origin, minutes=None, epochs=None, patience=None, anneal=True):
        super().__init__()
        self.out, self.origin, self.minutes, self.epochs = Path(out), origin, minutes, epochs
        self.patience, self.anneal = patience, anneal
        self.state = {"step": 0, "epoch": 0, "seconds": 0.0, "curve": []}
        if (self.out / STATE).exists():
            try:
                saved = json.loads((self.out / STATE).read_bytes())
                self.state = {key: saved[key] for key in STATED}
                for key, kind in STATED.items():
                    if not isinstance(saved[key], kind) or kind in (int, float) and not 0 <= saved[key] < np.inf:
                        raise ValueError(f"{key} is {saved[key]!r}")
                self.since_best()
            except (ValueError, LookupError, TypeError, RecursionError) as error:
                raise InputError(f"{self.out / STATE}: damaged ({error!r}); choose another folder") from None
        self.kept = self.checkpoint()

    def checkpoint(self):
        """Where the weights of the present step belong."""
        return self.out / CHECKPOINT.format(**self.state)

    def since_best(self):
        """Epochs since the best validation figure."""
        validation = [point["validation"] for point in self.state["curve"]]
        return len(validation) - 1 - int(np.argmin(validation)) if validation else 0

    def finished(self):
        """Whether the budget is used up, or validation has not got better for `patience` epochs."""
        spent = self.state["seconds"] >= 60 * self.minutes if self.minutes else self.state["epoch"] >= self.epochs
        return spent or bool(self.patience and self.since_best() >= self.patience)

    def progress(self):
        """Share of the budget that is used up, 0 to 1."""
        seconds = self.state["seconds"] + time.perf_counter() - self.started
        return min(seconds / (60 * self.minutes) if self.minutes else self.state["step"] / self.total_steps, 1.0)

    def on_train_begin(self, logs=None):
        self.started = time.perf_counter()
        self.total_steps = (self.epochs or 0) * self.params["steps"]
        self.peak = self.state.setdefault("peak", float(ops.convert_to_numpy(self.model.optimizer.learning_rate)))
        leftovers = {*self.out.glob(".[0-9]*-*")}  # of a run that was killed: parts of files
        if self.state["epoch"]:
            read_weights(self.model, self.kept)
            leftovers |= {*self.out.glob(CHECKPOINT.format(step="*"))} - {self.kept}  # and old checkpoints
        for path in leftovers if distribution.process()[0] == 0 else ():
            path.unlink()

    def on_train_batch_begin(self, batch, logs=None):
        if self.anneal:
            self.model.optimizer.learning_rate = self.peak * schedule(self.progress())

    def on_train_batch_end(self, batch, logs=None):
        self.state["step"] += 1
        self.model.stop_training |= self.progress() >= 1

    def on_epoch_end(self, epoch, logs=None):
        state, now = self.state, time.perf_counter()
        if not np.isfinite([logs["nats"], logs["val_nats"]]).all():
            raise InputError(f"{self.out}: at step {state['step']} the loss is {logs['nats']}, {logs['val_nats']} on "
                             "validation; what is kept is from before; try a smaller learning rate in a new folder")
        state["epoch"], state["seconds"], self.started = state["epoch"] + 1, state["seconds"] + now - self.started, now
        figures = {"step": state["step"], "minutes": round(state["seconds"] / 60, 2),
                   "training": round(logs["nats"], 4), "validation": round(logs["val_nats"], 4)}
        state["curve"].append(figures)
        if distribution.process()[0] == 0:
            with distribution.local():
                self.keep()
        self.model.stop_training |= self.finished()
        left = (1 / max(self.progress(), 1e-6) - 1) * state["seconds"] / 60
        print(f"step {state['step']}, {state['seconds'] / 60:.1f} min done, {left:.1f} min to go: "
              f"{figures['training']:.3f} nats, validation {figures['validation']:.3f}", flush=True)

    def keep(self):
        """Write the weights, if they are the best so far, and the state."""
        if self.since_best() == 0:
            save(self.model, self.out / SAVED, **self.origin, seconds=round(self.state["seconds"]),
                 curve=self.state["curve"])
        old, self.kept = self.kept, self.checkpoint()
        with whole(self.kept) as part:
            write_weights(self.model, part)
        write_whole(self.out / STATE, json.dumps(self.state).encode())
        old.unlink(missing_ok=True)


def compile_network(network, method="adam", rate=2e-3):
    """Give `network` its loss, its metric "nats" and its optimizer (see `optimizer`)."""
    if network.kind == "text":
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        metric = keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="nats")
    else:  # Graves' bounds on derivatives are in nats a sequence, summed over its points
        loss = MixtureLoss(reduction="sum" if method == "graves" else "mean_with_sample_weight")
        metric = NatsAPoint()
    tensorflow = keras.backend.backend() == "tensorflow"
    mirrored = tensorflow and distribution.devices() > 1
    if mirrored and method == "adam":  # a loss that is a sum, without a clipped norm, Keras adds up rightly by itself
        network.train_step = functools.partial(distribution.mirrored_step, network)
    # XLA makes the written-out loops faster on CPUs, too, where Keras leaves it off on TensorFlow; not Keras' own loops
    xla = tensorflow and not network.peepholes and network.hidden[-1].supports_jit
    network.compile(optimizer=optimizer(method, rate), loss=loss, weighted_metrics=[metric],
                    jit_compile=False if mirrored else xla or "auto")


def fit(network, train, validation, out, minutes=None, epochs=None, method="adam", rate=2e-3, patience=None,
        **origin):
    """Train `network` on the batches `train` in the folder `out`; going on where an earlier run stopped.

    method: see `optimizer`. minutes or epochs: the budget. rate: Adam's learning rate at its peak. origin: what the
    record beside the weights should say besides, such as the command and the corpus. Returns the curve, a list of
    {step, minutes, training, validation}, the last two in nats a point or a character. Raises InputError where `out`
    holds the run of another network.
    """
    if not any(budget is not None and 0 < budget < np.inf for budget in (minutes, epochs)):
        raise InputError(f"minutes={minutes}, epochs={epochs}: give one of them, above 0")
    if not 0 < rate < np.inf:
        raise InputError(f"rate={rate}: expected a learning rate above 0, such as 0.002")
    if patience is not None and patience < 1:
        raise InputError(f"patience={patience}: expected 1 epoch or more, or None")
    if distribution.process()[1] > 1 and not epochs:
        raise InputError("several machines: give epochs, for the clocks of the machines differ")
    with alone(Path(out)) if distribution.process()[0] == 0 else contextlib.nullcontext():
        journal, run = Journal(out, origin, minutes, epochs, patience, anneal=method == "adam"), network.get_config()
        if journal.state.setdefault("run", {**run, "method": method}) != {**run, "method": method}:
            raise InputError(f"{out} holds another run, {journal.state['run']}; choose another folder")
        if journal.finished():
            return journal.state["curve"]
        compile_network(network, method, rate)
        network.optimizer.build(network.trainable_variables)
        train.epoch = journal.state["epoch"]
        network.fit(train, validation_data=validation, epochs=epochs or 10 ** 6, initial_epoch=train.epoch,
                    shuffle=False, callbacks=[journal])
        return journal.state["curve"]


def save(network, path, **provenance):
    """Write the weights to `path` (.weights.h5) and a JSON beside it: configuration, provenance, checksum.

    They are kept in half precision, which halves the file and costs about 0.0002 nats a point.
    """
    path = Path(path)
    bare = Network.from_config(network.get_config())  # without the optimizer's state
    bare.set_weights(network.get_weights())
    with whole(path) as part, whole(record_of(path)) as beside:  # they change places together, once both are written
        write_weights(bare, part)
        _halve(io.BytesIO(part.read_bytes()), part)
        record = {"network": network.get_config(), "parameters": network.count_params(), **provenance,
                  "machine": machine(),
                  "sha256": hashlib.sha256(part.read_bytes()).hexdigest()}
        beside.write_text(json.dumps(record, indent=1))


def machine():
    """What a figure was measured on, in one line."""
    return (f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
            f"Keras {keras.__version__} on {keras.backend.backend()}")


def _halve(source, target):
    with h5py.File(source) as full, h5py.File(target, "w") as half:
        def copy(name, item):
            if isinstance(item, h5py.Dataset):
                half[name] = np.float16(item[()])
            else:
                half.create_group(name).attrs.update(item.attrs)

        full.visititems(copy)


def record_of(path):
    """Where the JSON beside a weights file stands."""
    return Path(str(path).removesuffix(".weights.h5") + ".json")


def shipped(name):
    """Where the weights `name` that come with the course stand, such as "synthesis_simulated"."""
    return WEIGHTS / f"{name}.weights.h5"


def load(path):
    """The network in a weights file, with the JSON beside it; raises InputError where one is missing or damaged."""
    path = Path(path)
    for part in (path, record_of(path)):
        if not part.is_file():
            raise InputError(f"{part}: there is no such file; weights are a NAME.weights.h5 with a NAME.json beside it")
    try:
        record = json.loads(record_of(path).read_bytes())
        config, checksum = {key: record["network"][key] for key in NETWORK}, record["sha256"]
        numbers = [*config["units"], config["mixtures"], config["windows"]]
        if not all(type(number) is int for number in numbers) or not isinstance(config["peepholes"], bool):
            raise ValueError(f"network is {config}")
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise InputError(f"{record_of(path)}: not a record of weights ({error!r})") from None
    if hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
        raise InputError(f"{path}: its checksum is not the one in {record_of(path)}; fetch both files again")
    # at least so many bytes, in half precision: before room is made for a network that no file can fill
    if sum(8 * size ** 2 + 1000 for size in config["units"]) + 6 * max(numbers) > path.stat().st_size:
        raise InputError(f"{path}: does not fit the network in {record_of(path)}, which is larger")
    network = Network.from_config(config)
    read_weights(network, path)
    return network


def write_weights(network, path):
    """Write the file `path`: the weights and, where there is one, the optimizer's state; OSError on a full disk."""
    variables = [*network.variables, *(network.optimizer.variables if network.compiled else [])]
    path.write_bytes(bytes(sum(4 * int(np.prod(v.shape)) + 4096 for v in variables)))  # for HDF5 would crash there
    network.save_weights(path)


def read_weights(network, path):
    """Read the file `path` into `network`; InputError where it is missing, broken or of another network."""
    try:
        claimed = []
        with h5py.File(path) as file:  # first, for Keras makes room for whatever size an array claims
            file.visititems(lambda _, item: claimed.append(getattr(item, "nbytes", 0)))
        if sum(claimed) > path.stat().st_size:
            raise ValueError("its arrays claim more than it holds")
        network.load_weights(path)
    except Exception as error:  # h5py and Keras raise a dozen kinds of error over broken bytes
        reason = str(error).partition("\n")[0]
        raise InputError(f"{path}: does not fit the network ({reason})") from None


def evaluate(network, corpus, length=2000):
    """Figures over all of `corpus`, each sequence counted once.

    corpus: normalised lines (see `prepare`), or a text as bytes, which is read `length` bytes at a time.
    Handwriting: sequences, points, nats_a_point, nats_a_sequence, and sse_a_point, the squared distance between an
    offset and the mean of its predicted density. Text: bytes and bits_a_character.
    """
    if network.kind == "text":
        codes = np.frombuffer(corpus, np.uint8).astype(np.int32)
        length = min(length, len(codes) - 1)
        bits, count = 0.0, 0
        for start in range(0, len(codes) - length, 16 * length):
            windows = np.stack([codes[k:k + length + 1] for k in range(start, len(codes) - length, length)[:16]])
            logits = ops.convert_to_tensor(network.predict_on_batch(windows[:, :-1]))
            losses = keras.losses.sparse_categorical_crossentropy(windows[:, 1:], logits, from_logits=True)
            bits += float(ops.sum(losses)) / np.log(2)
            count += windows[:, 1:].size
        return {"bytes": count, "bits_a_character": bits / count}
    batches, nats_in_all, squares, points = LineBatches(corpus, network.kind == "synthesis"), 0.0, 0.0, 0
    for k in range(len(batches)):
        inputs, strokes, mask = batches[k]
        raw = network.predict_on_batch(inputs)
        mixture = parameters(ops.convert_to_tensor(raw))
        mean = ops.sum(ops.expand_dims(mixture.weight, -1) * mixture.mean, -2)
        nats_in_all += float(ops.sum(nats(strokes, raw) * mask))
        squares += float(ops.sum(ops.sum(ops.square(strokes[..., :2] - mean), -1) * mask))
        points += int(mask.sum())
    return {"sequences": len(corpus), "points": points, "nats_a_point": nats_in_all / points,
            "nats_a_sequence": nats_in_all / len(corpus), "sse_a_point": squares / points}
