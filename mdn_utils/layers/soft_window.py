"""The soft window: the network looks at the text through K Gaussians that slide along it (Graves 2013, eqs 46-51)."""
import keras
from keras import ops


def attention(window, length):
    """phi(t, u), equation 46, for u = 1..length.

    window: (..., 3K), the importance alpha, width beta and position kappa of K Gaussians -> (..., length).
    """
    importance, width, position = ops.split(ops.expand_dims(window, -2), 3, axis=-1)  # (..., 1, K)
    u = ops.expand_dims(ops.cast(ops.arange(1, length + 1), window.dtype), -1)  # (U, 1)
    return ops.sum(importance * ops.exp(-width * ops.square(position - u)), -1)


@keras.saving.register_keras_serializable(package="mdn_utils")
class WindowCell(keras.layers.Layer):
    """One step of the first hidden layer: an LSTM that reads the point and the last window, then moves the window.

    cell: an LSTM cell layer (H units). windows: K. points_per_character: how fast the window moves before training;
    a window that starts at the data's own pace learns to read in a fraction of the time.
    Set `text`, the one-hot text c (B, U, A), before stepping. inputs: (B, D).
    states: h (B, H), c (B, H), w (B, A), kappa (B, K). output: [h, w, alpha, beta, kappa], (B, H + A + 3K).
    """

    def __init__(self, cell, windows, characters, points_per_character=12.0, **kwargs):
        super().__init__(**kwargs)
        self.cell, self.windows, self.characters = cell, windows, characters
        self.points_per_character = points_per_character
        self.text = None
        self.state_size = [*cell.state_size, characters, windows]
        self.output_size = cell.units + characters + 3 * windows
        start = [0.0] * windows + [-0.7] * windows + [-float(ops.log(points_per_character))] * windows
        self.gaussians = keras.layers.Dense(
            3 * windows, name="gaussians", dtype=self.dtype_policy,
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.02),
            bias_initializer=lambda shape, dtype=None: ops.convert_to_tensor(start, dtype))

    def build(self, input_shape):
        self.cell.build((input_shape[0], input_shape[-1] + self.characters))
        self.gaussians.build((input_shape[0], self.cell.units))
        self.built = True

    def call(self, inputs, states, training=False):
        hidden, memory, window, position = states
        hidden, (_, memory) = self.cell(ops.concatenate([inputs, window], -1), [hidden, memory], training=training)
        importance, width, step = ops.split(ops.exp(self.gaussians(hidden)), 3, axis=-1)  # equations 48-51
        position = position + step
        gaussians = ops.concatenate([importance, width, position], -1)
        phi = attention(gaussians, ops.shape(self.text)[1])  # a tensor in `fit` on TensorFlow
        window = ops.squeeze(ops.matmul(ops.expand_dims(phi, 1), self.text), 1)  # equation 47
        return ops.concatenate([hidden, window, gaussians], -1), [hidden, memory, window, position]

    def get_initial_state(self, batch_size=None):
        return [ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in self.state_size]
