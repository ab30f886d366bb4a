"""The mixture density head: bivariate normals with correlation, and a pen bit (Graves 2013, equations 15-27).

The network's raw output for one point holds 1 + 6M numbers, in this order: end of stroke, M weights, M means
in x, M in y, M standard deviations in x, M in y, M correlations. Everything stays in log space until it is asked for,
so that extreme inputs give large losses rather than NaN.
"""
import math
from typing import NamedTuple

import keras
from keras import ops

# Beyond these bounds a component is a spike or a plane: float32 cannot hold the density of anything sharper.
LOG_STD = (-8.0, 8.0)
CORRELATION = 7.5  # on atanh(rho): |rho| up to 1 - 6e-7


def raw_size(components):
    """Number of raw outputs a point for M components: 1 + 6M."""
    return 1 + 6 * components


class Mixture(NamedTuple):
    """Parameters of p(dx, dy, end_of_stroke) for any leading shape (...), M components; log space where it matters."""
    pen: object  # (...) logit of end_of_stroke; Graves' e_hat is its negative (equation 18)
    log_weight: object  # (..., M) log pi
    mean: object  # (..., M, 2) mu
    log_std: object  # (..., M, 2) log sigma
    twist: object  # (..., M) atanh rho

    @property
    def end_of_stroke(self):
        """e, equation 18: probability (...) that the pen lifts after the point."""
        return ops.sigmoid(self.pen)

    @property
    def weight(self):
        """pi, equation 19: (..., M), sums to 1."""
        return ops.exp(self.log_weight)

    @property
    def std(self):
        """sigma, equation 21: (..., M, 2), positive."""
        return ops.exp(self.log_std)

    @property
    def correlation(self):
        """rho, equation 22: (..., M), between -1 and 1."""
        return ops.tanh(self.twist)


def parameters(raw, bias=0.0):
    """Link functions, equations 18-22; with a bias b >= 0 (scalar or leading shape), equations 61-62.

    raw: (..., 1 + 6M) -> Mixture. The bias sharpens: sigma = exp(sigma_hat - b), pi from pi_hat (1 + b).
    """
    components = (raw.shape[-1] - 1) // 6
    bias = ops.expand_dims(ops.convert_to_tensor(bias, raw.dtype), -1)
    pen = raw[..., 0]
    weight, mean_x, mean_y, std_x, std_y, twist = (
        raw[..., 1 + k * components:1 + (k + 1) * components] for k in range(6))
    log_std = ops.stack([std_x, std_y], -1) - ops.expand_dims(bias, -1)
    return Mixture(pen, ops.log_softmax(weight * (1 + bias)), ops.stack([mean_x, mean_y], -1),
                   ops.clip(log_std, *LOG_STD), ops.clip(twist, -CORRELATION, CORRELATION))


def component_log_density(mixture, offsets):
    """log N(offset | mu, sigma, rho) of every component, equations 24-25: offsets (..., 2) -> (..., M)."""
    z = (ops.expand_dims(offsets, -2) - mixture.mean) * ops.exp(-mixture.log_std)
    x, y = z[..., 0], z[..., 1]
    # 1 - rho^2 = sech^2(twist), whose logarithm has no cancellation
    sign = 1 - 2 * ops.cast(mixture.twist < 0, mixture.twist.dtype)  # never 0, where the derivative would be lost
    twist = sign * mixture.twist
    log_sech = math.log(2) - twist - ops.log1p(ops.exp(-2 * twist))
    # (x^2 + y^2 - 2 rho x y) / (1 - rho^2) = y^2 + ((x - rho y) / sech)^2, and
    # x - rho y = (x - s y) + s (1 - |rho|) y with s the sign of rho, which stays exact as |rho| -> 1
    left = 2 / (ops.exp(2 * twist) + 1)
    across = (x - sign * y + sign * left * y) * ops.exp(-log_sech)
    return -math.log(2 * math.pi) - ops.sum(mixture.log_std, -1) - log_sech - 0.5 * (y * y + across * across)


def log_density(mixture, offsets):
    """log of equation 23's mixture at offsets (..., 2) -> (...), in nats."""
    return ops.logsumexp(mixture.log_weight + component_log_density(mixture, offsets), -1)


def nats(strokes, raw):
    """Negative log-likelihood of points (..., 3) under raw (..., 1 + 6M), equation 26: (...), nats a point.

    May be negative: a density, unlike a probability, can exceed 1.
    """
    mixture, strokes = parameters(raw), ops.convert_to_tensor(strokes)
    pen_up = strokes[..., 2]
    pen = pen_up * ops.softplus(-mixture.pen) + (1 - pen_up) * ops.softplus(mixture.pen)
    return pen - log_density(mixture, strokes[..., :2])


@keras.saving.register_keras_serializable(package="mdn_utils")
class MixtureLoss(keras.losses.Loss):
    """`nats` as a Keras loss; with 0/1 sample weights as mask its mean is nats a point."""

    def __init__(self, name="nats", reduction="mean_with_sample_weight", **kwargs):
        super().__init__(name=name, reduction=reduction, **kwargs)

    def call(self, y_true, y_pred):
        return nats(y_true, y_pred)


def responsibilities(strokes, raw):
    """gamma, equations 27-28: share (..., M) of each component in the density of the points (..., 3)."""
    mixture = parameters(raw)
    return ops.softmax(mixture.log_weight + component_log_density(mixture, strokes[..., :2]))


def density(raw, x, y):
    """p(dx, dy) on the grid of x (X,) and y (Y,), summed over the leading shape of raw: (Y, X)."""
    grid = ops.stack(ops.meshgrid(ops.convert_to_tensor(x, raw.dtype), ops.convert_to_tensor(y, raw.dtype)), -1)
    flat = ops.reshape(raw, (-1, 1, 1, raw.shape[-1]))
    return ops.sum(ops.exp(log_density(parameters(flat), grid)), 0)


def sample(raw, noise, bias=0.0):
    """Draw points (..., 3) from raw (..., 1 + 6M) with the given noise, so that one noise gives one line everywhere.

    noise: (..., 4): two uniform numbers, for the component and the pen, and two standard normal ones.
    bias: scalar or (...), see `parameters`.
    """
    mixture = parameters(raw, bias)
    pick = ops.cumsum(mixture.weight, -1) < noise[..., :1] * (1 - 1e-6)
    component = ops.sum(ops.cast(pick, "int32"), -1)
    chosen = ops.expand_dims(ops.one_hot(component, raw.shape[-1] // 6, dtype=raw.dtype), -1)
    mean, std = ops.sum(mixture.mean * chosen, -2), ops.sum(mixture.std * chosen, -2)
    correlation = ops.sum(mixture.correlation * chosen[..., 0], -1)
    first, second = noise[..., 2], noise[..., 3]
    second = correlation * first + ops.sqrt(1 - correlation ** 2) * second
    pen_up = ops.cast(noise[..., 1] < mixture.end_of_stroke, raw.dtype)
    return ops.stack([mean[..., 0] + std[..., 0] * first, mean[..., 1] + std[..., 1] * second, pen_up], -1)
