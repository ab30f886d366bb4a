"""The mixture density head against TensorFlow Probability and a plain float64 reference, also at extreme inputs."""

import keras
import numpy as np
import pytest
from helpers import BACKEND, gradients, run
from keras import ops

from mdn_utils.errors import InputError
from mdn_utils.layers import MixtureLoss, NatsPerPoint, mixture
from mdn_utils.layers.mixture import CORRELATION, LOG_STD

M = 4


numpy = ops.convert_to_numpy


def reference(strokes, raw):
    """Graves 2013, equations 18-26, in float64 or, for derivatives by a complex step, complex128: nats (N,)."""

    def clip(x, bound):
        return np.where(x.real > bound, bound, np.where(x.real < -bound, -bound, x))

    def log_sum_exp(x):
        top = x.real.max(-1, keepdims=True)
        return np.log(np.exp(x - top).sum(-1)) + top[..., 0]

    weight, mean_x, mean_y, std_x, std_y, twist = np.split(raw[:, 1:], 6, axis=1)
    std_x, std_y = (np.exp(clip(s, LOG_STD[1])) for s in (std_x, std_y))
    twist = clip(twist, CORRELATION)
    rho, square = np.tanh(twist), 1 / np.cosh(twist) ** 2  # 1 - rho^2
    x, y = (strokes[:, 0:1] - mean_x) / std_x, (strokes[:, 1:2] - mean_y) / std_y
    quadratic = x**2 + y**2 - 2 * rho * x * y
    log_normal = -quadratic / (2 * square) - np.log(2 * np.pi * std_x * std_y * np.sqrt(square))
    log_pi = weight - log_sum_exp(weight)[:, None]
    logit = np.where(strokes[:, 2] == 1, raw[:, 0], -raw[:, 0])
    pen = np.where(
        logit.real > 0,
        np.log1p(np.exp(-np.abs(logit.real)) * np.exp(-1j * logit.imag)),
        -logit + np.log1p(np.exp(-np.abs(logit.real)) * np.exp(1j * logit.imag)),
    )
    nats = pen - log_sum_exp(log_pi + log_normal)
    return nats if np.iscomplexobj(raw) else nats.real


def slope(strokes, raw):
    """Derivatives (N, 1 + 6M) of `reference` by a complex step: as exact as the values, at any size."""
    steps = 1e-30j * np.eye(raw.shape[1])
    return np.stack([reference(strokes, raw + step).imag / 1e-30 for step in steps], axis=1)


def draw(count, logit=3.0, offset=2.0, log_std=1.0, twist=1.5, seed=0):
    """Points and raw outputs, evenly spread up to the given sizes, float32."""
    rng = np.random.default_rng(seed)
    sizes = np.repeat([logit, logit, offset, log_std, twist], [1, M, 2 * M, 2 * M, M])
    raw = rng.uniform(-sizes, sizes, (count, len(sizes))).astype("float32")
    strokes = rng.uniform(-offset, offset, (count, 3)).astype("float32")
    strokes[:, 2] = rng.random(count) < 0.5
    return strokes, raw


EXTREME = {"logit": 80, "offset": 1e3, "log_std": 7, "twist": 7.4}
BEYOND = {"logit": 1e4, "offset": 1e3, "log_std": 30, "twist": 30}


def oracle(raw):
    """Pen and offset distributions of TensorFlow Probability, in float64."""
    tfd = pytest.importorskip("tensorflow_probability").distributions
    import tensorflow as tf

    raw = raw.astype("float64")
    weight, mean_x, mean_y, std_x, std_y, twist = np.split(raw[:, 1:], 6, axis=1)
    rho = np.tanh(twist)
    tril = np.stack(
        [np.exp(std_x), np.zeros_like(rho), rho * np.exp(std_y), np.exp(std_y) / np.cosh(twist)], -1
    )
    normals = tfd.MultivariateNormalTriL(
        np.stack([mean_x, mean_y], -1), tril.reshape(*rho.shape, 2, 2)
    )
    pen = tfd.Bernoulli(logits=tf.constant(raw[:, 0]), dtype=tf.float64)
    return pen, tfd.MixtureSameFamily(tfd.Categorical(logits=tf.constant(weight)), normals)


@pytest.mark.parametrize("sizes", [{}, EXTREME], ids=["usual", "extreme"])
def test_nats_are_those_of_tensorflow_probability(sizes):
    strokes, raw = draw(500, **sizes)
    pen, offset = oracle(raw)
    wide = strokes.astype("float64")
    wanted = -(pen.log_prob(wide[:, 2]) + offset.log_prob(wide[:, :2])).numpy()
    np.testing.assert_allclose(reference(wide, raw.astype("float64")), wanted, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(run(mixture.nats, strokes, raw), wanted, rtol=1e-5, atol=1e-5)


def derivatives(strokes, raw):
    variable = keras.Variable(raw)
    return gradients(
        lambda: ops.sum(mixture.nats(strokes, variable.value)),
        [variable],
        compiled=BACKEND == "jax",
    )[0]


@pytest.mark.parametrize(
    "sizes", [{}, EXTREME, BEYOND], ids=["usual", "extreme", "beyond the bounds"]
)
def test_nats_and_their_derivatives_at_2000_draws(sizes):
    strokes, raw = draw(2000, **sizes, seed=1)
    nats, slopes = run(mixture.nats, strokes, raw), derivatives(strokes, raw)
    assert np.isfinite(nats).all() and np.isfinite(slopes).all()
    wide = strokes.astype("float64"), raw.astype("float64")
    np.testing.assert_allclose(nats, reference(*wide), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(slopes, slope(*wide), rtol=1e-3 if sizes else 1e-4, atol=1e-4)


def test_derivatives_at_no_correlation():
    # rho = 0 is where taking its sign could lose the derivative
    strokes, raw = draw(500)
    raw[:, -M:] = 0
    wanted = slope(strokes.astype("float64"), raw.astype("float64"))
    np.testing.assert_allclose(derivatives(strokes, raw), wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("sizes", [{}, BEYOND], ids=["usual", "beyond the bounds"])
def test_parameters_are_those_of_a_mixture(sizes):
    _, raw = draw(500, **sizes)
    found = mixture.parameters(ops.convert_to_tensor(raw))
    np.testing.assert_allclose(numpy(found.weight).sum(-1), 1, atol=1e-5)
    assert found.mean.shape == found.std.shape == (500, M, 2)
    assert (numpy(found.std) > 0).all() and np.isfinite(numpy(found.std)).all()
    assert (np.abs(numpy(found.correlation)) < 1).all()
    pen = numpy(found.end_of_stroke)
    assert ((0 <= pen) & (pen <= 1)).all()


def test_bias_is_equations_61_and_62():
    _, raw = draw(6)
    wide = raw.astype("float64")
    for bias in (0.0, 0.75, np.linspace(0, 2, 6, dtype="float32")):
        b = np.reshape(bias, (-1, 1))
        found = mixture.parameters(ops.convert_to_tensor(raw), bias)
        weight = np.exp(wide[:, 1 : 1 + M] * (1 + b))
        np.testing.assert_allclose(
            numpy(found.weight), weight / weight.sum(-1, keepdims=True), rtol=1e-5
        )  # (62)
        std = np.exp(wide[:, 1 + 3 * M : 1 + 5 * M] - b)  # (61)
        np.testing.assert_allclose(
            numpy(found.std), np.stack([std[:, :M], std[:, M:]], -1), rtol=1e-5
        )
        np.testing.assert_allclose(numpy(found.mean)[..., 0], wide[:, 1 + M : 1 + 2 * M], rtol=1e-6)
        np.testing.assert_allclose(
            numpy(found.mean)[..., 1], wide[:, 1 + 2 * M : 1 + 3 * M], rtol=1e-6
        )
        np.testing.assert_allclose(numpy(found.correlation), np.tanh(wide[:, -M:]), rtol=1e-5)
        np.testing.assert_allclose(
            numpy(found.end_of_stroke), 1 / (1 + np.exp(-wide[:, 0])), rtol=1e-5
        )


def test_density_on_a_grid():
    strokes, raw = draw(3, offset=1.0)
    x, y = np.linspace(-16, 16, 161), np.linspace(-15, 15, 151)  # float64, as NumPy makes them
    found = run(mixture.density, raw, x, y)
    assert found.shape == (151, 161)
    assert found.sum() * 0.2 * 0.2 == pytest.approx(
        3, rel=2e-3
    )  # three points, each integrates to 1
    at = np.array([[x[90], y[70], 1]])
    pen = np.log1p(np.exp(-raw[:, 0].astype("float64")))
    wanted = sum(np.exp(p - reference(at, r[None].astype("float64"))[0]) for p, r in zip(pen, raw))
    assert found[70, 90] == pytest.approx(wanted, rel=1e-4)


def test_responsibilities():
    strokes, raw = draw(50)
    found = run(mixture.responsibilities, strokes, raw)
    _, offset = oracle(raw)
    joint = (
        np.log(offset.mixture_distribution.probs_parameter())
        + offset.components_distribution.log_prob(strokes[:, None, :2].astype("float64")).numpy()
    )
    share = np.exp(joint - joint.max(-1, keepdims=True))
    np.testing.assert_allclose(found, share / share.sum(-1, keepdims=True), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.sum(-1), 1, atol=1e-6)


def noise(count, seed=0):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.random((count, 2)), rng.normal(size=(count, 2))], 1).astype(
        "float32"
    )


@pytest.mark.parametrize("bias", [0.0, 1.5])
def test_samples_have_the_moments_of_the_mixture(bias):
    N, (_, raw) = 20000, draw(1, seed=3)
    found = run(mixture.sample, np.repeat(raw, N, 0), noise(N), bias).astype("float64")
    sharp = raw.copy()
    sharp[:, 1 : 1 + M] *= 1 + bias
    sharp[:, 1 + 3 * M : 1 + 5 * M] -= bias
    pen, offset = oracle(sharp)
    mean = offset.mean().numpy()[0]
    inner, centre = (
        offset.components_distribution,
        offset.components_distribution.mean().numpy()[0] - mean,
    )
    weight = offset.mixture_distribution.probs_parameter().numpy()[0]
    covariance = np.einsum(
        "m,mij->ij", weight, inner.covariance().numpy()[0] + centre[:, :, None] * centre[:, None]
    )
    std = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(found[:, :2].mean(0), mean, atol=5 * std.max() / np.sqrt(N))
    np.testing.assert_allclose(np.cov(found[:, :2].T), covariance, atol=0.06 * covariance.max())
    assert found[:, 2].mean() == pytest.approx(
        pen.probs_parameter().numpy()[0], abs=5 * 0.5 / np.sqrt(N)
    )
    # and not the moments alone: under the mixture the draws are as likely as those of the oracle
    nats = -offset.log_prob(found[:, None, :2]).numpy()
    wanted = -offset.log_prob(offset.sample(N, seed=1)).numpy()
    assert nats.mean() == pytest.approx(wanted.mean(), abs=5 * nats.std() * np.sqrt(2 / N))


def test_a_sample_is_its_noise():
    _, raw = draw(30)
    one, other, third = (run(mixture.sample, raw, noise(30, seed), 0.5) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, other)
    assert (one != third).any(axis=1).all()
    spread = [
        run(mixture.sample, np.repeat(raw[:1], 500, 0), noise(500), b).std(0)[:2].max()
        for b in (0.0, 1.0, 4.0)
    ]
    assert spread[0] > spread[1] > spread[2]


@pytest.mark.parametrize("components", [1, 20, 300])
def test_a_component_is_picked_at_both_ends_of_the_noise(components):
    # all means at (5, 5): a point at 0 would mean that no component was picked
    raw = (
        np.random.default_rng(0)
        .normal(0, 3, (2000, mixture.raw_size(components)))
        .astype("float32")
    )
    raw[:, 1 + components : 1 + 3 * components] = 5
    for uniform in (0, np.nextafter(np.float32(1), np.float32(0))):
        fixed = np.tile(np.float32([uniform, 0.5, 0, 0]), (2000, 1))
        np.testing.assert_array_equal(run(mixture.sample, raw, fixed)[:, :2], 5)


def test_loss_is_the_mean_over_the_points_of_the_mask():
    strokes, raw = draw(12)
    mask = np.array([[1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 1, 1]], "float32")
    nats = reference(strokes.astype("float64"), raw.astype("float64")).reshape(3, 4)
    strokes, raw = strokes.reshape(3, 4, 3), ops.convert_to_tensor(raw.reshape(3, 4, -1))
    for loss in (MixtureLoss(), MixtureLoss.from_config(MixtureLoss().get_config())):
        assert float(loss(strokes, raw, sample_weight=mask)) == pytest.approx(
            nats[mask == 1].mean(), rel=1e-5
        )
        assert float(loss(strokes, raw)) == pytest.approx(nats.mean(), rel=1e-5)


@pytest.mark.parametrize("width", [3, 20, 25, 49])
def test_outputs_of_another_head_are_refused(width):
    """keras_mdn_layer's output for M components in D dimensions has M (2 D + 1) numbers."""
    if (width - 1) % 6 == 0:  # 25 and 49 could be ours: the count alone can't tell
        mixture.parameters(ops.zeros((2, width)))
        return
    with pytest.raises(InputError, match=f"1 \\+ 6M raw outputs per point.* got {width}"):
        mixture.parameters(ops.zeros((2, width)))


def test_points_without_a_pen_are_refused():
    with pytest.raises(InputError, match="got 2 numbers per point"):
        MixtureLoss()(ops.zeros((1, 4, 2)), ops.zeros((1, 4, 13)))


def test_the_metric_counts_points_and_not_batches():
    strokes, raw = draw(6)
    strokes, raw = strokes[None].astype("float32"), raw[None].astype("float32")
    mask = np.float32([[1, 1, 1, 1, 1, 0]])
    metric = NatsPerPoint()
    metric.update_state(strokes[:, :2], raw[:, :2])
    metric.update_state(strokes[:, 2:], raw[:, 2:], mask[:, 2:])
    wanted = numpy(mixture.nats(strokes, raw))[0, :5].mean()
    assert float(metric.result()) == pytest.approx(wanted, rel=1e-5)
