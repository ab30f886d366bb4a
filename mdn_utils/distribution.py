"""Training on all accelerators of one machine, or of several (docs/scaling.md).

On JAX it is Keras' own data parallelism, on TensorFlow `MirroredStrategy` for the devices of one machine.
"""
import contextlib
import os

import keras

from .errors import InputError


def distribute():
    """From here on every batch is shared out over all devices. Call before a network is made.

    One machine: all its devices. Several, on JAX: one process on each, with Keras' environment variables
    KERAS_DISTRIBUTION_JOB_ADDRESSES (host:port of process 0), _NUM_PROCESSES and _PROCESS_ID. Loss and gradients are
    those of the whole batch, wherever its rows are. Raises InputError where the backend cannot.
    """
    backend, several = keras.backend.backend(), "KERAS_DISTRIBUTION_NUM_PROCESSES" in os.environ
    if backend == "jax":
        if several:
            keras.distribution.initialize()
        keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))
    elif backend == "tensorflow" and not several:
        import tensorflow as tf
        tf.distribute.experimental_set_strategy(tf.distribute.MirroredStrategy(
            tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")))
    else:
        raise InputError("--distribute needs TensorFlow or JAX, for several machines JAX: set KERAS_BACKEND=jax")


def device_count():
    """How many devices share a batch."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf
        return tf.distribute.get_strategy().num_replicas_in_sync
    spread = keras.distribution.distribution()
    return spread.device_mesh.devices.size if spread else 1


def mirrored_step(network, data):
    """`train_step` for one device of a `MirroredStrategy`, with the loss and the clipped gradient of the whole batch.

    Keras' own would weigh all devices alike, whatever number of points each has, and clip before it adds up.
    """
    import tensorflow as tf
    x, y, *mask = data
    context, optimizer = tf.distribute.get_replica_context(), network.optimizer
    points = tf.reduce_sum(*mask) if mask else tf.size(y, tf.float32)
    count = context.num_replicas_in_sync  # Keras divides a mean by it, and `apply` adds gradients up over all devices
    with tf.GradientTape() as tape:
        raw = network(x, training=True)
        loss = network.compute_loss(x, y, raw, *mask) * count * points / context.all_reduce("SUM", points)
    gradients = context.all_reduce("SUM", tape.gradient(loss, network.trainable_weights))
    gradients, _ = tf.clip_by_global_norm(gradients, optimizer.global_clipnorm)
    optimizer.apply([gradient / count for gradient in gradients], network.trainable_weights)
    return network.compute_metrics(x, y, raw, *mask)


@contextlib.contextmanager
def without_distribution():
    """`with without_distribution():` what is made here belongs to this process only; the others need not make it as well."""
    spread = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(spread)


def process_index_and_count():
    """Number of this process and how many there are."""
    if not keras.distribution.distribution():
        return 0, 1
    import jax
    return jax.process_index(), jax.process_count()
