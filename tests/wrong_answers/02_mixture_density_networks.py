# %% moments: the mean of the variances, without the spread of the means
# says: means that differ add to it
def moments(raw):
    M = (raw.shape[1] - 1) // 6
    _, logit, *means, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight = (weight / weight.sum(axis=1, keepdims=True))[..., None]
    means, std = np.stack(means, -1), np.exp(np.stack([log_std_1, log_std_2], -1))
    product = std[..., :, None] * std[..., None, :]
    product[..., 0, 1] *= np.tanh(twist)
    product[..., 1, 0] *= np.tanh(twist)
    mean = (weight * means).sum(axis=1)
    away = means - mean[:, None]
    return mean, (weight[..., None] * product).sum(axis=1)


# %% moments: the raw weights without a softmax
# says: the mean is wrong
def moments(raw):
    M = (raw.shape[1] - 1) // 6
    _, logit, *means, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    weight = logit
    weight = weight[..., None]
    means, std = np.stack(means, -1), np.exp(np.stack([log_std_1, log_std_2], -1))
    product = std[..., :, None] * std[..., None, :]
    product[..., 0, 1] *= np.tanh(twist)
    product[..., 1, 0] *= np.tanh(twist)
    mean = (weight * means).sum(axis=1)
    away = means - mean[:, None]
    return mean, (weight[..., None] * (product + away[..., :, None] * away[..., None, :])).sum(axis=1)


# %% moments: means taken as pairs, x1 and x2 in turn
# says: the mean is wrong
def moments(raw):
    M = (raw.shape[1] - 1) // 6
    _, logit, *means, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight = (weight / weight.sum(axis=1, keepdims=True))[..., None]
    means = np.concatenate(means, 1).reshape(len(raw), M, 2)
    std = np.exp(np.stack([log_std_1, log_std_2], -1))
    product = std[..., :, None] * std[..., None, :]
    product[..., 0, 1] *= np.tanh(twist)
    product[..., 1, 0] *= np.tanh(twist)
    mean = (weight * means).sum(axis=1)
    away = means - mean[:, None]
    return mean, (weight[..., None] * (product + away[..., :, None] * away[..., None, :])).sum(axis=1)


# %% moments: sigma for log sigma
# says: variances are wrong even where all share a mean
def moments(raw):
    M = (raw.shape[1] - 1) // 6
    _, logit, *means, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight = (weight / weight.sum(axis=1, keepdims=True))[..., None]
    means, std = np.stack(means, -1), np.stack([log_std_1, log_std_2], -1)
    product = std[..., :, None] * std[..., None, :]
    product[..., 0, 1] *= np.tanh(twist)
    product[..., 1, 0] *= np.tanh(twist)
    mean = (weight * means).sum(axis=1)
    away = means - mean[:, None]
    return mean, (weight[..., None] * (product + away[..., :, None] * away[..., None, :])).sum(axis=1)


# %% moments: rho_hat for rho
# says: the covariance beside them is not
def moments(raw):
    M = (raw.shape[1] - 1) // 6
    _, logit, *means, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight = (weight / weight.sum(axis=1, keepdims=True))[..., None]
    means, std = np.stack(means, -1), np.exp(np.stack([log_std_1, log_std_2], -1))
    product = std[..., :, None] * std[..., None, :]
    product[..., 0, 1] *= twist
    product[..., 1, 0] *= twist
    mean = (weight * means).sum(axis=1)
    away = means - mean[:, None]
    return mean, (weight[..., None] * (product + away[..., :, None] * away[..., None, :])).sum(axis=1)


# %% moments: no correlation
# says: the covariance beside them is not
def moments(raw):
    M = (raw.shape[1] - 1) // 6
    _, logit, *means, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight = (weight / weight.sum(axis=1, keepdims=True))[..., None]
    means, std = np.stack(means, -1), np.exp(np.stack([log_std_1, log_std_2], -1))
    product = std[..., :, None] * std[..., None, :]
    product[..., 0, 1] *= 0
    product[..., 1, 0] *= 0
    mean = (weight * means).sum(axis=1)
    away = means - mean[:, None]
    return mean, (weight[..., None] * (product + away[..., :, None] * away[..., None, :])).sum(axis=1)


# %% nan: the logarithm of the summed density
# says: infinite or NaN
def traps():
    return {"far": ((20, 0), [0, 0, 0, 0, 0, 0, 0]),
            "pen": ((0, 0), [20, 0, 0, 0, 0, 0, 0]),
            "weights": ((0, 0), [0, 100, 0, 0, 0, 0, 0])}


def safe_nats(points, raw):
    M = (raw.shape[1] - 1) // 3
    pen, logit, mean, log_std = raw[:, 0], raw[:, 1:1 + M], raw[:, 1 + M:1 + 2 * M], raw[:, 1 + 2 * M:]
    y, end = points[:, :1], points[:, 1]
    log_normal = -0.5 * ((y - mean) * ops.exp(-log_std)) ** 2 - log_std - 0.5 * math.log(2 * math.pi)
    log_density = ops.log(ops.sum(ops.softmax(logit) * ops.exp(log_normal), axis=-1))
    return end * ops.softplus(-pen) + (1 - end) * ops.softplus(pen) - log_density


# %% nan: a small number added before the logarithm
# says: finite, but not true
def traps():
    return {"far": ((20, 0), [0, 0, 0, 0, 0, 0, 0]),
            "pen": ((0, 0), [20, 0, 0, 0, 0, 0, 0]),
            "weights": ((0, 0), [0, 100, 0, 0, 0, 0, 0])}


def safe_nats(points, raw):
    M = (raw.shape[1] - 1) // 3
    pen, logit, mean, log_std = raw[:, 0], raw[:, 1:1 + M], raw[:, 1 + M:1 + 2 * M], raw[:, 1 + 2 * M:]
    y, end = points[:, :1], points[:, 1]
    log_normal = -0.5 * ((y - mean) * ops.exp(-log_std)) ** 2 - log_std - 0.5 * math.log(2 * math.pi)
    log_density = ops.log(ops.sum(ops.softmax(logit) * ops.exp(log_normal), axis=-1) + 1e-20)
    return end * ops.softplus(-pen) + (1 - end) * ops.softplus(pen) - log_density


# %% nan: the logarithm of a softmax
# says: finite, but not true
def traps():
    return {"far": ((20, 0), [0, 0, 0, 0, 0, 0, 0]),
            "pen": ((0, 0), [20, 0, 0, 0, 0, 0, 0]),
            "weights": ((0, 0), [0, 100, 0, 0, 0, 0, 0])}


def safe_nats(points, raw):
    M = (raw.shape[1] - 1) // 3
    pen, logit, mean, log_std = raw[:, 0], raw[:, 1:1 + M], raw[:, 1 + M:1 + 2 * M], raw[:, 1 + 2 * M:]
    y, end = points[:, :1], points[:, 1]
    log_normal = -0.5 * ((y - mean) * ops.exp(-log_std)) ** 2 - log_std - 0.5 * math.log(2 * math.pi)
    log_density = ops.logsumexp(ops.log(ops.softmax(logit, axis=-1)) + log_normal, axis=-1)
    return end * ops.softplus(-pen) + (1 - end) * ops.softplus(pen) - log_density


# %% nan: a softplus by hand, with a where against its overflow
# says: a where computes both sides
def traps():
    return {"far": ((20, 0), [0, 0, 0, 0, 0, 0, 0]),
            "pen": ((0, 0), [20, 0, 0, 0, 0, 0, 0]),
            "weights": ((0, 0), [0, 100, 0, 0, 0, 0, 0])}


def safe_nats(points, raw):
    M = (raw.shape[1] - 1) // 3
    pen, logit, mean, log_std = raw[:, 0], raw[:, 1:1 + M], raw[:, 1 + M:1 + 2 * M], raw[:, 1 + 2 * M:]
    y, end = points[:, :1], points[:, 1]
    log_normal = -0.5 * ((y - mean) * ops.exp(-log_std)) ** 2 - log_std - 0.5 * math.log(2 * math.pi)
    log_density = ops.logsumexp(ops.log_softmax(logit, axis=-1) + log_normal, axis=-1)
    a = ops.where(end > 0, -pen, pen)
    return ops.where(a > 20, a, ops.log(1 + ops.exp(a))) - log_density


# %% nan: the logarithm of a sigmoid for the pen
# says: infinite or NaN
def traps():
    return {"far": ((20, 0), [0, 0, 0, 0, 0, 0, 0]),
            "pen": ((0, 0), [20, 0, 0, 0, 0, 0, 0]),
            "weights": ((0, 0), [0, 100, 0, 0, 0, 0, 0])}


def safe_nats(points, raw):
    M = (raw.shape[1] - 1) // 3
    pen, logit, mean, log_std = raw[:, 0], raw[:, 1:1 + M], raw[:, 1 + M:1 + 2 * M], raw[:, 1 + 2 * M:]
    y, end = points[:, :1], points[:, 1]
    log_normal = -0.5 * ((y - mean) * ops.exp(-log_std)) ** 2 - log_std - 0.5 * math.log(2 * math.pi)
    log_density = ops.logsumexp(ops.log_softmax(logit, axis=-1) + log_normal, axis=-1)
    return -ops.where(end > 0, ops.log(ops.sigmoid(pen)), ops.log(1 - ops.sigmoid(pen))) - log_density


# %% nan: extreme numbers clipped
# says: finite, but not true
def traps():
    return {"far": ((20, 0), [0, 0, 0, 0, 0, 0, 0]),
            "pen": ((0, 0), [20, 0, 0, 0, 0, 0, 0]),
            "weights": ((0, 0), [0, 100, 0, 0, 0, 0, 0])}


def safe_nats(points, raw):
    M = (raw.shape[1] - 1) // 3
    raw = ops.clip(raw, -30, 30)
    pen, logit, mean, log_std = raw[:, 0], raw[:, 1:1 + M], raw[:, 1 + M:1 + 2 * M], raw[:, 1 + 2 * M:]
    y, end = points[:, :1], points[:, 1]
    log_normal = -0.5 * ((y - mean) * ops.exp(-log_std)) ** 2 - log_std - 0.5 * math.log(2 * math.pi)
    log_density = ops.logsumexp(ops.log_softmax(logit, axis=-1) + log_normal, axis=-1)
    return end * ops.softplus(-pen) + (1 - end) * ops.softplus(pen) - log_density


# %% nan: sigma for log sigma
# says: wrong for ordinary points
def traps():
    return {"far": ((20, 0), [0, 0, 0, 0, 0, 0, 0]),
            "pen": ((0, 0), [20, 0, 0, 0, 0, 0, 0]),
            "weights": ((0, 0), [0, 100, 0, 0, 0, 0, 0])}


def safe_nats(points, raw):
    M = (raw.shape[1] - 1) // 3
    pen, logit, mean, log_std = raw[:, 0], raw[:, 1:1 + M], raw[:, 1 + M:1 + 2 * M], raw[:, 1 + 2 * M:]
    y, end = points[:, :1], points[:, 1]
    log_normal = -0.5 * ((y - mean) * (1 / log_std)) ** 2 - ops.log(ops.abs(log_std)) - 0.5 * math.log(2 * math.pi)
    log_density = ops.logsumexp(ops.log_softmax(logit, axis=-1) + log_normal, axis=-1)
    return end * ops.softplus(-pen) + (1 - end) * ops.softplus(pen) - log_density


# %% nan: a trap that float64 does not hold either
# says: trap pen: float64 breaks as well
def traps():
    return {"far": ((20, 0), [0, 0, 0, 0, 0, 0, 0]),
            "pen": ((0, 0), [60, 0, 0, 0, 0, 0, 0]),
            "weights": ((0, 0), [0, 100, 0, 0, 0, 0, 0])}


def safe_nats(points, raw):
    M = (raw.shape[1] - 1) // 3
    pen, logit, mean, log_std = raw[:, 0], raw[:, 1:1 + M], raw[:, 1 + M:1 + 2 * M], raw[:, 1 + 2 * M:]
    y, end = points[:, :1], points[:, 1]
    log_normal = -0.5 * ((y - mean) * ops.exp(-log_std)) ** 2 - log_std - 0.5 * math.log(2 * math.pi)
    log_density = ops.logsumexp(ops.log_softmax(logit, axis=-1) + log_normal, axis=-1)
    return end * ops.softplus(-pen) + (1 - end) * ops.softplus(pen) - log_density


# %% nan: a trap that is none
# says: trap far: float32 holds this
def traps():
    return {"far": ((10, 0), [0, 0, 0, 0, 0, 0, 0]),
            "pen": ((0, 0), [20, 0, 0, 0, 0, 0, 0]),
            "weights": ((0, 0), [0, 100, 0, 0, 0, 0, 0])}


def safe_nats(points, raw):
    M = (raw.shape[1] - 1) // 3
    pen, logit, mean, log_std = raw[:, 0], raw[:, 1:1 + M], raw[:, 1 + M:1 + 2 * M], raw[:, 1 + 2 * M:]
    y, end = points[:, :1], points[:, 1]
    log_normal = -0.5 * ((y - mean) * ops.exp(-log_std)) ** 2 - log_std - 0.5 * math.log(2 * math.pi)
    log_density = ops.logsumexp(ops.log_softmax(logit, axis=-1) + log_normal, axis=-1)
    return end * ops.softplus(-pen) + (1 - end) * ops.softplus(pen) - log_density


# %% gradient: Graves' end of stroke, with its opposite sign
# says: the derivatives for end of stroke
def raw_gradient(strokes, raw):
    M = (raw.shape[1] - 1) // 6
    pen, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z_1 = (strokes[:, :1] - mean_1) * np.exp(-log_std_1)
    z_2 = (strokes[:, 1:2] - mean_2) * np.exp(-log_std_2)
    rho = np.tanh(twist)
    C = 1 / (1 - rho ** 2)
    Z = z_1 ** 2 + z_2 ** 2 - 2 * rho * z_1 * z_2
    share = logit + 0.5 * np.log(C) - log_std_1 - log_std_2 - 0.5 * C * Z
    gamma = np.exp(share - share.max(axis=1, keepdims=True))
    gamma /= gamma.sum(axis=1, keepdims=True)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    pull_1, pull_2 = C * (z_1 - rho * z_2), C * (z_2 - rho * z_1)
    return np.concatenate([strokes[:, 2:] - 1 / (1 + np.exp(-pen)), weight - gamma,
                           -gamma * pull_1 * np.exp(-log_std_1), -gamma * pull_2 * np.exp(-log_std_2),
                           -gamma * (z_1 * pull_1 - 1), -gamma * (z_2 * pull_2 - 1),
                           -gamma * (z_1 * z_2 + rho * (1 - C * Z))], axis=1)


# %% gradient: the weights without the softmax
# says: Every logit acts on all of them
def raw_gradient(strokes, raw):
    M = (raw.shape[1] - 1) // 6
    pen, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z_1 = (strokes[:, :1] - mean_1) * np.exp(-log_std_1)
    z_2 = (strokes[:, 1:2] - mean_2) * np.exp(-log_std_2)
    rho = np.tanh(twist)
    C = 1 / (1 - rho ** 2)
    Z = z_1 ** 2 + z_2 ** 2 - 2 * rho * z_1 * z_2
    share = logit + 0.5 * np.log(C) - log_std_1 - log_std_2 - 0.5 * C * Z
    gamma = np.exp(share - share.max(axis=1, keepdims=True))
    gamma /= gamma.sum(axis=1, keepdims=True)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    pull_1, pull_2 = C * (z_1 - rho * z_2), C * (z_2 - rho * z_1)
    return np.concatenate([1 / (1 + np.exp(-pen)) - strokes[:, 2:], -gamma / weight,
                           -gamma * pull_1 * np.exp(-log_std_1), -gamma * pull_2 * np.exp(-log_std_2),
                           -gamma * (z_1 * pull_1 - 1), -gamma * (z_2 * pull_2 - 1),
                           -gamma * (z_1 * z_2 + rho * (1 - C * Z))], axis=1)


# %% gradient: for sigma, not its logarithm
# says: sigma_1. For its logarithm
def raw_gradient(strokes, raw):
    M = (raw.shape[1] - 1) // 6
    pen, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z_1 = (strokes[:, :1] - mean_1) * np.exp(-log_std_1)
    z_2 = (strokes[:, 1:2] - mean_2) * np.exp(-log_std_2)
    rho = np.tanh(twist)
    C = 1 / (1 - rho ** 2)
    Z = z_1 ** 2 + z_2 ** 2 - 2 * rho * z_1 * z_2
    share = logit + 0.5 * np.log(C) - log_std_1 - log_std_2 - 0.5 * C * Z
    gamma = np.exp(share - share.max(axis=1, keepdims=True))
    gamma /= gamma.sum(axis=1, keepdims=True)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    pull_1, pull_2 = C * (z_1 - rho * z_2), C * (z_2 - rho * z_1)
    return np.concatenate([1 / (1 + np.exp(-pen)) - strokes[:, 2:], weight - gamma,
                           -gamma * pull_1 * np.exp(-log_std_1), -gamma * pull_2 * np.exp(-log_std_2),
                           -gamma * (z_1 * pull_1 - 1) * np.exp(-log_std_1), -gamma * (z_2 * pull_2 - 1) * np.exp(-log_std_2),
                           -gamma * (z_1 * z_2 + rho * (1 - C * Z))], axis=1)


# %% gradient: a mean's pull not divided by sigma
# says: mu_1. Divided by sigma_1
def raw_gradient(strokes, raw):
    M = (raw.shape[1] - 1) // 6
    pen, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z_1 = (strokes[:, :1] - mean_1) * np.exp(-log_std_1)
    z_2 = (strokes[:, 1:2] - mean_2) * np.exp(-log_std_2)
    rho = np.tanh(twist)
    C = 1 / (1 - rho ** 2)
    Z = z_1 ** 2 + z_2 ** 2 - 2 * rho * z_1 * z_2
    share = logit + 0.5 * np.log(C) - log_std_1 - log_std_2 - 0.5 * C * Z
    gamma = np.exp(share - share.max(axis=1, keepdims=True))
    gamma /= gamma.sum(axis=1, keepdims=True)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    pull_1, pull_2 = C * (z_1 - rho * z_2), C * (z_2 - rho * z_1)
    return np.concatenate([1 / (1 + np.exp(-pen)) - strokes[:, 2:], weight - gamma,
                           -gamma * pull_1, -gamma * pull_2,
                           -gamma * (z_1 * pull_1 - 1), -gamma * (z_2 * pull_2 - 1),
                           -gamma * (z_1 * z_2 + rho * (1 - C * Z))], axis=1)


# %% gradient: for rho, not its raw output
# says: Is its tanh in it
def raw_gradient(strokes, raw):
    M = (raw.shape[1] - 1) // 6
    pen, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z_1 = (strokes[:, :1] - mean_1) * np.exp(-log_std_1)
    z_2 = (strokes[:, 1:2] - mean_2) * np.exp(-log_std_2)
    rho = np.tanh(twist)
    C = 1 / (1 - rho ** 2)
    Z = z_1 ** 2 + z_2 ** 2 - 2 * rho * z_1 * z_2
    share = logit + 0.5 * np.log(C) - log_std_1 - log_std_2 - 0.5 * C * Z
    gamma = np.exp(share - share.max(axis=1, keepdims=True))
    gamma /= gamma.sum(axis=1, keepdims=True)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    pull_1, pull_2 = C * (z_1 - rho * z_2), C * (z_2 - rho * z_1)
    return np.concatenate([1 / (1 + np.exp(-pen)) - strokes[:, 2:], weight - gamma,
                           -gamma * pull_1 * np.exp(-log_std_1), -gamma * pull_2 * np.exp(-log_std_2),
                           -gamma * (z_1 * pull_1 - 1), -gamma * (z_2 * pull_2 - 1),
                           -gamma * C * (z_1 * z_2 + rho * (1 - C * Z))], axis=1)


# %% gradient: C forgotten in the pulls
# says: And where does C stand
def raw_gradient(strokes, raw):
    M = (raw.shape[1] - 1) // 6
    pen, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z_1 = (strokes[:, :1] - mean_1) * np.exp(-log_std_1)
    z_2 = (strokes[:, 1:2] - mean_2) * np.exp(-log_std_2)
    rho = np.tanh(twist)
    C = 1 / (1 - rho ** 2)
    Z = z_1 ** 2 + z_2 ** 2 - 2 * rho * z_1 * z_2
    share = logit + 0.5 * np.log(C) - log_std_1 - log_std_2 - 0.5 * C * Z
    gamma = np.exp(share - share.max(axis=1, keepdims=True))
    gamma /= gamma.sum(axis=1, keepdims=True)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    pull_1, pull_2 = z_1 - rho * z_2, z_2 - rho * z_1
    return np.concatenate([1 / (1 + np.exp(-pen)) - strokes[:, 2:], weight - gamma,
                           -gamma * pull_1 * np.exp(-log_std_1), -gamma * pull_2 * np.exp(-log_std_2),
                           -gamma * (z_1 * pull_1 - 1), -gamma * (z_2 * pull_2 - 1),
                           -gamma * (z_1 * z_2 + rho * (1 - C * Z))], axis=1)


# %% gradient: responsibilities without the largest taken out
# says: NaN for points far out
def raw_gradient(strokes, raw):
    M = (raw.shape[1] - 1) // 6
    pen, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z_1 = (strokes[:, :1] - mean_1) * np.exp(-log_std_1)
    z_2 = (strokes[:, 1:2] - mean_2) * np.exp(-log_std_2)
    rho = np.tanh(twist)
    C = 1 / (1 - rho ** 2)
    Z = z_1 ** 2 + z_2 ** 2 - 2 * rho * z_1 * z_2
    share = logit + 0.5 * np.log(C) - log_std_1 - log_std_2 - 0.5 * C * Z
    gamma = np.exp(share)
    gamma /= gamma.sum(axis=1, keepdims=True)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    pull_1, pull_2 = C * (z_1 - rho * z_2), C * (z_2 - rho * z_1)
    return np.concatenate([1 / (1 + np.exp(-pen)) - strokes[:, 2:], weight - gamma,
                           -gamma * pull_1 * np.exp(-log_std_1), -gamma * pull_2 * np.exp(-log_std_2),
                           -gamma * (z_1 * pull_1 - 1), -gamma * (z_2 * pull_2 - 1),
                           -gamma * (z_1 * z_2 + rho * (1 - C * Z))], axis=1)


# %% gradient: the weights in place of the responsibilities
# says: the weights. Every logit
def raw_gradient(strokes, raw):
    M = (raw.shape[1] - 1) // 6
    pen, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z_1 = (strokes[:, :1] - mean_1) * np.exp(-log_std_1)
    z_2 = (strokes[:, 1:2] - mean_2) * np.exp(-log_std_2)
    rho = np.tanh(twist)
    C = 1 / (1 - rho ** 2)
    Z = z_1 ** 2 + z_2 ** 2 - 2 * rho * z_1 * z_2
    share = logit + 0.5 * np.log(C) - log_std_1 - log_std_2 - 0.5 * C * Z
    gamma = np.exp(share - share.max(axis=1, keepdims=True))
    gamma = np.exp(logit) / np.exp(logit).sum(axis=1, keepdims=True)
    weight = np.exp(logit - logit.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    pull_1, pull_2 = C * (z_1 - rho * z_2), C * (z_2 - rho * z_1)
    return np.concatenate([1 / (1 + np.exp(-pen)) - strokes[:, 2:], weight - gamma,
                           -gamma * pull_1 * np.exp(-log_std_1), -gamma * pull_2 * np.exp(-log_std_2),
                           -gamma * (z_1 * pull_1 - 1), -gamma * (z_2 * pull_2 - 1),
                           -gamma * (z_1 * z_2 + rho * (1 - C * Z))], axis=1)


# %% time: per unit of the logarithm
# says: per second is wanted
def timed_nats(points, raw):
    M = (raw.shape[1] - 1) // 8
    place, log_mean, log_tau = raw[:, :1 + 6 * M], raw[:, 1 + 6 * M:1 + 7 * M], raw[:, 1 + 7 * M:]
    head = mixture.parameters(place)
    log_time = ops.log(points[:, 2:3])
    z = (log_time - log_mean) * ops.exp(-log_tau)
    log_time_density = -0.5 * z ** 2 - log_tau - 0.5 * math.log(2 * math.pi)
    parts = head.log_weight + mixture.component_log_density(head, points[:, :2]) + log_time_density
    end = points[:, 3]
    pen = end * ops.softplus(-head.pen) + (1 - end) * ops.softplus(head.pen)
    return pen - ops.logsumexp(parts, axis=-1)


# %% time: a mixture of its own for the time
# says: gives both place and time
def timed_nats(points, raw):
    M = (raw.shape[1] - 1) // 8
    place, log_mean, log_tau = raw[:, :1 + 6 * M], raw[:, 1 + 6 * M:1 + 7 * M], raw[:, 1 + 7 * M:]
    head = mixture.parameters(place)
    log_time = ops.log(points[:, 2:3])
    z = (log_time - log_mean) * ops.exp(-log_tau)
    log_time_density = -0.5 * z ** 2 - log_tau - 0.5 * math.log(2 * math.pi) - log_time
    parts = head.log_weight + mixture.component_log_density(head, points[:, :2])
    end = points[:, 3]
    pen = end * ops.softplus(-head.pen) + (1 - end) * ops.softplus(head.pen)
    return pen - ops.logsumexp(parts, axis=-1) - ops.logsumexp(head.log_weight + log_time_density, axis=-1)


# %% time: tau for log tau
# says: tau or log tau
def timed_nats(points, raw):
    M = (raw.shape[1] - 1) // 8
    place, log_mean, log_tau = raw[:, :1 + 6 * M], raw[:, 1 + 6 * M:1 + 7 * M], raw[:, 1 + 7 * M:]
    head = mixture.parameters(place)
    log_time = ops.log(points[:, 2:3])
    z = (log_time - log_mean) * (1 / log_tau)
    log_time_density = -0.5 * z ** 2 - ops.log(ops.abs(log_tau)) - 0.5 * math.log(2 * math.pi) - log_time
    parts = head.log_weight + mixture.component_log_density(head, points[:, :2]) + log_time_density
    end = points[:, 3]
    pen = end * ops.softplus(-head.pen) + (1 - end) * ops.softplus(head.pen)
    return pen - ops.logsumexp(parts, axis=-1)


# %% time: the bit where the course's points have it
# says: it comes last
def timed_nats(points, raw):
    M = (raw.shape[1] - 1) // 8
    place, log_mean, log_tau = raw[:, :1 + 6 * M], raw[:, 1 + 6 * M:1 + 7 * M], raw[:, 1 + 7 * M:]
    head = mixture.parameters(place)
    log_time = ops.log(points[:, 2:3])
    z = (log_time - log_mean) * ops.exp(-log_tau)
    log_time_density = -0.5 * z ** 2 - log_tau - 0.5 * math.log(2 * math.pi) - log_time
    parts = head.log_weight + mixture.component_log_density(head, points[:, :2]) + log_time_density
    end = points[:, 2]
    pen = end * ops.softplus(-head.pen) + (1 - end) * ops.softplus(head.pen)
    return pen - ops.logsumexp(parts, axis=-1)


# %% time: the time in place of its logarithm
# says: dt or log dt
def timed_nats(points, raw):
    M = (raw.shape[1] - 1) // 8
    place, log_mean, log_tau = raw[:, :1 + 6 * M], raw[:, 1 + 6 * M:1 + 7 * M], raw[:, 1 + 7 * M:]
    head = mixture.parameters(place)
    log_time = points[:, 2:3]
    z = (log_time - log_mean) * ops.exp(-log_tau)
    log_time_density = -0.5 * z ** 2 - log_tau - 0.5 * math.log(2 * math.pi) - log_time
    parts = head.log_weight + mixture.component_log_density(head, points[:, :2]) + log_time_density
    end = points[:, 3]
    pen = end * ops.softplus(-head.pen) + (1 - end) * ops.softplus(head.pen)
    return pen - ops.logsumexp(parts, axis=-1)


# %% time: the normal without its constant
# says: off by a constant
def timed_nats(points, raw):
    M = (raw.shape[1] - 1) // 8
    place, log_mean, log_tau = raw[:, :1 + 6 * M], raw[:, 1 + 6 * M:1 + 7 * M], raw[:, 1 + 7 * M:]
    head = mixture.parameters(place)
    log_time = ops.log(points[:, 2:3])
    z = (log_time - log_mean) * ops.exp(-log_tau)
    log_time_density = -0.5 * z ** 2 - log_tau - log_time
    parts = head.log_weight + mixture.component_log_density(head, points[:, :2]) + log_time_density
    end = points[:, 3]
    pen = end * ops.softplus(-head.pen) + (1 - end) * ops.softplus(head.pen)
    return pen - ops.logsumexp(parts, axis=-1)


# %% second: components by their weights alone
# says: which components may x1 have come from
def draw_second(raw, first, rng):
    M = (raw.shape[1] - 1) // 6
    _, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z = (first[:, None] - mean_1) * np.exp(-log_std_1)
    share = logit
    share = np.exp(share - share.max(axis=1, keepdims=True))
    ladder = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    chosen = np.sum(ladder[:, :-1] < rng.uniform(size=(len(raw), 1)), axis=1)
    z, mean_2, log_std_2, rho = (np.take_along_axis(part, chosen[:, None], axis=1)[:, 0]
                                 for part in (z, mean_2, log_std_2, np.tanh(twist)))
    return mean_2 + np.exp(log_std_2) * (rho * z + np.sqrt(1 - rho ** 2) * rng.normal(size=len(raw)))


# %% second: the density of x1 without its sigma in front
# says: which components may x1 have come from
def draw_second(raw, first, rng):
    M = (raw.shape[1] - 1) // 6
    _, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z = (first[:, None] - mean_1) * np.exp(-log_std_1)
    share = logit - 0.5 * z ** 2
    share = np.exp(share - share.max(axis=1, keepdims=True))
    ladder = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    chosen = np.sum(ladder[:, :-1] < rng.uniform(size=(len(raw), 1)), axis=1)
    z, mean_2, log_std_2, rho = (np.take_along_axis(part, chosen[:, None], axis=1)[:, 0]
                                 for part in (z, mean_2, log_std_2, np.tanh(twist)))
    return mean_2 + np.exp(log_std_2) * (rho * z + np.sqrt(1 - rho ** 2) * rng.normal(size=len(raw)))


# %% second: the mean is not moved
# says: one component: the mean is wrong
def draw_second(raw, first, rng):
    M = (raw.shape[1] - 1) // 6
    _, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z = (first[:, None] - mean_1) * np.exp(-log_std_1)
    share = logit - log_std_1 - 0.5 * z ** 2
    share = np.exp(share - share.max(axis=1, keepdims=True))
    ladder = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    chosen = np.sum(ladder[:, :-1] < rng.uniform(size=(len(raw), 1)), axis=1)
    z, mean_2, log_std_2, rho = (np.take_along_axis(part, chosen[:, None], axis=1)[:, 0]
                                 for part in (z, mean_2, log_std_2, np.tanh(twist)))
    return mean_2 + np.exp(log_std_2) * (np.sqrt(1 - rho ** 2) * rng.normal(size=len(raw)))


# %% second: the spread is not narrowed
# says: the spread is not
def draw_second(raw, first, rng):
    M = (raw.shape[1] - 1) // 6
    _, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z = (first[:, None] - mean_1) * np.exp(-log_std_1)
    share = logit - log_std_1 - 0.5 * z ** 2
    share = np.exp(share - share.max(axis=1, keepdims=True))
    ladder = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    chosen = np.sum(ladder[:, :-1] < rng.uniform(size=(len(raw), 1)), axis=1)
    z, mean_2, log_std_2, rho = (np.take_along_axis(part, chosen[:, None], axis=1)[:, 0]
                                 for part in (z, mean_2, log_std_2, np.tanh(twist)))
    return mean_2 + np.exp(log_std_2) * (rho * z + rng.normal(size=len(raw)))


# %% second: z in units of x1, not of sigma
# says: one component: the mean is wrong
def draw_second(raw, first, rng):
    M = (raw.shape[1] - 1) // 6
    _, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z = (first[:, None] - mean_1) * np.exp(-log_std_1)
    share = logit - log_std_1 - 0.5 * z ** 2
    share = np.exp(share - share.max(axis=1, keepdims=True))
    ladder = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    chosen = np.sum(ladder[:, :-1] < rng.uniform(size=(len(raw), 1)), axis=1)
    z, mean_2, log_std_2, rho = (np.take_along_axis(part, chosen[:, None], axis=1)[:, 0]
                                 for part in (z, mean_2, log_std_2, np.tanh(twist)))
    return mean_2 + np.exp(log_std_2) * (rho * (first - mean_1[:, 0]) + np.sqrt(1 - rho ** 2) * rng.normal(size=len(raw)))


# %% second: one uniform and one normal number for all rows
# says: each row wants a draw of its own
def draw_second(raw, first, rng):
    M = (raw.shape[1] - 1) // 6
    _, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z = (first[:, None] - mean_1) * np.exp(-log_std_1)
    share = logit - log_std_1 - 0.5 * z ** 2
    share = np.exp(share - share.max(axis=1, keepdims=True))
    ladder = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    chosen = np.sum(ladder[:, :-1] < rng.uniform(), axis=1)
    z, mean_2, log_std_2, rho = (np.take_along_axis(part, chosen[:, None], axis=1)[:, 0]
                                 for part in (z, mean_2, log_std_2, np.tanh(twist)))
    return mean_2 + np.exp(log_std_2) * (rho * z + np.sqrt(1 - rho ** 2) * rng.normal())


# %% second: always the likeliest component
# says: which components may x1 have come from
def draw_second(raw, first, rng):
    M = (raw.shape[1] - 1) // 6
    _, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z = (first[:, None] - mean_1) * np.exp(-log_std_1)
    share = logit - log_std_1 - 0.5 * z ** 2
    share = np.exp(share - share.max(axis=1, keepdims=True))
    ladder = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    chosen = np.argmax(share, axis=1)
    z, mean_2, log_std_2, rho = (np.take_along_axis(part, chosen[:, None], axis=1)[:, 0]
                                 for part in (z, mean_2, log_std_2, np.tanh(twist)))
    return mean_2 + np.exp(log_std_2) * (rho * z + np.sqrt(1 - rho ** 2) * rng.normal(size=len(raw)))


# %% second: the first row's weights for all rows
# says: each row draws from its own mixture
def draw_second(raw, first, rng):
    M = (raw.shape[1] - 1) // 6
    _, logit, mean_1, mean_2, log_std_1, log_std_2, twist = np.split(raw, 1 + M * np.arange(6), axis=1)
    z = (first[:, None] - mean_1) * np.exp(-log_std_1)
    share = logit - log_std_1 - 0.5 * z ** 2
    share = np.exp(share - share.max(axis=1, keepdims=True))
    chosen = rng.choice(M, size=len(raw), p=share[0] / share[0].sum())
    z, mean_2, log_std_2, rho = (np.take_along_axis(part, chosen[:, None], axis=1)[:, 0]
                                 for part in (z, mean_2, log_std_2, np.tanh(twist)))
    return mean_2 + np.exp(log_std_2) * (rho * z + np.sqrt(1 - rho ** 2) * rng.normal(size=len(raw)))


# %% spike: the density in the middle of the bin
# says: falls below log w
def rounded_nats(y, weight, mean, std, width):
    away = np.abs(y[:, None] - mean)
    probability = width * np.exp(-0.5 * (away / std) ** 2) / (std * math.sqrt(2 * math.pi))

    return np.log(width) - np.log(probability @ weight)


# %% spike: without log w
# says: a wide bell is off
def rounded_nats(y, weight, mean, std, width):
    away = np.abs(y[:, None] - mean)
    probability = below((width / 2 - away) / std) - below((-width / 2 - away) / std)

    return -np.log(probability @ weight)


# %% spike: a bin of width 2w
# says: a wide bell is off
def rounded_nats(y, weight, mean, std, width):
    away = np.abs(y[:, None] - mean)
    probability = below((width - away) / std) - below((-width - away) / std)

    return np.log(width) - np.log(probability @ weight)


# %% spike: the difference as it stands, on both sides
# says: right on the far left, wrong on the far right
def rounded_nats(y, weight, mean, std, width):
    away = mean - y[:, None]
    probability = below((width / 2 - away) / std) - below((-width / 2 - away) / std)

    return np.log(width) - np.log(probability @ weight)


# %% spike: the mean of logarithms in place of the logarithm of the mean
# says: a spike on a point has all its weight
def rounded_nats(y, weight, mean, std, width):
    away = np.abs(y[:, None] - mean)
    probability = below((width / 2 - away) / std) - below((-width / 2 - away) / std)

    return np.log(width) - np.log(probability + 1e-300) @ weight


# %% spike: a lower bound on sigma in place of the integral
# says: falls below log w
def rounded_nats(y, weight, mean, std, width):
    away = np.abs(y[:, None] - mean)
    std = np.maximum(std, 0.01)
    probability = width * np.exp(-0.5 * (away / std) ** 2) / (std * math.sqrt(2 * math.pi))

    return np.log(width) - np.log(probability @ weight)
