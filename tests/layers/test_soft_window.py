"""The soft window against plain NumPy loops over Graves' equations 46-51."""

import keras
import numpy as np
import pytest
from helpers import BACKEND, CLOSE, DTYPE, EXACT, gradients, randomise, sigmoid, slopes
from keras import ops

from mdn_utils.errors import InputError
from mdn_utils.layers import SoftWindowLSTM, attention

B, T, U, D, H, A, K = 2, 4, 6, 3, 4, 5, 2


@pytest.fixture(autouse=True)
def precise():
    """float64 where the backend computes in it; a cell makes layers of its own, so it is set for all."""
    keras.utils.set_random_seed(1)
    keras.config.set_floatx(DTYPE)
    keras.config.set_dtype_policy(
        DTYPE
    )  # floatx alone counts only until somebody has asked for the policy
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


def inputs(seed=0, steps=T):
    """Points (B, T, D) and one-hot text (B, U, A); the second text is one character shorter, its padding all zero."""
    rng = np.random.default_rng(seed)
    text = np.eye(A)[rng.integers(0, A, (B, U))]
    text[1, -1] = 0
    return rng.normal(size=(B, steps, D)).astype(DTYPE), text.astype(DTYPE)


def layer(**options):
    made = SoftWindowLSTM(H, K, **options)
    made.build((B, None, D), (B, U, A))
    return made


def joined(outputs):
    """h, window and Gaussians in one array."""
    return np.concatenate([ops.convert_to_numpy(part) for part in outputs], -1)


def plain_window(x, text, kernel, recurrent, bias, peephole, window_kernel, window_bias):
    """An LSTM with a window, one line, one step, one character at a time: (B, T, H + A + 3K)."""
    rows = []
    for x_line, c_line in zip(x, text):
        h, c, w, kappa = np.zeros(H), np.zeros(H), np.zeros(A), np.zeros(K)
        for x_t in x_line:
            i, f, g, o = np.split(np.concatenate([x_t, w]) @ kernel + h @ recurrent + bias, 4)
            c = sigmoid(f + peephole[1] * c) * c + sigmoid(i + peephole[0] * c) * np.tanh(g)
            h = sigmoid(o + peephole[2] * c) * np.tanh(c)
            hats = h @ window_kernel + window_bias  # (48)
            alpha, beta = np.exp(hats[:K]), np.exp(hats[K : 2 * K])  # (49), (50)
            kappa = kappa + np.exp(hats[2 * K :])  # (51)
            w = np.zeros(A)
            for u in range(1, U + 1):
                phi = sum(
                    alpha[k] * np.exp(-beta[k] * (kappa[k] - u) ** 2) for k in range(K)
                )  # (46)
                w = w + phi * c_line[u - 1]  # (47)
            rows.append(np.concatenate([h, w, alpha, beta, kappa]))
    return np.reshape(rows, (*x.shape[:2], -1))


def test_attention_is_equation_46():
    rng = np.random.default_rng(0)
    window = rng.uniform(0.1, 3, (B, T, 3 * K)).astype(DTYPE)
    found = ops.convert_to_numpy(attention(ops.convert_to_tensor(window), U))
    assert found.shape == (B, T, U)
    for b, t, u in np.ndindex(found.shape):
        alpha, beta, kappa = window[b, t].reshape(3, K)
        wanted = sum(alpha[k] * np.exp(-beta[k] * (kappa[k] - (u + 1)) ** 2) for k in range(K))
        assert found[b, t, u] == pytest.approx(wanted, rel=1e-5 if DTYPE == "float32" else 1e-12)


@pytest.mark.parametrize("peepholes", [False, True])
def test_the_layer_is_equations_46_to_51(peepholes):
    x, text = inputs()
    ours = layer(peepholes=peepholes, clip=None)
    randomise(ours.weights)
    letters = keras.Variable(text, dtype=DTYPE)
    order = [*ours.cell.weights, *ours.gaussians_layer.weights, letters]

    def plain(*weights):
        *weights, text = weights
        if not peepholes:
            weights = [*weights[:3], np.zeros((3, H)), *weights[3:]]
        return plain_window(x, text, *weights)

    def loss():
        return sum(ops.sum(ops.square(part)) for part in ours(x, letters)) / 100

    arrays = [ops.convert_to_numpy(w) for w in order]
    np.testing.assert_allclose(joined(ours(x, letters)), plain(*arrays), atol=10 * EXACT)
    found = gradients(loss, order, compiled=BACKEND == "jax")
    wanted = slopes(lambda *weights: np.sum(plain(*weights) ** 2) / 100, arrays)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=CLOSE, atol=CLOSE * np.abs(other).max())


@pytest.mark.parametrize("peepholes", [False, True])
def test_stepping_is_the_same_as_the_sequence(peepholes):
    x, text = inputs()
    ours = layer(peepholes=peepholes)
    randomise(ours.weights)
    whole = joined(ours(x, text))
    states = ours.initial_state(B, A)
    assert [s.shape for s in states] == [(B, H), (B, H), (B, A), (B, K)]
    for t in range(T):
        outputs, states = ours.step(
            ops.convert_to_tensor(x[:, t]), ops.convert_to_tensor(text), states
        )
        np.testing.assert_allclose(joined(outputs), whole[:, t], atol=10 * EXACT)


def test_the_window_starts_at_the_pace_of_the_data_and_only_goes_on():
    x, text = inputs(steps=24)
    ours = layer(points_per_character=8.0)

    def position(x):
        return ops.convert_to_numpy(ours(x, text)[2])[..., 2 * K :]

    np.testing.assert_allclose(np.diff(position(x), axis=1), 1 / 8, rtol=0.2)
    np.testing.assert_allclose(position(x)[:, -1], 3, rtol=0.1)  # 24 points: three characters
    randomise(ours.weights, 2)
    assert (np.diff(position(100 * x), axis=1) > 0).all()


def test_padding_adds_nothing_to_the_window():
    x, text = inputs()
    ours = layer()
    randomise(ours.weights)
    short = joined(ours(x, text))
    for padding in (1, 5):
        longer = np.pad(text, [(0, 0), (0, padding), (0, 0)])
        np.testing.assert_allclose(joined(ours(x, longer)), short, atol=EXACT)
    assert (ops.convert_to_numpy(ours(x, np.zeros_like(text))[1]) == 0).all()


def test_a_functional_model_reads_through_it():
    """Two inputs of unknown length, trained, and called again after `fit`."""
    strokes, text = keras.Input((None, D)), keras.Input((None, A))
    hidden, _, _ = SoftWindowLSTM(H, K)(strokes, text)
    model = keras.Model([strokes, text], keras.layers.Dense(1)(hidden))
    model.compile("adam", "mse")
    x, c = inputs()
    model.fit([x, c], np.zeros((B, T, 1), DTYPE), epochs=2, verbose=0)
    layer = model.layers[2]
    assert joined(layer(x, c)).shape == (B, T, H + A + 3 * K)


def test_bad_sizes_are_refused():
    for wrong in ({"units": 0}, {"gaussians": 0}, {"points_per_character": 0}):
        with pytest.raises(InputError, match="SoftWindowLSTM"):
            SoftWindowLSTM(**{"units": 3, **wrong})
