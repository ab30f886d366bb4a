"""The peephole LSTM cell against plain NumPy, derivative clipping, and weight noise against TensorFlow Probability.

Runs on the backend that KERAS_BACKEND names, and once more on JAX from there.
"""

import keras
import numpy as np
import pytest
from keras import ops

from mdn_utils.recurrent import AdaptiveWeightNoise, PeepholeLSTMCell, WeightNoise, clip_gradient
from mdn_utils.strokes import InputError

BACKEND = keras.backend.backend()
JIT = {"tensorflow": [False, True], "jax": [True]}.get(BACKEND, [False])
# only on TensorFlow does Keras compute in float64 throughout
DTYPE, EXACT, CLOSE = ("float64", 1e-12, 1e-6) if BACKEND == "tensorflow" else ("float32", 1e-6, 1e-4)


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(1)


def gradients(loss, variables, compiled=False):
    """d loss() / d variables as NumPy arrays, on whichever backend runs; compiled by XLA where there is one."""
    if BACKEND == "jax":
        import jax

        def at(values):
            with keras.StatelessScope(list(zip(variables, values))):
                return loss()

        gradient = jax.grad(at)
        found = (jax.jit(gradient) if compiled else gradient)([v.value for v in variables])
    elif BACKEND == "torch":
        import torch
        found = torch.autograd.grad(loss(), [v.value for v in variables])
    else:
        import tensorflow as tf

        def taped():
            with tf.GradientTape() as tape:
                value = loss()
            return tape.gradient(value, [v.value for v in variables])

        found = tf.function(taped, jit_compile=True)() if compiled else taped()
    return [ops.convert_to_numpy(g) for g in found]


def slopes(function, arrays, step=1e-5):
    """d function(*arrays) / d arrays by central differences, in NumPy and float64."""
    arrays = [np.array(a, "float64") for a in arrays]
    result = [np.zeros_like(a) for a in arrays]
    for array, slope in zip(arrays, result):
        for at in np.ndindex(array.shape):
            here = array[at]
            array[at] = here + step
            above = function(*arrays)
            array[at] = here - step
            slope[at] = (above - function(*arrays)) / (2 * step)
            array[at] = here
    return result


def randomise(weights, scale=0.5):
    rng = np.random.default_rng(0)
    for w in weights:
        w.assign(rng.normal(0, scale, w.shape))


# --- clipping ---

def test_clipping_leaves_values_and_clips_derivatives():
    x = keras.Variable([1.0, -2.0, 3.0])
    scale = ops.array([0.1, 50.0, -50.0])
    np.testing.assert_array_equal(ops.convert_to_numpy(clip_gradient(x, 10.0)), [1, -2, 3])
    for compiled in (False, True):
        found, = gradients(lambda: ops.sum(clip_gradient(x, 10.0) * scale), [x], compiled)
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

def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def plain_lstm(x, kernel, recurrent, bias, peephole):
    """Graves 2013, equations 7 to 11, one step after another. x: (B, T, D) -> h (B, T, H), last c."""
    H = peephole.shape[1]
    W = {g: (kernel[:, k * H:(k + 1) * H], recurrent[:, k * H:(k + 1) * H], bias[k * H:(k + 1) * H])
         for k, g in enumerate("ifco")}
    h = c = np.zeros((len(x), H))
    outputs = []
    for x_t in x.swapaxes(0, 1):
        a = {g: x_t @ w_x + h @ w_h + b for g, (w_x, w_h, b) in W.items()}
        i, f = sigmoid(a["i"] + peephole[0] * c), sigmoid(a["f"] + peephole[1] * c)
        c = f * c + i * np.tanh(a["c"])
        h = sigmoid(a["o"] + peephole[2] * c) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1), c


@pytest.mark.parametrize("clip", [None, 10.0])
def test_cell_is_equations_7_to_11(clip):
    x = np.random.default_rng(2).normal(size=(2, 5, 3)).astype(DTYPE)
    layer = keras.layers.RNN(PeepholeLSTMCell(4, clip=clip, dtype=DTYPE), return_sequences=True, return_state=True,
                             dtype=DTYPE)
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
    np.testing.assert_array_equal(ours.cell.bias.numpy(), theirs.cell.bias.numpy())  # forget gate open
    theirs.set_weights([w.numpy() for w in ours.cell.weights[:3]])
    np.testing.assert_allclose(*(ops.convert_to_numpy(layer(x)) for layer in (ours, theirs)), atol=1e-6)


def test_parameters_and_config():
    D, H = 3, 5
    model = keras.Sequential([keras.Input((None, D)), keras.layers.RNN(PeepholeLSTMCell(H, clip=1.0))])
    assert model.count_params() == 4 * (D * H + H * H + H) + 3 * H
    cell = keras.Sequential.from_config(model.get_config()).layers[0].cell
    assert (cell.units, cell.clip) == (H, 1.0)
    for wrong in ({"units": 0}, {"units": 3, "clip": 0}):
        with pytest.raises(InputError, match="PeepholeLSTMCell"):
            PeepholeLSTMCell(**wrong)


# --- weight noise ---

def recurrent_model():
    """A fused LSTM, our cell in a loop, and layers with seeds and running statistics of their own."""
    return keras.Sequential([
        keras.Input((6, 2)), keras.layers.LSTM(3, return_sequences=True), keras.layers.RNN(PeepholeLSTMCell(3)),
        keras.layers.BatchNormalization(), keras.layers.Dropout(0.5, seed=5), keras.layers.Dense(1)])


def line(weight=2.0):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.full((1, 1), weight, "float32")])
    return model


def noisy(kind, model):
    return WeightNoise(model, 0.1, seed=9) if kind == "plain" else AdaptiveWeightNoise(model, 100, 0.1, seed=9)


@pytest.mark.parametrize("jit", JIT)
def test_no_noise_is_the_plain_model(jit):
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(8, 6, 2)).astype("float32"), rng.normal(size=(8, 1)).astype("float32")
    trained = []
    for wrap in (lambda m: m, lambda m: WeightNoise(m, 0.0)):
        keras.utils.set_random_seed(7)
        model = recurrent_model()
        outer = wrap(model)
        outer.compile("sgd", "mse", jit_compile=jit)
        outer.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0)
        trained.append([v.numpy() for v in model.variables])
    names = " ".join(v.path for v in model.variables)
    assert "seed" in names and "moving_mean" in names
    for one, other in zip(*trained):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("kind", ["plain", "adaptive"])
def test_noise_in_training_only_and_as_large_as_it_says(kind):
    N, x = 4000, np.ones((3, 1), "float32")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(N, use_bias=False, kernel_initializer="ones")])
    wrapped = noisy(kind, model)  # each of its outputs is a weight
    first, second = (ops.convert_to_numpy(wrapped(x, training=True)) for _ in range(2))
    assert (first == first[0]).all(), "one draw for the whole batch"
    # within 5 standard errors: mean and deviation of the noise, and of the difference of two independent draws
    for noise, std in [(first[0] - 1, 0.1), (first[0] - second[0], 0.1 * np.sqrt(2))]:
        assert abs(noise.mean()) < 5 * std / np.sqrt(N)
        assert abs(noise.std() - std) < 5 * std / np.sqrt(2 * N)
    assert (ops.convert_to_numpy(wrapped(x)) == 1).all() and (wrapped.predict(x, verbose=0) == 1).all()
    assert (model.get_weights()[0] == 1).all()


def test_gradient_is_that_at_the_noisy_weights():
    # loss = (w + s e)^2, so d/dw = 2 (w + s e) and d/d log s = 2 (w + s e) s e
    model = line()
    wrapped = AdaptiveWeightNoise(model, sequences=1e30, initial_sigma=0.5, seed=3)
    x = np.ones((1, 1), "float32")
    state = wrapped.seed_generator.state
    seed = state.numpy()
    out = float(wrapped(x, training=True)[0, 0])

    def loss():
        return ops.sum(ops.square(wrapped(x, training=True)))

    state.assign(seed)
    by_w, by_log_sigma = gradients(loss, [model.trainable_variables[0], wrapped.log_sigma[0]])
    assert out != 2
    np.testing.assert_allclose(by_w, 2 * out, rtol=1e-5)
    np.testing.assert_allclose(by_log_sigma, 2 * out * (out - 2), rtol=1e-5)


def explicit_kl(w, log_sigma):
    """In full, without the cancellation: the optimal prior first, then the sum of the KLs of the single weights."""
    sigma, m = np.exp(log_sigma), w.mean()
    s = np.sqrt(np.mean(sigma**2 + (w - m) ** 2))
    return np.sum(np.log(s / sigma) + ((w - m) ** 2 + sigma**2) / (2 * s**2) - 0.5)


@pytest.fixture
def cost():
    """Random posteriors: the wrapper, and means and log sigmas of all weights in a row."""
    model = keras.Sequential([keras.Input((3,)), *(keras.layers.Dense(n, dtype=DTYPE) for n in (4, 2))])
    wrapped = AdaptiveWeightNoise(model, 50)
    randomise(wrapped.trainable_variables)
    return wrapped, *(np.concatenate([v.numpy().ravel() for v in group])
                      for group in (model.trainable_variables, wrapped.log_sigma))


def test_kl_is_that_of_tensorflow_probability(cost):
    tfd = pytest.importorskip("tensorflow_probability").distributions
    wrapped, w, log_sigma = cost
    mean, std = w.mean(), np.sqrt(np.mean(np.exp(2 * log_sigma) + (w - w.mean()) ** 2))

    def kl(mean, std):
        return float(np.sum(tfd.kl_divergence(tfd.Normal(w, np.exp(log_sigma)), tfd.Normal(mean, std))))

    assert float(wrapped.kl()) == pytest.approx(kl(mean, std), rel=1e-5)
    for other in [(mean + 0.1, std), (mean, 1.1 * std), (mean, 0.9 * std)]:
        assert kl(*other) > kl(mean, std), "the prior is at its optimum"


def test_gradient_of_the_kl(cost):
    wrapped, w, log_sigma = cost
    found = [np.concatenate([g.ravel() for g in gradients(wrapped.kl, group)])
             for group in (wrapped.model.trainable_variables, wrapped.log_sigma)]
    for one, other in zip(found, slopes(explicit_kl, [w, log_sigma])):
        np.testing.assert_allclose(one, other, rtol=CLOSE, atol=CLOSE)


def test_loss_has_the_kl_once_a_training_set():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, bias_initializer="ones")])
    wrapped = AdaptiveWeightNoise(model, sequences=4, initial_sigma=1e-6)
    wrapped.compile(keras.optimizers.SGD(0.0), "mse")
    x, y = np.zeros((4, 1), "float32"), np.zeros((4, 1), "float32")
    history = wrapped.fit(x, y, batch_size=2, epochs=2, validation_data=(x, y), verbose=0).history
    np.testing.assert_allclose(history["loss"], 1 + float(wrapped.kl()) / 4, rtol=1e-4)
    np.testing.assert_allclose(history["val_loss"], 1, rtol=1e-6)
    assert wrapped.kl() > 4


def test_description_length_falls_and_an_idle_weight_grows_vague():
    # y depends on four inputs, the fifth is always 0; the loss is nats a sample, up to a constant
    rng = np.random.default_rng(6)
    true, noise, N, epochs, batch = np.array([[2], [-2], [1], [-1], [0]]), 0.5, 256, 60, 32
    x = rng.normal(size=(N, 5)) * [1, 1, 1, 1, 0]
    y = x @ true + noise * rng.normal(size=(N, 1))
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1, use_bias=False)])
    wrapped = AdaptiveWeightNoise(model, N, initial_sigma=0.1)
    rate = keras.optimizers.schedules.CosineDecay(0.1, epochs * N // batch)
    wrapped.compile(keras.optimizers.Adam(rate, beta_2=0.99), jit_compile=JIT[-1],
                    loss=lambda y, z: ops.mean(ops.square(y - z), axis=-1) / (2 * noise**2))
    start = wrapped.evaluate(x, y, verbose=0) + float(wrapped.kl()) / N
    loss = wrapped.fit(x, y, batch_size=batch, epochs=epochs, verbose=0).history["loss"]
    assert loss[-1] < 0.7 < start
    w, sigma = model.get_weights()[0], ops.convert_to_numpy(wrapped.sigmas()[0])
    np.testing.assert_allclose(w[:4], true[:4], atol=0.1)
    # the posterior of linear regression: noise / sqrt(N E[x^2]), or the prior where the data say nothing
    np.testing.assert_allclose(np.log(sigma[:4]), np.log(noise / np.sqrt(N)), atol=0.5)
    np.testing.assert_allclose(sigma[4], np.sqrt(np.mean(sigma**2 + (w - w.mean()) ** 2)), rtol=0.05)


@pytest.mark.parametrize("kind", ["plain", "adaptive"])
def test_saved_and_read_again(kind, tmp_path):
    model = recurrent_model()
    wrapped = noisy(kind, model)
    randomise(wrapped.trainable_variables)
    wrapped.save(tmp_path / "noisy.keras")
    wrapped.save_weights(tmp_path / "noisy.weights.h5")
    again = keras.saving.load_model(tmp_path / "noisy.keras")
    fresh = noisy(kind, recurrent_model())
    fresh.load_weights(tmp_path / "noisy.weights.h5")
    for other in (again, fresh):
        assert len(other.weights) == len(wrapped.weights)
        for one, two in zip(wrapped.weights, other.weights):
            np.testing.assert_array_equal(one.numpy(), two.numpy())
    assert type(again) is type(wrapped)
    arguments = {"sigma": 0.1} if kind == "plain" else {"sequences": 100, "initial_sigma": 0.1}
    assert all(getattr(again, name) == value for name, value in {**arguments, "seed": 9}.items())


def test_bad_input_is_told():
    unbuilt = keras.Sequential([keras.layers.Dense(1)])
    for make in (lambda: WeightNoise(unbuilt, 0.1), lambda: AdaptiveWeightNoise(unbuilt, 10)):
        with pytest.raises(InputError, match="no weights yet"):
            make()
    with pytest.raises(InputError, match="sigma is -1"):
        WeightNoise(line(), -1)
    with pytest.raises(InputError, match="sequences is 0"):
        AdaptiveWeightNoise(line(), 0)
    with pytest.raises(InputError, match="initial_sigma 0"):
        AdaptiveWeightNoise(line(), 10, 0)
    active = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activity_regularizer="l2")])
    with pytest.raises(InputError, match="add_loss"):
        WeightNoise(active, 0.1)(np.ones((2, 1), "float32"), training=True)
