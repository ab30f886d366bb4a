"""Train any compiled Keras model: a budget, checkpoints, resuming, and a record of the run."""
import contextlib
import json
import sys
import time
from pathlib import Path

import keras
import numpy as np
from keras import ops

from . import distribution
from .checkpoints import read_checkpoint, write_checkpoint
from .errors import InputError
from .safe_files import atomic_write, exclusive, write_atomically
from .weights import save

BEST_WEIGHTS = "weights.weights.h5"
STATE = "state.json"
CHECKPOINT = "checkpoint-{step}.weights.h5"
STATE_TYPES = {
    "step": int, "epoch": int, "seconds": float, "curve": list, "run": dict, "peak": float
}


def schedule(done):
    """Return the share of the peak learning rate at `done`, 0 to 1, of the budget.

    It rises during the first 2 % and then falls along a cosine to 1 %.

    Example:

    >>> [round(float(schedule(done)), 2) for done in (0, 0.02, 0.5, 1)]
    [0.02, 1.0, 0.51, 0.01]
    """
    return (0.505 + 0.495 * np.cos(np.pi * done)) * min(1.0, 0.02 + 50 * done)


def fit(model, train, validation, out, minutes=None, epochs=None, monitor="val_nats",
        patience=None, anneal=True, keep=None, **provenance):
    """Train a compiled model in the folder `out`, or go on where an earlier run there stopped.

    Args:
        model: any compiled Keras model, one wrapped in `WeightNoise` included.
        train: batches, such as `data.batches.LineBatches`.
        validation: batches for validation.
        out: folder for the checkpoint of the last epoch and for the best weights.
        minutes: the budget, in minutes of training.
        epochs: the budget, in epochs; give either this or `minutes`.
        monitor: the metric on validation by which the best weights are chosen, such as "val_nats";
            lower is better. The curve shows it, and the same metric on training.
        patience: stop after this many epochs without a better figure.
        anneal: let the learning rate rise and fall as in `schedule`, from the one compiled as its
            peak; otherwise leave it to the optimizer.
        keep: the model whose best weights to save, if not `model`: the network inside
            `WeightNoise`, say.
        **provenance: what the record beside the weights should say besides, such as the command
            and the corpus.

    Returns:
        The curve, a list of {step, minutes, training, validation}, one entry per epoch.

    Raises:
        InputError: if the budget makes no sense, if `out` holds the run of another model or is in
            use, or if the loss is no longer finite.

    Example:

    >>> import tempfile
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("adam", "mse")
    >>> x = np.ones((4, 1), "float32")
    >>> class Pairs(keras.utils.PyDataset):
    ...     def __len__(self):
    ...         return 2
    ...     def __getitem__(self, index):
    ...         return x, 2 * x
    >>> with tempfile.TemporaryDirectory() as out:
    ...     curve = fit(model, Pairs(), Pairs(), out, epochs=2, monitor="val_loss")
    step 2, ...
    >>> [point["step"] for point in curve]
    [2, 4]
    """
    if not any(budget is not None and 0 < budget < np.inf for budget in (minutes, epochs)):
        raise InputError(f"minutes={minutes}, epochs={epochs}: give one of them, above 0")
    if patience is not None and patience < 1:
        raise InputError(f"patience={patience}: expected 1 epoch or more, or None")
    if not model.compiled:
        raise InputError("fit: the model has no loss and no optimizer yet; compile it first")
    process, count = distribution.process_index_and_count()
    if count > 1 and not epochs:
        raise InputError("several machines: give epochs, because the machines' clocks differ")
    with exclusive(Path(out)) if process == 0 else contextlib.nullcontext():
        callback = RunCallback(out, provenance, minutes, epochs, monitor, patience, anneal, keep)
        callback.claim(model)
        if callback.finished():
            return callback.state["curve"]
        model.optimizer.build(model.trainable_variables)
        train.epoch = callback.state["epoch"]
        model.fit(
            train, validation_data=validation, epochs=epochs or 10 ** 6, initial_epoch=train.epoch,
            shuffle=False, callbacks=[callback], verbose="auto" if sys.stdout.isatty() else 0,
        )
        return callback.state["curve"]


class RunCallback(keras.callbacks.Callback):
    """Steer and record one run; a run that was killed goes on from its last epoch.

    After each epoch it keeps the weights that did best on validation, and the state of the run:
    first the weights under a new name, then `state.json`, which names the step in that name, so
    that there is always one complete checkpoint.

    Args:
        out: folder of the run.
        provenance: dictionary for the record beside the best weights.
        minutes, epochs, monitor, patience, anneal, keep: see `fit`.

    Raises:
        InputError: if the state in `out` is damaged.
    """

    def __init__(self, out, provenance, minutes=None, epochs=None, monitor="val_nats",
                 patience=None, anneal=True, keep=None):
        super().__init__()
        self.out = Path(out)
        self.provenance = provenance
        self.minutes = minutes
        self.epochs = epochs
        self.monitor = monitor
        self.patience = patience
        self.anneal = anneal
        self.keep = keep
        self.state = self._read_state()
        self.kept = self.checkpoint()

    def _read_state(self):
        path = self.out / STATE
        if not path.exists():
            return {"step": 0, "epoch": 0, "seconds": 0.0, "curve": []}
        try:
            saved = json.loads(path.read_bytes())
            state = {key: saved[key] for key in STATE_TYPES}
            for key, kind in STATE_TYPES.items():
                is_number = kind in (int, float)
                if not isinstance(state[key], kind) or is_number and not 0 <= state[key] < np.inf:
                    raise ValueError(f"{key} is {state[key]!r}")
            _since_best(state["curve"])
            return state
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise InputError(f"{path}: damaged ({error!r}); choose another folder") from None

    def claim(self, model):
        """Note whose run this is; raise InputError if it is the run of another model."""
        run = {
            "model": type(model).__name__,
            "parameters": model.count_params(),
            "optimizer": type(model.optimizer).__name__,
        }
        if self.state.setdefault("run", run) != run:
            raise InputError(
                f"{self.out} holds another run, {self.state['run']}; choose another folder"
            )

    def checkpoint(self):
        """Return where the weights of the present step belong."""
        return self.out / CHECKPOINT.format(step=self.state["step"])

    def finished(self):
        """Whether the budget is used up, or validation hasn't improved for `patience` epochs."""
        if self.minutes:
            spent = self.state["seconds"] >= 60 * self.minutes
        else:
            spent = self.state["epoch"] >= self.epochs
        return spent or bool(self.patience and _since_best(self.state["curve"]) >= self.patience)

    def progress(self):
        """Return the share of the budget that is used up, 0 to 1."""
        if self.minutes:
            seconds = self.state["seconds"] + time.perf_counter() - self.started
            return min(seconds / (60 * self.minutes), 1.0)
        return min(self.state["step"] / (self.epochs * self.params["steps"]), 1.0)

    def on_train_begin(self, logs=None):
        self.started = time.perf_counter()
        rate = float(ops.convert_to_numpy(self.model.optimizer.learning_rate))
        self.peak = self.state.setdefault("peak", rate)
        leftovers = {*self.out.glob(".[0-9]*-*")}  # parts of files, if the run was killed
        if self.state["epoch"]:
            read_checkpoint(self.model, self.kept)
            leftovers |= {*self.out.glob(CHECKPOINT.format(step="*"))} - {self.kept}
        if _is_first_process():
            for path in leftovers:
                path.unlink()

    def on_train_batch_begin(self, batch, logs=None):
        if self.anneal:
            self.model.optimizer.learning_rate = self.peak * schedule(self.progress())

    def on_train_batch_end(self, batch, logs=None):
        self.state["step"] += 1
        if self.progress() >= 1:
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        training, validation = self._figures(logs)
        now = time.perf_counter()
        self.state["epoch"] += 1
        self.state["seconds"] += now - self.started
        self.started = now
        minutes = self.state["seconds"] / 60
        self.state["curve"].append({
            "step": self.state["step"],
            "minutes": round(minutes, 2),
            "training": round(training, 4),
            "validation": round(validation, 4),
        })
        if _is_first_process():
            with distribution.without_distribution():
                self._keep()
        if self.finished():
            self.model.stop_training = True
        left = (1 / max(self.progress(), 1e-6) - 1) * minutes
        print(
            f"step {self.state['step']}, {minutes:.1f} min done, {left:.1f} min to go: "
            f"{self.monitor.removeprefix('val_')} {training:.3f}, validation {validation:.3f}",
            flush=True,
        )

    def _figures(self, logs):
        """The monitored metric on training and on validation, if both are finite numbers."""
        name = self.monitor.removeprefix("val_")
        if self.monitor not in logs or name not in logs:
            raise InputError(
                f"monitor={self.monitor!r}: the model reports {', '.join(logs)}; give one that "
                "begins with val_"
            )
        if not np.isfinite([logs[name], logs[self.monitor]]).all():
            raise InputError(
                f"{self.out}: at step {self.state['step']} the loss is {logs[name]}, "
                f"{logs[self.monitor]} on validation; what is kept is from before; try a smaller "
                "learning rate in a new folder"
            )
        return float(logs[name]), float(logs[self.monitor])

    def _keep(self):
        """Write the weights, if they are the best so far, and the checkpoint."""
        if _since_best(self.state["curve"]) == 0:
            save(
                self.keep or self.model, self.out / BEST_WEIGHTS, **self.provenance,
                seconds=round(self.state["seconds"]), curve=self.state["curve"],
            )
        old = self.kept
        self.kept = self.checkpoint()
        with atomic_write(self.kept) as part:
            write_checkpoint(self.model, part)
        write_atomically(self.out / STATE, json.dumps(self.state).encode())
        old.unlink(missing_ok=True)


def _since_best(curve):
    """Epochs since the best validation figure."""
    validation = [point["validation"] for point in curve]
    return len(validation) - 1 - int(np.argmin(validation)) if validation else 0


def _is_first_process():
    return distribution.process_index_and_count()[0] == 0
