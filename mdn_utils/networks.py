"""The text, prediction and synthesis networks: LSTM layers with the paper's skip connections.

Every hidden layer sees the input and, in synthesis, the window; the output layer sees every hidden
layer (Graves 2013, figures 1 and 12).
"""
import keras
from keras import ops

from .data.alphabet import ALPHABET, BYTES
from .errors import InputError
from .layers import FastLSTM, PeepholeLSTMCell, SoftWindowLSTM, clip_gradient
from .layers.mixture import raw_size

# Bounds on the derivatives of a sequence's loss: at the raw outputs and inside the cells
# (Graves 2013, section 4.2), and inside the cells of a text network (section 3.1).
OUTPUT_CLIP = 100.0
CELL_CLIP = 10.0
TEXT_CLIP = 1.0
MOST_LAYERS = 100
POINT = 3  # numbers: dx, dy, and whether the pen lifts


class SkipNetwork(keras.Model):
    """Base of the three networks: LSTM layers with skip connections, and a dense output layer.

    Under the policy "mixed_bfloat16" the hidden layers compute in bfloat16. The strokes, the window
    (whose small steps through the text would be lost there) and the output stay in float32.

    Args:
        units: cells of each hidden layer.
        peepholes: use the paper's LSTM cell with its derivatives clipped. Without it the layers are
            `FastLSTM`, which cuDNN can run.

    Raises:
        InputError: if a size is below 1, or if the weights would be kept in half precision.
    """

    cell_clip = CELL_CLIP

    def __init__(self, units, peepholes=False, **kwargs):
        super().__init__(autocast=False, **kwargs)
        if not 1 <= len(units) <= MOST_LAYERS or min(units) < 1:
            raise InputError(
                f"network: units={units}; expected 1 to {MOST_LAYERS} hidden layers, each with "
                "1 cell or more"
            )
        if "float16" in self.variable_dtype or self.compute_dtype == "float16":
            raise InputError(
                f"network: cannot train in {self.dtype_policy.name}: weights in half precision "
                "lose small steps, and the scaled loss of float16 would trip the bounds on "
                "derivatives; choose float32 or mixed_bfloat16"
            )
        self.units = tuple(units)
        self.peepholes = peepholes

    def _add_layers(self, first, outputs, x, below):
        """Create hidden layers from number `first` on, and the output layer, all with weights.

        Building each layer is much faster than calling the network once to have Keras do it.

        Args:
            first: how many layers there are already.
            outputs: of the network.
            x: D, the size of what every hidden layer sees.
            below: I, the size of the first layer's input.
        """
        self.hidden = [self._lstm(n) for n in range(first, len(self.units))]
        for layer, size in zip(self.hidden, self.units[first:]):
            layer.build((None, None, below))
            below = x + size
        self.head = keras.layers.Dense(outputs, name="output", dtype="float32")
        self.head.build((None, None, sum(self.units)))
        self.built = True

    def _lstm(self, n):
        options = {"return_sequences": True, "name": f"hidden{n + 1}", "dtype": self.dtype_policy}
        if self.peepholes:
            cell = PeepholeLSTMCell(self.units[n], self.cell_clip, dtype=self.dtype_policy)
            return keras.layers.RNN(cell, **options)
        return FastLSTM(self.units[n], **options)

    def _connect(self, x, below, outputs, run):
        """Wire the skip connections.

        Args:
            x: (..., D), what every hidden layer sees.
            below: (..., I), the input of the first layer in `self.hidden`.
            outputs: list of what lower layers have sent to the output layer.
            run: function (n, below) that runs `self.hidden[n]`.
        """
        for n in range(len(self.hidden)):
            hidden = run(n, below)
            outputs = [*outputs, hidden]
            below = ops.concatenate([x, hidden], -1)
        return self.head(ops.concatenate(outputs, -1))

    def _run_layers(self, training):
        return lambda n, below: self.hidden[n](below, training=training)

    def _step_layers(self, states):
        """Return a `run` for `_connect` that takes one step, and the list it leaves states in."""
        after = list(states)

        def run(n, below):
            hidden, after[n] = self.hidden[n].cell(below, states[n])
            after[n] = list(after[n])
            return hidden

        return run, after

    def initial_state(self, batch_size):
        """Return the state before the first `step`: a list of (B, H) zeros for each layer."""
        return [layer.cell.get_initial_state(batch_size) for layer in self.hidden]

    def step(self, x, states):
        """Take one step.

        Args:
            x: (B, D), a point, or a byte as one-hot.
            states: what `initial_state` or the last step returned.

        Returns:
            The outputs (B, ...) for this step, and the states after it.
        """
        run, after = self._step_layers(states)
        return self._connect(x, x, [], run), after

    def get_config(self):
        return {**super().get_config(), "units": list(self.units), "peepholes": self.peepholes}

    @classmethod
    def least_parameters(cls, config):
        """Return a lower bound on the number of weights that `config` asks for.

        `weights.load` compares it with the size of the file before anything is allocated.
        """
        units = config["units"]
        below = [0, *units[:-1]]
        return sum(4 * size * (size + lower + 1) for size, lower in zip(units, below))


@keras.saving.register_keras_serializable(package="mdn_utils")
class TextNetwork(SkipNetwork):
    """Predict the next byte of a text (Graves 2013, section 3).

    Called with bytes (B, T), it returns logits (B, T, 256).

    Args:
        units: cells of each hidden layer.
        peepholes: use the paper's LSTM cell, with its derivatives clipped to 1.

    Example:

    >>> network = TextNetwork(units=(8,))
    >>> tuple(network(np.array([[116, 111]])).shape)
    (1, 2, 256)
    """

    cell_clip = TEXT_CLIP

    def __init__(self, units=(400, 400, 400), peepholes=False, **kwargs):
        super().__init__(units, peepholes, **kwargs)
        self._add_layers(0, BYTES, BYTES, BYTES)

    def call(self, inputs, training=False):
        x = ops.one_hot(inputs, BYTES, dtype=self.compute_dtype)
        return self._connect(x, x, [], self._run_layers(training))


class HandwritingNetwork(SkipNetwork):
    """Base of the two networks whose output is a mixture density.

    Args:
        units: cells of each hidden layer.
        mixtures: M, components of the mixture.
        peepholes: use the paper's LSTM cell, with its derivatives clipped to 10.

    Attributes:
        reads_text: whether the network reads the text that it writes.
    """

    reads_text = False

    def __init__(self, units=(400, 400, 400), mixtures=20, peepholes=False, **kwargs):
        super().__init__(units, peepholes, **kwargs)
        if mixtures < 1:
            raise InputError(f"network: mixtures={mixtures}; expected 1 or more")
        self.mixtures = mixtures

    def get_config(self):
        return {**super().get_config(), "mixtures": self.mixtures}

    @classmethod
    def least_parameters(cls, config):
        output = sum(config["units"]) * raw_size(config["mixtures"])
        return super().least_parameters(config) + output


@keras.saving.register_keras_serializable(package="mdn_utils")
class PredictionNetwork(HandwritingNetwork):
    """Predict where the pen goes next (Graves 2013, section 4).

    Called with strokes (B, T, 3), it returns raw mixture outputs (B, T, 1 + 6M), see
    `layers.mixture.parameters`.

    Args:
        units: cells of each hidden layer.
        mixtures: M, components of the mixture.
        peepholes: use the paper's LSTM cell, with its derivatives clipped to 10.

    Example:

    >>> network = PredictionNetwork(units=(8,), mixtures=2)
    >>> tuple(network(np.zeros((1, 5, 3), "float32")).shape)
    (1, 5, 13)
    """

    def __init__(self, units=(400, 400, 400), mixtures=20, peepholes=False, **kwargs):
        super().__init__(units, mixtures, peepholes, **kwargs)
        self._add_layers(0, raw_size(mixtures), POINT, POINT)

    def call(self, strokes, training=False):
        raw = self._connect(strokes, strokes, [], self._run_layers(training))
        return clip_gradient(raw, OUTPUT_CLIP)


@keras.saving.register_keras_serializable(package="mdn_utils")
class SynthesisNetwork(HandwritingNetwork):
    """Write a given text, which the first layer reads through the soft window (Graves 2013, 5).

    Called with [strokes (B, T, 3), character numbers (B, U)], it returns raw mixture outputs
    (B, T, 1 + 6M). Characters are numbered by `data.alphabet.encode`; 0 is padding.

    Args:
        units: cells of each hidden layer.
        mixtures: M, components of the mixture.
        gaussians: K, Gaussians of the soft window.
        peepholes: use the paper's LSTM cell, with its derivatives clipped to 10.

    Example:

    >>> network = SynthesisNetwork(units=(8, 8), mixtures=2, gaussians=3)
    >>> tuple(network([np.zeros((1, 5, 3), "float32"), np.array([[40, 73]])]).shape)
    (1, 5, 13)
    """

    reads_text = True

    def __init__(self, units=(400, 400, 400), mixtures=20, gaussians=10, peepholes=False, **kwargs):
        super().__init__(units, mixtures, peepholes, **kwargs)
        if gaussians < 1:
            raise InputError(f"network: gaussians={gaussians}; expected 1 or more")
        self.gaussians = gaussians
        self.window = self.make_window()
        self.window.build((None, None, POINT), (None, None, len(ALPHABET)))
        x = POINT + len(ALPHABET)  # the window sums one-hot letters
        self._add_layers(1, raw_size(mixtures), x, x + self.units[0])

    def make_window(self):
        """Return the first layer; a subclass may read the text through another one."""
        return SoftWindowLSTM(
            self.units[0], self.gaussians, peepholes=self.peepholes, clip=CELL_CLIP,
            name="window", dtype="float32",
        )

    def call(self, inputs, training=False):
        return self.attend(inputs, training)[0]

    def attend(self, inputs, training=False):
        """Return the raw outputs and the window's Gaussians (B, T, 3K), see `layers.attention`."""
        strokes, text = inputs
        hidden, window, gaussians = self.window(strokes, one_hot_text(text))
        run = self._run_layers(training)
        return clip_gradient(self._above(strokes, hidden, window, run), OUTPUT_CLIP), gaussians

    def _above(self, strokes, hidden, window, run):
        """Run everything above the window."""
        x = ops.concatenate([strokes, window], -1)
        return self._connect(x, ops.concatenate([x, hidden], -1), [hidden], run)

    def initial_state(self, batch_size):
        window = self.window.initial_state(batch_size, len(ALPHABET))
        return [window, *super().initial_state(batch_size)]

    def step(self, point, states, text):
        """Take one step.

        Args:
            point: (B, 3), a point.
            states: what `initial_state` or the last step returned.
            text: (B, U, A), the text as one-hot, see `one_hot_text`.

        Returns:
            The raw outputs (B, 1 + 6M) for the next point, the states after this step, and the
            window's Gaussians (B, 3K).
        """
        (hidden, window, gaussians), first = self.window.step(point, text, states[0])
        run, after = self._step_layers(states[1:])
        raw = self._above(point, hidden, window, run)
        return raw, [first, *after], gaussians

    def get_config(self):
        return {**super().get_config(), "gaussians": self.gaussians}

    @classmethod
    def least_parameters(cls, config):
        window = 3 * config["gaussians"] * config["units"][0]
        return super().least_parameters(config) + window


def one_hot_text(text):
    """Turn character numbers into one-hot vectors.

    Args:
        text: (B, U), see `data.alphabet.encode`.

    Returns:
        c (B, U, A); padding, number 0, is all zeros.

    Example:

    >>> tuple(one_hot_text(np.array([[40, 0]])).shape)
    (1, 2, 95)
    """
    return ops.one_hot(text, len(ALPHABET) + 1)[..., 1:]
