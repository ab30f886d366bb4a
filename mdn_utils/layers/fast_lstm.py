"""LSTM layers whose backpropagation through time is written out, which trains faster on CPUs.

Only what has to wait for the point before stays inside the loop over time: the product with the
old h and, on the way back, the product with the derivative that the next point sends. Everything
else, the projection of the inputs and the derivatives of all weights, is one large matrix product
for all points. Automatic differentiation would leave these inside the loop. Weights and results are
those of `keras.layers.LSTM`. How much faster: docs/scaling.md.
"""
import functools
from typing import NamedTuple

import keras
from keras import ops


class Gates(NamedTuple):
    """The gates of one step after sigmoid and tanh, each (B, H), in Keras's order."""

    input: object
    forget: object
    cell: object
    output: object


def _forward(z, c):
    """Take one step: gates before sigmoid and tanh z (B, 4H), old c (B, H) -> h, c, gates."""
    i, f, g, o = ops.split(z, 4, axis=-1)
    gates = Gates(ops.sigmoid(i), ops.sigmoid(f), ops.tanh(g), ops.sigmoid(o))
    c = gates.forget * c + gates.input * gates.cell
    return gates.output * ops.tanh(c), c, gates


def _backward(dh, dc, c, old_c, gates):
    """Take one step back: derivatives for the new h and c -> those for z and for the old c."""
    i, f, g, o = gates
    tanh_c = ops.tanh(c)
    dc = dc + dh * o * (1 - ops.square(tanh_c))
    dz = [
        dc * g * i * (1 - i),
        dc * old_c * f * (1 - f),
        dc * i * (1 - ops.square(g)),
        dh * tanh_c * o * (1 - o),
    ]
    return ops.concatenate(dz, -1), dc * f


def scan(step, start, values, reverse=False):
    """Loop over time and collect what each step returns.

    `ops.scan` takes only one tensor on TensorFlow if the length isn't known beforehand, and
    TensorFlow requires outputs shaped like the carry. So this loops over the numbers of the points,
    and collects the carry.

    Args:
        step: function (carry, now) that returns the next carry. `now` has the structure of
            `values`, at this point in time.
        start: the carry before the first step, any structure of tensors.
        values: structure of tensors (T, ...).
        reverse: start from the end.

    Returns:
        The carries after each step, stacked: tensors (T, ...).

    Example: a running sum.

    >>> sums = scan(lambda total, x: total + x, ops.zeros(()), ops.convert_to_tensor([1.0, 2, 3]))
    >>> ops.convert_to_numpy(sums).tolist()
    [1.0, 3.0, 6.0]
    """
    def both(carry, t):
        after = step(carry, keras.tree.map_structure(lambda value: value[t], values))
        return after, after

    count = ops.shape(keras.tree.flatten(values)[0])[0]
    return ops.scan(both, start, ops.arange(count), reverse=reverse)[1]


def _shifted(first, values):
    """Return what preceded each of `values` (T, ...): `first`, and all but the last of them."""
    return ops.concatenate([ops.expand_dims(first, 0), values[:-1]], 0)


def _matrix_gradient(inputs, derivatives):
    """Return the derivative (I, O) of a matrix that maps inputs (T, B, I) to outputs (T, B, O)."""
    inputs = ops.reshape(inputs, (-1, inputs.shape[-1]))
    derivatives = ops.reshape(derivatives, (-1, derivatives.shape[-1]))
    return ops.matmul(ops.transpose(inputs), derivatives)


def _with_gradient(function):
    """Apply `ops.custom_gradient`, with variables passed on as tensors.

    TensorFlow wants a `variables` argument if it sees variables.
    """
    inner = ops.custom_gradient(function)
    return functools.wraps(function)(lambda *inputs: inner(*map(ops.copy, inputs)))


class LSTMCarry(NamedTuple):
    """What `lstm_scan` hands from step to step, each (B, H)."""

    h: object
    c: object
    gates: Gates


class LSTMBackCarry(NamedTuple):
    """What `lstm_scan` hands back from step to step: derivatives of the loss."""

    h: object
    c: object
    z: object


@_with_gradient
def lstm_scan(z, h, c, recurrent):
    """Run an LSTM over all points in time.

    Args:
        z: (T, B, 4H), the inputs' share of the gates, in Keras's order: input, forget, cell,
            output.
        h: (B, H), the output before the first point.
        c: (B, H), the cells before the first point.
        recurrent: (H, 4H).

    Returns:
        h (T, B, H) and the last c (B, H).
    """
    zero = ops.zeros_like(c)

    def step(old, z):
        return LSTMCarry(*_forward(z + ops.matmul(old.h, recurrent), old.c))

    after = scan(step, LSTMCarry(h, c, Gates(zero, zero, zero, zero)), z)

    def gradient(*upstream):
        dhs, last_dc = keras.tree.flatten(upstream)
        back = ops.transpose(recurrent)

        def step(later, now):
            dh, c, old_c, gates = now
            dz, dc = _backward(dh + later.h, later.c, c, old_c, gates)
            return LSTMBackCarry(ops.matmul(dz, back), dc, dz)

        before = scan(
            step, LSTMBackCarry(zero, last_dc, ops.zeros_like(z[0])),
            (dhs, after.c, _shifted(c, after.c), after.gates), reverse=True,
        )
        weights = _matrix_gradient(_shifted(h, after.h), before.z)
        return before.z, before.h[0], before.c[0], weights

    return (after.h, after.c[-1]), gradient


class WindowState(NamedTuple):
    """The soft window at one point: w (B, A), and alpha, beta and kappa, each (B, K)."""

    window: object
    importance: object
    width: object
    position: object


class WindowCarry(NamedTuple):
    """What `window_scan` hands from step to step."""

    h: object
    c: object
    gates: Gates
    seen: WindowState


class WindowBackCarry(NamedTuple):
    """What `window_scan` hands back from step to step: derivatives of the loss.

    `above` is the whole derivative for w at this point, `gaussians` that for the inputs of the
    exponential in equations 49-51, (B, 3K).
    """

    h: object
    window: object
    c: object
    position: object
    z: object
    gaussians: object
    above: object


@_with_gradient
def window_scan(z, h, c, w, position, recurrent, kernel, bias, text):
    """Run the LSTM that reads through the soft window over all points (equations 46-51).

    Args:
        z: (T, B, 4H), the strokes' share of the gates.
        h, c: (B, H), the state before the first point.
        w: (B, A), the window before the first point.
        position: (B, K), kappa before the first point.
        recurrent: (A + H, 4H), from the old window and the old h to the gates.
        kernel: (H, 3K), from h to the Gaussians.
        bias: (3K,).
        text: (B, U, A).

    Returns:
        h (T, B, H), w (T, B, A), then alpha, beta and kappa of the Gaussians (T, B, K), and the
        last c (B, H).
    """
    zero = ops.zeros_like(c)
    none = ops.zeros_like(position)
    numbers = ops.arange(1, ops.shape(text)[1] + 1)
    letters = ops.cast(ops.expand_dims(numbers, -1), z.dtype)  # (U, 1)

    def bells(width, position):
        """Distance to each letter and the Gaussians' bells there, (..., U, K)."""
        distance = ops.expand_dims(position, -2) - letters
        return distance, ops.exp(-ops.expand_dims(width, -2) * ops.square(distance))

    def attention(importance, width, position):
        return ops.sum(ops.expand_dims(importance, -2) * bells(width, position)[1], -1)

    def step(old, z):
        below = ops.concatenate([old.seen.window, old.h], -1)
        h, c, gates = _forward(z + ops.matmul(below, recurrent), old.c)
        importance, width, pace = ops.split(ops.exp(ops.matmul(h, kernel) + bias), 3, axis=-1)
        position = old.seen.position + pace
        phi = attention(importance, width, position)
        w = ops.squeeze(ops.matmul(ops.expand_dims(phi, 1), text), 1)
        return WindowCarry(h, c, gates, WindowState(w, importance, width, position))

    start = WindowCarry(h, c, Gates(zero, zero, zero, zero), WindowState(w, none, none, position))
    after = scan(step, start, z)
    seen = after.seen

    def gradient(*upstream):
        *above, last_dc = keras.tree.flatten(upstream)
        back = ops.transpose(recurrent)
        read = ops.transpose(kernel)
        turned = ops.transpose(text, (0, 2, 1))

        def step(later, now):
            (dh, dw, dimportance, dwidth, dposition), c, old_c, gates, gaussians, old_position = now
            importance, width, position = gaussians
            dw = dw + later.window
            dphi = ops.matmul(ops.expand_dims(dw, 1), turned)
            dphi = ops.transpose(dphi, (0, 2, 1))  # (B, U, 1)
            distance, bell = bells(width, position)
            bell = dphi * bell
            dimportance = dimportance + ops.sum(bell, -2)
            dwidth = dwidth - importance * ops.sum(bell * ops.square(distance), -2)
            pull = ops.sum(bell * distance, -2)
            dposition = dposition + later.position - 2 * importance * width * pull
            pace = position - old_position
            dgaussians = ops.concatenate(
                [dimportance * importance, dwidth * width, dposition * pace], -1
            )
            dh = dh + later.h + ops.matmul(dgaussians, read)
            dz, dc = _backward(dh, later.c, c, old_c, gates)
            dold = ops.matmul(dz, back)
            size = w.shape[-1]
            return WindowBackCarry(
                dold[:, size:], dold[:, :size], dc, dposition, dz, dgaussians, dw
            )

        last = WindowBackCarry(
            zero, ops.zeros_like(w), last_dc, none, ops.zeros_like(z[0]),
            ops.concatenate([none, none, none], -1), ops.zeros_like(w),
        )
        values = (
            tuple(above), after.c, _shifted(c, after.c), after.gates,
            (seen.importance, seen.width, seen.position), _shifted(position, seen.position),
        )
        before = scan(step, last, values, reverse=True)
        old = ops.concatenate([_shifted(w, seen.window), _shifted(h, after.h)], -1)
        phi = attention(seen.importance, seen.width, seen.position)  # (T, B, U)
        return (
            before.z, before.h[0], before.c[0], before.window[0], before.position[0],
            _matrix_gradient(old, before.z),
            _matrix_gradient(after.h, before.gaussians),
            ops.sum(before.gaussians, (0, 1)),
            ops.einsum("tbu,tba->bua", phi, before.above),
        )

    outputs = (after.h, seen.window, seen.importance, seen.width, seen.position, after.c[-1])
    return outputs, gradient


class _ScanLoop(keras.layers.RNN):
    """Replaces the loop over time of `keras.layers.RNN`.

    The base classes of `FastLSTM` are in this order because `keras.layers.LSTM` tries cuDNN first
    and then asks the next class for the loop.
    """

    def inner_loop(self, sequences, initial_state, mask, training=False):
        if mask is not None or not self._is_plain(training):
            return super().inner_loop(sequences, initial_state, mask, training=training)
        x = ops.transpose(sequences, (1, 0, 2))
        if self.go_backwards:
            x = ops.flip(x, 0)
        z = ops.matmul(x, self.cell.kernel) + self.cell.bias
        hs, c = lstm_scan(z, *initial_state, self.cell.recurrent_kernel)
        return hs[-1], ops.transpose(hs, (1, 0, 2)), [hs[-1], c]


@keras.saving.register_keras_serializable(package="mdn_utils")
class FastLSTM(keras.layers.LSTM, _ScanLoop):
    """`keras.layers.LSTM` with its backward pass written out, which is faster on CPUs.

    It takes the same arguments and has the same weights. Where an option asks for something that
    the written-out loop doesn't cover (masks, dropout, other activations, no bias), and on torch,
    whose custom gradients differ, Keras's own loop runs; on a GPU, cuDNN does, where it can.

    Args:
        units: H, the number of cells.
        **kwargs: the other arguments of `keras.layers.LSTM`.

    Example:

    >>> layer = FastLSTM(4, return_sequences=True)
    >>> tuple(layer(np.zeros((2, 5, 3), "float32")).shape)
    (2, 5, 4)
    """

    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        # Keras rules XLA out as soon as cuDNN might run. It need not until cuDNN does.
        self.supports_jit = True

    def _is_plain(self, training):
        """Whether the written-out loop computes what the options ask for."""
        dropout = training and (self.dropout or self.recurrent_dropout)
        activations = (self.cell.activation, self.cell.recurrent_activation)
        return (
            keras.backend.backend() != "torch"
            and self.cell.use_bias
            and not dropout
            and activations == (keras.activations.tanh, keras.activations.sigmoid)
        )
