"""Every public layer, loss, metric and network is an ordinary Keras object.

Each is saved and loaded inside a model, rebuilt from its configuration, cloned, and run in mixed
precision, on the backend in use.
"""

import keras
import numpy as np
import pytest
from helpers import randomise
from keras import ops

from mdn_utils import compiling, networks, reading
from mdn_utils.layers import (
    AdaptiveWeightNoise,
    ClipGradient,
    FastLSTM,
    MixtureLoss,
    NatsPerPoint,
    PeepholeLSTMCell,
    SoftWindowLSTM,
    WeightNoise,
)

B, T, U, A = 2, 5, 4, 6
RNG = np.random.default_rng(0)
STROKES = RNG.normal(size=(B, T, 3)).astype("float32")
LETTERS = np.eye(A, dtype="float32")[RNG.integers(0, A, (B, U))]
NUMBERS = RNG.integers(1, 96, (B, U)).astype("int32")
BYTES = RNG.integers(0, 256, (B, T)).astype("int32")
INK = np.concatenate([RNG.normal(size=(B, T, 5)), np.ones((B, T, 1))], -1).astype("float32")


def functional(make):
    """A model of one layer on strokes, with a mixture head."""
    x = keras.Input((None, 3))
    return keras.Model(x, keras.layers.Dense(13, name="head")(make()(x)))


def windowed(**options):
    strokes, text = keras.Input((None, 3)), keras.Input((None, A))
    hidden, window, _ = SoftWindowLSTM(4, 2, **options)(strokes, text)
    both = keras.layers.Concatenate()([hidden, window])
    return keras.Model([strokes, text], keras.layers.Dense(13, name="head")(both))


def plain():
    return functional(lambda: keras.layers.Dense(4))


MODELS = {  # name: (make, what it is called with)
    "FastLSTM": (lambda: functional(lambda: FastLSTM(4, return_sequences=True)), STROKES),
    "PeepholeLSTMCell": (
        lambda: functional(
            lambda: keras.layers.RNN(PeepholeLSTMCell(4, clip=1.0), return_sequences=True)
        ),
        STROKES,
    ),
    "ClipGradient": (lambda: functional(lambda: ClipGradient(3.0)), STROKES),
    "SoftWindowLSTM": (windowed, [STROKES, LETTERS]),
    "SoftWindowLSTM, peepholes": (lambda: windowed(peepholes=True), [STROKES, LETTERS]),
    "WeightNoise": (lambda: WeightNoise(plain(), 0.1, seed=1), STROKES),
    "WeightNoise, FastLSTM": (
        lambda: WeightNoise(functional(lambda: FastLSTM(4, return_sequences=True)), 0.1, seed=1),
        STROKES,
    ),
    "AdaptiveWeightNoise": (lambda: AdaptiveWeightNoise(plain(), 100, seed=1), STROKES),
    "TextNetwork": (lambda: networks.TextNetwork((4,)), BYTES),
    "PredictionNetwork": (lambda: networks.PredictionNetwork((4, 3), mixtures=2), STROKES),
    "SynthesisNetwork": (
        lambda: networks.SynthesisNetwork((4, 3), mixtures=2, gaussians=2),
        [STROKES, NUMBERS],
    ),
    "SynthesisNetwork, peepholes": (
        lambda: networks.SynthesisNetwork((4, 3), mixtures=2, gaussians=2, peepholes=True),
        [STROKES, NUMBERS],
    ),
    "Reader": (lambda: reading.Reader((4, 3)), INK),
}
EACH = pytest.mark.parametrize("make, given", MODELS.values(), ids=MODELS.keys())


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(1)
    yield
    keras.config.set_dtype_policy("float32")


def made(make):
    model = make()
    randomise(model.trainable_variables, 0.3)
    return model


def policies_of(model):
    """Dtype policies of all layers. Functional models and their inputs don't keep one."""
    return [
        layer.dtype_policy.name
        for layer in model._flatten_layers()
        if type(layer).__name__ not in ("Functional", "InputLayer")
    ]


def outputs(model, given):
    return ops.convert_to_numpy(ops.cast(model(given), "float32"))


@EACH
def test_dot_keras_round_trip(make, given, tmp_path):
    """Compiled with its loss and metric, saved, loaded, and still compiled, in the same state."""
    model = made(make)
    targets, mask, metric = STROKES, np.ones((B, T), "float32"), "nats"
    if isinstance(model, reading.Reader):
        compiling.compile_reader(model)
        targets, mask, metric = NUMBERS[:, :2], None, "nats_per_line"
        model.train_on_batch(given, targets)  # other tests train the others on each backend
    elif isinstance(model, networks.SkipNetwork):
        compiling.compile_network(model)
        targets = BYTES if isinstance(model, networks.TextNetwork) else STROKES
    else:
        model.compile("adam", MixtureLoss(), weighted_metrics=[NatsPerPoint()])
    model.optimizer.build(model.trainable_variables)
    state = [variable for variable in model.optimizer.variables if len(variable.shape)]
    randomise(state, 0.3)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert type(again) is type(model)
    np.testing.assert_allclose(outputs(again, given), outputs(model, given), atol=1e-6)
    for ours, theirs in zip(model.optimizer.variables, again.optimizer.variables, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(ours), ops.convert_to_numpy(theirs))
    first, second = (
        one.test_on_batch(given, targets, mask, return_dict=True) for one in (model, again)
    )
    assert second[metric] == pytest.approx(first[metric], rel=1e-4)


@EACH
def test_from_config(make, given):
    model = made(make)
    again = type(model).from_config(model.get_config())
    again(given)
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(outputs(again, given), outputs(model, given), atol=1e-6)


@EACH
def test_clone_model(make, given):
    model = made(make)
    clone = keras.models.clone_model(model)
    clone(given)
    clone.set_weights(model.get_weights())
    np.testing.assert_allclose(outputs(clone, given), outputs(model, given), atol=1e-6)


@EACH
def test_mixed_precision(make, given):
    """Near float32, and the policy survives `get_config`."""
    exact = made(make)
    keras.config.set_dtype_policy("mixed_bfloat16")
    mixed = make()
    mixed.set_weights(exact.get_weights())
    np.testing.assert_allclose(outputs(mixed, given), outputs(exact, given), atol=0.1)
    keras.config.set_dtype_policy("float32")
    again = type(mixed).from_config(mixed.get_config())
    policies = [policies_of(model) for model in (mixed, again)]
    assert policies[0] == policies[1]


@pytest.mark.parametrize(
    "made",
    [
        MixtureLoss(reduction="sum"),
        NatsPerPoint(),
        ClipGradient(2.0),
        FastLSTM(3, go_backwards=True),
        PeepholeLSTMCell(3, clip=None),
        SoftWindowLSTM(3, 2, points_per_character=9.0),
    ],
    ids=lambda made: type(made).__name__,
)
def test_configuration(made):
    config = made.get_config()
    assert type(made).from_config(config).get_config() == config
    serialized = keras.saving.serialize_keras_object(made)
    assert type(keras.saving.deserialize_keras_object(serialized)) is type(made)
