"""Training with Keras `fit`: checkpoints, a time budget, resuming, provenance, and figures in Graves' units."""
import contextlib
import functools
import json
import time
from pathlib import Path

import keras
import numpy as np
from keras import ops

from . import distribution
from .errors import InputError
from .layers.mixture import MixtureLoss, nats
from .safe_files import atomic_write, exclusive, write_atomically
from .weights import read_weights, save, write_weights

SAVED, STATE, CHECKPOINT = "weights.weights.h5", "state.json", "checkpoint-{step}.weights.h5"
STATED = {"step": int, "epoch": int, "seconds": float, "curve": list, "run": dict, "peak": float}


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
        for path in leftovers if distribution.process_index_and_count()[0] == 0 else ():
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
        if distribution.process_index_and_count()[0] == 0:
            with distribution.without_distribution():
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
        with atomic_write(self.kept) as part:
            write_weights(self.model, part)
        write_atomically(self.out / STATE, json.dumps(self.state).encode())
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
    mirrored = tensorflow and distribution.device_count() > 1
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
    if distribution.process_index_and_count()[1] > 1 and not epochs:
        raise InputError("several machines: give epochs, for the clocks of the machines differ")
    with exclusive(Path(out)) if distribution.process_index_and_count()[0] == 0 else contextlib.nullcontext():
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
