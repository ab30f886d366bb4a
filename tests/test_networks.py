"""The networks against plain NumPy ones: sizes, skip connections, stepping, causality and a little training."""

import keras
import numpy as np
import pytest
from helpers import BACKEND, gradients, plain_lstm, randomise, run, sigmoid
from keras import ops

from mdn_utils.compiling import compile_network, restart_optimizer
from mdn_utils.data.alphabet import ALPHABET, BYTES, encode
from mdn_utils.data.batches import LineBatches, arrange_prediction, arrange_synthesis
from mdn_utils.data.strokes import Line
from mdn_utils.errors import InputError
from mdn_utils.layers.mixture import MixtureLoss
from mdn_utils.networks import (
    OUTPUT_CLIP,
    PredictionNetwork,
    SynthesisNetwork,
    TextNetwork,
    one_hot_text,
)

CLASSES = {"text": TextNetwork, "prediction": PredictionNetwork, "synthesis": SynthesisNetwork}
KINDS, A, T = list(CLASSES), len(ALPHABET), 5


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(1)


def small(kind, peepholes=False, units=(6, 5, 4)):
    sizes = {
        "text": {},
        "prediction": {"mixtures": 2},
        "synthesis": {"mixtures": 2, "gaussians": 3},
    }
    network = CLASSES[kind](units, peepholes=peepholes, **sizes[kind])
    randomise(network.weights, 0.3)
    return network


def inputs(kind, seed=0):
    rng = np.random.default_rng(seed)
    if kind == "text":
        return rng.integers(0, BYTES, (2, T)).astype("int32")
    strokes = rng.normal(size=(2, T, 3)).astype("float32")
    return (
        strokes
        if kind == "prediction"
        else (strokes, np.stack([encode("to be", 7), encode("or not", 7)]))
    )


# --- sizes ---


def lstm(inputs, units, peepholes):
    return 4 * (inputs + units + 1) * units + 3 * units * peepholes


@pytest.mark.parametrize("peepholes", [False, True])
@pytest.mark.parametrize(
    "kind, exact, paper", [("prediction", 3_364_521, 3.37e6), ("synthesis", 3_832_551, 3.65e6)]
)
def test_parameters_at_the_size_of_the_paper(kind, exact, paper, peepholes, monkeypatch):
    # only the sizes count, and JAX takes 20 s for the orthogonal matrices of such a network
    monkeypatch.setattr(keras.initializers.Orthogonal, "__call__", keras.initializers.Zeros.__call__)
    H, M, K, letters = 400, 20, 10, A if kind == "synthesis" else 0

    def count(letters):
        window = (H + 1) * 3 * K if kind == "synthesis" else 0
        first, other = lstm(3 + letters, H, peepholes), lstm(3 + letters + H, H, peepholes)
        return first + 2 * other + window + (3 * H + 1) * (1 + 6 * M)

    network = CLASSES[kind](peepholes=peepholes)
    assert network.count_params() == count(letters) == exact + 3 * 3 * H * peepholes
    # the paper's alphabet has 57 characters, ours 95: 3 x 4 x 400 weights more for each
    assert count(57 if letters else 0) == pytest.approx(paper, rel=2e-3)


def test_any_size():
    assert small("prediction", units=(9,)).count_params() == lstm(3, 9, False) + 10 * 13
    assert [w.shape[-1] // 4 for w in small("text", units=(3, 8)).weights if "bias" in w.path][
        :2
    ] == [3, 8]


# --- what they compute ---


def plain(network, x, text=None):
    """Prediction or synthesis, layer after layer as in figures 1 and 12, in NumPy."""
    weights = [w.numpy().astype("float64") for w in network.weights]

    def cell():
        taken = [weights.pop(0) for _ in range(3 + network.peepholes)]
        return taken if network.peepholes else [*taken, np.zeros((3, taken[1].shape[0]))]

    units, below, hidden = network.units, x, []
    if text is not None:
        K = network.gaussians
        (kernel, recurrent, bias, peephole), window_kernel, window_bias = (
            cell(),
            weights.pop(0),
            weights.pop(0),
        )
        h, c, w, kappa = (np.zeros((len(x), size)) for size in (units[0], units[0], A, K))
        first, windows = [], []
        for x_t in x.swapaxes(0, 1):
            i, f, g, o = np.split(
                np.concatenate([x_t, w], 1) @ kernel + h @ recurrent + bias, 4, axis=1
            )
            c = sigmoid(f + peephole[1] * c) * c + sigmoid(i + peephole[0] * c) * np.tanh(g)
            h = sigmoid(o + peephole[2] * c) * np.tanh(c)
            alpha, beta, step = np.split(np.exp(h @ window_kernel + window_bias), 3, axis=1)
            kappa = kappa + step
            distance = kappa[:, None] - np.arange(1, text.shape[1] + 1)[:, None]  # (B, U, K)
            w = np.einsum(
                "buk,bua->ba", alpha[:, None] * np.exp(-beta[:, None] * distance**2), text
            )
            first.append(h), windows.append(w)
        hidden.append(np.stack(first, 1))
        x = np.concatenate([x, np.stack(windows, 1)], -1)
        below = np.concatenate([x, hidden[0]], -1)
    while len(hidden) < len(units):
        hidden.append(plain_lstm(below, *cell())[0])
        below = np.concatenate([x, hidden[-1]], -1)
    return np.concatenate(hidden, -1) @ weights[0] + weights[1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("peepholes", [False, True])
def test_network_is_figures_1_and_12_in_one_go_and_step_by_step(kind, peepholes):
    network, x = small(kind, peepholes), inputs(kind)
    whole = run(network, x)
    strokes, text = x if kind == "synthesis" else (x, None)
    c = None if text is None else one_hot_text(text)
    points = np.eye(BYTES)[strokes] if kind == "text" else strokes
    wanted = plain(network, points, None if text is None else ops.convert_to_numpy(c))
    np.testing.assert_allclose(whole, wanted, atol=1e-5)
    states = network.initial_state(2)
    for t in range(T):
        point = ops.convert_to_tensor(points[:, t].astype("float32"))
        given = (point, states) if c is None else (point, states, c)
        raw, states, *gaussians = network.step(*given)
        np.testing.assert_allclose(ops.convert_to_numpy(raw), whole[:, t], atol=1e-5)
    if kind == "synthesis":
        attended = ops.convert_to_numpy(network.attend(x)[1])
        assert attended.shape == (2, T, 9)
        np.testing.assert_allclose(ops.convert_to_numpy(gaussians[0]), attended[:, -1], atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_depends_on_what_comes_later(kind):
    network, x, other, t = small(kind), inputs(kind), inputs(kind, seed=1), 2
    strokes, changed = (x[0], other[0]) if kind == "synthesis" else (x, other)
    mixed = np.concatenate([strokes[:, :t], changed[:, t:]], 1)
    one, two = run(network, x), run(network, (mixed, x[1]) if kind == "synthesis" else mixed)
    np.testing.assert_allclose(one[:, :t], two[:, :t], atol=1e-6)
    assert (np.abs(one[:, t:] - two[:, t:]).max(-1) > 1e-4).all()


def test_skip_connections_carry_derivatives_past_every_layer():
    network, x = small("synthesis"), inputs("synthesis")
    for layer in network.hidden:  # cut the ways from layer to layer
        kernel = layer.cell.kernel.numpy()
        kernel[3 + A :] = 0
        layer.cell.kernel.assign(kernel)
    kernels = [network.window.cell.kernel, *(layer.cell.kernel for layer in network.hidden)]
    *found, head = gradients(
        lambda: ops.sum(ops.square(network(x))), [*kernels, network.head.kernel], BACKEND == "jax"
    )
    for slope in found:
        assert (np.abs(slope[:3]).max(1) > 1e-6).all(), "each sees the input"
        seen = sorted({ord(c) - 32 for c in "to beor not"})
        assert (np.abs(slope[3 + np.array(seen)]).max(1) > 1e-9).all(), "and the window"
        assert (slope[3 + np.setdiff1d(np.arange(A), seen)] == 0).all()
    assert (np.abs(head).max(1) > 1e-6).all(), "the output sees each"


def test_derivatives_of_raw_outputs_are_clipped():
    network, x = small("prediction"), inputs("prediction")
    (bias,) = gradients(lambda: ops.sum(1e6 * network(x)), [network.head.bias], BACKEND == "jax")
    np.testing.assert_allclose(bias, OUTPUT_CLIP * 2 * T, rtol=1e-6)


# --- training, configuration, errors ---


@pytest.mark.parametrize("kind, peepholes", [("prediction", True), ("synthesis", False)])
def test_thirty_steps_of_fit_lower_the_loss(kind, peepholes):
    rng = np.random.default_rng(0)
    wave = np.stack(
        [np.cos(np.arange(30)), np.sin(np.arange(30)), np.arange(30) % 10 == 9], 1
    ).astype("float32")
    lines = [
        Line(np.float32(wave + rng.normal(0, [[0.1, 0.1, 0]], (30, 3))), text, "me")
        for text in ("ab", "cde")
    ]
    network = CLASSES[kind]((8, 8), mixtures=2, peepholes=peepholes)
    network.compile(keras.optimizers.Adam(0.02), MixtureLoss())
    arrange = arrange_synthesis if kind == "synthesis" else arrange_prediction
    history = network.fit(LineBatches(lines, arrange, steps=10), epochs=3, verbose=0)
    history = history.history["loss"]
    assert np.isfinite(history).all() and history[-1] < history[0] - 0.3


def test_an_optimizer_starts_again_from_nothing():
    network = TextNetwork((4,))
    compile_network(network, rate=0.01)
    network.optimizer.build(network.trainable_variables)
    kept = network.optimizer.learning_rate
    moments = [v for v in network.optimizer.variables if v is not kept]
    for moment in moments:
        moment.assign(ops.ones(moment.shape, moment.dtype))
    restart_optimizer(network)
    assert not any(ops.convert_to_numpy(v).any() for v in moments)
    assert float(kept) == pytest.approx(0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_configuration_and_weights_make_the_same_network(kind, tmp_path):
    network, x = small(kind, kind == "synthesis"), inputs(kind)
    again = type(network).from_config(network.get_config())
    assert again.get_config() == network.get_config()
    network.save_weights(tmp_path / "w.weights.h5")
    again.load_weights(tmp_path / "w.weights.h5")
    np.testing.assert_array_equal(run(network, x), run(again, x))


def test_one_hot_text():
    c = ops.convert_to_numpy(one_hot_text(encode("a ~", 5)[None]))
    assert c.shape == (1, 5, A)
    np.testing.assert_array_equal(c.sum(-1), [[1, 1, 1, 0, 0]])
    assert [ALPHABET[i] for i in c[0, :3].argmax(-1)] == ["a", " ", "~"]


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"units": ()}, "units"),
        ({"units": (4, 0)}, "units"),
        ({"mixtures": 0}, "mixtures"),
        ({"gaussians": 0}, "gaussians"),
    ],
)
def test_bad_sizes_are_told(wrong, told):
    with pytest.raises(InputError, match=told):
        SynthesisNetwork(**{"units": (4,), **wrong})


def test_a_lower_bound_on_the_number_of_weights():
    for kind in KINDS:
        network = small(kind, units=(30, 40))
        least = type(network).least_parameters(network.get_config())
        assert 0.1 * network.count_params() < least < network.count_params()
