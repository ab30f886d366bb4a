"""The soft window: a network looks at a text through Gaussians that slide along it.

Graves 2013, section 5.1, equations 46-51.
"""
import keras
from keras import ops

from ..errors import InputError
from .fast_lstm import scan, window_scan
from .lstm import PeepholeLSTMCell


def attention(gaussians, length):
    """Return how much of each character the window sees: phi(t, u), equation 46.

    Args:
        gaussians: (..., 3K), the importance alpha, width beta and position kappa of K Gaussians.
        length: U, how many characters.

    Returns:
        phi for u = 1 to U: (..., U).

    Example: one Gaussian of importance 1 and width 1, in the middle of three characters.

    >>> phi = attention(ops.convert_to_tensor([1.0, 1.0, 2.0]), 3)
    >>> [round(float(value), 2) for value in phi]
    [0.37, 1.0, 0.37]
    """
    importance, width, position = ops.split(ops.expand_dims(gaussians, -2), 3, axis=-1)
    u = ops.expand_dims(ops.cast(ops.arange(1, length + 1), gaussians.dtype), -1)  # (U, 1)
    return ops.sum(importance * ops.exp(-width * ops.square(position - u)), -1)


@keras.saving.register_keras_serializable(package="mdn_utils")
class SoftWindowLSTM(keras.layers.Layer):
    """An LSTM that reads a text through a soft window while it goes over the strokes.

    At each point it sees the point and the last window, then moves the window. It always computes
    in float32, because the small steps of the window would be lost in half precision.

    Args:
        units: H, the number of cells.
        gaussians: K, the number of Gaussians.
        points_per_character: how fast the window moves before training. A window that starts at the
            pace of the data learns to read in a fraction of the time.
        peepholes: use `PeepholeLSTMCell`, the paper's cell, in place of `keras.layers.LSTMCell`.
        clip: bound on the derivatives inside the paper's cell.

    Call arguments:
        strokes: (B, T, D).
        text: (B, U, A), one-hot characters, or any vectors; zeros for padding.

    Returns:
        The output h (B, T, H), the window w (B, T, A), and the Gaussians (B, T, 3K), of which
        `attention` makes phi.

    Raises:
        InputError: if a size is below 1.

    Example:

    >>> strokes, text = keras.Input((None, 3)), keras.Input((None, 95))
    >>> hidden, window, gaussians = SoftWindowLSTM(units=16, gaussians=4)(strokes, text)
    >>> keras.Model([strokes, text], gaussians).output_shape
    (None, None, 12)
    """

    def __init__(self, units, gaussians=10, points_per_character=12.0, peepholes=False, clip=10.0,
                 **kwargs):
        policy = keras.dtype_policies.get(kwargs.pop("dtype", None) or keras.config.dtype_policy())
        super().__init__(dtype=policy.variable_dtype, **kwargs)
        if units < 1 or gaussians < 1 or not points_per_character > 0:
            raise InputError(
                f"SoftWindowLSTM: units={units}, gaussians={gaussians}, points_per_character="
                f"{points_per_character}; expected 1 or more of each, and a pace above 0"
            )
        self.units = units
        self.gaussians = gaussians
        self.points_per_character = points_per_character
        self.peepholes = peepholes
        self.clip = clip
        if peepholes:
            self.cell = PeepholeLSTMCell(units, clip, dtype=self.dtype_policy)
        else:
            self.cell = keras.layers.LSTMCell(units, dtype=self.dtype_policy)
        pace = -float(ops.log(points_per_character))
        start = [0.0] * gaussians + [-0.7] * gaussians + [pace] * gaussians
        self.gaussians_layer = keras.layers.Dense(
            3 * gaussians, name="gaussians", dtype=self.dtype_policy,
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.02),
            bias_initializer=lambda shape, dtype=None: ops.convert_to_tensor(start, dtype),
        )

    def build(self, strokes_shape, text_shape):
        self.cell.build((strokes_shape[0], strokes_shape[-1] + text_shape[-1]))
        self.gaussians_layer.build((strokes_shape[0], self.units))

    def call(self, strokes, text):
        states = self.initial_state(ops.shape(strokes)[0], text.shape[-1])
        x = ops.transpose(strokes, (1, 0, 2))
        scan_all = self._scan_fast if self._is_plain() else self._scan_steps
        outputs = scan_all(x, text, states)
        return tuple(ops.transpose(values, (1, 0, 2)) for values in outputs)

    def _is_plain(self):
        """Whether the written-out loop computes what `step` does, also in a subclass."""
        own = type(self)
        inherited = own.step is SoftWindowLSTM.step and own.move is SoftWindowLSTM.move
        return inherited and not self.peepholes and keras.backend.backend() != "torch"

    def _scan_steps(self, x, text, states):
        """The loop over `step`, with derivatives that the backend finds."""
        batch = ops.shape(text)[0]
        none = ops.zeros((batch, 3 * self.gaussians), dtype=self.compute_dtype)
        start = ((states[0], states[2], none), states)
        outputs, _ = scan(lambda old, point: self.step(point, text, old[1]), start, x)
        return outputs

    def _scan_fast(self, x, text, states):
        """The loop with its derivatives written out."""
        h, c, w, position = states
        kernel = ops.convert_to_tensor(self.cell.kernel)
        strokes = kernel[:x.shape[-1]]
        seen = kernel[x.shape[-1]:]
        z = ops.matmul(x, strokes) + self.cell.bias
        recurrent = ops.concatenate([seen, self.cell.recurrent_kernel], 0)
        hidden, window, *gaussians, _ = window_scan(
            z, h, c, w, position, recurrent, self.gaussians_layer.kernel,
            self.gaussians_layer.bias, text,
        )
        return hidden, window, ops.concatenate(gaussians, -1)

    def step(self, point, text, states):
        """Take one step.

        Args:
            point: (B, D).
            text: (B, U, A).
            states: h (B, H), c (B, H), w (B, A) and kappa (B, K) before this point.

        Returns:
            (h, w, Gaussians (B, 3K)) at this point, and the states after it.
        """
        hidden, memory, window, position = states
        below = ops.concatenate([point, window], -1)
        hidden, (_, memory) = self.cell(below, [hidden, memory])
        gaussians = self.move(self.gaussians_layer(hidden), position)
        phi = attention(gaussians, ops.shape(text)[1])
        window = ops.squeeze(ops.matmul(ops.expand_dims(phi, 1), text), 1)  # equation 47
        position = gaussians[..., 2 * self.gaussians:]
        return (hidden, window, gaussians), (hidden, memory, window, position)

    def move(self, raw, position):
        """Move the Gaussians on: equations 48-51. A subclass may move them differently.

        Args:
            raw: (B, 3K), what the network wants of them.
            position: (B, K), kappa before this point.

        Returns:
            alpha, beta and kappa at this point, (B, 3K).
        """
        importance, width, step = ops.split(ops.exp(raw), 3, axis=-1)
        return ops.concatenate([importance, width, position + step], -1)

    def initial_state(self, batch_size, characters):
        """Return the states before the first point, zeros: h, c, w and kappa.

        Args:
            batch_size: B.
            characters: A, the size of the alphabet.
        """
        sizes = (self.units, self.units, characters, self.gaussians)
        return tuple(ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in sizes)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "gaussians": self.gaussians,
            "points_per_character": self.points_per_character,
            "peepholes": self.peepholes,
            "clip": self.clip,
        }
