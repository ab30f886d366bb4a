"""The paper's LSTM: peepholes, and derivatives clipped inside the backward pass (Graves 2013)."""
import keras
from keras import ops

from ..errors import InputError


def clip_gradient(x, bound):
    """Return `x` itself, and on the way back clip the derivative of the loss for `x`.

    Graves (2013, section 2.1) clips derivatives inside the backward pass, at every step, so that no
    step can send an explosion on to the steps before it. Clipping the summed gradients of the
    parameters, as an optimizer's `clipnorm` and `clipvalue` do, comes too late for that.

    Args:
        x: a tensor.
        bound: the derivative is clipped to [-bound, bound].

    Example:

    >>> ops.convert_to_numpy(clip_gradient(ops.ones(3), 1.0)).tolist()
    [1.0, 1.0, 1.0]
    """
    @ops.custom_gradient
    def identity(x):
        # TensorFlow and JAX pass the derivative by position; torch passes it as `upstream`.
        def gradient(*given, upstream=None):
            derivative = given[0] if upstream is None else upstream
            return ops.clip(derivative, -bound, bound)

        return x, gradient

    return identity(ops.convert_to_tensor(x))


@keras.saving.register_keras_serializable(package="mdn_utils")
class ClipGradient(keras.layers.Layer):
    """`clip_gradient` as a layer, for functional models.

    Args:
        bound: the derivative is clipped to [-bound, bound].

    Raises:
        InputError: if `bound` isn't above 0.

    Example:

    >>> x = keras.Input((None, 3))
    >>> keras.Model(x, ClipGradient(100.0)(x)).output_shape
    (None, None, 3)
    """

    def __init__(self, bound, **kwargs):
        super().__init__(**kwargs)
        if not bound > 0:
            raise InputError(f"ClipGradient: bound={bound}; expected a number above 0")
        self.bound = bound

    def call(self, x):
        return clip_gradient(x, self.bound)

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, x.dtype)

    def get_config(self):
        return {**super().get_config(), "bound": self.bound}


@keras.saving.register_keras_serializable(package="mdn_utils")
class PeepholeLSTMCell(keras.layers.Layer):
    """One step of the LSTM of Graves 2013, equations 7-11, for use in `keras.layers.RNN`.

    It differs from `keras.layers.LSTMCell` by its peepholes: the input and forget gates see the old
    cell, the output gate sees the new one, and each cell sees only itself (the matrices W_ci, W_cf
    and W_co are diagonal).

    The inputs are (B, D), the states [h, c] each (B, H), and the output is h. The weights are
    `kernel` (D, 4H), `recurrent_kernel` (H, 4H) and `bias` (4H,), in Keras's order input, forget,
    cell, output, and `peephole` (3, H), in the order input, forget, output: in total
    4 (D H + H H + H) + 3 H numbers.

    Args:
        units: H, the number of cells.
        clip: bound on the derivatives for the gates' inputs, before sigmoid and tanh (10 for
            handwriting and 1 for text in the paper), or None for no clipping.

    Raises:
        InputError: if a size is below 1 or `clip` isn't above 0.

    Example:

    >>> layer = keras.layers.RNN(PeepholeLSTMCell(4), return_sequences=True)
    >>> tuple(layer(np.zeros((2, 5, 3), "float32")).shape)
    (2, 5, 4)
    """

    def __init__(self, units, clip=10.0, **kwargs):
        super().__init__(**kwargs)
        if units < 1 or (clip is not None and not clip > 0):
            raise InputError(
                f"PeepholeLSTMCell: units={units}, clip={clip}; expected at least 1 unit and a "
                "clip above 0, or None for no clipping"
            )
        self.units = units
        self.clip = clip
        self.state_size = [units, units]
        self.output_size = units

    def build(self, input_shape):
        H = self.units

        def open_forget_gate(shape, dtype=None):
            """Start the forget gate at 1, so errors flow back from the start (Gers et al. 2000)."""
            return ops.repeat(ops.array([0, 1, 0, 0], dtype=dtype), H)

        self.kernel = self.add_weight(
            shape=(input_shape[-1], 4 * H), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(H, 4 * H), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(4 * H,), initializer=open_forget_gate, name="bias")
        self.peephole = self.add_weight(shape=(3, H), initializer="zeros", name="peephole")

    def call(self, inputs, states):
        h, c = states
        z = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        z_i, z_f, z_c, z_o = ops.split(z, 4, axis=-1)
        p_i, p_f, p_o = ops.unstack(ops.convert_to_tensor(self.peephole), axis=0)
        i = ops.sigmoid(self._clipped(z_i + p_i * c))  # (7)
        f = ops.sigmoid(self._clipped(z_f + p_f * c))  # (8)
        c = f * c + i * ops.tanh(self._clipped(z_c))  # (9)
        o = ops.sigmoid(self._clipped(z_o + p_o * c))  # (10), the new c
        h = o * ops.tanh(c)  # (11)
        return h, [h, c]

    def _clipped(self, z):
        return z if self.clip is None else clip_gradient(z, self.clip)

    def get_initial_state(self, batch_size=None):
        shape = (batch_size, self.units)
        return [ops.zeros(shape, dtype=self.compute_dtype) for _ in self.state_size]

    def get_config(self):
        return {**super().get_config(), "units": self.units, "clip": self.clip}
