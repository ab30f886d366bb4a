"""The peephole LSTM cell against plain NumPy, and derivative clipping."""

import keras
import numpy as np
import pytest
from helpers import BACKEND, CLOSE, DTYPE, EXACT, gradients, plain_lstm, randomise, slopes
from keras import ops

from mdn_utils.errors import InputError
from mdn_utils.layers import ClipGradient, PeepholeLSTMCell, clip_gradient


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(1)


# --- clipping ---


def test_clipping_leaves_values_and_clips_derivatives():
    x = keras.Variable([1.0, -2.0, 3.0])
    scale = ops.array([0.1, 50.0, -50.0])
    np.testing.assert_array_equal(ops.convert_to_numpy(clip_gradient(x, 10.0)), [1, -2, 3])
    for compiled in (False, True):
        (found,) = gradients(lambda: ops.sum(clip_gradient(x, 10.0) * scale), [x], compiled)
        np.testing.assert_allclose(found, [0.1, 10, -10], rtol=1e-6)


@pytest.mark.skipif(BACKEND != "jax", reason="JAX's own transformations")
def test_clipping_inside_scan_and_vmap():
    import jax
    import jax.numpy as jnp

    def last(x):  # doubles three times, the derivative is clipped to 1 at each
        return jax.lax.scan(lambda c, _: (clip_gradient(2 * c, 1.0), None), x, length=3)[0]

    assert jax.jit(jax.grad(last))(1.5) == 2
    np.testing.assert_array_equal(jax.vmap(jax.grad(last))(jnp.arange(3.0)), [2, 2, 2])


def exploding(compiled, clip):
    """Gradient of the bias of a cell whose recurrent weights are large, through 30 steps."""
    layer = keras.layers.RNN(PeepholeLSTMCell(2, clip=clip))
    x = ops.ones((3, 30, 2))
    layer(x)
    randomise(layer.cell.weights, 3)
    return gradients(lambda: 1e6 * ops.sum(layer(x)), [layer.cell.bias], compiled)[0]


@pytest.mark.parametrize("compiled", [False, True])
def test_cell_clips_at_every_step(compiled):
    # each of 3 sequences and 30 steps adds at most 0.01 to a bias
    assert np.abs(exploding(compiled, clip=0.01)).max() <= 0.9 + 1e-6
    assert np.abs(exploding(compiled, clip=None)).max() > 1e3


# --- the cell ---


@pytest.mark.parametrize("clip", [None, 10.0])
def test_cell_is_equations_7_to_11(clip):
    x = np.random.default_rng(2).normal(size=(2, 5, 3)).astype(DTYPE)
    layer = keras.layers.RNN(
        PeepholeLSTMCell(4, clip=clip, dtype=DTYPE),
        return_sequences=True,
        return_state=True,
        dtype=DTYPE,
    )
    layer.build(x.shape)
    weights = layer.cell.weights
    randomise(weights)
    outputs, h, c = (ops.convert_to_numpy(v) for v in layer(x))
    expected, last = plain_lstm(x, *(w.numpy() for w in weights))
    np.testing.assert_allclose(outputs, expected, atol=EXACT)
    np.testing.assert_allclose(h, expected[:, -1], atol=EXACT)
    np.testing.assert_allclose(c, last, atol=EXACT)
    wanted = slopes(lambda *ws: np.sum(plain_lstm(x, *ws)[0] ** 2), [w.numpy() for w in weights])
    for one, other in zip(gradients(lambda: ops.sum(ops.square(layer(x)[0])), weights), wanted):
        np.testing.assert_allclose(one, other, rtol=CLOSE, atol=CLOSE)


def test_without_peepholes_it_is_the_lstm_of_keras():
    x = np.random.default_rng(3).normal(size=(2, 7, 3)).astype("float32")
    ours = keras.layers.RNN(PeepholeLSTMCell(5), return_sequences=True)
    theirs = keras.layers.LSTM(5, return_sequences=True)
    ours(x), theirs(x)
    np.testing.assert_array_equal(
        ours.cell.bias.numpy(), theirs.cell.bias.numpy()
    )  # forget gate open
    theirs.set_weights([w.numpy() for w in ours.cell.weights[:3]])
    np.testing.assert_allclose(
        *(ops.convert_to_numpy(layer(x)) for layer in (ours, theirs)), atol=1e-6
    )


def test_parameters_and_config():
    D, H = 3, 5
    model = keras.Sequential(
        [keras.Input((None, D)), keras.layers.RNN(PeepholeLSTMCell(H, clip=1.0))]
    )
    assert model.count_params() == 4 * (D * H + H * H + H) + 3 * H
    cell = keras.Sequential.from_config(model.get_config()).layers[0].cell
    assert (cell.units, cell.clip) == (H, 1.0)
    for wrong in ({"units": 0}, {"units": 3, "clip": 0}):
        with pytest.raises(InputError, match="PeepholeLSTMCell"):
            PeepholeLSTMCell(**wrong)


def test_clipping_as_a_layer_of_a_functional_model():
    x = keras.Input((3,))
    model = keras.Model(x, ClipGradient(0.5)(keras.layers.Dense(1, use_bias=False)(x)))
    kernel = model.trainable_variables[0]
    given = np.ones((1, 3), "float32")
    (found,) = gradients(lambda: 100 * ops.sum(model(given)), [kernel], BACKEND == "jax")
    np.testing.assert_allclose(found, 0.5)
    with pytest.raises(InputError, match="bound=0"):
        ClipGradient(0)
