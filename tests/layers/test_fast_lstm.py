"""The written-out loop against Keras's own loop and its automatic differentiation."""

import keras
import numpy as np
import pytest
from helpers import BACKEND, CLOSE, DTYPE, EXACT, JIT, gradients, randomise, slopes
from keras import ops

from mdn_utils.layers import FastLSTM

B, T, D, H = 2, 4, 2, 3


@pytest.fixture(autouse=True)
def precise():
    """float64 where the backend computes in it."""
    keras.utils.set_random_seed(1)
    keras.config.set_floatx(DTYPE)
    keras.config.set_dtype_policy(DTYPE)
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


def same_twice(**options):
    """Our layer and Keras's with the same weights, and inputs and states for both, as variables."""
    pair = [FastLSTM(H, **options), keras.layers.LSTM(H, use_cudnn=False, **options)]
    for layer in pair:
        layer.build((B, None, D))
    randomise(pair[0].weights)
    pair[1].set_weights(pair[0].get_weights())
    rng = np.random.default_rng(0)
    given = [
        keras.Variable(rng.normal(size=shape), dtype=DTYPE) for shape in [(B, T, D), (B, H), (B, H)]
    ]
    return pair, given


def value(layer, given, mask=None):
    """A number that depends on every output and every last state, each with its own weight."""
    x, *states = map(ops.convert_to_tensor, given)
    outputs, rng = layer(x, initial_state=states, mask=mask), np.random.default_rng(2)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return sum(
        ops.sum(output * ops.convert_to_tensor(rng.normal(size=output.shape), DTYPE))
        for output in outputs
    )


OPTIONS = [
    {"return_sequences": True, "return_state": True},
    {},
    {"return_sequences": True, "go_backwards": True},
    {"return_sequences": True, "activation": "relu"},
    {"return_sequences": True, "use_bias": False},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: "-".join(options) or "default")
@pytest.mark.parametrize("compiled", JIT)
def test_values_and_derivatives_are_those_of_keras(options, compiled):
    pair, given = same_twice(**options)
    values, found = [], []
    for layer in pair:
        values.append(float(ops.convert_to_numpy(value(layer, given))))
        variables = [*layer.trainable_variables, *given]
        found.append(gradients(lambda layer=layer: value(layer, given), variables, compiled))
    assert values[0] == pytest.approx(values[1], abs=100 * EXACT)
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, atol=100 * EXACT)


def test_a_mask_is_kept():
    pair, given = same_twice(return_sequences=True)
    mask = np.array([[True] * T, [True] * (T - 2) + [False] * 2])
    ours, theirs = (float(value(layer, given, mask)) for layer in pair)
    assert ours == pytest.approx(theirs, abs=100 * EXACT)
    assert ours != pytest.approx(float(value(pair[0], given)), abs=1e-3)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="float64 throughout")
def test_derivatives_are_differences():
    (layer, _), given = same_twice(return_sequences=True, return_state=True)
    variables = [*layer.trainable_variables, *given]

    def at(*arrays):
        for variable, array in zip(variables, arrays):
            variable.assign(array)
        return float(value(layer, given))

    arrays = [v.numpy() for v in variables]
    wanted = slopes(at, arrays)
    at(*arrays)
    for one, other in zip(gradients(lambda: value(layer, given), variables), wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=CLOSE, atol=CLOSE)


@pytest.mark.skipif(BACKEND == "torch", reason="Keras's own loop remains")
def test_the_cell_is_not_called_point_by_point(monkeypatch):
    (layer, other), given = same_twice(return_sequences=True)
    monkeypatch.setattr(type(layer.cell), "call", None)
    value(layer, given)
    with pytest.raises(TypeError):
        value(other, given)
