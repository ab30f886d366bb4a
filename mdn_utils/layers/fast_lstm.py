"""LSTM layers whose backpropagation through time is written out: training on CPUs is up to 4.7 times as fast.

Inside the loop over time stays only what has to wait for the point before: the product with the old h, and on the way
back the product with the derivative that the next point sends. Everything else, the projection of the inputs and
the derivatives of all weights, is one large matrix product for all points. Automatic differentiation would leave
these in the loop. Numbers and weights are those of `keras.layers.LSTM` and of `WindowCell` in a `keras.layers.RNN`.
Measured: docs/scaling.md.
"""
import functools

import keras
from keras import ops


def _forward(z, c):
    """One step of the LSTM: z (B, 4H), the gates before sigmoid and tanh, and the old c (B, H) -> h, c, i, f, g, o."""
    i, f, g, o = ops.split(z, 4, axis=-1)
    i, f, g, o = ops.sigmoid(i), ops.sigmoid(f), ops.tanh(g), ops.sigmoid(o)
    c = f * c + i * g
    return o * ops.tanh(c), c, i, f, g, o


def _backward(dh, dc, c, old_c, i, f, g, o):
    """The same step backwards: derivatives of the loss for the new h and c -> those for z and for the old c."""
    tanh_c = ops.tanh(c)
    dc = dc + dh * o * (1 - ops.square(tanh_c))
    dz = [dc * g * i * (1 - i), dc * old_c * f * (1 - f), dc * i * (1 - ops.square(g)), dh * tanh_c * o * (1 - o)]
    return ops.concatenate(dz, -1), dc * f


def _scan(step, start, values, reverse=False):
    """`step(carry, [value of each of `values` (T, ...) at this point])` over time; returns all that it returned.

    `ops.scan` itself takes only one tensor on TensorFlow where T is not known beforehand, and wants what is collected
    to look like what is carried on: so it runs over the points' numbers, and both are the same.
    """
    def both(carry, t):
        after = step(carry, [value[t] for value in values])
        return after, after

    return ops.scan(both, start, ops.arange(ops.shape(values[0])[0]), reverse=reverse)[1]


def _before(first, values):
    """What stood before each of `values` (T, ...): `first`, and all but the last of them."""
    return ops.concatenate([ops.expand_dims(first, 0), values[:-1]], 0)


def _weights(inputs, outputs):
    """The derivative of a matrix that took `inputs` (T, B, I) to values with the derivatives `outputs` (T, B, O)."""
    inputs, outputs = (ops.reshape(values, (-1, values.shape[-1])) for values in (inputs, outputs))
    return ops.matmul(ops.transpose(inputs), outputs)


def _with_gradient(function):
    """`ops.custom_gradient`; variables are passed on as tensors, for TensorFlow would want to hear of them."""
    inner = ops.custom_gradient(function)
    return functools.wraps(function)(lambda *inputs: inner(*map(ops.copy, inputs)))


@_with_gradient
def lstm(z, h, c, recurrent):
    """The LSTM over all of time.

    z: (T, B, 4H), the inputs' share of the gates in Keras' order i, f, g, o. h, c: (B, H), the state before.
    recurrent: (H, 4H). Returns h (T, B, H) and the last c (B, H).
    """
    zero = ops.zeros_like(c)
    hs, cs, *gates = _scan(lambda old, now: _forward(now[0] + ops.matmul(old[0], recurrent), old[1]),
                           (h, c) + 4 * (zero,), [z])

    def gradient(*upstream):
        dhs, last_dc = keras.tree.flatten(upstream)  # TensorFlow passes several, JAX a tuple of them
        back = ops.transpose(recurrent)

        def step(later, now):
            dz, dc = _backward(now[0] + later[0], later[1], *now[1:])
            return ops.matmul(dz, back), dc, dz

        dh, dc, dz = _scan(step, (zero, last_dc, ops.zeros_like(z[0])), [dhs, cs, _before(c, cs), *gates],
                           reverse=True)
        return dz, dh[0], dc[0], _weights(_before(h, hs), dz)

    return (hs, cs[-1]), gradient


@_with_gradient
def window(z, h, c, w, position, recurrent, kernel, bias, text):
    """The LSTM that reads through the soft window, over all of time (equations 46 to 51).

    z: (T, B, 4H), the strokes' share of the gates. h, c (B, H), w (B, A), position (B, K): the state before.
    recurrent: (A + H, 4H), from the old window and the old h to the gates. kernel (H, 3K), bias (3K,): from h to the
    Gaussians. text: (B, U, A), which gets no derivative.
    Returns h (T, B, H), w (T, B, A), the Gaussians' importance, width and position (T, B, K), the last c (B, H).
    """
    zero, none = ops.zeros_like(c), ops.zeros_like(position)
    u = ops.cast(ops.expand_dims(ops.arange(1, ops.shape(text)[1] + 1), -1), z.dtype)  # (U, 1)

    def bells(width, position):
        distance = ops.expand_dims(position, -2) - u  # (B, U, K)
        return distance, ops.exp(-ops.expand_dims(width, -2) * ops.square(distance))

    def step(old, now):
        h, c, *gates = _forward(now[0] + ops.matmul(ops.concatenate([old[6], old[0]], -1), recurrent), old[1])
        importance, width, pace = ops.split(ops.exp(ops.matmul(h, kernel) + bias), 3, axis=-1)
        position = old[9] + pace
        phi = ops.sum(ops.expand_dims(importance, -2) * bells(width, position)[1], -1)
        w = ops.squeeze(ops.matmul(ops.expand_dims(phi, 1), text), 1)
        return h, c, *gates, w, importance, width, position

    hs, cs, *gates, ws, importances, widths, positions = _scan(
        step, (h, c) + 4 * (zero,) + (w, none, none, position), [z])

    def gradient(*upstream):
        *above, last_dc = keras.tree.flatten(upstream)
        back, read, letters = ops.transpose(recurrent), ops.transpose(kernel), ops.transpose(text, (0, 2, 1))

        def step(later, now):
            (dh, dw, dimportance, dwidth, dposition), (c, old_c, *gates), seen = now[:5], now[5:11], now[11:]
            importance, width, position, old_position = seen
            dphi = ops.transpose(ops.matmul(ops.expand_dims(dw + later[1], 1), letters), (0, 2, 1))  # (B, U, 1)
            distance, bell = bells(width, position)
            bell = dphi * bell
            dimportance = dimportance + ops.sum(bell, -2)
            dwidth = dwidth - importance * ops.sum(bell * ops.square(distance), -2)
            dposition = dposition + later[3] - 2 * importance * width * ops.sum(bell * distance, -2)
            dread = ops.concatenate([dimportance * importance, dwidth * width, dposition * (position - old_position)],
                                    -1)  # through the exponential of equations 49 to 51
            dz, dc = _backward(dh + later[0] + ops.matmul(dread, read), later[2], c, old_c, *gates)
            dold = ops.matmul(dz, back)
            return dold[:, w.shape[-1]:], dold[:, :w.shape[-1]], dc, dposition, dz, dread

        dh, dw, dc, dposition, dz, dread = _scan(
            step, (zero, ops.zeros_like(w), last_dc, none, ops.zeros_like(z[0]), ops.concatenate(3 * [none], -1)),
            [*above, cs, _before(c, cs), *gates, importances, widths, positions, _before(position, positions)],
            reverse=True)
        old = ops.concatenate([_before(w, ws), _before(h, hs)], -1)
        return (dz, dh[0], dc[0], dw[0], dposition[0], _weights(old, dz), _weights(hs, dread),
                ops.sum(dread, (0, 1)), ops.zeros_like(text))

    return (hs, ws, importances, widths, positions, cs[-1]), gradient


class _Loop(keras.layers.RNN):
    """In place of the loop of `keras.layers.RNN`; on torch, whose custom gradients differ, Keras' own remains."""

    def inner_loop(self, sequences, initial_state, mask, training=False):
        if keras.backend.backend() == "torch":
            return super().inner_loop(sequences, initial_state, mask, training=training)
        outputs, states = self.loop(ops.transpose(sequences, (1, 0, 2)), *initial_state)
        return outputs[-1], ops.transpose(outputs, (1, 0, 2)), states


@keras.saving.register_keras_serializable(package="mdn_utils")
class LSTM(keras.layers.LSTM, _Loop):
    """`keras.layers.LSTM(units, return_sequences=True)` with the loop above, where cuDNN cannot run it.

    The order of the bases matters: `keras.layers.LSTM` tries cuDNN and then asks the next one for the loop.
    """

    def __init__(self, units, **kwargs):
        super().__init__(units, return_sequences=True, **kwargs)
        self.supports_jit = True  # until cuDNN takes over; Keras says False at once

    def loop(self, x, h, c):
        z = ops.matmul(x, self.cell.kernel) + self.cell.bias
        hs, c = lstm(z, h, c, self.cell.recurrent_kernel)
        return hs, [hs[-1], c]


@keras.saving.register_keras_serializable(package="mdn_utils")
class RNN(_Loop):
    """`keras.layers.RNN` over a `WindowCell` that holds a `keras.layers.LSTMCell`, with the loop above."""

    def loop(self, x, h, c, w, position):
        cell, gaussians = self.cell.cell, self.cell.gaussians
        kernel = ops.convert_to_tensor(cell.kernel)
        strokes, seen = kernel[:x.shape[-1]], kernel[x.shape[-1]:]
        z = ops.matmul(x, strokes) + cell.bias
        *outputs, c = window(z, h, c, w, position, ops.concatenate([seen, cell.recurrent_kernel], 0),
                             gaussians.kernel, gaussians.bias, self.cell.text)
        hs, ws, _, _, positions = outputs
        return ops.concatenate(outputs, -1), [hs[-1], c, ws[-1], positions[-1]]
