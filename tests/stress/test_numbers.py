"""Losses at inputs far beyond what training meets, and training on lines with outliers: no NaN, no infinity."""

import keras
import numpy as np
import pytest
from keras import ops

from mdn_utils import compiling, training
from mdn_utils.data import prepare, simulated
from mdn_utils.data.batches import LineBatches, arrange_prediction
from mdn_utils.layers import AdaptiveWeightNoise
from mdn_utils.layers.mixture import nats, raw_size
from mdn_utils.networks import PredictionNetwork

POINTS, M = 32, 5


def extreme(rng, shape, largest):
    """Numbers of either sign and of all sizes up to `largest`, some of them 0, some of them the largest itself."""
    sizes = np.where(
        rng.random(shape) < 0.2, largest, 10 ** rng.uniform(-6, np.log10(largest), shape)
    )
    return (rng.choice([-1, 0, 1], shape, p=[0.48, 0.04, 0.48]) * sizes).astype(np.float32)


def mixture_density(rng):
    raw = extreme(rng, (POINTS, raw_size(M)), 10 ** rng.choice([1, 4, 6]))
    strokes = np.column_stack([extreme(rng, (POINTS, 2), 1e6), rng.integers(0, 2, POINTS)]).astype(
        np.float32
    )
    exact = rng.random(POINTS) < 0.2  # on the mean of a component, which may have no width
    strokes[exact, :2] = raw[exact][:, [1 + M, 1 + 2 * M]]
    return [raw], [strokes]


def text(rng):
    return [extreme(rng, (POINTS, 256), 10 ** rng.choice([1, 4, 8]))], [
        rng.integers(0, 256, POINTS).astype(np.int32)
    ]


def weight_noise(rng):
    return [extreme(rng, size, 1e6) for size in SIZES] + [
        extreme(rng, size, 40) for size in SIZES
    ], []


SIZES = (3, 4), (4,)


def cross_entropy(logits, codes):
    return keras.losses.sparse_categorical_crossentropy(codes, logits, from_logits=True)


NOISY = AdaptiveWeightNoise(
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)]), sequences=1
)


def description_length(*given):
    """The KL of weights and of logarithms of the standard deviations of their noise."""
    with keras.StatelessScope(
        list(zip([*NOISY.model.trainable_variables, *NOISY.log_sigma], given))
    ):
        return NOISY.kl()


def derived(loss):
    """Compiled: the loss and its derivatives with respect to the first list of arguments."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(jax.value_and_grad(lambda inputs, rest: ops.sum(loss(*inputs, *rest))))
    import tensorflow as tf

    @tf.function
    def both(inputs, rest):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = ops.sum(loss(*inputs, *rest))
        return value, tape.gradient(value, inputs)

    return both


@pytest.mark.parametrize(
    "loss, draw",
    [
        (lambda raw, strokes: nats(strokes, raw), mixture_density),
        (cross_entropy, text),
        (description_length, weight_noise),
    ],
    ids=["mixture density", "text", "adaptive weight noise"],
)
def test_losses_and_their_derivatives_stay_finite(count, loss, draw):
    both, largest = derived(loss), 0
    for step in range(count("steps")):
        inputs, rest = draw(np.random.default_rng(step))
        value, gradients = both(
            *[[ops.convert_to_tensor(array) for array in arrays] for arrays in (inputs, rest)]
        )
        for array in (value, *gradients):
            array = ops.convert_to_numpy(array)
            assert np.isfinite(array).all(), f"step {step}"
            largest = max(largest, np.abs(array).max())
    print(f"{count('steps')} steps, largest number {largest:.1e}")


def test_outliers_do_not_upset_training(tmp_path):
    lines = sorted(prepare.prepare(simulated.lines(60)), key=lambda line: len(line.strokes))[
        20:40
    ]  # few shapes
    rng, spoilt = np.random.default_rng(0), []
    for line in lines:
        strokes = line.strokes.copy()
        strokes[rng.random(len(strokes)) < 0.001, :2] *= 20
        spoilt.append(line._replace(strokes=strokes))
    assert 0 < sum((a.strokes != b.strokes).any(1).sum() for a, b in zip(lines, spoilt)) < 20
    ends = {}
    for name, some in (("clean", lines), ("outliers", spoilt)):
        keras.utils.set_random_seed(1)
        network = PredictionNetwork((32,), mixtures=5)
        compiling.compile_network(network)
        curve = training.fit(
            network,
            LineBatches(some, arrange_prediction, steps=100),
            LineBatches(lines, arrange_prediction),
            tmp_path / name,
            epochs=4,
        )
        ends[name] = [point["validation"] for point in curve]
    print(ends)
    for curve in ends.values():
        assert (np.diff(curve) < 0.05).all() and curve[-1] < curve[0] - 0.3
    assert ends["outliers"][-1] < ends["clean"][-1] + 1
