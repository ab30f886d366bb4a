"""Weight noise and adaptive weight noise, the latter against TensorFlow Probability."""

import keras
import numpy as np
import pytest
from helpers import CLOSE, DTYPE, JIT, gradients, randomise, slopes
from keras import ops

from mdn_utils.errors import InputError
from mdn_utils.layers import AdaptiveWeightNoise, PeepholeLSTMCell, WeightNoise


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(1)


def recurrent_model():
    """A fused LSTM, our cell in a loop, and layers with seeds and running statistics of their own."""
    return keras.Sequential(
        [
            keras.Input((6, 2)),
            keras.layers.LSTM(3, return_sequences=True),
            keras.layers.RNN(PeepholeLSTMCell(3)),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.5, seed=5),
            keras.layers.Dense(1),
        ]
    )


def line(weight=2.0):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.full((1, 1), weight, "float32")])
    return model


def noisy(kind, model):
    return (
        WeightNoise(model, 0.1, seed=9)
        if kind == "plain"
        else AdaptiveWeightNoise(model, 100, 0.1, seed=9)
    )


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
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(N, use_bias=False, kernel_initializer="ones")]
    )
    wrapped = noisy(kind, model)  # each of its outputs is a weight
    first, second = (ops.convert_to_numpy(wrapped(x, training=True)) for _ in range(2))
    assert (first == first[0]).all(), "one draw for the whole batch"
    # within 5 standard errors: mean and deviation of the noise, and of the difference of two independent draws
    for noise, std in [(first[0] - 1, 0.1), (first[0] - second[0], 0.1 * np.sqrt(2))]:
        assert abs(noise.mean()) < 5 * std / np.sqrt(N)
        assert abs(noise.std() - std) < 5 * std / np.sqrt(2 * N)
    assert (ops.convert_to_numpy(wrapped(x)) == 1).all() and (
        wrapped.predict(x, verbose=0) == 1
    ).all()
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
    model = keras.Sequential(
        [keras.Input((3,)), *(keras.layers.Dense(n, dtype=DTYPE) for n in (4, 2))]
    )
    wrapped = AdaptiveWeightNoise(model, 50)
    randomise(wrapped.trainable_variables)
    return wrapped, *(
        np.concatenate([v.numpy().ravel() for v in group])
        for group in (model.trainable_variables, wrapped.log_sigma)
    )


def test_kl_is_that_of_tensorflow_probability(cost):
    tfd = pytest.importorskip("tensorflow_probability").distributions
    wrapped, w, log_sigma = cost
    mean, std = w.mean(), np.sqrt(np.mean(np.exp(2 * log_sigma) + (w - w.mean()) ** 2))

    def kl(mean, std):
        return float(
            np.sum(tfd.kl_divergence(tfd.Normal(w, np.exp(log_sigma)), tfd.Normal(mean, std)))
        )

    assert float(wrapped.kl()) == pytest.approx(kl(mean, std), rel=1e-5)
    for other in [(mean + 0.1, std), (mean, 1.1 * std), (mean, 0.9 * std)]:
        assert kl(*other) > kl(mean, std), "the prior is at its optimum"


def test_gradient_of_the_kl(cost):
    wrapped, w, log_sigma = cost
    found = [
        np.concatenate([g.ravel() for g in gradients(wrapped.kl, group)])
        for group in (wrapped.model.trainable_variables, wrapped.log_sigma)
    ]
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
    wrapped.compile(
        keras.optimizers.Adam(rate, beta_2=0.99),
        jit_compile=JIT[-1],
        loss=lambda y, z: ops.mean(ops.square(y - z), axis=-1) / (2 * noise**2),
    )
    start = wrapped.evaluate(x, y, verbose=0) + float(wrapped.kl()) / N
    loss = wrapped.fit(x, y, batch_size=batch, epochs=epochs, verbose=0).history["loss"]
    assert loss[-1] < 0.7 < start
    w, sigma = model.get_weights()[0], ops.convert_to_numpy(wrapped.sigmas()[0])
    np.testing.assert_allclose(w[:4], true[:4], atol=0.1)
    # the posterior of linear regression: noise / sqrt(N E[x^2]), or the prior where the data say nothing
    np.testing.assert_allclose(np.log(sigma[:4]), np.log(noise / np.sqrt(N)), atol=0.5)
    np.testing.assert_allclose(
        sigma[4], np.sqrt(np.mean(sigma**2 + (w - w.mean()) ** 2)), rtol=0.05
    )


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
