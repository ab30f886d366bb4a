"""The text, prediction and synthesis networks: LSTM layers with the paper's skip connections (Graves 2013, figs 1, 12).

Every hidden layer sees the input and, in synthesis, the window; the output layer sees every hidden layer.
"""
import keras
import numpy as np
from keras import ops

from .data.alphabet import ALPHABET, BYTES
from .errors import InputError
from .layers.fast_lstm import LSTM, RNN
from .layers.lstm import PeepholeLSTMCell, clip_gradient
from .layers.mixture import raw_size
from .layers.soft_window import WindowCell

KINDS = "text", "prediction", "synthesis"
# bounds on the derivatives of a sequence's loss: at the raw outputs and in the cells (section 4.2), and for text (3.1)
OUTPUT_CLIP, CELL_CLIP, TEXT_CLIP = 100.0, 10.0, 1.0


@keras.saving.register_keras_serializable(package="mdn_utils")
class Network(keras.Model):
    """Hidden LSTM layers with skip connections.

    kind: "text" reads bytes (B, T) and returns logits (B, T, 256); "prediction" reads strokes (B, T, 3) and returns
    raw mixture outputs (B, T, 1 + 6M); "synthesis" reads strokes and character numbers (B, U), and returns the same.
    units: cells of each hidden layer. mixtures: M. windows: K Gaussians of the soft window.
    peepholes: the paper's LSTM cell with its derivative clipping; without, `keras.layers.LSTM`, which cuDNN can run.
    Under `keras.config.set_dtype_policy("mixed_bfloat16")` the hidden layers compute in half precision; the strokes,
    the window, whose small steps through the text would be lost there, and the output stay in float32.
    """

    def __init__(self, kind, units=(400, 400, 400), mixtures=20, windows=10, peepholes=False, **kwargs):
        super().__init__(autocast=False, **kwargs)
        if kind not in KINDS:
            raise InputError(f"network: kind is {kind!r}; expected text, prediction or synthesis")
        if not units or min(*units, mixtures, windows) < 1:
            raise InputError(f"network: units={units}, mixtures={mixtures}, windows={windows}; expected at least one "
                             "hidden layer, and each number 1 or more")
        if "float16" in self.variable_dtype or self.compute_dtype == "float16":
            raise InputError(f"network: cannot train in {self.dtype_policy.name}: weights in half precision lose small "
                             "steps, and float16's scaled loss would trip the bounds on derivatives; choose float32 "
                             "or mixed_bfloat16")
        self.kind, self.units, self.mixtures, self.windows = kind, tuple(units), mixtures, windows
        self.peepholes = peepholes
        self.hidden = [self._layer(n, size) for n, size in enumerate(self.units)]
        self.head = keras.layers.Dense(BYTES if kind == "text" else raw_size(mixtures), name="output",
                                       dtype="float32")
        example = np.zeros((1, 2), "int32") if kind == "text" else np.zeros((1, 2, 3), "float32")
        self((example, np.zeros((1, 2), "int32")) if kind == "synthesis" else example)

    def _layer(self, n, size):
        if self.kind == "synthesis" and n == 0:
            full = {"dtype": "float32"}
            cell = PeepholeLSTMCell(size, CELL_CLIP, **full) if self.peepholes else keras.layers.LSTMCell(size, **full)
            layer = keras.layers.RNN if self.peepholes else RNN
            return layer(WindowCell(cell, self.windows, len(ALPHABET), **full), return_sequences=True, name="window",
                         **full)
        if self.peepholes:
            cell = PeepholeLSTMCell(size, TEXT_CLIP if self.kind == "text" else CELL_CLIP)
            return keras.layers.RNN(cell, return_sequences=True, name=f"hidden{n + 1}")
        return LSTM(size, name=f"hidden{n + 1}")

    def get_config(self):
        return {"kind": self.kind, "units": list(self.units), "mixtures": self.mixtures, "windows": self.windows,
                "peepholes": self.peepholes}

    def call(self, inputs, training=False):
        return self.attend(inputs, training)[0]

    def attend(self, inputs, training=False):
        """Raw outputs and, in synthesis, the window's Gaussians (B, T, 3K) (see `window.attention`), else None."""
        x, text = inputs if self.kind == "synthesis" else (inputs, None)
        if self.kind == "text":
            x = ops.one_hot(x, BYTES, dtype=self.compute_dtype)
        if self.kind == "synthesis":
            self.hidden[0].cell.text = one_hot_text(text)
        raw, gaussians = self._wired(x, lambda n, below: self.hidden[n](below, training=training))
        return raw if self.kind == "text" else clip_gradient(raw, OUTPUT_CLIP), gaussians

    def _wired(self, x, run):
        """The skip connections: x (..., D), and `run(n, below)`, which is hidden layer n on its input."""
        below, gaussians, outputs = x, None, []
        for n in range(len(self.hidden)):
            hidden = run(n, below)
            if self.kind == "synthesis" and n == 0:
                hidden, window, gaussians = self._split(hidden)
                x = ops.concatenate([x, window], -1)
            outputs.append(hidden)
            below = ops.concatenate([x, hidden], -1)
        return self.head(ops.concatenate(outputs, -1)), gaussians

    def _split(self, hidden):
        size = self.units[0]
        return hidden[..., :size], hidden[..., size:size + len(ALPHABET)], hidden[..., size + len(ALPHABET):]

    def initial_state(self, batch_size):
        """A state for `step`: one list of (B, ...) zeros for each hidden layer."""
        return [layer.cell.get_initial_state(batch_size) for layer in self.hidden]

    def step(self, x, states, text=None):
        """One point or character further: x (B, D), one-hot text (B, U, A) -> raw (B, .), states, Gaussians (B, 3K)."""
        after = list(states)

        def run(n, below):
            hidden, after[n] = self.hidden[n].cell(below, states[n])
            after[n] = list(after[n])
            return hidden

        if self.kind == "synthesis":
            self.hidden[0].cell.text = text
        raw, gaussians = self._wired(x, run)
        return raw, after, gaussians


def one_hot_text(text):
    """Character numbers (B, U), 0 for padding, as one-hot c (B, U, A); padding is all zero."""
    return ops.one_hot(text, len(ALPHABET) + 1)[..., 1:]
