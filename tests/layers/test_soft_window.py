"""The soft window against plain NumPy loops over Graves' equations 46-51."""
import keras
import numpy as np
import pytest
from keras import ops
from test_recurrent import BACKEND, CLOSE, DTYPE, EXACT, gradients, randomise, sigmoid, slopes

from mdn_utils.recurrent import PeepholeLSTMCell
from mdn_utils.window import WindowCell, attention

B, T, U, D, H, A, K = 2, 4, 6, 3, 4, 5, 2


@pytest.fixture(autouse=True)
def precise():
    """float64 where the backend computes in it; a cell makes layers of its own, so it is set for all."""
    keras.utils.set_random_seed(1)
    keras.config.set_floatx(DTYPE)
    keras.config.set_dtype_policy(DTYPE)  # floatx alone counts only until somebody has asked for the policy
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


def inputs(seed=0, steps=T):
    """Points (B, T, D) and one-hot text (B, U, A); the second text is one character shorter, its padding all zero."""
    rng = np.random.default_rng(seed)
    text = np.eye(A)[rng.integers(0, A, (B, U))]
    text[1, -1] = 0
    return rng.normal(size=(B, steps, D)).astype(DTYPE), text.astype(DTYPE)


def layer(text, cell=keras.layers.LSTMCell, **options):
    made = keras.layers.RNN(WindowCell(cell(H), K, A, **options), return_sequences=True)
    made.cell.text = ops.convert_to_tensor(text)
    made.build((B, None, D))
    return made


def parts(outputs):
    """h, window, importance, width, position."""
    return np.split(ops.convert_to_numpy(outputs), np.cumsum([H, A, K, K]), axis=-1)


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
            alpha, beta = np.exp(hats[:K]), np.exp(hats[K:2 * K])  # (49), (50)
            kappa = kappa + np.exp(hats[2 * K:])  # (51)
            w = np.zeros(A)
            for u in range(1, U + 1):
                phi = sum(alpha[k] * np.exp(-beta[k] * (kappa[k] - u) ** 2) for k in range(K))  # (46)
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


@pytest.mark.parametrize("cell", [keras.layers.LSTMCell, PeepholeLSTMCell])
def test_cell_is_equations_46_to_51(cell):
    x, text = inputs()
    ours = layer(text, cell)
    randomise(ours.weights)
    order = [*ours.cell.cell.weights, *ours.cell.gaussians.weights]

    def plain(*weights):
        if cell is keras.layers.LSTMCell:
            weights = [*weights[:3], np.zeros((3, H)), *weights[3:]]
        return plain_window(x, text, *weights)

    np.testing.assert_allclose(ops.convert_to_numpy(ours(x)), plain(*(w.numpy() for w in order)), atol=10 * EXACT)
    found = gradients(lambda: ops.sum(ops.square(ours(x))) / 100, order, compiled=BACKEND == "jax")
    wanted = slopes(lambda *weights: np.sum(plain(*weights) ** 2) / 100, [w.numpy() for w in order])
    for one, other in zip(found, wanted):
        np.testing.assert_allclose(one, other, rtol=CLOSE, atol=CLOSE * np.abs(other).max())


def test_stepping_is_the_same_as_the_sequence():
    x, text = inputs()
    ours = layer(text)
    randomise(ours.weights)
    whole = ops.convert_to_numpy(ours(x))
    states = ours.cell.get_initial_state(B)
    assert [s.shape for s in states] == [(B, H), (B, H), (B, A), (B, K)]
    for t in range(T):
        step, states = ours.cell(x[:, t], states)
        np.testing.assert_allclose(ops.convert_to_numpy(step), whole[:, t], atol=10 * EXACT)
    assert whole.shape[-1] == ours.cell.output_size


def test_window_starts_at_the_pace_of_the_data_and_only_goes_on():
    x, text = inputs(steps=24)
    ours = layer(text, points_per_character=8.0)
    position = parts(ours(x))[4]
    np.testing.assert_allclose(np.diff(position, axis=1), 1 / 8, rtol=0.2)
    np.testing.assert_allclose(position[:, -1], 3, rtol=0.1)  # 24 points: three characters
    randomise(ours.weights, 2)
    assert (np.diff(parts(ours(100 * x))[4], axis=1) > 0).all()


def test_padding_adds_nothing_to_the_window():
    x, text = inputs()
    ours = layer(text)
    randomise(ours.weights)
    short = ops.convert_to_numpy(ours(x))
    for padding in (1, 5):
        ours.cell.text = ops.convert_to_tensor(np.pad(text, [(0, 0), (0, padding), (0, 0)]))
        np.testing.assert_allclose(ops.convert_to_numpy(ours(x)), short, atol=EXACT)
    ours.cell.text = ops.zeros((B, U, A), DTYPE)
    assert (parts(ours(x))[1] == 0).all()
