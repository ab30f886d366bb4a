"""The mixture density head: bivariate normals with correlation, and a pen bit.

Graves 2013, equations 15-27. A network's raw output for one point holds 1 + 6M numbers, in this
order: end of stroke, M weights, M means in x, M in y, M standard deviations in x, M in y, M
correlations. Everything stays in log space until it is asked for, so that extreme inputs give large
losses rather than NaN.
"""
import math
from typing import NamedTuple

import keras
from keras import ops

from ..errors import InputError

# Beyond these bounds a component is a spike or a plane: float32 can't hold the density of anything
# sharper.
LOG_STD = (-8.0, 8.0)
CORRELATION = 7.5  # on atanh(rho): |rho| up to 1 - 6e-7


def raw_size(components):
    """Return how many raw outputs per point M components need: 1 + 6M.

    Example:

    >>> raw_size(20)
    121
    """
    return 1 + 6 * components


class Mixture(NamedTuple):
    """Parameters of p(dx, dy, end_of_stroke), in log space where it matters.

    The leading shape (...) is any, M is the number of components.

    Attributes:
        pen: (...), the logit of end_of_stroke; Graves's e_hat is its negative (equation 18).
        log_weight: (..., M), log pi.
        mean: (..., M, 2), mu.
        log_std: (..., M, 2), log sigma.
        atanh_correlation: (..., M), atanh rho.

    Example:

    >>> mixture = parameters(ops.zeros((5, 13)))
    >>> ops.convert_to_numpy(mixture.weight[0]).tolist()
    [0.5, 0.5]
    """

    pen: object
    log_weight: object
    mean: object
    log_std: object
    atanh_correlation: object

    @property
    def end_of_stroke(self):
        """e, equation 18: the probability (...) that the pen lifts after the point."""
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
        return ops.tanh(self.atanh_correlation)


def parameters(raw, bias=0.0):
    """Apply the link functions, equations 18-22, and the bias of equations 61-62.

    The bias sharpens: sigma = exp(sigma_hat - b), and pi comes from pi_hat (1 + b).

    Args:
        raw: (..., 1 + 6M).
        bias: b, 0 or more; a scalar, or of the leading shape.

    Returns:
        A `Mixture`.

    Raises:
        InputError: if `raw` doesn't have 1 + 6M numbers per point.

    Example:

    >>> tuple(parameters(ops.zeros((5, 121))).mean.shape)
    (5, 20, 2)
    """
    components, rest = divmod(raw.shape[-1] - 1, 6)
    if rest or components < 1:
        raise InputError(
            "a mixture of M components takes 1 + 6M raw outputs per point, such as 7 or 121; got "
            f"{raw.shape[-1]}"
        )
    bias = ops.expand_dims(ops.convert_to_tensor(bias, raw.dtype), -1)
    pen = raw[..., 0]
    weight, mean_x, mean_y, std_x, std_y, correlation = (
        raw[..., 1 + k * components:1 + (k + 1) * components] for k in range(6)
    )
    log_std = ops.stack([std_x, std_y], -1) - ops.expand_dims(bias, -1)
    return Mixture(
        pen=pen,
        log_weight=ops.log_softmax(weight * (1 + bias)),
        mean=ops.stack([mean_x, mean_y], -1),
        log_std=ops.clip(log_std, *LOG_STD),
        atanh_correlation=ops.clip(correlation, -CORRELATION, CORRELATION),
    )


def component_log_density(mixture, offsets):
    """Return log N(offset | mu, sigma, rho) of every component, equations 24-25.

    Args:
        mixture: a `Mixture`.
        offsets: (..., 2).

    Returns:
        (..., M), in nats.

    Example:

    >>> density = component_log_density(parameters(ops.zeros((1, 7))), ops.zeros((1, 2)))
    >>> float(density[0, 0])  # -log(2 pi)
    -1.837...
    """
    z = (ops.expand_dims(offsets, -2) - mixture.mean) * ops.exp(-mixture.log_std)
    x, y = z[..., 0], z[..., 1]
    # 1 - rho^2 = sech^2(atanh rho), whose logarithm has no cancellation. The sign is never 0,
    # because the derivative would be lost there.
    negative = mixture.atanh_correlation < 0
    sign = 1 - 2 * ops.cast(negative, mixture.atanh_correlation.dtype)
    size = sign * mixture.atanh_correlation
    log_sech = math.log(2) - size - ops.log1p(ops.exp(-2 * size))
    # (x^2 + y^2 - 2 rho x y) / (1 - rho^2) = y^2 + ((x - rho y) / sech)^2, and
    # x - rho y = (x - s y) + s (1 - |rho|) y with s the sign of rho, which stays exact as |rho|
    # approaches 1.
    one_minus_rho = 2 / (ops.exp(2 * size) + 1)
    across = (x - sign * y + sign * one_minus_rho * y) * ops.exp(-log_sech)
    log_area = math.log(2 * math.pi) + ops.sum(mixture.log_std, -1) + log_sech
    return -log_area - 0.5 * (y * y + across * across)


def log_density(mixture, offsets):
    """Return the log of equation 23's mixture density.

    Args:
        mixture: a `Mixture`.
        offsets: (..., 2).

    Returns:
        (...), in nats.

    Example:

    >>> float(log_density(parameters(ops.zeros((1, 13))), ops.zeros((1, 2)))[0])
    -1.837...
    """
    return ops.logsumexp(mixture.log_weight + component_log_density(mixture, offsets), -1)


def nats(strokes, raw):
    """Return the negative log-likelihood of points, equation 26.

    It may be negative, because a density, unlike a probability, can exceed 1.

    Args:
        strokes: (..., 3), the points that came next.
        raw: (..., 1 + 6M), what was predicted.

    Returns:
        (...), in nats per point.

    Raises:
        InputError: if the points don't have three numbers, or the raw outputs not 1 + 6M.

    Example:

    >>> float(nats(ops.zeros((1, 3)), ops.zeros((1, 7)))[0])  # log(2 pi) + log(2)
    2.531...
    """
    mixture = parameters(raw)
    strokes = ops.convert_to_tensor(strokes)
    if strokes.shape[-1] != 3:
        raise InputError(
            f"points are [dx, dy, end_of_stroke]; got {strokes.shape[-1]} numbers per point"
        )
    pen_up = strokes[..., 2]
    pen = pen_up * ops.softplus(-mixture.pen) + (1 - pen_up) * ops.softplus(mixture.pen)
    return pen - log_density(mixture, strokes[..., :2])


@keras.saving.register_keras_serializable(package="mdn_utils")
class MixtureLoss(keras.losses.Loss):
    """`nats` as a Keras loss; with 0/1 sample weights as a mask, its mean is nats per point.

    Args:
        name: a name.
        reduction: "mean_with_sample_weight" for nats per point, or "sum".

    Example:

    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.Dense(raw_size(2))])
    >>> model.compile("adam", MixtureLoss())
    """

    def __init__(self, name="nats", reduction="mean_with_sample_weight", **kwargs):
        super().__init__(name=name, reduction=reduction, **kwargs)

    def call(self, y_true, y_pred):
        return nats(y_true, y_pred)


@keras.saving.register_keras_serializable(package="mdn_utils")
class NatsPerPoint(keras.metrics.Mean):
    """Mean of `nats` over all points of an epoch.

    `MixtureLoss` as a metric would average over batches, where the points of long lines count for
    less.

    Example:

    >>> metric = NatsPerPoint()
    >>> metric.update_state(ops.zeros((1, 5, 3)), ops.zeros((1, 5, 7)))
    >>> float(metric.result())
    2.531...
    """

    def __init__(self, name="nats", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        values = ops.reshape(nats(y_true, y_pred), (-1,))
        if sample_weight is not None:
            sample_weight = ops.reshape(sample_weight, (-1,))
        super().update_state(values, sample_weight)


def responsibilities(strokes, raw):
    """Return gamma, equations 27-28: each component's share in the density of the points.

    Args:
        strokes: (..., 3).
        raw: (..., 1 + 6M).

    Returns:
        (..., M), sums to 1.

    Example:

    >>> ops.convert_to_numpy(responsibilities(ops.zeros((1, 3)), ops.zeros((1, 13)))).tolist()
    [[0.5, 0.5]]
    """
    mixture = parameters(raw)
    components = component_log_density(mixture, strokes[..., :2])
    return ops.softmax(mixture.log_weight + components)


def density(raw, x, y):
    """Return p(dx, dy) on a grid, summed over all points: a picture of where the pen may go.

    Args:
        raw: (..., 1 + 6M).
        x: (X,), offsets to the right.
        y: (Y,), offsets upwards.

    Returns:
        (Y, X).

    Example:

    >>> tuple(density(ops.zeros((4, 7)), np.linspace(-1, 1, 5), np.linspace(-1, 1, 3)).shape)
    (3, 5)
    """
    x, y = (ops.convert_to_tensor(axis, raw.dtype) for axis in (x, y))
    grid = ops.stack(ops.meshgrid(x, y), -1)
    flat = ops.reshape(raw, (-1, 1, 1, raw.shape[-1]))
    return ops.sum(ops.exp(log_density(parameters(flat), grid)), 0)


def sample(raw, noise, bias=0.0):
    """Draw points with given noise, so that one noise gives one line on every backend.

    Args:
        raw: (..., 1 + 6M).
        noise: (..., 4): two uniform numbers, for the component and the pen, and two standard
            normal ones.
        bias: scalar or (...), see `parameters`.

    Returns:
        Points (..., 3).

    Example: without noise, the point is the mean, and the pen lifts if that is likely.

    >>> ops.convert_to_numpy(sample(ops.zeros((1, 7)), ops.zeros((1, 4)))).tolist()
    [[0.0, 0.0, 1.0]]
    """
    mixture = parameters(raw, bias)
    pick = ops.cumsum(mixture.weight, -1) < noise[..., :1] * (1 - 1e-6)
    component = ops.sum(ops.cast(pick, "int32"), -1)
    one_hot = ops.one_hot(component, raw.shape[-1] // 6, dtype=raw.dtype)
    chosen = ops.expand_dims(one_hot, -1)
    mean = ops.sum(mixture.mean * chosen, -2)
    std = ops.sum(mixture.std * chosen, -2)
    correlation = ops.sum(mixture.correlation * chosen[..., 0], -1)
    first = noise[..., 2]
    second = correlation * first + ops.sqrt(1 - correlation ** 2) * noise[..., 3]
    pen_up = ops.cast(noise[..., 1] < mixture.end_of_stroke, raw.dtype)
    x = mean[..., 0] + std[..., 0] * first
    y = mean[..., 1] + std[..., 1] * second
    return ops.stack([x, y, pen_up], -1)
