"""The written-out loops against Keras' own loop and its automatic differentiation, and against differences."""
import keras
import numpy as np
import pytest
from keras import ops
from test_recurrent import BACKEND, CLOSE, DTYPE, EXACT, JIT, gradients, randomise, slopes
from test_window import precise  # noqa: F401, float64 where there is some

from mdn_utils import bptt
from mdn_utils.window import WindowCell

B, T, U, D, H, A, K = 2, 4, 3, 2, 3, 4, 2


def same_twice(make, ours, theirs):
    """Two layers with the same weights, and the same inputs and states for both, as variables."""
    rng, pair = np.random.default_rng(0), [make(ours), make(theirs)]
    for layer in pair:
        layer.build((B, None, D))
    randomise(pair[0].weights)
    pair[1].set_weights(pair[0].get_weights())
    given = [keras.Variable(rng.normal(size=shape), dtype=DTYPE)
             for shape in [(B, T, D), *((B, size) for size in pair[0].cell.state_size)]]
    return pair, given


def lstm(kind):
    return kind(H) if kind is bptt.LSTM else kind(H, return_sequences=True, use_cudnn=False)


def window(kind):
    layer = kind(WindowCell(keras.layers.LSTMCell(H), K, A, points_per_character=2.0), return_sequences=True)
    text = np.eye(A)[np.random.default_rng(1).integers(0, A, (B, U))]
    layer.cell.text = ops.convert_to_tensor(text.astype(DTYPE))
    return layer


CASES = pytest.mark.parametrize("make, ours, theirs", [(lstm, bptt.LSTM, keras.layers.LSTM),
                                                       (window, bptt.RNN, keras.layers.RNN)])


def value(layer, given):
    """A number that depends on every output and every last state, each with a weight of its own."""
    layer.return_state = True
    x, *states = map(ops.convert_to_tensor, given)
    outputs, rng = layer(x, initial_state=states), np.random.default_rng(2)
    return sum(ops.sum(output * ops.convert_to_tensor(rng.normal(size=output.shape), DTYPE)) for output in outputs)


@CASES
@pytest.mark.parametrize("compiled", JIT)
def test_values_and_derivatives_are_those_of_keras(make, ours, theirs, compiled):
    pair, given = same_twice(make, ours, theirs)
    values, found = [], []
    for layer in pair:
        values.append(float(ops.convert_to_numpy(value(layer, given))))
        found.append(gradients(lambda layer=layer: value(layer, given), [*layer.trainable_variables, *given], compiled))
    assert values[0] == pytest.approx(values[1], abs=100 * EXACT)
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, atol=100 * EXACT)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="float64 throughout")
@CASES
def test_derivatives_are_differences(make, ours, theirs):
    (layer, _), given = same_twice(make, ours, theirs)
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


@pytest.mark.skipif(BACKEND == "torch", reason="Keras' own loop remains")
@CASES
def test_the_cell_is_not_called_point_by_point(make, ours, theirs, monkeypatch):
    (layer, other), given = same_twice(make, ours, theirs)
    monkeypatch.setattr(type(layer.cell), "call", None)
    value(layer, given)
    with pytest.raises(TypeError):
        value(other, given)
