"""Training on all accelerators of one machine, or of several (docs/scaling.md): Keras' data parallelism on JAX."""
import contextlib
import os

import keras

from .strokes import InputError


def distribute():
    """From here on every batch is shared out over all devices. Call before a network is made.

    One machine: all its devices. Several: one process on each, with Keras' environment variables
    KERAS_DISTRIBUTION_JOB_ADDRESSES (host:port of process 0), _NUM_PROCESSES and _PROCESS_ID. Loss and gradients are
    those of the whole batch, wherever its rows are. Raises InputError on other backends than JAX.
    """
    if keras.backend.backend() != "jax":
        raise InputError("--distribute needs JAX: set KERAS_BACKEND=jax")
    if "KERAS_DISTRIBUTION_NUM_PROCESSES" in os.environ:
        keras.distribution.initialize()
    keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))


def devices():
    """How many devices share a batch."""
    spread = keras.distribution.distribution()
    return spread.device_mesh.devices.size if spread else 1


@contextlib.contextmanager
def local():
    """`with local():` what is made here belongs to this process only; the others need not make it as well."""
    spread = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(spread)


def process():
    """Number of this process and how many there are."""
    if not keras.distribution.distribution():
        return 0, 1
    import jax
    return jax.process_index(), jax.process_count()
