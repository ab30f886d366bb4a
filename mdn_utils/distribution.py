"""Train on all accelerators of one machine or of several, with JAX (docs/scaling.md)."""
import contextlib
import os

import keras

from .errors import InputError


def distribute():
    """Share every batch out over all devices from here on. Call it before a model is made.

    On one machine these are all its devices. For several machines start one process on each, with
    Keras's environment variables KERAS_DISTRIBUTION_JOB_ADDRESSES (host:port of process 0),
    KERAS_DISTRIBUTION_NUM_PROCESSES and KERAS_DISTRIBUTION_PROCESS_ID. Loss and gradients are those
    of the whole batch, wherever its rows are.

    Raises:
        InputError: if the backend is not JAX.
    """
    if keras.backend.backend() != "jax":
        raise InputError("training on several devices needs JAX: set KERAS_BACKEND=jax")
    if "KERAS_DISTRIBUTION_NUM_PROCESSES" in os.environ:
        keras.distribution.initialize()
    keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))


def device_count():
    """Return how many devices share a batch."""
    distribution = keras.distribution.distribution()
    return distribution.device_mesh.devices.size if distribution else 1


def process_index_and_count():
    """Return the number of this process, and how many train together."""
    if not keras.distribution.distribution():
        return 0, 1
    import jax

    return jax.process_index(), jax.process_count()


@contextlib.contextmanager
def without_distribution():
    """Suspend data parallelism: variables created inside live in this process only."""
    distribution = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(distribution)
