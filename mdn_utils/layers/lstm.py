"""The peephole LSTM cell, clipping of derivatives and weight noise: what Graves (2013) trains with beyond plain Keras.

Everything stands on `keras.ops` and runs on TensorFlow, JAX and torch, inside `fit`, compiled or not.
"""
import keras
from keras import ops

from ..errors import InputError


def clip_gradient(x, bound):
    """`x` itself; on the way back, the derivative of the loss with respect to `x`, clipped to [-bound, bound].

    Graves 2013, section 2.1: what is clipped are derivatives inside the backward pass, at every time step, so
    that no step can send an explosion to the steps before it. Clipping the summed gradients of the parameters
    (`clipnorm` and `clipvalue` of an optimizer) comes too late for that.
    """
    @ops.custom_gradient
    def identity(x):
        # TensorFlow and JAX pass the derivative by position, torch after the inputs, as `upstream`
        return x, lambda *given, upstream=None: ops.clip(given[0] if upstream is None else upstream, -bound, bound)

    return identity(ops.convert_to_tensor(x))


@keras.saving.register_keras_serializable(package="mdn_utils")
class PeepholeLSTMCell(keras.layers.Layer):
    """One step of the LSTM of Graves 2013, equations 7 to 11, for use in `keras.layers.RNN`.

    It differs from `keras.layers.LSTMCell` by the peepholes: the input and forget gates see the old cell, the
    output gate sees the new one, each cell only itself (the matrices W_ci, W_cf, W_co are diagonal).

    units: H, the number of cells.
    clip: bound on the derivatives with respect to the gates' inputs, before sigmoid and tanh (Graves: 10 for
        handwriting, 1 for text), or None for no clipping.
    Inputs are (batch, D), states [h, c] each (batch, H), the output is h. Weights: `kernel` (D, 4H) and
    `recurrent_kernel` (H, 4H) and `bias` (4H,) in the order input, forget, cell, output as in Keras, and
    `peephole` (3, H) in the order input, forget, output: 4 (D H + H H + H) + 3 H numbers.
    """

    def __init__(self, units, clip=10.0, **kwargs):
        super().__init__(**kwargs)
        if units < 1 or (clip is not None and not clip > 0):
            raise InputError(f"PeepholeLSTMCell: units={units}, clip={clip}; expected at least 1 unit and a clip "
                             "above 0, or None for no clipping")
        self.units, self.clip = units, clip
        self.state_size, self.output_size = [units, units], units

    def build(self, input_shape):
        H = self.units

        def open_forget_gate(shape, dtype=None):  # so that errors flow back from the start (Gers et al. 2000)
            return ops.repeat(ops.array([0, 1, 0, 0], dtype=dtype), H)

        self.kernel = self.add_weight(shape=(input_shape[-1], 4 * H), initializer="glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(H, 4 * H), initializer="orthogonal", name="recurrent_kernel")
        self.bias = self.add_weight(shape=(4 * H,), initializer=open_forget_gate, name="bias")
        self.peephole = self.add_weight(shape=(3, H), initializer="zeros", name="peephole")

    def call(self, inputs, states):
        h, c = states
        z = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias  # (batch, 4H)
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
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype) for _ in self.state_size]

    def get_config(self):
        return {**super().get_config(), "units": self.units, "clip": self.clip}
