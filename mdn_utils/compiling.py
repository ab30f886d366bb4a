"""The losses and optimizers that the course's networks are trained with."""
import keras
import numpy as np
from keras import ops

from .errors import InputError
from .layers import CTCLoss, MixtureLoss, NatsPerPoint, WeightNoise
from .layers.ctc import ctc_nats
from .networks import TextNetwork


def optimizer(method="adam", rate=2e-3):
    """Return the optimizer of a `method`.

    Args:
        method: "adam", the faster default, with the global norm of the gradient clipped to 1; or
            "graves", RMSprop of equations 38-45 with the paper's settings.
        rate: Adam's learning rate at its peak. RMSprop has the paper's, 0.0001.

    Example:

    >>> optimizer("graves").name
    'rm_sprop'
    """
    if method == "graves":
        return keras.optimizers.RMSprop(1e-4, rho=0.95, momentum=0.9, epsilon=1e-4, centered=True)
    return keras.optimizers.Adam(rate, global_clipnorm=1.0)


def compile_network(network, method="adam", rate=2e-3):
    """Compile one of the three networks with its loss, the metric "nats" and an `optimizer`.

    Args:
        network: a `TextNetwork`, a `PredictionNetwork` or a `SynthesisNetwork`, or `WeightNoise`
            around one.
        method, rate: see `optimizer`. With "graves" the loss is a sum, in nats per batch.

    Raises:
        InputError: if `rate` is not a number above 0.

    Example:

    >>> network = TextNetwork((4,))
    >>> compile_network(network, rate=0.01)
    >>> network.loss.name
    'sparse_categorical_crossentropy'
    """
    if not 0 < rate < np.inf:
        raise InputError(f"rate={rate}: expected a learning rate above 0, such as 0.002")
    noisy = isinstance(network, WeightNoise)
    if isinstance(network.model if noisy else network, TextNetwork):
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        metric = keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="nats")
    else:
        # Graves bounds the derivatives of a sequence's loss in nats, summed over its points.
        loss = MixtureLoss(reduction="sum" if method == "graves" else "mean_with_sample_weight")
        metric = NatsPerPoint()
    network.compile(
        optimizer=optimizer(method, rate), loss=loss, weighted_metrics=[metric],
        jit_compile="auto" if noisy else _jit(network),
    )


def _jit(network):
    """Whether to compile with XLA. It speeds our own loops up on CPUs too, but not Keras's."""
    ours = not network.peepholes and all(layer.supports_jit for layer in network.hidden)
    return ours or "auto"


def restart_optimizer(network):
    """Give the optimizer of a compiled network its first state; compiling anew costs seconds more.

    Args:
        network: a compiled `keras.Model`, whose optimizer keeps nothing but moments that begin at
            0, as Adam does. The learning rate stays.

    Example:

    >>> network = TextNetwork((4,))
    >>> compile_network(network)
    >>> restart_optimizer(network)
    >>> network.optimizer.iterations.numpy().item()
    0
    """
    for variable in network.optimizer.variables:
        if variable is not network.optimizer.learning_rate:
            variable.assign(ops.zeros(variable.shape, variable.dtype))


def compile_reader(reader, rate=2e-3):
    """Compile a reader with the CTC loss, the metric "nats_per_line", and Adam.

    Args:
        reader: a `reading.Reader`.
        rate: the learning rate at its peak.

    Raises:
        InputError: if `rate` is not a number above 0.

    Example:

    >>> from mdn_utils.reading import Reader
    >>> reader = Reader((8,))
    >>> compile_reader(reader)
    >>> reader.loss.name
    'ctc'
    """
    if not 0 < rate < np.inf:
        raise InputError(f"rate={rate}: expected a learning rate above 0, such as 0.002")
    reader.compile(
        optimizer=optimizer("adam", rate),
        loss=CTCLoss(),
        metrics=[keras.metrics.MeanMetricWrapper(ctc_nats, name="nats_per_line")],
    )
